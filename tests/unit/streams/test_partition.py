from __future__ import annotations

from kafka.partitioner.default import murmur2 as clients_murmur2

from streams.partition import murmur2


def test_the_partitioner_is_kafkas_own() -> None:
    for key in (b"", b"a", b"ab", b"abc", b"abcd", b"card-000017", "käse".encode(), bytes(range(64))):
        assert murmur2(key) == clients_murmur2(key) & 0xFFFFFFFF
