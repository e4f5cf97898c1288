import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from models.bins import Bins
from models.families import new, scorer_of
from models.monitoring.loss import LossWatch
from models.monitoring.monitor import HOLD, Monitor
from models.monitoring.pagehinkley import PageHinkley
from models.monitoring.psi import UNSTABLE, WATCH, Reference, psi
from models.monitoring.stability import indices, moved

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


def _indices(made: tuple[object, Rows], seen: Rows) -> dict[str, float]:
    scorer, rows = made
    return indices(NAMES, rows[-5_000:], seen, scorer.pd)  # type: ignore[attr-defined]


@pytest.mark.parametrize("shift", ["income lost", "frozen", "unknown use"])
def test_a_shift_in_half_of_the_rows_seen_is_unstable(made: tuple[object, Rows], shift: str) -> None:
    rows, _ = _book(5_000, 5)
    assert max(_indices(made, rows).values()) < WATCH
    later = rows.copy()
    column = {"income lost": 0, "frozen": 3, "unknown use": 2}[shift]
    if shift == "income lost":
        later[2_500::2, column] = np.nan
    else:
        later[2_500:, column] = 0.0 if shift == "frozen" else np.nan
    found = _indices(made, later)
    assert max(found, key=found.__getitem__) == NAMES[column]
    assert found[NAMES[column]] > (UNSTABLE if shift != "frozen" else WATCH)


def test_values_that_become_known_do_no_harm() -> None:
    then, now = np.array([800.0, 100.0, 100.0]), np.array([0.0, 500.0, 500.0])
    assert moved(then, now) == pytest.approx(0.0, abs=1e-6)
    assert moved(now, then) > UNSTABLE
    assert moved(then, np.array([0.0, 900.0, 100.0])) > UNSTABLE
    assert moved(np.array([900.0, 50.0, 50.0]), np.array([0.0, 900.0, 100.0])) == 0.0


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


@pytest.mark.parametrize("columns", [5, 7])
def test_a_watch_kept_by_a_version_that_measured_otherwise_begins_anew(columns: int) -> None:
    monitor = Monitor(NAMES)
    for _ in range(700):
        monitor.matured(0.1, 0)
    kept = monitor.to_state()
    older = msgspec.structs.replace(kept, loss=[row[:columns] for row in kept.loss])
    monitor.resume(older)
    assert monitor.to_state() == msgspec.structs.replace(kept, loss=LossWatch().state().tolist())
    monitor.resume(kept)
    assert monitor.to_state() == kept


def test_an_alarm_of_the_loss_holds_for_a_while() -> None:
    monitor = Monitor(NAMES)
    draw = np.random.default_rng(11)
    for _ in range(3_000):
        monitor.matured(0.1, int(draw.random() < 0.1))
    assert monitor.state == "stable"
    assert any(monitor.matured(0.1, int(draw.random() < 0.4)) == "unstable" for _ in range(400))
    assert "turned out bad" in monitor.because[0] or "loss" in monitor.because[0]
    again = Monitor(NAMES)
    again.resume(monitor.to_state())
    for _ in range(HOLD + 400):
        label = int(draw.random() < 0.4)
        assert monitor.matured(0.4, label) == again.matured(0.4, label)
    assert monitor.state == "stable"
    assert again.to_state() == monitor.to_state()
