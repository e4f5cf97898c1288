"""Conditions as a program of few instructions, and the compiled loop that runs it over a matrix.

What is written alike in several rules is computed once. The loop goes over blocks of rows, and within a block
instruction by instruction over registers that stay in the processor's cache: numbers, and truths of two bits
(1 = true, 2 = false, neither = unknown; contract 4.1).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLOCK: Final = 256
TRUE: Final = 1
FALSE: Final = 2

ADD, SUBTRACT, MULTIPLY, DIVIDE = range(4)
AT_LEAST, ABOVE, EQUAL, KNOWN = range(4, 8)
"""Of two numbers; a truth. Below and at most are their opposites: the same with the bits exchanged."""
AND, OR, EITHER, TALLY, REACHED = range(8, 13)
"""Of truths. EITHER joins two that know one bit each. TALLY adds to two registers, the counts of those true
and of those possible (YES: begins them); REACHED compares these with RIGHT, a number."""

OP, TO, LEFT, RIGHT, YES, NO = range(6)
"""Fields of an instruction: registers, and the bits to write where a comparison holds and where not."""

Matrix = NDArray[np.float64]
Truths = NDArray[np.uint8]


@njit(cache=True, nogil=True)
def execute(
    matrix: Matrix,
    loads: NDArray[np.int64],
    constants: NDArray[np.float64],
    program: NDArray[np.int64],
    numbers: int,
    truths: int,
    results: NDArray[np.int64],
) -> Truths:
    """The truths (conditions, rows). Registers: columns loaded, then constants, then what is computed."""
    rows = len(matrix)
    out = np.empty((len(results), rows), np.uint8)
    number = np.empty((numbers, BLOCK))
    truth = np.zeros((truths, BLOCK), np.uint8)
    for k in range(len(constants)):
        number[len(loads) + k, :] = constants[k]
    for start in range(0, rows, BLOCK):
        size = min(BLOCK, rows - start)
        for n in range(size):
            for k in range(len(loads)):
                number[k, n] = matrix[start + n, loads[k]]
        for step in range(len(program)):
            op, to, left, right = (
                program[step, OP],
                program[step, TO],
                program[step, LEFT],
                program[step, RIGHT],
            )
            yes, no = np.uint8(program[step, YES]), np.uint8(program[step, NO])
            if op <= DIVIDE:
                calculate(op, number[left], number[right], number[to], size)
            elif op <= KNOWN:
                compare(op, number[left], number[right], truth[to], yes, no, size)
            else:
                combine(op, truth, to, left, right, yes, size)
        for k in range(len(results)):
            out[k, start : start + size] = truth[results[k], :size]
    return out


@njit(cache=True, nogil=True)
def calculate(op: int, left: Matrix, right: Matrix, to: Matrix, size: int) -> None:
    """Arithmetic; what is divided by zero is unknown (contract 3.3)."""
    if op == ADD:
        for n in range(size):
            to[n] = left[n] + right[n]
    elif op == SUBTRACT:
        for n in range(size):
            to[n] = left[n] - right[n]
    elif op == MULTIPLY:
        for n in range(size):
            to[n] = left[n] * right[n]
    else:
        for n in range(size):
            divisor = right[n]
            to[n] = np.nan if divisor == 0.0 else left[n] / divisor


@njit(cache=True, nogil=True)
def compare(op: int, left: Matrix, right: Matrix, to: Truths, yes: np.uint8, no: np.uint8, size: int) -> None:
    """A comparison is neither true nor false where a side is NaN."""
    if op == AT_LEAST:
        for n in range(size):
            to[n] = np.uint8(left[n] >= right[n]) * yes + np.uint8(left[n] < right[n]) * no
    elif op == ABOVE:
        for n in range(size):
            to[n] = np.uint8(left[n] > right[n]) * yes + np.uint8(left[n] <= right[n]) * no
    elif op == EQUAL:
        for n in range(size):
            apart = np.uint8(left[n] < right[n]) | np.uint8(left[n] > right[n])
            to[n] = np.uint8(left[n] == right[n]) * yes + apart * no
    else:
        for n in range(size):
            to[n] = np.uint8(left[n] == left[n]) * yes + np.uint8(left[n] != left[n]) * no


@njit(cache=True, nogil=True)
def combine(op: int, truth: Truths, to: int, left: int, right: int, first: np.uint8, size: int) -> None:
    """Truths from truths (contract 4.1)."""
    a, c = truth[left], truth[to]
    if op == AND:
        b = truth[right]
        for n in range(size):
            c[n] = (a[n] & b[n] & TRUE) | ((a[n] | b[n]) & FALSE)
    elif op == OR:
        b = truth[right]
        for n in range(size):
            c[n] = ((a[n] | b[n]) & TRUE) | (a[n] & b[n] & FALSE)
    elif op == EITHER:
        b = truth[right]
        for n in range(size):
            c[n] = a[n] | b[n]
    elif op == TALLY:
        d = truth[to + 1]
        if first > 0:
            c[:size] = 0
            d[:size] = 0
        for n in range(size):
            c[n] += a[n] & TRUE
            d[n] += 1 - (a[n] >> 1)
    else:
        b = truth[left + 1]
        for n in range(size):
            c[n] = np.uint8(a[n] >= right) + 2 * np.uint8(b[n] < right)
