"""The monitor as it is wired: a classroom that is given observations and labels, and says when it changed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.classroom import Change, Classroom
from models.lessons import Label, Observation, Verdict, features_of

NAMES = ("income", "delay", "use", "inquiries")
DAY_US = 86_400_000_000
Rows = NDArray[np.float64]


def book(n: int, seed: int) -> tuple[Rows, NDArray[np.int64]]:
    draw = np.random.default_rng(seed)
    rows = np.column_stack(
        [np.exp(draw.normal(9, 1, n)), draw.poisson(0.3, n), draw.random(n), draw.poisson(1.0, n)]
    ).astype(np.float64)
    logit = -3.2 + 1.0 * rows[:, 1] - 0.4 * (np.log(rows[:, 0]) - 9) + 1.5 * rows[:, 2] ** 2
    return rows, (draw.random(n) < 1 / (1 + np.exp(-logit))).astype(np.int64)


class Feed:
    """Gives observations, and the label of each `delay` observations later."""

    def __init__(self, classroom: Classroom, delay: int = 1_000) -> None:
        self.classroom = classroom
        self.changes: list[tuple[int, Change]] = []
        self.count = 0
        self._delay = delay
        self._labels: list[int] = []

    def give(self, rows: Rows, labels: NDArray[np.int64]) -> list[str]:
        """The states told meanwhile."""
        first = len(self.changes)
        for row, label in zip(rows, labels.tolist(), strict=True):
            now = self.count * 1_000_000
            self._labels.append(label)
            self.classroom.observe(Observation("c", f"s{self.count}", now, features_of(row[None])[0]))
            self._note()
            due = self.count - self._delay
            self.count += 1
            if due >= 0:
                verdict: Verdict = "bad" if self._labels[due] else "good"
                self.classroom.mature(Label("c", f"s{due}", verdict, now, "window_closed"))
                self._note()
        return [change.state for _, change in self.changes[first:]]

    def _note(self) -> None:
        change = self.classroom.change()
        if change is not None:
            self.changes.append((self.count, change))


@pytest.mark.parametrize("shift", ["half the income lost", "a feature frozen at zero"])
def test_a_sudden_shift_is_noticed_within_10_000_rows_and_left_when_it_ends(shift: str) -> None:
    feed = Feed(Classroom(NAMES))
    assert feed.give(*book(9_000, 1)) == []
    rows, labels = book(8_000, 2)
    if shift == "half the income lost":
        rows[::2, 0] = np.nan
    else:
        rows[:, 3] = 0.0
    feed.give(rows[:3_500], labels[:3_500])
    at, change = next((at, change) for at, change in feed.changes if change.state == "unstable")
    assert at < 9_000 + 3_500
    assert any(("income" if "income" in shift else "inquiries") in why for why in change.because)
    assert (change.figures["count"] or 0) > 5_000
    states = feed.give(*book(9_000, 3))
    assert feed.classroom.monitor.state == "stable"
    assert states[-1] == "stable"


def test_odds_that_double_are_noticed_within_2_000_labels() -> None:
    feed = Feed(Classroom(NAMES), delay=1)
    rows, labels = book(14_000, 4)
    worse = np.where(np.random.default_rng(5).random(14_000) < 0.08, 1, labels)
    assert feed.give(rows[:12_000], labels[:12_000]) == []
    assert feed.give(rows[12_000:], worse[12_000:]) == ["unstable"]
    assert "turned out bad" in feed.changes[-1][1].because[0] or "loss" in feed.changes[-1][1].because[0]


def test_no_alarm_in_100_000_stationary_rows() -> None:
    feed = Feed(Classroom(NAMES))
    for seed in range(10):
        feed.give(*book(10_000, 100 + seed))
    assert [change.state for _, change in feed.changes] == []
    assert feed.classroom.monitor.rows == 100_000


def test_what_was_kept_goes_on_alike() -> None:
    feed = Feed(Classroom(NAMES))
    feed.give(*book(4_000, 6))
    again = Feed(Classroom.from_json(feed.classroom.to_json(), NAMES))
    again.count, again._labels = feed.count, list(feed._labels)
    rows, labels = book(4_000, 7)
    rows[:, 3] = 0.0
    assert feed.give(rows, labels) == again.give(rows, labels) != []
    assert again.classroom.to_json() == feed.classroom.to_json()
