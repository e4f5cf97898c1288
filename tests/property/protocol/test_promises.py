"""What would be wrong is found: a schedule a promise, over a part that keeps it and one that does not."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from streams.adapters.memory_log import MemoryLog, MemoryPublisher
from streams.adapters.memory_store import _Lane
from streams.adapters.topics import JOURNAL, PROGRESS
from streams.lane import sending
from streams.ports.failures import UnreachableError
from streams.ports.rows import Rows
from tests.property.protocol.gates import DONE, Call
from tests.property.protocol.world import LANE, ForgetfulStore, Owner, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.ports.outbox import Cut, Entry, Message
    from streams.ports.store import Claimed, Commit, Lease


class UnfencedStore(ForgetfulStore):
    """Takes commits from whoever comes."""

    def _held(self, lease: Lease) -> Any:
        return self.lanes.setdefault(lease.lane, _Lane())


class DeafStore(ForgetfulStore):
    """Commits rows, and forgets what was to be sent."""

    async def claim(self, lane: int) -> Claimed:
        return replace(await super().claim(lane), outbox=[])


class TornStore(ForgetfulStore):
    """Moves the offsets before the rows: a crash in between leaves them apart."""

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        *rows, last = [*commit.rows] or [None]
        await super().commit(lease, replace(commit, rows=Rows.of(rows)), sent)
        self.lanes[lease.lane].rows.update([last] if commit.cut.batch % 3 and last is not None else [])


class UnfencedPublisher(MemoryPublisher):
    """Publishes for zombies too."""

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        self._log.publishers[self._lane] = self._turn
        await super().publish(messages, cuts, progress)


class TornPublisher(MemoryPublisher):
    """Publishes, and notes later how far it got: no transaction."""

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        await super().publish(messages, cuts, progress)
        if progress.batch % 3 == 0:
            for topic in (JOURNAL, PROGRESS):
                records = self._log.read(topic, LANE)
                del records[-(len(cuts) if topic == JOURNAL else 1) :]
            raise UnreachableError("the progress was not noted")


def reached(world: World, owner: Owner, name: str) -> Call:
    """The call of this name that an owner waits with, once it has got there."""
    for _ in range(500):
        waiting = owner.gate.waiting
        found = next((call for call in waiting if call.name == name), None)
        if found is not None:
            return found
        world.decide(owner, waiting[0], DONE)
    raise AssertionError(f"never came to {name}")


@contextmanager
def whole_in_the_end(log: MemoryLog, store: ForgetfulStore) -> Iterator[World]:
    """A world in which things happen; then a last owner comes, and all is as if nothing had happened."""
    world = World(1, log, store)
    try:
        yield world
        world.heal()
        world.check_so_far()
        world.check_end()
    finally:
        if not world.loop.is_closed():
            world.close()


def a_zombie_commits(store: ForgetfulStore) -> None:
    """Its commit arrives after another owner has claimed the lane, and before that one's first."""
    with whole_in_the_end(MemoryLog(40), store) as world:
        world.join(15)
        old = world.owners[0]
        for _ in range(4):
            world.decide(old, reached(world, old, "store.commit"), DONE)
        late = reached(world, old, "store.commit")
        world.join(60)
        new = world.owners[1]
        first = reached(world, new, "store.commit")
        world.decide(old, late, DONE)
        world.decide(new, first, DONE)
        world.decide(new, reached(world, new, "store.commit"), DONE)
        world.crash(new)


def test_a_zombies_commit_is_refused() -> None:
    a_zombie_commits(ForgetfulStore())


def test_a_zombies_commit_that_is_not_refused_is_found() -> None:
    with pytest.raises(AssertionError):
        a_zombie_commits(UnfencedStore())


def log_with(publisher: type[MemoryPublisher]) -> Any:
    class Log(MemoryLog):
        def publisher(self, lane: int) -> MemoryPublisher:
            return publisher(self, lane)

    return Log


