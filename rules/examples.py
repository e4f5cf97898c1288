"""Facts that a person wrote down, as a row; what is not named is unknown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from rules.facts import COLUMN, COUNTED, WIDTH_WITH_SCORE, code_of, nearest

Written = int | float | str


def bad_fact(name: str, value: Written) -> str | None:
    """What is wrong with a written fact, if anything."""
    if name not in COLUMN and name not in COUNTED:
        return f"unknown name {name}{nearest(name, (*COLUMN, *COUNTED))}"
    if isinstance(value, str):
        try:
            code_of(name, value)
        except ValueError as error:
            return str(error)
        return None
    return None if math.isfinite(value) else "a finite number is expected"


def row_of(facts: Mapping[str, Written]) -> list[float]:
    """A row of the matrix. Of what is counted and not named, none is certain and all are possible."""
    row = [math.nan] * WIDTH_WITH_SCORE
    for name in COUNTED:
        for column, number in _counts(name, 0.0, math.inf):
            row[column] = number
    for name, value in facts.items():
        if name in COUNTED:
            for column, number in _counts(name, float(value), float(value)):
                row[column] = number
    for name, value in facts.items():
        if name in COLUMN:
            row[COLUMN[name]] = float(code_of(name, value) if isinstance(value, str) else value)
    return row


def _counts(name: str, certain: float, possible: float) -> Iterator[tuple[int, float]]:
    yield COLUMN[f"{name}.certain"], certain
    yield COLUMN[f"{name}.possible"], possible
    if f"{name}.run" in COLUMN:
        yield COLUMN[f"{name}.run"], certain
