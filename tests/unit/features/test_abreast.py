"""Lines of numbers that are worked on together, held to the same numbers one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from features.abreast import EIGHT, LINE, add, clear, convert, divide, scale, trend
from features.deviation import deviations
from features.streaming import AT_ONCE, CACHE_LINE, lines_of, stream

LINES = 5
NUMBERS = st.lists(st.integers(-(2**62), 2**62), min_size=LINES * LINE, max_size=LINES * LINE)
VALUES = st.integers(-(2**63), 2**63 - 1)
PLACES = st.integers(1, LINES - 1)
MEMBERS = st.integers(0, 2**LINE - 1)
FEW = st.lists(st.integers(-1, 3), min_size=LINES * LINE, max_size=LINES * LINE)
AT = st.integers(0, (LINES - 1) * LINE)
COLUMN = 5
WEEKS = 5
AMOUNTS = st.lists(st.integers(0, 3) | st.integers(0, 10**12), min_size=WEEKS * LINE, max_size=WEEKS * LINE)


@njit(cache=True)
def _clear(lines: Any, place: Any) -> None:
    clear(lines, place)


@njit(cache=True)
def _add(lines: Any, place: Any, value: Any, members: Any) -> None:
    add(lines, place, value, members)


@njit(cache=True)
def _stream(line: Any, matrix: Any, row: Any) -> None:
    stream(line, matrix, row)


@settings(deadline=None)
@given(NUMBERS, PLACES, VALUES, MEMBERS)
def test_a_line_is_as_its_numbers_one_by_one(
    numbers: list[int], place: int, value: int, members: int
) -> None:
    lines = np.array(numbers, np.int64).reshape(LINES, LINE)
    wanted = lines.copy()
    _add(lines, place, value, members)
    mine = np.array([members >> bit & 1 for bit in range(LINE)], np.bool_)
    wanted[place] += np.where(mine, np.int64(value), np.int64(0))  # it wraps where numbers of a row would
    assert lines.tolist() == wanted.tolist()
    _clear(lines, place)
    wanted[place] = 0
    assert lines.tolist() == wanted.tolist()


@njit(cache=True)
def _forms(which: Any, lines: Any, by: Any, at: Any, long_at: Any, number: Any, out: Any, many: Any) -> None:
    if which == 0:
        convert(lines, at, out, COLUMN, many)
    elif which == 1:
        scale(lines, at, number, out, COLUMN, many)
    elif which == 2:
        divide(lines, by, at, out, COLUMN, many)
    else:
        trend(lines, at, 7, long_at, 30, out, COLUMN, many)


@settings(deadline=None)
@given(
    NUMBERS, FEW, AT, AT, st.integers(0, EIGHT), st.integers(0, 3), st.floats(0.5, 1e9) | st.just(math.nan)
)
def test_features_side_by_side_are_as_one_by_one(
    numbers: list[int], by: list[int], at: int, long_at: int, many: int, which: int, number: float
) -> None:
    """To the bit, and nothing beside them is written to."""

    def one(place: int) -> float:
        if which == 0:
            return float(numbers[at + place])
        if which == 1:
            return numbers[at + place] / number
        if which == 2:
            return numbers[at + place] / by[at + place] if by[at + place] > 0 else math.nan
        long = numbers[long_at + place]
        return (numbers[at + place] / 7) / (long / 30) if long > 0 else math.nan

    out = np.full(COLUMN + EIGHT + 3, -0.5)
    wanted = out.copy()
    wanted[COLUMN : COLUMN + many] = [one(place) for place in range(many)]
    _forms(which, np.array(numbers, np.int64), np.array(by, np.int64), at, long_at, number, out, many)
    assert np.array_equal(out, wanted, equal_nan=True)


@njit(cache=True)
def _deviations(weekly: Any, weeks: Any, sums: Any, at: Any, out: Any, many: Any) -> None:
    deviations(weekly, weeks, sums, at, out, COLUMN, many)


@settings(deadline=None)
@given(AMOUNTS, st.integers(1, WEEKS - 1), st.integers(0, EIGHT), st.integers(0, EIGHT), st.data())
def test_deviations_are_as_one_by_one(
    amounts: list[int], weeks: int, measure: int, many: int, data: st.DataObject
) -> None:
    weekly = np.array(amounts, np.int64).reshape(WEEKS, LINE)
    sums = np.array(data.draw(st.lists(st.integers(0, 10**12), min_size=64, max_size=64)), np.int64)

    def one(place: int) -> float:
        before = [int(week[measure + place]) for week in weekly[1 : weeks + 1]]
        if len(set(before)) == 1:
            return math.nan
        mean = sum(before) / weeks
        spread = 0.0
        for week in before:
            spread += (week - mean) * (week - mean)
        return (int(sums[LINE + measure + place]) - mean) / math.sqrt(spread / weeks)

    out = np.full(COLUMN + EIGHT + 3, -0.5)
    wanted = out.copy()
    wanted[COLUMN : COLUMN + many] = [one(place) for place in range(many)]
    _deviations(weekly, weeks, sums, LINE + measure, out, many)
    assert np.array_equal(out, wanted, equal_nan=True)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 500), st.data())
def test_a_streamed_line_is_one_of_its_matrix(rows: int, width: int, data: st.DataObject) -> None:
    matrix = lines_of(rows, width)
    assert matrix.shape[0] == rows
    assert width <= matrix.shape[1] < width + AT_ONCE
    assert matrix.ctypes.data % CACHE_LINE == 0
    assert matrix.strides[0] % CACHE_LINE == 0
    assert np.isnan(matrix).all()
    row = data.draw(st.integers(0, rows - 1))
    line = np.arange(matrix.shape[1], dtype=np.float64)
    _stream(line, matrix, row)
    assert matrix[row].tolist() == line.tolist()
    assert np.isnan(np.delete(matrix, row, axis=0)).all()
