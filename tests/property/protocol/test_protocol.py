"""Claim, commit, publish, recover: the real runner, stopped before any call and made to fail in any way.

Hypothesis decides who goes on, whose call is refused or done without an answer, who crashes, what the store
forgets, and when another owner comes though the one before still lives. Whatever it does, what is published
is at any time a beginning of what must be, and in the end all of it, once; and the store knows the same.
"""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from streams.adapters.memory_log import MemoryLog
from tests.property.protocol.gates import DONE, REFUSED, UNKNOWN
from tests.property.protocol.world import ForgetfulStore, World, undisturbed

MOST_OWNERS = 3


class Protocol(RuleBasedStateMachine):
    """One lane."""

    new_log: ClassVar[Any] = MemoryLog
    new_store: ClassVar[Any] = ForgetfulStore

    @initialize(seed=st.integers(0, 3), fetch=st.sampled_from((5, 40)))
    def begin(self, seed: int, fetch: int) -> None:
        self.world = World(seed, self.new_log(fetch), self.new_store())

    @precondition(lambda self: len(self.world.owners) < MOST_OWNERS)
    @rule(batch_records=st.sampled_from((4, 15, 60)))
    def an_owner_comes(self, batch_records: int) -> None:
        self.world.join(batch_records)

    @precondition(lambda self: self.world.calls())
    @rule(which=st.integers(0, 20), times=st.integers(1, 25))
    def one_goes_on(self, which: int, times: int) -> None:
        for _ in range(times):
            calls = self.world.calls()
            if not calls:
                return
            self.world.decide(*calls[which % len(calls)], DONE)

    @precondition(lambda self: self.world.calls())
    @rule(which=st.integers(0, 20), verdict=st.sampled_from((REFUSED, UNKNOWN)))
    def one_fails(self, which: int, verdict: str) -> None:
        calls = self.world.calls()
        self.world.decide(*calls[which % len(calls)], verdict)

    @precondition(lambda self: self.world.owners)
    @rule(which=st.integers(0, MOST_OWNERS))
    def an_owner_crashes(self, which: int) -> None:
        self.world.crash(self.world.owners[which % len(self.world.owners)])

    @rule(steps=st.integers(1, 4))
    def the_store_loses_its_tail(self, steps: int) -> None:
        self.world.store.forget(steps)

    @rule()
    def the_store_loses_everything(self) -> None:
        self.world.store.forget(10**9)

    @invariant()
    def nothing_is_doubled_or_left_out(self) -> None:
        if hasattr(self, "world"):
            self.world.check_so_far()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.world.heal()
            self.world.check_so_far()
            self.world.check_end()
        finally:
            if not self.world.loop.is_closed():
                self.world.close()


QUICK = settings(
    max_examples=100,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_no_schedule_loses_or_doubles_anything() -> None:
    run_state_machine_as_test(Protocol, settings=QUICK)


def test_the_books_have_something_to_lose() -> None:
    books = [undisturbed(seed) for seed in range(4)]
    assert all(len(outputs["risk-decisions"]) >= 3 and len(rows) >= 7 for outputs, rows, _ in books)
    assert all(outputs["learning"] for outputs, _, _ in books)
    assert any(outputs["dead-letters"] for outputs, _, _ in books)
