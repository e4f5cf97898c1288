"""Tells the processor which entries of an array will be read soon, so that it fetches them meanwhile.

Rows are touched in no order: without this each record waits for several cache lines of memory, one after the
other. It changes no value; an entry that is not read after all costs next to nothing.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from features.row import IDS, NONE, ROW, TOPICS_WITH_IDS, Rows
from features.streaming import CACHE_LINE
from features.tiles import TILE

_CYCLES, _REPORT, _IDS, _LOW, _HIGH = (
    ROW.fields[name][1]  # type: ignore[index] # it has fields
    for name in ("cycle_issue", "report", "id_count", "id_low", "id_high")
)
_TILE_SIZE: Final = TILE.itemsize
_LOW_SIZE: Final = ROW["id_low"].itemsize // ROW["id_low"].shape[0]
_HIGH_SIZE: Final = ROW["id_high"].itemsize // ROW["id_high"].shape[0]


def _fetch(typing: Any, array: Any, index: Any, offset: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    """Fetch the cache line of byte `offset` of `array[index]`, which need not be in bounds."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        entries = context.make_array(kind)(context, builder, arguments[0])
        size = ir.Constant(ir.IntType(64), context.get_abi_sizeof(context.get_data_type(kind.dtype)))
        at = builder.add(builder.mul(arguments[1], size), arguments[2])
        place = cgutils.pointer_add(builder, entries.data, at, ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        prefetch = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [place.type, number, number, number]),
            "llvm.prefetch.p0",
        )
        builder.call(prefetch, [place, number(0), number(3), number(1)])  # to read, to keep, not code
        return context.get_dummy_value()

    return types.none(array, types.int64, types.int64), generate


fetch: Final[Any] = intrinsic(_fetch)
"""fetch(array, index, offset) in compiled code."""


@njit(cache=True, inline="always")
def _fetch_between(rows: Rows, slot: Any, start: Any, stop: Any) -> None:
    """Fetch some bytes of a row, which need not begin a line."""
    for offset in range(start, stop, CACHE_LINE):
        fetch(rows, slot, offset)
    fetch(rows, slot, stop - 1)


@njit(cache=True, inline="always")
def fetch_row(rows: Rows, slot: Any) -> None:
    """Fetch what of a row is looked at whatever is in it."""
    _fetch_between(rows, slot, 0, _CYCLES)


@njit(cache=True, inline="always")
def fetch_rest(rows: Rows, slot: Any) -> None:
    """Fetch what else of a row there is, but event ids: few of many had a statement or a report."""
    row = rows[slot]
    if row.statements > 0:
        _fetch_between(rows, slot, _CYCLES, _REPORT)
    if row.report_time != NONE:
        _fetch_between(rows, slot, _REPORT, _LOW)


@njit(cache=True, inline="always")
def fetch_all_ids(rows: Rows, slot: Any) -> None:
    """Fetch all event ids that a row remembers."""
    row = rows[slot]
    for topic in range(TOPICS_WITH_IDS):
        if row.id_count[topic] > 0:
            kept = min(np.int64(row.id_count[topic]), IDS)
            low, high = _LOW + _LOW_SIZE * topic, _HIGH + _HIGH_SIZE * topic
            _fetch_between(rows, slot, low, low + _LOW_SIZE // IDS * kept)
            _fetch_between(rows, slot, high, high + _HIGH_SIZE // IDS * kept)


@njit(cache=True, inline="always")
def fetch_ids(rows: Rows, slot: Any, topic: Any) -> None:
    """Fetch the event ids that a row remembers of a topic."""
    fetch(rows, slot, _IDS + 4 * topic)
    fetch(rows, slot, _LOW + _LOW_SIZE * topic)
    fetch(rows, slot, _LOW + _LOW_SIZE * topic + _LOW_SIZE - 1)
    fetch(rows, slot, _HIGH + _HIGH_SIZE * topic)


@njit(cache=True, inline="always")
def fetch_lists(row: Any, tiles: Rows, payments: Rows) -> None:
    """Fetch the newest tiles of a row, the first of its window, and its first payment."""
    newest = row.tiles + row.tile_count - 1
    fetch(tiles, newest, 0)
    fetch(tiles, newest, -CACHE_LINE)
    fetch(tiles, row.tiles + row.window_first, 0)
    if row.payments >= 0:
        fetch(payments, row.payments, 0)


@njit(cache=True, inline="always")
def fetch_tiles(row: Any, tiles: Rows) -> None:
    """Fetch all tiles of a row."""
    for offset in range(0, _TILE_SIZE * row.tile_count, CACHE_LINE):
        fetch(tiles, row.tiles, offset)
