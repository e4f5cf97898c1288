"""Writing what is hardly ever read again past the processor's caches: what is needed next stays there."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from features.compiling import spliced

AT_ONCE: Final = 8
"""Numbers of a cache line; lines of a matrix that is streamed to are whole ones."""
CACHE_LINE: Final = 64
"""Bytes."""
_EIGHT: Final = ir.VectorType(ir.DoubleType(), AT_ONCE)


def _eight(typing: Any, source: Any, matrix: Any, row: Any, column: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        line = context.make_array(signature.args[0])(context, builder, arguments[0])
        to = context.make_array(signature.args[1])(context, builder, arguments[1])
        width = builder.extract_value(to.shape, 1)
        read = builder.bitcast(builder.gep(line.data, [arguments[3]]), _EIGHT.as_pointer())
        place = builder.add(builder.mul(arguments[2], width), arguments[3])
        written = builder.bitcast(builder.gep(to.data, [place]), _EIGHT.as_pointer())
        numbers = builder.load(read)
        numbers.align = CACHE_LINE // AT_ONCE
        store = builder.store(numbers, written)
        store.align = CACHE_LINE
        store.set_metadata("nontemporal", builder.module.add_metadata([ir.IntType(32)(1)]))
        return context.get_dummy_value()

    return types.none(source, matrix, types.int64, types.int64), generate


_stream_eight: Final[Any] = intrinsic(_eight)


@spliced
def stream(line: NDArray[np.float64], matrix: NDArray[np.float64], row: int) -> None:
    """matrix[row] = line; the matrix is one of `lines_of`."""
    for column in range(0, len(line), AT_ONCE):
        _stream_eight(line, matrix, row, column)


def lines_of(rows: int, width: int) -> NDArray[np.float64]:
    """A matrix of unknowns (rows, at least `width`), each line of which begins a cache line."""
    width = -width // AT_ONCE * -AT_ONCE
    room = np.full(rows * width + AT_ONCE, np.nan)
    start = -room.ctypes.data % CACHE_LINE // room.itemsize
    return room[start : start + rows * width].reshape(rows, width)
