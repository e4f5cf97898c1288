"""The breaker of a lane (contract 6.6). What it holds is kept with each batch: no more than it needs."""

from __future__ import annotations

from rules.case import Fuse
from rules.cuts import _burn
from tests.integration.feed import evaluator

HOUR_US = 3_600_000_000
POLICY = evaluator().book.policy


def blown_by(fuse: Fuse, hour: int) -> bool:
    """Whether it is, after one more request of a lane of a thousand active accounts."""
    _burn(fuse, hour * HOUR_US, 5_000_000, POLICY, 1_000)
    return fuse.blown


def test_it_counts_the_last_day_and_forgets_all_when_it_is_blown() -> None:
    fuse = Fuse()
    assert not any(blown_by(fuse, hour) for hour in range(20))
    assert len(fuse.requests) == 20
    assert not blown_by(fuse, 24)  # the first one is a day old
    assert len(fuse.requests) == 20
    assert blown_by(fuse, 24)
    assert fuse.requests == []
    fuse.reset()
    assert not blown_by(fuse, 25)
    assert len(fuse.requests) == 1
