"""The checksum of Kafka's record batches, by the processor's own instruction where it has one.

A table in software reads some two bytes a nanosecond: of all that fetching costs, checking was a third.
"""

from __future__ import annotations

import platform
from typing import Any, Final

import numpy as np
from aiokafka.record.util import calc_crc32c
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

HAS_INSTRUCTION: Final = platform.machine() in {"x86_64", "AMD64"} and binding.get_host_cpu_features().get(
    "sse4.2", False
)


def _instruction(width: int) -> Any:
    """CRC32C of `width` more bits, given that of what stands before them."""
    number = types.uint64 if width == 64 else types.uint32
    crc_bits, name = (64, "64.64") if width == 64 else (32, "32.8")

    def step(typing: Any, crc: Any, more: Any) -> Any:  # noqa: ARG001  # as Numba calls it
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            bits = ir.IntType(crc_bits)
            kind = ir.FunctionType(bits, [bits, ir.IntType(width)])
            function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.x86.sse42.crc32.{name}")
            return builder.call(function, arguments)

        return number(number, types.uint64 if width == 64 else types.uint8), generate

    return intrinsic(step)


_eight: Final = _instruction(64)
_one: Final = _instruction(8)


@njit(cache=True, nogil=True)
def _by_instruction(text: NDArray[np.uint8]) -> int:
    """CRC32C of bytes."""
    whole = len(text) // 8
    words = text[: whole * 8].view(np.uint64)
    crc = np.uint64(0xFFFFFFFF)
    for word in words:
        crc = _eight(crc, word)
    rest = np.uint32(crc)
    for byte in text[whole * 8 :]:
        rest = _one(rest, byte)
    return int(rest ^ np.uint32(0xFFFFFFFF))


def crc32c(text: NDArray[np.uint8]) -> int:
    """CRC32C (Castagnoli) of uint8[n], contiguous."""
    if HAS_INSTRUCTION:
        return int(_by_instruction(text))
    return int(calc_crc32c(text.tobytes()))
