"""Where the bits of a number are, compiled to the processor's own instructions."""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_WORD: Final = ir.IntType(64)
_ZERO_TOO: Final = ir.Constant(ir.IntType(1), 0)


def _bits_of(typing: Any, number: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.sub(ir.Constant(_WORD, 64), builder.ctlz(arguments[0], _ZERO_TOO))

    return types.int64(types.uint64), generate


def _lowest_bit(typing: Any, number: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.cttz(arguments[0], _ZERO_TOO)

    return types.int64(types.uint64), generate


bits_of: Final[Any] = intrinsic(_bits_of)
"""How many binary digits a uint64 has without leading zeros."""
lowest_bit: Final[Any] = intrinsic(_lowest_bit)
"""The place, 0 to 63, of the lowest bit that is set in a uint64; 64 when none is."""
