"""Who wishes for a checkpoint has one: copied from a lane that stands still, or taken by its owner."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.checkpoint import keeper as keeping
from streams.checkpoint import writing as writes
from streams.checkpoint.depot import Depot
from streams.checkpoint.keeper import Keeper, Rhythm
from streams.checkpoint.still import Standing, copy
from streams.checkpoint.writing import COPIED, EMPTY, TAKEN, THERE, Writing, Written
from streams.ports.outbox import Cut, chained
from streams.ports.rows import Rows
from streams.ports.store import Commit, Lease

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LANE = 1


def cut_of(batch: int) -> Cut:
    return chained(Cut(batch, (batch * 10,) * 7), None if batch == 1 else cut_of(batch - 1))


class Looking:
    """A view of a store in memory; `meanwhile` happens after each page."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.meanwhile: Any = lambda: None
        self.moving = False

    def standing(self, lane: int) -> Standing | None:
        held = self.store.lanes.get(lane)
        if held is None or held.cut is None:
            return None
        return Standing(held.epoch, held.token.encode(), held.cut, held.state or b"", self.moving)

    def rows(self, lane: int) -> Iterator[list[tuple[str, bytes]]]:
        rows = list(self.store.lanes[lane].rows.items())
        for start in range(0, len(rows), 2):
            yield rows[start : start + 2]
            self.meanwhile()


class Site:
    def __init__(self, folder: Path) -> None:
        self.store, self.log, self.depot = MemoryStore(), MemoryLog(), Depot(str(folder), "here")
        self.view = Looking(self.store)
        self.lease: Lease
        self.batch = 0

    async def claim(self) -> Any:
        claimed = await self.store.claim(LANE)
        self.lease = claimed.lease
        return claimed

    async def commit(self, rows: dict[str, bytes], keeper: Keeper | None = None, *, out: bool = True) -> None:
        """The next batch; `out`: it goes out too."""
        self.batch += 1
        commit = Commit(cut_of(self.batch), self.batch - 1, b"%d" % self.batch, Rows.of(rows.items()), None)
        if keeper is not None:
            keeper.committing()
        await self.store.commit(self.lease, commit, 0)
        if out:
            await self.log.publisher(LANE).open()
            publisher = self.log.publisher(LANE)
            await publisher.open()
            await publisher.publish([], [commit.cut], commit.cut)
        if keeper is not None:
            keeper.committed(commit)

    async def commit_one(self, keeper: Keeper) -> None:
        """A batch that changes one of five rows."""
        rows = {f"c{self.batch % 5}": b"%d" % self.batch}
        await self.commit(rows, keeper)

    async def write(self, seconds: float = 0.3) -> Written:
        writing = Writing(self.depot, self.view, self.store, self.log, keep=2)
        (found,) = await writing.write([LANE], seconds, lambda *_: None)
        return found

    def rows_of(self, written: Written) -> dict[str, bytes]:
        assert written.kept is not None
        return self.depot.read(written.kept, LANE).rows


@pytest.fixture(name="site")
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(writes, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(keeping, "WISH_SECONDS", 0.02)
    monkeypatch.setattr(keeping, "SENT_SECONDS", 0.01)
    return Site(tmp_path)


def test_a_lane_that_stands_still_is_copied(site: Site) -> None:
    async def run() -> None:
        assert await site.write() == Written(LANE, None, EMPTY)
        assert not Written(LANE, None, EMPTY).missing
        await site.claim()
        await site.commit({"a": b"1", "b": b"2", "c": b"3"})
        first = await site.write()
        assert first.how == COPIED
        assert site.rows_of(first) == {"a": b"1", "b": b"2", "c": b"3"}
        assert (await site.write()).how == THERE
        await site.commit({"a": b"4"})
        await site.write()
        await site.commit({"a": b"5"})
        last = await site.write()
        assert last.how == COPIED
        assert site.rows_of(last) == {"a": b"5", "b": b"2", "c": b"3"}
        assert last.kept is not None
        assert site.depot.read(last.kept, LANE).trailer.state == b"3"
        assert [kept.batch for kept in site.depot.kept(LANE)] == [3, 2], "no more than are to be kept"

    asyncio.run(run())


def test_what_has_not_gone_out_is_not_copied(site: Site) -> None:
    async def run() -> None:
        await site.claim()
        await site.commit({"a": b"1"})
        await site.commit({"a": b"2"}, out=False)
        found = await site.write()
        assert found.missing
        assert "batch 2 has not gone out" in found.how
        assert site.depot.kept(LANE) == []

    asyncio.run(run())


def test_rows_on_their_way_are_not_copied(site: Site) -> None:
    async def run() -> None:
        await site.claim()
        await site.commit({"a": b"1"})
        site.view.moving = True
        assert (await site.write()).missing

    asyncio.run(run())


def test_a_copy_amid_which_the_lane_moves_is_given_up(site: Site) -> None:
    async def run() -> None:
        await site.claim()
        await site.commit({"a": b"1", "b": b"1", "c": b"1", "d": b"1"})
        site.view.meanwhile = lambda: setattr(site.store.lanes[LANE], "epoch", 7)
        standing = site.view.standing(LANE)
        assert standing is not None
        assert copy(site.depot, site.view, LANE, standing) is None
        assert site.depot._files.ls(site.depot._folder(LANE)) == []

    asyncio.run(run())


class AllSent:
    sent_batch = 10**9

    def hurry(self) -> None: ...


def keeper_of(site: Site, claimed: Any) -> Keeper:
    rhythm = Rhythm(site.depot, seconds=1e9, records=10**9, keep=2, shelf=site.store)
    keeper = Keeper(rhythm, site.store, claimed, AllSent(), lambda *_, **__: None)
    keeper.start()
    return keeper


def test_the_owner_of_a_lane_that_moves_takes_one(site: Site) -> None:
    """And only one, however often it is claimed afterwards."""

    async def run() -> None:
        keeper = keeper_of(site, await site.claim())
        await site.commit({"a": b"1"}, keeper)
        wanted = asyncio.create_task(site.write(20))
        while not wanted.done():
            await site.commit_one(keeper)
            await asyncio.sleep(0.004)
        found = wanted.result()
        assert found.how == TAKEN
        assert found.kept is not None
        state = int(site.depot.read(found.kept, LANE).trailer.state)
        assert state == found.kept.batch
        rows = site.rows_of(found)
        for batch in range(max(1, state - 5), state):
            assert rows[f"c{batch % 5}"] == b"%d" % batch, "each row as of its last commit by then"
        await keeper.close()
        other = keeper_of(site, await site.claim())
        await asyncio.sleep(0.1)
        await other.close()
        assert len(site.depot.kept(LANE)) == 1

    asyncio.run(run())


def test_an_owner_at_rest_takes_one_of_what_it_found(site: Site) -> None:
    """It has not committed anything itself."""

    async def run() -> None:
        await site.claim()
        await site.commit({"a": b"1"})
        keeper = keeper_of(site, await site.claim())
        site.view.moving = True  # or it would be copied
        found = await site.write(20)
        await keeper.close()
        assert found.how == TAKEN
        assert site.rows_of(found) == {"a": b"1"}

    asyncio.run(run())
