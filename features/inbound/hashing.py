"""64-bit hashes of texts: the same in every process, on every machine, and in the batch scan."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.compiling import borrowing

OFFSET: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x100000001B3)
_MIX_1: Final = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2: Final = np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT: Final = np.uint64(33)
_FORBIDDEN: Final = np.uint64(2**63)  # layout.UNKNOWN, as bits


@borrowing
def hash_step(state: np.uint64, byte: int | np.uint8) -> np.uint64:
    """One byte of FNV-1a."""
    return (state ^ np.uint64(byte)) * _PRIME


@borrowing
def hash_end(state: np.uint64) -> np.uint64:
    """Mix the bits (MurmurHash3's finaliser); never 0 and never the bits of UNKNOWN."""
    state ^= state >> _SHIFT
    state *= _MIX_1
    state ^= state >> _SHIFT
    state *= _MIX_2
    state ^= state >> _SHIFT
    if state == np.uint64(0) or state == _FORBIDDEN:
        return np.uint64(1)
    return state


@borrowing
def hash_range(text: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """The hash of text[start:end]."""
    state = OFFSET
    for position in range(start, end):
        state = hash_step(state, text[position])
    return hash_end(state)


def product_code(hashed: int) -> int:
    """What a state row keeps of the hash of a product's name: its upper half."""
    return hashed >> 32 & 0xFFFFFFFF


@njit(cache=True, nogil=True)
def _hash_each(text: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    hashes = np.empty(len(ends), np.uint64)
    start = 0
    for index, end in enumerate(ends):
        hashes[index] = hash_range(text, start, end)
        start = end
    return hashes


def hash_texts(texts: Iterable[str]) -> NDArray[np.uint64]:
    """The hash of each text's UTF-8 bytes."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), dtype=np.int64)
    hashes: NDArray[np.uint64] = _hash_each(np.frombuffer(b"".join(encoded), np.uint8), ends)
    return hashes
