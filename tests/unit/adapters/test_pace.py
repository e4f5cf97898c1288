"""The common pace of a worker's readers, by clocks that are told what to show."""

from __future__ import annotations

import time

import pytest

from streams.adapters.pace import BUSY, IDLE, LOOK_SECONDS, MOST, Pace, occupied


class Clocks:
    """Time that passes, and time that was computed in."""

    def __init__(self) -> None:
        self.now = 100.0
        self.spent = 7.0

    def pass_by(self, busy: float) -> None:
        self.now += LOOK_SECONDS
        self.spent += busy * LOOK_SECONDS


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def pace(clocks: Clocks) -> Pace:
    return Pace(100.0, lambda: clocks.now, lambda: clocks.spent)


def test_lanes_share_the_requests(pace: Pace) -> None:
    pace.join()
    assert pace.pause == pytest.approx(0.01)
    for _ in range(3):
        pace.join()
    assert pace.pause == pytest.approx(0.04)
    pace.leave()
    assert pace.pause == pytest.approx(0.03)


def test_a_busy_worker_pauses_longer_up_to_a_bound_and_an_idle_one_comes_back(
    pace: Pace, clocks: Clocks
) -> None:
    pace.join()
    shown = []
    for _ in range(20):
        clocks.pass_by(0.95)
        shown.append(pace.pause)
    assert shown == sorted(shown)
    assert shown[0] == pytest.approx(0.0125)
    assert shown[-1] == pytest.approx(0.01 * MOST)
    for _ in range(20):
        clocks.pass_by(0.3)
        shown.append(pace.pause)
    assert shown[-1] == pytest.approx(0.01)


def test_a_worker_with_just_enough_to_do_keeps_its_pace(pace: Pace, clocks: Clocks) -> None:
    pace.join()
    clocks.pass_by((1 + BUSY) / 2)
    before = pace.pause
    for _ in range(10):
        clocks.pass_by((BUSY + IDLE) / 2)
        assert pace.pause == before


def test_who_computes_is_occupied_and_who_sleeps_is_not() -> None:
    before = occupied()
    time.sleep(0.05)
    slept = occupied()
    begun = time.thread_time()
    while time.thread_time() - begun < 0.05:
        pass
    assert occupied() - slept >= 0.04
    assert slept >= before


def test_it_looks_at_the_clock_of_the_thread_only_now_and_then(pace: Pace, clocks: Clocks) -> None:
    pace.join()
    before = pace.pause
    clocks.now += LOOK_SECONDS / 2
    clocks.spent += 10.0
    assert pace.pause == before
