import numpy as np
import pytest

from models.families.card import CardLearner
from models.families.compiled import CardScorer
from models.points import FACTOR, OFFSET, Points, as_text, bands
from models.probability import points as points_of

NAMES = ("delay", "limit", "purpose")


@pytest.fixture(name="taught", scope="module")
def _taught() -> tuple[Points, CardScorer, np.ndarray]:
    draw = np.random.default_rng(6)
    rows = np.column_stack(
        [draw.poisson(0.5, 3_000), np.exp(draw.normal(10, 1, 3_000)), draw.integers(0, 4, 3_000)]
    ).astype(np.float64)
    logit = -2.5 + rows[:, 0] - 0.5 * (np.log(rows[:, 1]) - 10) + (rows[:, 2] == 1)
    labels = (draw.random(3_000) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    rows[draw.random(rows.shape) < 0.05] = np.nan
    learner = CardLearner("scorecard", NAMES, categories=["purpose"])
    for row, label in zip(rows, labels.tolist(), strict=True):
        learner.learn(row, label)
    snapshot = learner.snapshot()
    return Points(snapshot), CardScorer(snapshot), rows


def test_points_are_an_exact_sum(taught: tuple[Points, CardScorer, np.ndarray]) -> None:
    points, scorer, rows = taught
    for row, pd in zip(rows[:200], scorer.pd(rows[:200]), strict=True):
        assert points.of(row) == pytest.approx(OFFSET + FACTOR * np.log((1 - pd) / pd), abs=1e-9)
        assert round(points.of(row)) == points_of(float(pd))


def test_reasons_are_what_the_best_attributes_would_have_added(
    taught: tuple[Points, CardScorer, np.ndarray],
) -> None:
    points, _, rows = taught
    for row in rows[:50]:
        reasons = points.reasons(row, most=3)
        assert points.of(row) + sum(one.lost for one in reasons) == pytest.approx(points.best.sum(), abs=1e-8)
        assert [one.lost for one in reasons] == sorted((one.lost for one in reasons), reverse=True)
    late = np.array([4.0, np.exp(11.0), 0.0])
    assert points.reasons(late)[0].feature == "delay"


def test_the_table_holds_every_lesson_once(taught: tuple[Points, CardScorer, np.ndarray]) -> None:
    attributes = taught[0].attributes()
    for name in NAMES:
        own = [one for one in attributes if one.feature == name]
        assert sum(one.share for one in own) == pytest.approx(1.0)
        assert [one.unknown for one in own] == [False] * (len(own) - 1) + [True]
    delays = [one.points for one in attributes if one.feature == "delay" and not one.unknown]
    assert delays == sorted(delays, reverse=True)
    text = as_text(attributes, most=2)
    assert "unknown" in text
    assert len({line.split()[0] for line in text.splitlines()[1:] if not line.startswith(" ")}) == 2


def test_other_families_have_no_points() -> None:
    with pytest.raises(ValueError, match="not of the family lda"):
        Points(CardLearner("lda", NAMES).snapshot())
    with pytest.raises(ValueError, match="too little"):
        Points(CardLearner("scorecard", NAMES).snapshot())


def test_bands_count_everybody() -> None:
    draw = np.random.default_rng(2)
    scores, bad = draw.normal(550, 30, 500), draw.random(500) < 0.2
    found = bands(scores, bad)
    assert sum(band.count for band in found) == 500
    assert sum(band.bads for band in found) == bad.sum()
    assert all(band.to_points - band.from_points == 20 for band in found)
    assert found[0].bad_rate is None or 0 <= found[0].bad_rate <= 1
    assert bands(np.array([]), np.array([], np.bool_)) == []
