from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.feed import expected, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("seed", [3, 4])
def test_two_workers_give_what_the_file_mode_gives(site: Site, seed: int) -> None:
    lines = story_book(seed, 40, 9)
    site.produce(placed(lines, site.lanes))
    wanted = expected(lines, site.lanes, site.prefix)
    with site.worker(BATCH_RECORDS="200") as first, site.worker() as second:
        site.wait_until_sent(wanted)
        assert first.stop() == 0
        assert second.stop() == 0
        for process in (first, second):
            assert not process.named("not JSON")
            assert not process.named("lane_failed")
            assert process.named("worker_stopped")
    site.check(wanted)
    assert site.unsent() == 0


def test_lanes_move_when_a_worker_joins_and_when_one_leaves(site: Site) -> None:
    lines = story_book(5, 40, 9)
    records = placed(lines, site.lanes)
    wanted = expected(lines, site.lanes, site.prefix)
    site.produce(records)
    with site.worker(BATCH_RECORDS="20") as first:
        first.wait_for("lane_claimed")
        with site.worker(BATCH_RECORDS="20") as second:
            second.wait_for("lane_claimed", count=2)
            assert second.wait_for("lanes_assigned")[-1]["lanes"] in ([0, 1], [2, 3])
            first.wait_for("lanes_stopped")
            site.wait_until_done()
            assert second.stop() == 0
        first.wait_for("lanes_assigned", count=3)
        site.wait_until_sent(wanted)
        assert first.stop() == 0
    site.check(wanted)
