"""A lane's world: one log, one store that can forget, and whoever holds himself to be the lane's owner."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.persistence import LaneState
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.ports.failures import FencedError, LostError
from tests.integration.feed import STAMP, engine_maker, placed
from tests.oracle.books import story_book
from tests.property.protocol.gates import Gate, GatedLog, GatedStore

if TYPE_CHECKING:
    from streams.adapters.memory_store import _Lane
    from streams.ports.store import Claimed, Commit, Lease
    from tests.property.protocol.gates import Call

LANE = 0
OUTPUTS = ("risk-decisions", "dead-letters", "learning")
SPINS = 80
"""Turns of the loop after which everybody waits at a gate: between two calls there are far fewer."""


class ForgetfulStore(MemoryStore):
    """Remembers what it was, to fall back to it."""

    def __init__(self) -> None:
        super().__init__()
        self.past: list[dict[int, _Lane]] = [{}]

    def _remember(self) -> None:
        self.past.append(_copied(self.lanes))

    def forget(self, steps: int) -> None:
        """Lose the last so many changes: what a failover or a cut log file loses."""
        del self.past[max(1, len(self.past) - steps) :]
        self.lanes = _copied(self.past[-1])

    async def claim(self, lane: int) -> Claimed:
        claimed = await super().claim(lane)
        self._remember()
        return claimed

    async def commit(self, lease: Lease, commit: Commit, sent: int) -> None:
        await super().commit(lease, commit, sent)
        self._remember()

    async def trim(self, lease: Lease, sent: int) -> None:
        await super().trim(lease, sent)
        self._remember()


def _copied(lanes: dict[int, _Lane]) -> dict[int, _Lane]:
    return {
        lane: replace(
            held,
            rows=dict(held.rows),
            outbox=held.outbox[:],
            due={day: names[:] for day, names in held.due.items()},
        )
        for lane, held in lanes.items()
    }


@cache
def records(seed: int) -> list[Any]:
    return placed(story_book(seed, 7, 4)[:360], 1)


ENGINES: Final = engine_maker(learns=True)


def log_of(log: MemoryLog, seed: int) -> MemoryLog:
    for record in records(seed):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log


def outputs(log: MemoryLog) -> dict[str, list[Any]]:
    return {
        topic: [(record.key, record.value, record.headers) for record in log.read(topic, LANE)]
        for topic in OUTPUTS
    }


@cache
def undisturbed(seed: int) -> tuple[dict[str, list[Any]], dict[str, bytes], bytes | None]:
    """What comes out, and what is known at the end, when nothing happens."""
    log, store = log_of(MemoryLog(), seed), MemoryStore()
    asyncio.run(LaneRunner(LANE, log, store, ENGINES, tuning=tuning(40)).run(to_end=True))
    held = store.lanes[LANE]
    return outputs(log), held.rows, held.state


def tuning(batch_records: int) -> Tuning:
    return Tuning(
        batch_records=batch_records,
        merge_idle=0.0,
        fill_patience=0.0,
        poll=0.0,
        retry_first=0.0,
        retry_most=0.0,
        quiet_batches=4,
        unsent_batches=3,
    )


class Owner:
    """One claim of the lane, in a process of its own."""

    def __init__(self, world: World, batch_records: int) -> None:
        self.gate = Gate()
        self.runner = LaneRunner(
            LANE,
            GatedLog(self.gate, world.log),  # type: ignore[arg-type]  # it passes on whatever it is asked
            GatedStore(self.gate, world.store),
            ENGINES,
            tuning=tuning(batch_records),
        )
        self.task = world.loop.create_task(self.runner.run(to_end=True))

    @property
    def running(self) -> bool:
        return not self.task.done()


class World:
    """Everything, step by step; what goes wrong is for the caller to decide."""

    def __init__(self, seed: int, log: MemoryLog, store: ForgetfulStore) -> None:
        self.seed = seed
        self.loop = asyncio.new_event_loop()
        self.log = log_of(log, seed)
        self.store = store
        self.owners: list[Owner] = []

    def settle(self) -> None:
        """Let everybody go on to their next gate."""

        async def spin() -> None:
            for _ in range(SPINS):
                await asyncio.sleep(0)

        self.loop.run_until_complete(spin())
        for owner in [owner for owner in self.owners if not owner.running]:
            self._leave(owner)

    def _leave(self, owner: Owner) -> None:
        """Only for these reasons may an owner end."""
        self.owners.remove(owner)
        error = None if owner.task.cancelled() else owner.task.exception()
        assert error is None or isinstance(error, FencedError | LostError), repr(error)

    def join(self, batch_records: int) -> None:
        self.owners.append(Owner(self, batch_records))
        self.settle()

    def calls(self) -> list[tuple[Owner, Call]]:
        return [(owner, call) for owner in self.owners for call in owner.gate.waiting]

    def decide(self, owner: Owner, call: Call, verdict: str) -> None:
        owner.gate.decide(call, verdict)
        self.settle()

    def crash(self, owner: Owner) -> None:
        """The process ends where it is: nothing more of it reaches the world."""
        self.owners.remove(owner)
        owner.gate.dead = True
        owner.task.cancel()
        self.loop.run_until_complete(asyncio.gather(owner.task, return_exceptions=True))

    def heal(self) -> None:
        """A last owner whom nothing disturbs; the others stay where they are, and wake up after it."""
        zombies = self.owners[:]
        for _ in range(8):
            owner = Owner(self, 30)
            owner.gate.open = True
            (error,) = self.loop.run_until_complete(asyncio.gather(owner.task, return_exceptions=True))
            if error is None:
                break
            assert isinstance(error, LostError), repr(error)
        for zombie in zombies:
            zombie.gate.open = True
            for call in zombie.gate.waiting[:]:
                zombie.gate.decide(call, "done")
        self.settle()
        self.close()

    def close(self) -> None:
        for owner in self.owners[:]:
            self.crash(owner)
        self.loop.close()

    def check_so_far(self) -> None:
        """Nothing is doubled, and nothing is left out: what is there is a beginning of what must be."""
        wanted, found = undisturbed(self.seed)[0], outputs(self.log)
        decided = found["risk-decisions"]
        assert decided == wanted["risk-decisions"][: len(decided)]
        lessons = Counter(map(str, found["learning"]))
        assert lessons <= Counter(map(str, wanted["learning"]))
        letters = found["dead-letters"]
        assert len({str(letter) for letter in letters}) == len(letters)

    def check_end(self) -> None:
        """Everything is there, and known, as if nothing had happened."""
        wanted, rows, state = undisturbed(self.seed)
        found, held = outputs(self.log), self.store.lanes[LANE]
        assert found["risk-decisions"] == wanted["risk-decisions"]
        assert sorted(map(str, found["dead-letters"])) == sorted(map(str, wanted["dead-letters"]))
        assert sorted(map(str, found["learning"])) == sorted(map(str, wanted["learning"]))
        assert held.rows == rows
        assert _lane(held.state) == _lane(state)


def _lane(state: bytes | None) -> LaneState:
    """What the lane itself knows, without the counts of its last pass alone."""
    assert state is not None
    found = msgspec.msgpack.decode(state, type=LaneState)
    found.counts[:2] = [0, 0]
    return found
