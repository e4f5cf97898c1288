from __future__ import annotations

import pytest
from aiokafka.record.memory_records import MemoryRecords

from tests.bench.paced import TICK_SECONDS, Tick, ticks

START = 1_000.0


def _written(*places: tuple[str, int]) -> list[tuple[str, int, bytes, bytes]]:
    return [(topic, partition, b"k%d" % n, b"v%d" % n) for n, (topic, partition) in enumerate(places)]


def _values(tick: Tick) -> dict[tuple[str, int], list[bytes]]:
    found = {}
    for topic, batches in tick.batches.items():
        for partition, raw in batches:
            records = MemoryRecords(raw).next_batch()
            found[topic, partition] = [record.value for record in records]
    return found


def test_what_is_due_within_a_tick_goes_at_its_end_by_topic_and_partition() -> None:
    written = _written(("a", 0), ("a", 1), ("b", 0), ("a", 0), ("a", 0))
    due = [START + share * TICK_SECONDS for share in (0.1, 0.2, 0.5, 0.9, 2.5)]
    first, second = ticks(written, due)
    assert _values(first) == {("a", 0): [b"v0", b"v3"], ("a", 1): [b"v1"], ("b", 0): [b"v2"]}
    assert first.counts == {("a", 0): 2, ("a", 1): 1, ("b", 0): 1}
    assert first.at == pytest.approx(START + TICK_SECONDS)
    assert _values(second) == {("a", 0): [b"v4"]}
    assert second.at == pytest.approx(START + 3 * TICK_SECONDS)


def test_nothing_is_sent_before_it_is_due_nor_a_tick_later() -> None:
    due = [START + n * 0.0007 for n in range(500)]
    told = list(ticks(_written(*[("a", n % 3) for n in range(500)]), due))
    sent = [(tick.at, value) for tick in told for values in _values(tick).values() for value in values]
    assert len(sent) == len(due)
    for at, value in sent:
        assert 0 <= at - due[int(value[1:])] < TICK_SECONDS + 1e-9


def test_a_tick_of_more_than_a_batch_may_hold_is_refused() -> None:
    large = [("a", 0, b"k", b"x" * 500_000)] * 2
    with pytest.raises(ValueError, match="of a are due"):
        list(ticks(large, [START, START]))
