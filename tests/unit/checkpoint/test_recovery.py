"""A lane takes checkpoints while it goes on, and a lost store begins at the newest that fits the log."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.checkpoint.depot import Depot
from streams.checkpoint.keeper import Keeper, Rhythm
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.ports.failures import UnusableError
from streams.ports.outbox import Cut
from streams.ports.rows import Rows
from streams.ports.store import Commit, Lease
from tests.integration.feed import STAMP, engine_maker, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LANES, LANE = 2, 1


class SlowStore(MemoryStore):
    """Lets others go on while rows are read, as Redis does: three at a time."""

    async def rows(self, lane: int) -> AsyncIterator[list[tuple[str, bytes]]]:
        names = sorted(self.lanes[lane].rows) if lane in self.lanes else []
        for start in range(0, len(names), 3):
            held = self.lanes[lane].rows
            yield [(name, held[name]) for name in names[start : start + 3]]
            await asyncio.sleep(0.002)

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        await asyncio.sleep(0.03)
        await super().commit(lease, commit, sent)


class AllSent:
    sent_batch = 10**9

    def hurry(self) -> None: ...


def logged() -> MemoryLog:
    log = MemoryLog(fetch_most=30)
    for record in placed(story_book(6, 30, 6), LANES):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log


class Site:
    def __init__(self, folder: Path, log: MemoryLog) -> None:
        self.log, self.store = log, SlowStore()
        self.depot = Depot(str(folder), "here")
        self.told: list[tuple[str, dict[str, Any]]] = []

    def drain(self, *, records: int = 10_000_000, keep: int = 3) -> None:
        async def run() -> None:
            rhythm = Rhythm(self.depot, seconds=1e9, records=records, keep=keep)
            tuning = Tuning(merge_idle=0.0, batch_records=8, quiet_batches=4)
            runner = LaneRunner(
                LANE, self.log, self.store, engine_maker(), tuning=tuning, rhythm=rhythm, tell=self.tell
            )
            await runner.run(to_end=True)

        asyncio.run(run())

    def tell(self, event: str, **facts: Any) -> None:
        self.told.append((event, facts))

    def named(self, event: str) -> list[dict[str, Any]]:
        return [facts for name, facts in self.told if name == event]


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Site:
    site = Site(tmp_path, logged())
    site.drain(records=100)
    taken = site.named("checkpoint_taken")
    assert len(taken) >= 3, site.told
    assert not site.named("checkpoint_failed")
    return site


def state_of(site: Site) -> tuple[Any, ...]:
    held = site.store.lanes[LANE]
    return held.cut, held.state, held.rows


def outputs_of(site: Site) -> list[Any]:
    return [site.log.read(topic, LANE)[:] for topic in ("risk-decisions", "dead-letters")]


def test_a_lost_store_begins_at_the_newest_checkpoint(site: Site) -> None:
    state, outputs = state_of(site), outputs_of(site)
    newest = site.depot.kept(LANE)
    assert len(newest) == 3
    site.store.lanes.clear()
    site.drain()
    assert site.named("lane_takes_checkpoint")[0]["batch"] == newest[0].batch
    assert site.named("lane_replays")[0]["first"] == newest[0].batch + 1
    assert not site.named("replay_differs")
    assert state_of(site) == state
    assert outputs_of(site) == outputs


def test_every_checkpoint_is_the_lane_as_of_its_batch(site: Site) -> None:
    """Though the lane went on while it was taken."""
    state = state_of(site)
    for kept in site.depot.kept(LANE):
        for other in site.depot.kept(LANE):
            if other.batch > kept.batch:
                site.depot._files.rm_file(other.path)
        site.told.clear()
        site.store.lanes.clear()
        site.drain()
        assert site.named("lane_takes_checkpoint")[0]["batch"] == kept.batch
        assert not site.named("replay_differs")
        assert state_of(site) == state


def test_a_damaged_one_gives_way_to_the_one_before(site: Site) -> None:
    state = state_of(site)
    first, second, *_ = site.depot.kept(LANE)
    path = Path(first.path)
    path.write_bytes(path.read_bytes()[:-1])
    site.store.lanes.clear()
    site.drain()
    refused = site.named("checkpoint_refused")
    assert [(facts["batch"], facts["why"]) for facts in refused] == [
        (first.batch, "its digest is not that of what it holds")
    ]
    assert site.named("lane_takes_checkpoint")[0]["batch"] == second.batch
    assert state_of(site) == state


def test_one_from_another_past_is_passed_over(site: Site) -> None:
    state = state_of(site)
    for kept in site.depot.kept(LANE):
        other = kept.path.replace(kept.chain, "f" * 16)
        Path(kept.path).rename(other)
    site.store.lanes.clear()
    site.drain()
    assert "another past" in site.named("checkpoint_refused")[0]["why"]
    assert not site.named("lane_takes_checkpoint")
    assert state_of(site) == state, "the log alone is enough"


def test_a_store_that_is_behind_takes_a_newer_checkpoint(site: Site) -> None:
    state = state_of(site)
    middle = site.depot.kept(LANE)[-1]
    for kept in site.depot.kept(LANE)[:-1]:
        site.depot._files.mv(kept.path, kept.path + ".away")
    site.store.lanes.clear()
    site.drain()
    behind = site.store.lanes[LANE]
    assert behind.cut is not None
    cut = next(cut for cut in asyncio.run(site.log.cuts(LANE, 0)) if cut.batch == middle.batch)
    behind.cut, behind.state = cut, site.depot.read(middle, LANE).trailer.state
    behind.rows = dict(site.depot.read(middle, LANE).rows)
    behind.outbox.clear()
    for away in site.depot._files.glob(site.depot._folder(LANE) + "/*.away"):
        site.depot._files.mv(away, away.removesuffix(".away"))
    site.told.clear()
    site.drain()
    assert site.named("lane_takes_checkpoint")[0]["batch"] == site.depot.kept(LANE)[0].batch
    assert state_of(site) == state


def test_an_intact_store_takes_none(site: Site) -> None:
    site.drain()
    assert not site.named("lane_takes_checkpoint")


def test_without_the_beginning_of_the_log_only_a_checkpoint_helps(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = state_of(site)
    newest = site.depot.kept(LANE)[0]
    offsets = next(cut.offsets for cut in asyncio.run(site.log.cuts(LANE, 0)) if cut.batch == newest.batch)

    async def starts(lane: int) -> list[int]:
        return [max(0, offset - 1) for offset in offsets]

    monkeypatch.setattr(site.log, "starts", starts)
    site.store.lanes.clear()
    site.drain()
    assert state_of(site) == state
    for kept in site.depot.kept(LANE):
        site.depot._files.rm_file(kept.path)
    site.store.lanes.clear()
    with pytest.raises(UnusableError, match="dropped records"):
        site.drain()


class HardOfHearing(SlowStore):
    """Loses the first cancellation, as asyncio.wait_for may."""

    async def rows(self, lane: int) -> AsyncIterator[list[tuple[str, bytes]]]:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        yield []


def test_a_lane_ends_though_a_cancellation_is_lost(tmp_path: Path) -> None:
    """Its commit failed, so that the checkpoint would wait for ever for the next one."""

    async def run() -> None:
        store, depot = HardOfHearing(), Depot(str(tmp_path), "here")
        claimed = await store.claim(LANE)
        rhythm = Rhythm(depot, seconds=0.0, records=1, keep=3)
        keeper = Keeper(rhythm, store, claimed, AllSent(), lambda *_, **__: None)
        keeper.committed(Commit(Cut(1, (1,) * 7, chain="0" * 16), 0, b"", Rows.of(()), None))
        await asyncio.sleep(0.05)
        keeper.committing()
        await asyncio.wait_for(keeper.close(), 20)
        assert depot.kept(LANE) == []
        assert not rhythm.turn.locked()

    asyncio.run(run())


def test_a_zombies_checkpoint_is_given_up(tmp_path: Path) -> None:
    """It read rows that the new owner has committed meanwhile."""

    async def run() -> list[tuple[str, dict[str, Any]]]:
        told: list[tuple[str, dict[str, Any]]] = []
        store, depot = SlowStore(), Depot(str(tmp_path), "here")
        claimed = await store.claim(LANE)
        lease, rhythm = claimed.lease, Rhythm(depot, seconds=1e9, records=5, keep=3)
        keeper = Keeper(rhythm, store, claimed, AllSent(), lambda event, **facts: told.append((event, facts)))
        for batch in (1, 2):
            rows = [(f"c{number}", b"old") for number in range(30)]
            commit = Commit(
                Cut(batch, (10 * batch,) * 7, chain="0" * 16), batch - 1, b"", Rows.of(rows), None
            )
            keeper.committing()
            await store.commit(lease, commit, 0)
            keeper.committed(commit)
        await asyncio.sleep(0.005)
        other = (await store.claim(LANE)).lease
        await store.commit(other, Commit(Cut(3, (30,) * 7), 2, b"", Rows.of([("c29", b"new")]), None), 0)
        assert keeper._task is not None
        await keeper._task
        assert depot.kept(LANE) == []
        assert depot._files.ls(depot._folder(LANE)) == []
        return told

    told = asyncio.run(run())
    assert [event for event, _ in told] == ["checkpoint_failed"]
    assert "FencedError" in told[0][1]["why"]
