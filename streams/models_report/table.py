"""A csv file of any bank as rows of numbers and labels: unknown values, categories, a target."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from models.bins import FINE
from streams.models_report.mapping import UNKNOWN, Mapping, MappingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_GZIP: Final = b"\x1f\x8b"
_NUMERIC_SHARE: Final = 0.95
"""A column nobody named is numeric if so many of its known values are numbers."""

OTHERS: Final = "all others"


_QUOTED: Final = re.compile(r'"[^"]*"')
_DECIMAL_COMMA: Final = re.compile(r"\s*[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+\s*")
_THOUSANDS: Final = re.compile(r"\s*[+-]?\d{1,3}(,\d{3})+(\.\d*)?\s*")


class Table(NamedTuple):
    """names: the k features. rows: float64[n, k], NaN unknown, categories as codes (the most frequent is 0).

    labels: int64[n], 1 bad. categories: the features that hold codes, and what each code stands for. notes:
    what a reader ought to know.
    """

    names: tuple[str, ...]
    rows: NDArray[np.float64]
    labels: NDArray[np.int64]
    categories: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


def read_table(file: Path, mapping: Mapping) -> Table:
    """Read a csv or csv.gz file. Raises MappingError if mapping and file do not fit together."""
    header, lines = _lines(file, mapping.delimiter)
    _check(header, mapping)
    columns = {name: [line[place] for line in lines] for place, name in enumerate(header)}
    notes: list[str] = []
    kept, labels = _labels(columns[mapping.target], mapping, notes)
    unknown = {*UNKNOWN, *(_plain(value) for value in mapping.unknown)}
    names = [name for name in header if _is_feature(name, mapping)]
    for name in [name for name in names if name not in mapping.categories]:
        if _is_identifier([_plain(text) for text in columns[name]], unknown):
            names.remove(name)
            notes.append(f"{name}: every value is another text, so it is left out; name it to keep it")
    rows = np.full((len(kept), len(names)), np.nan)
    categories = {}
    for j, name in enumerate(names):
        texts = [_plain(columns[name][place]) for place in kept]
        if _is_category(name, texts, unknown, mapping):
            rows[:, j], categories[name] = _codes(name, texts, unknown, notes)
        else:
            rows[:, j] = _numbers(name, texts, unknown, notes)
    if not names:
        raise MappingError("no column is left to learn from")
    return Table(tuple(names), rows, np.array(labels, np.int64), categories, tuple(notes))


def _lines(file: Path, delimiter: str | None) -> tuple[list[str], list[list[str]]]:
    raw = file.read_bytes()
    if raw[:2] == _GZIP:
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError) as error:
            raise MappingError(f"{file}: not a whole gzip file: {error}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    found = delimiter or max((",", ";", "\t", "|"), key=_QUOTED.sub("", text.split("\n", 1)[0]).count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=found) if row]
    except csv.Error as error:
        raise MappingError(f"{file}: not a csv file: {error}") from None
    if len(rows) < 2:
        raise MappingError(f"{file}: there are no rows below the header")
    header = [name.strip() for name in rows[0]]
    for name, count in Counter(header).items():
        if count > 1:
            raise MappingError(f"{file}: the column {name!r} stands there {count} times")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise MappingError(f"{file}: row {number} has {len(row)} fields, the header {len(header)}")
    return header, [[_written(cell, found) if "," in cell else cell for cell in row] for row in rows[1:]]


def _written(text: str, delimiter: str) -> str:
    """A number with commas as it is written elsewhere.

    1.234,5 where something else parts the fields, 1,234.5 in quotes where commas do.
    """
    if delimiter != "," and _DECIMAL_COMMA.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if delimiter == "," and _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return text


def _check(header: Sequence[str], mapping: Mapping) -> None:
    named = [mapping.target, *mapping.numbers, *mapping.categories, *mapping.ignore]
    for name in named:
        if name not in header:
            raise MappingError(f"there is no column {name!r}; there are {', '.join(header)}")
    for name, count in Counter([mapping.target, *mapping.numbers, *mapping.categories]).items():
        if count > 1:
            raise MappingError(f"the column {name!r} is named twice")


def _is_feature(name: str, mapping: Mapping) -> bool:
    if name == mapping.target or name in mapping.ignore:
        return False
    return not mapping.only or name in mapping.numbers or name in mapping.categories


def _labels(texts: list[str], mapping: Mapping, notes: list[str]) -> tuple[list[int], list[int]]:
    """The rows with a label, and their labels."""
    bad = {_plain(value) for value in mapping.bad}
    good = None if mapping.good is None else {_plain(value) for value in mapping.good}
    kept, labels = [], []
    for place, text in enumerate(texts):
        value = _plain(text)
        if value in bad:
            kept.append(place)
            labels.append(1)
        elif value in good if good is not None else value not in UNKNOWN:
            kept.append(place)
            labels.append(0)
    if len(kept) < len(texts):
        notes.append(f"{len(texts) - len(kept)} rows have no label and are left aside")
    if not 0 < sum(labels) < len(labels):
        seen = ", ".join(repr(value) for value, _ in Counter(texts).most_common(5))
        raise MappingError(
            f"the target {mapping.target!r} has {sum(labels)} bad of {len(labels)} rows: both kinds are "
            f"needed. Its values are {seen}; `bad:` says which mean bad"
        )
    return kept, labels


def _plain(value: object) -> str:
    """A value as it is compared: no spaces, small letters, numbers in one way of writing."""
    text = str(value).strip().lower()
    number = _number(text)
    return text if number is None else repr(number + 0.0)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _is_category(name: str, texts: list[str], unknown: set[str], mapping: Mapping) -> bool:
    if name in mapping.categories or name in mapping.numbers:
        return name in mapping.categories
    known = [text for text in texts if text not in unknown]
    return sum(_number(text) is not None for text in known) < _NUMERIC_SHARE * len(known)


def _is_identifier(texts: list[str], unknown: set[str]) -> bool:
    """Whether a column of texts says something else in every row."""
    known = [text for text in texts if text not in unknown]
    distinct = set(known)
    return (
        len(distinct) > FINE
        and len(distinct) == len(known)
        and all(_number(text) is None for text in distinct)
    )


def _codes(
    name: str, texts: list[str], unknown: set[str], notes: list[str]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Codes by frequency, and the text of each; those that share the last bin have one."""
    counts = Counter(text for text in texts if text not in unknown)
    code = {
        text: float(place)
        for place, (text, _) in enumerate(sorted(counts.items(), key=lambda c: (-c[1], c[0])))
    }
    told = tuple(code)
    if len(code) > FINE:
        told = (*told[: FINE - 1], OTHERS)
        notes.append(
            f"{name}: {len(code)} categories; the {FINE - 1} most frequent stand alone, the rest together"
        )
    return np.array([code.get(text, math.nan) for text in texts]), told


def _numbers(name: str, texts: list[str], unknown: set[str], notes: list[str]) -> NDArray[np.float64]:
    found = [None if text in unknown else _number(text) for text in texts]
    strange = sum(number is None and text not in unknown for number, text in zip(found, texts, strict=True))
    if strange:
        notes.append(f"{name}: {strange} values are no numbers and count as unknown")
    return np.array([math.nan if number is None else number for number in found])
