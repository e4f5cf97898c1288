import numpy as np
import pytest
from numpy.typing import NDArray

from models.bins import Bins
from models.families import new, scorer_of
from models.monitoring.loss import LossWatch
from models.monitoring.monitor import HOLD, Monitor
from models.monitoring.pagehinkley import PageHinkley
from models.monitoring.psi import Reference, psi

NAMES = ("income", "delay", "use", "inquiries")
Rows = NDArray[np.float64]


def _book(n: int, seed: int) -> tuple[Rows, NDArray[np.int64]]:
    draw = np.random.default_rng(seed)
    rows = np.column_stack(
        [np.exp(draw.normal(9, 1, n)), draw.poisson(0.3, n), draw.random(n), draw.poisson(1.0, n)]
    ).astype(np.float64)
    logit = -3.2 + 1.0 * rows[:, 1] - 0.4 * (np.log(rows[:, 0]) - 9) + 1.5 * rows[:, 2] ** 2
    return rows, (draw.random(n) < 1 / (1 + np.exp(-logit))).astype(np.int64)


@pytest.fixture(name="made", scope="module")
def _made() -> tuple[object, Rows]:
    rows, labels = _book(10_000, 1)
    learner = new("scorecard", NAMES)
    for row, label in zip(rows, labels.tolist(), strict=True):
        learner.learn(row, label)
    return scorer_of(learner.snapshot()), rows


def _monitor(made: tuple[object, Rows]) -> Monitor:
    scorer, rows = made
    return Monitor(NAMES, Bins.of(rows), rows, scorer.pd(rows))  # type: ignore[attr-defined]


def test_psi_is_what_the_formula_says() -> None:
    then, now = np.array([500.0, 300.0, 200.0]), np.array([400.0, 300.0, 300.0])
    expected = (0.4 - 0.5) * np.log(0.4 / 0.5) + (0.3 - 0.2) * np.log(0.3 / 0.2)
    assert psi(then, now) == pytest.approx(expected, abs=1e-3)
    assert psi(then, then) == 0.0
    assert psi(then, np.zeros(3)) == 0.0
    assert psi(np.array([1000.0, 0.0]), np.array([0.0, 1000.0])) > 10.0


def test_coarse_bins_hold_about_a_tenth_each() -> None:
    rows, _ = _book(10_000, 2)
    counts = Reference(Bins.of(rows), rows).counts[0]
    assert (counts > 0).sum() == 10
    assert counts[counts > 0].min() > 800


def test_page_hinkley_tells_a_risen_mean() -> None:
    draw = np.random.default_rng(4)
    detector = PageHinkley(slack=0.1, limit=60.0, warm=500)
    assert not any(detector.take(value) for value in draw.normal(size=20_000))
    again = PageHinkley(slack=0.1, limit=60.0, warm=500).resume(detector.state())
    later = draw.normal(0.3, 1.0, 2_000)
    alarms = [detector.take(value) for value in later]
    assert any(alarms)
    assert alarms == [again.take(value) for value in later]


@pytest.mark.parametrize("shift", ["income lost", "frozen", "unknown use"])
def test_a_sudden_shift_is_noticed_within_10_000_rows(made: tuple[object, Rows], shift: str) -> None:
    monitor, scorer = _monitor(made), made[0]
    rows, _ = _book(20_000, 5)
    for part in np.array_split(rows[:10_000], 50):
        assert monitor.scored(part, scorer.pd(part)) == "stable"  # type: ignore[attr-defined]
    later = rows[10_000:].copy()
    if shift == "income lost":
        later[::2, 0] = np.nan
    elif shift == "frozen":
        later[:, 3] = 0.0
    else:
        later[:, 2] = np.nan
    states = [monitor.scored(part, scorer.pd(part)) for part in np.array_split(later, 50)]  # type: ignore[attr-defined]
    assert "unstable" in states[:15]
    assert "PSI of" in monitor.health().because[0]


def test_it_comes_back_when_the_shift_ends(made: tuple[object, Rows]) -> None:
    monitor, scorer = _monitor(made), made[0]
    rows, _ = _book(12_000, 6)
    broken = rows[:5_000].copy()
    broken[:, 3] = 0.0
    assert monitor.scored(broken, scorer.pd(broken)) == "unstable"  # type: ignore[attr-defined]
    assert monitor.scored(rows[5_000:], scorer.pd(rows[5_000:])) == "stable"  # type: ignore[attr-defined]


def test_no_false_alarm_in_100_000_stationary_rows(made: tuple[object, Rows]) -> None:
    monitor, scorer = _monitor(made), made[0]
    rows, _ = _book(100_000, 7)
    pds = scorer.pd(rows)  # type: ignore[attr-defined]
    states = {monitor.scored(rows[at : at + 500], pds[at : at + 500]) for at in range(0, len(rows), 500)}
    assert states == {"stable"}


def test_labels_that_fit_raise_no_alarm_in_300_000() -> None:
    draw = np.random.default_rng(8)
    watch = LossWatch()
    pds = np.clip(draw.beta(0.6, 8.0, 300_000), 1e-4, 1.0)
    labels = draw.random(len(pds)) < pds
    assert [
        raised
        for pd, label in zip(pds.tolist(), labels.tolist(), strict=True)
        if (raised := watch.take(pd, label))
    ] == []


@pytest.mark.parametrize(("factor", "said"), [(2.0, {"loss", "worse"}), (0.3, {"better"})])
def test_labels_that_no_longer_fit_are_noticed_within_2_000(factor: float, said: set[str]) -> None:
    draw = np.random.default_rng(9)
    watch = LossWatch()
    pds = np.clip(draw.beta(1.0, 6.0, 12_000), 1e-4, 1.0)
    odds = pds / (1 - pds) * np.where(np.arange(12_000) < 10_000, 1.0, factor)
    labels = draw.random(len(pds)) < odds / (1 + odds)
    raised = [watch.take(pd, label) for pd, label in zip(pds.tolist(), labels.tolist(), strict=True)]
    assert set(raised[:10_000]) == {None}
    assert set(raised[10_000:]) - {None} <= said
    assert any(raised[10_000:])


def test_the_watch_goes_on_from_its_state() -> None:
    draw = np.random.default_rng(10)
    watch, again = LossWatch(), LossWatch()
    pairs = [(0.1, int(draw.random() < 0.1)) for _ in range(1_500)]
    for pair in pairs[:900]:
        watch.take(*pair)
    again.resume(watch.state())
    for pair in pairs[900:]:
        assert watch.take(*pair) == again.take(*pair)
    np.testing.assert_array_equal(watch.state(), again.state())


def test_an_alarm_of_the_loss_holds_for_a_while(made: tuple[object, Rows]) -> None:
    monitor = _monitor(made)
    draw = np.random.default_rng(11)
    for _ in range(3_000):
        monitor.matured(0.1, int(draw.random() < 0.1))
    assert monitor.state == "stable"
    assert any(monitor.matured(0.1, int(draw.random() < 0.4)) == "unstable" for _ in range(400))
    for _ in range(HOLD + 400):
        monitor.matured(0.4, int(draw.random() < 0.4))
    assert monitor.state == "stable"
    assert monitor.health().figures["count"] == monitor.labels
