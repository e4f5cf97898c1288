"""Sums over the tiles of a row window by window: those of a window go on from those of the next shorter one.

One pass over the tiles, newest first, for all measures at once, with what was summed so far in registers: in
memory each tile would wait for the one before it.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from features.abreast import NUMBERS, WORD, chosen, line_at, store
from features.tiles import ATTRIBUTES_OF_KEY, TILE

_HALF: Final = ir.IntType(16)


def _sum_windows(
    typing: Any,  # noqa: ARG001  # as Numba calls it
    tiles: Any,
    newest: Any,  # noqa: ARG001
    oldest: Any,  # noqa: ARG001
    least: Any,
    windows: Any,  # noqa: ARG001
    members: Any,
    sums: Any,
    counts: Any,
    largest: Any,
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def data(place: int) -> Any:
            return context.make_array(signature.args[place])(context, builder, arguments[place]).data

        first_tile = builder.ptrtoint(data(0), WORD)

        def read(tile: Any, name: str) -> Any:
            """A field of a tile as a word."""
            kind, offset = TILE.fields[name][:2]  # type: ignore[index] # it has fields
            number = ir.IntType(8 * kind.itemsize)
            place = builder.inttoptr(builder.add(tile, WORD(offset)), number.as_pointer())
            found = builder.load(place, align=1)
            return found if number == WORD else builder.zext(found, WORD)

        blank = ir.Constant(NUMBERS, None)
        total, many, top = (cgutils.alloca_once_value(builder, blank) for _ in range(3))
        at = cgutils.alloca_once_value(builder, arguments[1])
        with cgutils.for_range(builder, arguments[4]) as window:
            bound = builder.load(builder.gep(data(3), [window.index]), align=1)
            look, compare, take, done = (
                builder.append_basic_block(name) for name in ("look", "compare", "take", "done")
            )
            builder.branch(look)
            builder.position_at_end(look)
            here = builder.load(at)
            builder.cbranch(builder.icmp_signed(">=", here, arguments[2]), compare, done)
            builder.position_at_end(compare)
            tile = builder.add(first_tile, builder.mul(here, WORD(TILE.itemsize)))
            key = read(tile, "key")
            builder.cbranch(builder.icmp_signed(">=", key, bound), take, done)
            builder.position_at_end(take)
            place = builder.gep(data(5), [builder.and_(key, WORD(ATTRIBUTES_OF_KEY))])
            mine = builder.zext(builder.load(builder.bitcast(place, _HALF.as_pointer()), align=1), WORD)
            builder.store(builder.add(builder.load(total), chosen(builder, read(tile, "sum"), mine)), total)
            builder.store(builder.add(builder.load(many), chosen(builder, read(tile, "count"), mine)), many)
            before, offered = builder.load(top), chosen(builder, read(tile, "largest"), mine)
            builder.store(builder.select(builder.icmp_signed(">", offered, before), offered, before), top)
            builder.store(builder.sub(here, WORD(1)), at)
            builder.branch(look)
            builder.position_at_end(done)
            for place, held in ((6, total), (7, many), (8, top)):
                line = line_at(context, builder, signature.args[place], arguments[place], window.index)
                store(builder, builder.load(held), line)
        return context.get_dummy_value()

    word = types.int64
    return types.none(tiles, word, word, least, word, members, sums, counts, largest), generate


sum_windows: Final[Any] = intrinsic(_sum_windows)
"""sum_windows(tiles, newest, oldest, least, windows, members, sums, counts, largest) in compiled code.

tiles[oldest : newest + 1] are those of a row, `least[w]` is the least key of window w (at most that of the
window before it), and `members` tells, by a tile's attributes, with a bit each, what it belongs to. Line w
of `sums`, `counts` and `largest` becomes that of window w; no amount is negative.
"""
