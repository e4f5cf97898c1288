"""Sketches of distinct merchants and cities: on which date something last fell into each place.

A text falls into one place by its hash. A place holds its date modulo 255, which tells the date as long as
it lies less than 255 days back; so every now and then the places of dates past are emptied.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from features.abreast import everywhere
from features.addresses import address_of, read_eight
from features.compiling import borrowing, spliced
from features.row import CITIES, MERCHANTS, NEVER, NONE, UNSEEN

LONGEST: Final = 90
"""No window reaches further back (days)."""
_CYCLE: Final = UNSEEN
_KEPT: Final = 32
"""Days after which places are looked through."""
MOST_PASSED: Final = _CYCLE - LONGEST - 1
"""Once so many days have passed since places were looked through, all that is in them is past."""
_EIGHT_UNSEEN: Final = np.uint64(UNSEEN * 0x0101010101010101)
_LOW: Final = np.uint64(0x7F7F7F7F7F7F7F7F)
_BYTE: Final = ir.IntType(8)


@borrowing
def sketch(row: Any, merchant: int, city: int, today: int, day: int) -> None:
    """Note on a date where the hashes of merchant and city (NONE: not told) fall."""
    if row.seen_day == NEVER or today - row.seen_day > _KEPT:
        _empty(row, today)
    if merchant != NONE:
        place = merchant & (MERCHANTS - 1)
        if age(row.merchants[place], today) > today - day:
            row.merchants[place] = day % _CYCLE
    if city != NONE:
        place = city & (CITIES - 1)
        if age(row.cities[place], today) > today - day:
            row.cities[place] = day % _CYCLE


@njit(cache=True, inline="always")
def age(held: Any, today: int) -> Any:
    """How many days ago something last fell into a place: 255 and more when that is not known."""
    return _CYCLE if held == UNSEEN else (today - held) % _CYCLE


def _hit_within(places: int) -> Any:
    """Compares all places at once; the places are those of `age`, a byte each."""
    lanes = ir.VectorType(_BYTE, places)

    def count(typing: Any, held: Any, today: Any, days: Any) -> Any:  # noqa: ARG001  # as Numba calls it
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
            held = builder.load(builder.bitcast(data, lanes.as_pointer()))
            held.align = 1
            now, days = (everywhere(builder, builder.trunc(number, _BYTE), lanes) for number in arguments[1:])
            later = builder.sext(builder.icmp_unsigned(">", held, now), lanes)  # -1: the cycle has 255 days
            ages = builder.add(builder.sub(now, held), later)
            seen = builder.icmp_unsigned("!=", held, ir.Constant(lanes, [UNSEEN] * places))
            young = builder.and_(builder.icmp_unsigned("<", ages, days), seen)
            hit = builder.ctpop(builder.bitcast(young, ir.IntType(places)))
            return hit if places == 64 else builder.zext(hit, ir.IntType(64))

        return types.int64(held, types.int64, types.int64), generate

    return intrinsic(count)


_merchants_hit: Final[Any] = _hit_within(MERCHANTS)
_cities_hit: Final[Any] = _hit_within(CITIES)


@spliced
def hits(row: Any, today: int, days: int) -> Any:
    """How many places something fell into on the last `days` dates: of merchants, and of cities."""
    now = today % _CYCLE
    return _merchants_hit(row.merchants, now, days), _cities_hit(row.cities, now, days)


@borrowing
def _empty(row: Any, today: int) -> None:
    """Empty the places of dates that no window holds any more."""
    past = row.seen_day == NEVER or today - row.seen_day > MOST_PASSED
    for k in range(MERCHANTS):
        if past or age(row.merchants[k], today) >= LONGEST:
            row.merchants[k] = UNSEEN
    for k in range(CITIES):
        if past or age(row.cities[k], today) >= LONGEST:
            row.cities[k] = UNSEEN
    row.seen_day = today


@spliced
def seen_in(places: Any) -> Any:
    """Which places of a sketch something fell into, a bit each; most are empty."""
    first = address_of(places)
    seen = np.uint64(0)
    for k in range(len(places) // 8):
        seen |= _seen(read_eight(first + 8 * k)) << np.uint64(8 * k)
    return seen


@spliced
def _seen(eight: np.uint64) -> np.uint64:
    other = eight ^ _EIGHT_UNSEEN
    marks = ((other & _LOW) + _LOW | other) & ~_LOW
    return (marks >> np.uint64(7)) * np.uint64(0x0102040810204080) >> np.uint64(56)
