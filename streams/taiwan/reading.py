"""The file's rows, checked. Sex, education, marriage and age are never read."""

from __future__ import annotations

import csv
import gzip
import re
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO

MONTHS: Final = 6
"""April to September 2005; index 0 is April."""
_STATUS: Final = ("PAY_6", "PAY_5", "PAY_4", "PAY_3", "PAY_2", "PAY_0")
_BILL: Final = tuple(f"BILL_AMT{n}" for n in range(MONTHS, 0, -1))
_PAID: Final = tuple(f"PAY_AMT{n}" for n in range(MONTHS, 0, -1))
_DEFAULT: Final = "default.payment.next.month"
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([Ee][+-]?[0-9]{1,3})?")
"""The file holds one amount as 1.00E+05."""
_MOST: Final = 10**10
"""Largest amount taken, NT$; more is a mistake in the file."""


class TaiwanFormatError(ValueError):
    """A row that cannot be read; the message names row (from 1, below the header) and column."""


class Cardholder(NamedTuple):
    """One row, months in order of time; money in NT$."""

    number: int
    limit: int
    status: tuple[int, ...]
    """-2 no use, -1 paid in full, 0 revolving, n months late."""
    bill: tuple[int, ...]
    """Statement balances; below 0 when overpaid."""
    paid: tuple[int, ...]
    defaulted: bool
    """In October 2005."""


def read(source: str | Path | Iterable[Mapping[str, str]]) -> Iterator[Cardholder]:
    """Cardholders of a csv or csv.gz file, or of ready rows; TaiwanFormatError at the first bad one."""
    if isinstance(source, str | Path):
        with _opened(Path(source)) as text:
            yield from _checked(csv.DictReader(text))
    else:
        yield from _checked(source)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
            yield text
    else:
        with path.open(encoding="utf-8", newline="") as text:
            yield text


def _checked(rows: Iterable[Mapping[str, str]]) -> Iterator[Cardholder]:
    seen: set[int] = set()
    for place, row in enumerate(rows, 1):
        cardholder = _cardholder(place, row)
        if cardholder.number in seen:
            raise TaiwanFormatError(f"row {place}, column ID: {cardholder.number} was there before")
        seen.add(cardholder.number)
        yield cardholder


def _cardholder(place: int, row: Mapping[str, str]) -> Cardholder:
    return Cardholder(
        number=_whole(place, row, "ID", 1, 10**8),
        limit=_whole(place, row, "LIMIT_BAL", 0, _MOST),
        status=tuple(_whole(place, row, column, -2, 9) for column in _STATUS),
        bill=tuple(_whole(place, row, column, -_MOST, _MOST) for column in _BILL),
        paid=tuple(_whole(place, row, column, 0, _MOST) for column in _PAID),
        defaulted=_whole(place, row, _DEFAULT, 0, 1) == 1,
    )


def _whole(place: int, row: Mapping[str, str], column: str, least: int, most: int) -> int:
    """A whole number inside bounds, or an error that says where and why."""
    text = row.get(column)
    if text is None:
        raise TaiwanFormatError(f"row {place}, column {column}: missing")
    if text.isascii() and text.isdigit() and least <= (plain := int(text[:20])) <= most:
        return plain
    number = Decimal(text) if _NUMBER.fullmatch(text) else None
    if number is not None and not least <= number <= most:
        raise TaiwanFormatError(f"row {place}, column {column}: {text} is not between {least} and {most}")
    if number is None or number != int(number):
        raise TaiwanFormatError(f"row {place}, column {column}: {text!r} is no whole number")
    return int(number)
