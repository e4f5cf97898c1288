"""How far what is summed lies from the weeks before, in standard deviations: some measures at once."""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from features.abreast import EIGHT, FLOATS, LINE, UNKNOWN, WORD, WORDS, eight_at, everywhere, put


def _deviations(
    typing: Any,  # noqa: ARG001  # as Numba calls it
    weekly: Any,
    weeks: Any,  # noqa: ARG001
    sums: Any,
    at: Any,  # noqa: ARG001
    out: Any,
    column: Any,  # noqa: ARG001
    count: Any,  # noqa: ARG001
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        measure = builder.and_(arguments[3], WORD(LINE - 1))

        def week(number: Any) -> Any:
            place = builder.add(builder.mul(number, WORD(LINE)), measure)
            return eight_at(context, builder, kinds[0], arguments[0], place)

        first = week(WORD(1))
        end = builder.add(arguments[1], WORD(1))
        total = cgutils.alloca_once_value(builder, ir.Constant(WORDS, None))
        differ = cgutils.alloca_once_value(builder, ir.Constant(WORDS, None))
        with cgutils.for_range(builder, end, start=WORD(1)) as loop:
            here = week(loop.index)
            builder.store(builder.add(builder.load(total), here), total)
            builder.store(builder.or_(builder.load(differ), builder.xor(here, first)), differ)
        many = everywhere(builder, builder.sitofp(arguments[1], ir.DoubleType()), FLOATS)
        mean = builder.fdiv(builder.sitofp(builder.load(total), FLOATS), many)
        spread = cgutils.alloca_once_value(builder, ir.Constant(FLOATS, None))
        with cgutils.for_range(builder, end, start=WORD(1)) as loop:
            off = builder.fsub(builder.sitofp(week(loop.index), FLOATS), mean)
            builder.store(builder.fadd(builder.load(spread), builder.fmul(off, off)), spread)
        root = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(FLOATS, [FLOATS]), f"llvm.sqrt.v{EIGHT}f64"
        )
        deviation = builder.call(root, [builder.fdiv(builder.load(spread), many)])
        now = builder.sitofp(eight_at(context, builder, kinds[2], arguments[2], arguments[3]), FLOATS)
        z = builder.fdiv(builder.fsub(now, mean), deviation)
        alike = builder.icmp_signed("==", builder.load(differ), ir.Constant(WORDS, None))
        put(context, builder, builder.select(alike, UNKNOWN, z), kinds[4], *arguments[4:])
        return context.get_dummy_value()

    word = types.int64
    return types.none(weekly, word, sums, word, out, word, word), generate


deviations: Final[Any] = intrinsic(_deviations)
"""deviations(weekly, weeks, sums, at, out, column, count) in compiled code.

out[column] = (sums[at] - mean) / standard deviation (of the whole population) of that measure's numbers in
the lines 1 to `weeks` of `weekly`, and so on for `count` measures, eight at most; nan where those numbers are
equal.
"""
