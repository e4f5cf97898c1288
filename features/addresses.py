"""Bytes written at an address, compiled: an address is one number, where an array is handed over as seven.

Nothing is checked: who takes the address of an array must know that it has room for what is written.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_BYTE: Final = ir.IntType(8)
_WORD: Final = ir.IntType(64)


def _address_of(typing: Any, array: Any) -> Any:  # noqa: ARG001  # as Numba calls it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.ptrtoint(held.data, _WORD)

    return types.int64(array), generate


def _write_byte(typing: Any, at: Any, byte: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        builder.store(builder.trunc(arguments[1], _BYTE), builder.inttoptr(arguments[0], _BYTE.as_pointer()))
        return context.get_dummy_value()

    return types.none(types.int64, types.uint64), generate


def _write_eight(typing: Any, at: Any, word: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        builder.store(arguments[1], builder.inttoptr(arguments[0], _WORD.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.none(types.int64, types.uint64), generate


def _read_eight(typing: Any, at: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        place = builder.inttoptr(arguments[0], _WORD.as_pointer())
        return builder.load(place, align=1, typ=_WORD)

    return types.uint64(types.int64), generate


def _copy(typing: Any, to: Any, source: Any, size: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        to, source = (builder.inttoptr(place, _BYTE.as_pointer()) for place in arguments[:2])
        cgutils.raw_memcpy(builder, to, source, arguments[2], 1)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64), generate


address_of: Final[Any] = intrinsic(_address_of)
"""The address of an array's first byte."""
write_byte: Final[Any] = intrinsic(_write_byte)
"""Write the lowest byte of a number to an address."""
write_eight: Final[Any] = intrinsic(_write_eight)
"""Write a number to the eight bytes from an address on, the lowest first."""
copy: Final[Any] = intrinsic(_copy)
"""copy(to, source, size): so many bytes from one address to another; the two may not overlap."""
read_eight: Final[Any] = intrinsic(_read_eight)
"""The eight bytes from an address on as a number, the lowest first."""
