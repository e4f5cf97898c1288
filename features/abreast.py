"""Numbers that are worked on together: a line of sixteen, or up to eight side by side, in a few instructions.

A loop of a few rounds over such a line is compiled number by number, and a choice of the numbers that a bit
stands for is a jump that no processor foretells.
"""

from __future__ import annotations

import math
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LINE: Final = 16
"""Numbers of a line."""
EIGHT: Final = 8
"""Numbers side by side that become features at once."""
WORD: Final = ir.IntType(64)
NUMBERS: Final = ir.VectorType(WORD, LINE)
WORDS: Final = ir.VectorType(WORD, EIGHT)
FLOATS: Final = ir.VectorType(ir.DoubleType(), EIGHT)
UNKNOWN: Final = ir.Constant(FLOATS, [math.nan] * EIGHT)
_BYTES: Final = 8


def line_at(context: Any, builder: Any, kind: Any, lines: Any, place: Any) -> Any:
    """Where a line begins."""
    data = context.make_array(kind)(context, builder, lines).data
    return builder.bitcast(builder.gep(data, [builder.mul(place, WORD(LINE))]), NUMBERS.as_pointer())


def load(builder: Any, where: Any) -> Any:
    loaded = builder.load(where)
    loaded.align = _BYTES  # lines begin at any number
    return loaded


def store(builder: Any, value: Any, where: Any) -> None:
    builder.store(value, where).align = _BYTES


def everywhere(builder: Any, value: Any, kind: Any = NUMBERS) -> Any:
    """A vector of that type, each of whose numbers is the value."""
    nothing = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(nothing, value, ir.IntType(32)(0))
    return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(ir.IntType(32), kind.count), None))


def chosen(builder: Any, value: Any, members: Any) -> Any:
    """The value where `members` has a bit, 0 elsewhere."""
    bits = builder.bitcast(builder.trunc(members, ir.IntType(LINE)), ir.VectorType(ir.IntType(1), LINE))
    return builder.select(bits, everywhere(builder, value), ir.Constant(NUMBERS, None))


def eight_at(context: Any, builder: Any, kind: Any, lines: Any, at: Any) -> Any:
    """The eight numbers from a place on, whichever line it is in."""
    data = context.make_array(kind)(context, builder, lines).data
    return load(builder, builder.bitcast(builder.gep(data, [at]), WORDS.as_pointer()))


def put(context: Any, builder: Any, told: Any, kind: Any, out: Any, column: Any, count: Any) -> None:
    """out[column : column + count] = the first of eight floats."""
    to = context.make_array(kind)(context, builder, out).data
    places = ir.Constant(WORDS, list(range(EIGHT)))
    wanted = builder.icmp_signed("<", places, everywhere(builder, count, WORDS))
    where = builder.bitcast(builder.gep(to, [column]), FLOATS.as_pointer())
    masked = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(ir.VoidType(), [FLOATS, where.type, ir.IntType(32), wanted.type]),
        f"llvm.masked.store.v{EIGHT}f64.p0",
    )
    builder.call(masked, [told, where, ir.IntType(32)(_BYTES), wanted])


def _clear(typing: Any, lines: Any, place: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        where = line_at(context, builder, signature.args[0], arguments[0], arguments[1])
        store(builder, ir.Constant(NUMBERS, None), where)
        return context.get_dummy_value()

    return types.none(lines, types.int64), generate


def _add(typing: Any, lines: Any, place: Any, value: Any, members: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        where = line_at(context, builder, signature.args[0], arguments[0], arguments[1])
        store(builder, builder.add(load(builder, where), chosen(builder, *arguments[2:])), where)
        return context.get_dummy_value()

    return types.none(lines, types.int64, types.int64, types.int64), generate


def _convert(typing: Any, lines: Any, at: Any, out: Any, column: Any, count: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        told = builder.sitofp(eight_at(context, builder, kinds[0], *arguments[:2]), FLOATS)
        put(context, builder, told, kinds[2], *arguments[2:])
        return context.get_dummy_value()

    return types.none(lines, types.int64, out, types.int64, types.int64), generate


def _scale(typing: Any, lines: Any, at: Any, by: Any, out: Any, column: Any, count: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        numbers = builder.sitofp(eight_at(context, builder, kinds[0], *arguments[:2]), FLOATS)
        told = builder.fdiv(numbers, everywhere(builder, arguments[2], FLOATS))
        put(context, builder, told, kinds[3], *arguments[3:])
        return context.get_dummy_value()

    return types.none(lines, types.int64, types.float64, out, types.int64, types.int64), generate


def _divide(typing: Any, lines: Any, by: Any, at: Any, out: Any, column: Any, count: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        numbers, many = (
            builder.sitofp(eight_at(context, builder, kind, held, arguments[2]), FLOATS)
            for kind, held in zip(kinds[:2], arguments[:2], strict=True)
        )
        put(context, builder, _ratio(builder, numbers, many), kinds[3], *arguments[3:])
        return context.get_dummy_value()

    return types.none(lines, by, types.int64, out, types.int64, types.int64), generate


def _ratio(builder: Any, above: Any, below: Any) -> Any:
    some = builder.fcmp_ordered(">", below, ir.Constant(FLOATS, None))
    return builder.select(some, builder.fdiv(above, below), UNKNOWN)


def _trend(
    typing: Any,  # noqa: ARG001
    lines: Any,
    at: Any,  # noqa: ARG001
    days: Any,  # noqa: ARG001
    long_at: Any,  # noqa: ARG001
    long_days: Any,  # noqa: ARG001
    out: Any,
    column: Any,  # noqa: ARG001
    count: Any,  # noqa: ARG001
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        short, long = (
            builder.fdiv(
                builder.sitofp(eight_at(context, builder, kinds[0], arguments[0], arguments[place]), FLOATS),
                everywhere(builder, arguments[place + 1], FLOATS),
            )
            for place in (1, 3)
        )
        put(context, builder, _ratio(builder, short, long), kinds[5], *arguments[5:])
        return context.get_dummy_value()

    word, number = types.int64, types.float64
    return types.none(lines, word, number, word, number, out, word, word), generate


clear: Final[Any] = intrinsic(_clear)
"""clear(lines, place) in compiled code: lines[place] becomes 0."""
add: Final[Any] = intrinsic(_add)
"""add(lines, place, value, members): to those of lines[place] of which `members` has a bit."""
convert: Final[Any] = intrinsic(_convert)
"""convert(lines, at, out, column, count): out[column : column + count] = lines[at : at + count], as floats.

Here and below both are flat, at most eight numbers become features, and eight are read."""
scale: Final[Any] = intrinsic(_scale)
"""scale(lines, at, by, out, column, count): the same, divided by a float (nan makes all of them unknown)."""
divide: Final[Any] = intrinsic(_divide)
"""divide(lines, by, at, out, column, count): lines[at] / by[at] and so on; nan where it is not above 0."""
trend: Final[Any] = intrinsic(_trend)
"""trend(lines, at, days, long_at, long_days, out, column, count): a day of lines[at] over one of those at
`long_at` and so on; nan where that is not above 0."""
