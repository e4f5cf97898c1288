"""Redis lost its tail, or everything: nothing goes out twice, and nothing is missing (two watermarks)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import redis

from features.ledger import Ledger
from features.packing import unpack_row
from tests.integration.feed import placed
from tests.integration.kept import dumped, remembered, sent, wipe
from tests.integration.workers import until
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = [pytest.mark.integration, pytest.mark.chaos]


def difference(name: bytes, then: bytes, now: bytes) -> dict[str, Any]:
    """Which fields of a row changed."""
    ledgers = Ledger(), Ledger()
    for ledger, row in zip(ledgers, (then, now), strict=True):
        unpack_row(ledger, name.decode(), row)
    before, after = (ledger.rows[0] for ledger in ledgers)
    found = {field: (before[field], after[field]) for field in before.dtype.names or ()}
    return {field: pair for field, pair in found.items() if pair[0].tobytes() != pair[1].tobytes()} | {
        "name": name
    }


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("how", ["tail", "all"])
def test_a_store_that_forgets(site: Site, how: str, *, running: bool) -> None:
    """The records come in three parts, live: only the journal knows in which order they were taken."""
    lines = story_book(4, 40, 9)
    thirds = [lines[: len(lines) // 3], lines[len(lines) // 3 : -300], lines[-300:]]
    with redis.Redis.from_url(site.redis.url) as client, site.worker() as first:
        site.produce(placed(thirds[0], site.lanes))
        site.wait_until_done()
        early = dumped(client, site.namespace)
        for start in range(0, len(thirds[1]), 200):
            site.produce(placed(thirds[1][start : start + 200], site.lanes))
        site.wait_until_done()
        until(lambda: site.unsent() == 0, 20, site.logs)
        if not running:  # the journal then has the batches too that sent nothing
            assert first.stop() == 0
        before = sent(site)
        known = [remembered(client, site.namespace, lane) for lane in range(site.lanes)]
        wipe(client, site.namespace)
        if how == "tail":
            for key, value in early.items():
                client.restore(key, 0, value)
        if not running:
            with site.worker() as second:
                second.wait_for("lane_replayed", count=site.lanes)
                assert second.stop() == 0
                assert not second.named("replay_differs")
            assert sent(site) == before
            for lane, (rows, state) in enumerate(known):
                rows_now, state_now = remembered(client, site.namespace, lane)
                assert state_now == state
                assert rows_now.keys() == rows.keys()
                changed = [name for name, row in rows.items() if rows_now[name] != row]
                assert [difference(name, rows[name], rows_now[name]) for name in changed] == []
        else:
            site.produce(placed(thirds[2], site.lanes))
            first.wait_for("lane_replayed", count=site.lanes)
            site.wait_until_done()
            assert first.stop() == 0
            assert len(first.named("lane_lost")) == site.lanes
            assert not first.named("replay_differs")
            after = sent(site)
            for now, then in zip(after, before, strict=True):
                assert set(then) < set(now)
