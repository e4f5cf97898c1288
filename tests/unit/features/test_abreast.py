"""Lines of numbers that are worked on together, held to the same numbers one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from features.abreast import LINE, add, clear, convert, repeat, top
from features.streaming import AT_ONCE, CACHE_LINE, lines_of, stream

LINES = 5
NUMBERS = st.lists(st.integers(-(2**62), 2**62), min_size=LINES * LINE, max_size=LINES * LINE)
VALUES = st.integers(-(2**63), 2**63 - 1)
PLACES = st.integers(1, LINES - 1)
MEMBERS = st.integers(0, 2**LINE - 1)


@njit(cache=True)
def _all(lines: Any, place: Any, value: Any, members: Any, which: Any) -> None:
    if which == 0:
        clear(lines, place)
    elif which == 1:
        repeat(lines, place)
    elif which == 2:
        add(lines, place, value, members)
    else:
        top(lines, place, value, members)


@njit(cache=True)
def _stream(line: Any, matrix: Any, row: Any) -> None:
    stream(line, matrix, row)


@settings(deadline=None)
@given(NUMBERS, PLACES, VALUES, MEMBERS, st.integers(0, 3))
def test_as_one_by_one(numbers: list[int], place: int, value: int, members: int, which: int) -> None:
    lines = np.array(numbers, np.int64)
    wanted = lines.reshape(LINES, LINE).copy()
    mine = np.array([members >> bit & 1 for bit in range(LINE)], np.bool_)
    offered = np.where(mine, np.int64(value), np.int64(0))
    changed = (
        np.zeros(LINE, np.int64),
        wanted[place - 1],
        wanted[place] + offered,  # it wraps where numbers of a row would
        np.maximum(wanted[place], offered),
    )
    wanted[place] = changed[which].copy()
    _all(lines, place, value, members, which)
    assert lines.reshape(LINES, LINE).tolist() == wanted.tolist()
    flat = np.array(numbers, np.int64).reshape(LINES, LINE)
    _all(flat, place, value, members, which)
    assert flat.tolist() == wanted.tolist()


@njit(cache=True)
def _convert(lines: Any, at: Any, out: Any, column: Any, count: Any) -> None:
    convert(lines, at, out, column, count)


@settings(deadline=None)
@given(NUMBERS, st.integers(0, (LINES - 1) * LINE), st.integers(0, 40), st.integers(0, LINE))
def test_as_floats_and_none_beside_them(numbers: list[int], at: int, column: int, count: int) -> None:
    out = np.full(40 + LINE, -0.5)
    wanted = out.copy()
    wanted[column : column + count] = [float(number) for number in numbers[at : at + count]]
    _convert(np.array(numbers, np.int64), at, out, column, count)
    assert out.tolist() == wanted.tolist()


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
