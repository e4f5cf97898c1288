"""Kafka's default partitioner: murmur2 of the key (contract 1.1)."""

from __future__ import annotations

from typing import Final

_SEED: Final = 0x9747B28C
_M: Final = 0x5BD1E995
_WORD: Final = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """32-bit murmur2 as org.apache.kafka.common.utils.Utils has it, unsigned."""
    length = len(key)
    h = (_SEED ^ length) & _WORD
    whole = length & ~3
    for start in range(0, whole, 4):
        k = int.from_bytes(key[start : start + 4], "little") * _M & _WORD
        k = (k ^ k >> 24) * _M & _WORD
        h = h * _M & _WORD ^ k
    if length > whole:
        h = (h ^ int.from_bytes(key[whole:], "little")) * _M & _WORD
    h = (h ^ h >> 13) * _M & _WORD
    return h ^ h >> 15


def lane_of(cardholder: str, lanes: int) -> int:
    """The partition of a cardholder in every input topic."""
    return (murmur2(cardholder.encode()) & 0x7FFFFFFF) % lanes
