"""Numbers that are worked on together: a line of sixteen, some of them or all, in a few instructions.

A loop of a few rounds over such a line is compiled number by number, and a choice of the numbers that a bit
stands for is a jump that no processor foretells.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LINE: Final = 16
"""Numbers of a line."""
_WORD: Final = ir.IntType(64)
_LINE: Final = ir.VectorType(_WORD, LINE)
_BYTES: Final = 8


def _line(context: Any, builder: Any, kind: Any, lines: Any, place: Any) -> Any:
    """Where a line begins."""
    data = context.make_array(kind)(context, builder, lines).data
    return builder.bitcast(builder.gep(data, [builder.mul(place, _WORD(LINE))]), _LINE.as_pointer())


def _load(builder: Any, where: Any) -> Any:
    loaded = builder.load(where)
    loaded.align = _BYTES  # lines begin at any number
    return loaded


def _store(builder: Any, value: Any, where: Any) -> None:
    builder.store(value, where).align = _BYTES


def _everywhere(builder: Any, value: Any) -> Any:
    one = builder.insert_element(ir.Constant(_LINE, ir.Undefined), value, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LINE), None)
    return builder.shuffle_vector(one, ir.Constant(_LINE, ir.Undefined), zeros)


def _chosen(builder: Any, value: Any, members: Any) -> Any:
    """The value where `members` has a bit, 0 elsewhere."""
    bits = builder.bitcast(builder.trunc(members, ir.IntType(LINE)), ir.VectorType(ir.IntType(1), LINE))
    return builder.select(bits, _everywhere(builder, value), ir.Constant(_LINE, None))


def _clear(typing: Any, lines: Any, place: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        where = _line(context, builder, signature.args[0], arguments[0], arguments[1])
        _store(builder, ir.Constant(_LINE, None), where)
        return context.get_dummy_value()

    return types.none(lines, types.int64), generate


def _repeat(typing: Any, lines: Any, place: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        before = builder.sub(arguments[1], _WORD(1))
        source = _line(context, builder, signature.args[0], arguments[0], before)
        where = _line(context, builder, signature.args[0], arguments[0], arguments[1])
        _store(builder, _load(builder, source), where)
        return context.get_dummy_value()

    return types.none(lines, types.int64), generate


def _add(typing: Any, lines: Any, place: Any, value: Any, members: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        where = _line(context, builder, signature.args[0], arguments[0], arguments[1])
        _store(builder, builder.add(_load(builder, where), _chosen(builder, *arguments[2:])), where)
        return context.get_dummy_value()

    return types.none(lines, types.int64, types.int64, types.int64), generate


def _top(typing: Any, lines: Any, place: Any, value: Any, members: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        where = _line(context, builder, signature.args[0], arguments[0], arguments[1])
        before, offered = _load(builder, where), _chosen(builder, *arguments[2:])
        _store(builder, builder.select(builder.icmp_signed(">", offered, before), offered, before), where)
        return context.get_dummy_value()

    return types.none(lines, types.int64, types.int64, types.int64), generate


def _convert(typing: Any, lines: Any, at: Any, out: Any, column: Any, count: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        to = context.make_array(signature.args[2])(context, builder, arguments[2]).data
        line = _load(builder, builder.bitcast(builder.gep(numbers, [arguments[1]]), _LINE.as_pointer()))
        places = ir.Constant(_LINE, list(range(LINE)))
        wanted = builder.icmp_signed("<", places, _everywhere(builder, arguments[4]))
        floats = ir.VectorType(ir.DoubleType(), LINE)
        where = builder.bitcast(builder.gep(to, [arguments[3]]), floats.as_pointer())
        store = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [floats, where.type, ir.IntType(32), wanted.type]),
            f"llvm.masked.store.v{LINE}f64.p0",
        )
        builder.call(store, [builder.sitofp(line, floats), where, ir.IntType(32)(_BYTES), wanted])
        return context.get_dummy_value()

    return types.none(lines, types.int64, out, types.int64, types.int64), generate


clear: Final[Any] = intrinsic(_clear)
"""clear(lines, place) in compiled code: lines[place] becomes 0."""
repeat: Final[Any] = intrinsic(_repeat)
"""repeat(lines, place): lines[place] becomes the line before it."""
add: Final[Any] = intrinsic(_add)
"""add(lines, place, value, members): to those of lines[place] of which `members` has a bit."""
top: Final[Any] = intrinsic(_top)
"""top(lines, place, value, members): none of those is less than the value; no number is negative."""
convert: Final[Any] = intrinsic(_convert)
"""convert(lines, at, out, column, count): out[column : column + count] = lines[at : at + count], as floats.

Both are flat; at most a line is converted, and a whole line is read."""