def an_owner_dies_before_it_sends(store: ForgetfulStore) -> None:
    """What was to be sent is in the store alone."""
    with whole_in_the_end(MemoryLog(40), store) as world:
        world.join(15)
        owner = world.owners[0]
        reached(world, owner, "publisher.publish")
        commit = next(call for call in owner.gate.waiting if call.name == "store.commit")
        world.decide(owner, commit, DONE)
        world.crash(owner)


def test_what_a_dead_owner_had_to_send_is_sent() -> None:
    an_owner_dies_before_it_sends(ForgetfulStore())


def test_a_store_that_forgets_what_was_to_be_sent_is_found() -> None:
    with pytest.raises(AssertionError):
        an_owner_dies_before_it_sends(DeafStore())


def test_what_a_dead_owner_has_sent_and_not_committed_is_repeated() -> None:
    with whole_in_the_end(MemoryLog(40), ForgetfulStore()) as world:
        for _ in range(4):
            world.join(15)
            owner = world.owners[0]
            publish = reached(world, owner, "publisher.publish")
            assert "store.commit" in {call.name for call in owner.gate.waiting}
            world.decide(owner, publish, DONE)
            world.crash(owner)


def owners_die_after_a_commit_each(store: ForgetfulStore) -> None:
    with whole_in_the_end(MemoryLog(40), store) as world:
        for _ in range(7):
            world.join(15)
            owner = world.owners[0]
            world.decide(owner, reached(world, owner, "store.commit"), DONE)
            world.crash(owner)


def test_a_commit_is_the_rows_and_the_offsets() -> None:
    owners_die_after_a_commit_each(ForgetfulStore())


def test_a_commit_that_tears_them_apart_is_found() -> None:
    with pytest.raises(AssertionError):
        owners_die_after_a_commit_each(TornStore())


def publish(world: World, owner: Owner, times: int) -> None:
    """Let an owner send so many times."""
    for _ in range(times):
        world.decide(owner, reached(world, owner, "publisher.publish"), DONE)


def a_zombie_publishes(log: MemoryLog) -> None:
    """Its transaction arrives after another owner has sent the same records."""
    with whole_in_the_end(log, ForgetfulStore()) as world:
        world.join(15)
        old = world.owners[0]
        publish(world, old, 3)
        late = reached(world, old, "publisher.publish")
        world.join(60)
        publish(world, world.owners[1], 1)
        world.decide(old, late, DONE)
        world.check_so_far()


def test_a_zombies_records_are_refused() -> None:
    a_zombie_publishes(MemoryLog(40))


def test_a_zombies_records_that_are_not_refused_are_found() -> None:
    with pytest.raises(AssertionError):
        a_zombie_publishes(log_with(UnfencedPublisher)(40))


def an_owner_publishes(log: MemoryLog) -> None:
    with whole_in_the_end(log, ForgetfulStore()) as world:
        world.join(15)
        publish(world, world.owners[0], 4)


def test_what_is_published_is_noted_with_it() -> None:
    an_owner_publishes(MemoryLog(40))


def test_a_publisher_without_transactions_is_found() -> None:
    with pytest.raises(AssertionError):
        an_owner_publishes(log_with(TornPublisher)(40))


def nothing_is_left_but_what_was_sent() -> None:
    """The store has lost everything and the journal has run out: the sent is known by its counts alone."""
    with whole_in_the_end(MemoryLog(40), ForgetfulStore()) as world:
        world.join(15)
        publish(world, world.owners[0], 4)
        world.crash(world.owners[0])
        world.store.forget(10**9)
        world.log.read(JOURNAL, LANE).clear()
        assert world.log.read("risk-decisions", LANE)


def test_a_recovery_by_counts_doubles_nothing() -> None:
    nothing_is_left_but_what_was_sent()


def test_a_recovery_that_suppresses_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(entry: Entry, sent: tuple[int, ...]) -> Entry:
        return entry

    monkeypatch.setattr(sending, "not_yet_sent", everything)
    with pytest.raises(AssertionError):
        nothing_is_left_but_what_was_sent()
