import msgspec
import numpy as np
import pytest

from models.families.card import CardLearner
from models.families.compiled import CardScorer
from models.points import FACTOR, OFFSET, Points, as_text, bands, scale_as_text
from models.probability import points as points_of

NAMES = ("delay", "limit", "purpose")
PURPOSES = ("car", "furniture", "education", "repairs")


@pytest.fixture(name="taught", scope="module")
def _taught() -> tuple[Points, CardScorer, np.ndarray]:
    draw = np.random.default_rng(6)
    rows = np.column_stack(
        [draw.poisson(0.5, 3_000), np.exp(draw.normal(10, 1, 3_000)), draw.integers(0, 4, 3_000)]
    ).astype(np.float64)
    logit = -2.5 + rows[:, 0] - 0.5 * (np.log(rows[:, 1]) - 10) + (rows[:, 2] == 1)
    labels = (draw.random(3_000) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    rows[draw.random(rows.shape) < 0.05] = np.nan
    learner = CardLearner("scorecard", NAMES, categories={"purpose": PURPOSES})
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
    assert len({line.split()[0] for line in text.splitlines()[1:] if line[:1].strip()}) == 2


def test_long_names_are_wrapped_beside_their_figures(taught: tuple[Points, CardScorer, np.ndarray]) -> None:
    one = taught[0].attributes()[0]
    long = msgspec.structs.replace(one, words="a holiday, and whatever else goes with being away for long")
    _, _, first, second = as_text([long]).splitlines()
    assert first == f"{one.feature:<24} a holiday, and whatever else goes"
    assert second.startswith(" " * 25 + "with being away for long ")
    assert second.endswith(f"{one.points:.1f}")


def test_bands_tell_what_points_mean(taught: tuple[Points, CardScorer, np.ndarray]) -> None:
    points, scorer, rows = taught
    _, _, _, _, *lines = scale_as_text(points).splitlines()
    bands_told = {line.split()[0]: line.split()[3::2] for line in lines}
    for row, pd in zip(rows[:100], scorer.pd(rows[:100]), strict=True):
        low = int(points.of(row) // 20) * 20
        better, worse = (float(share.rstrip("%")) / 100 for share in bands_told[str(low)])
        assert better - 0.0006 <= pd <= worse + 0.0006


def test_categories_are_told_by_their_names(taught: tuple[Points, CardScorer, np.ndarray]) -> None:
    own = [one for one in taught[0].attributes() if one.feature == "purpose"]
    told = [name for one in own for name in one.words.split(", ")]
    assert sorted(told) == sorted((*PURPOSES, "unknown"))
    worst = min(own, key=lambda one: one.points)
    assert worst.words == "furniture"
    reasons = taught[0].reasons(np.array([0.0, np.exp(12.0), 1.0]))
    assert ("purpose", "furniture") in [(one.feature, one.words) for one in reasons]


def test_a_snapshot_without_names_tells_codes(taught: tuple[Points, CardScorer, np.ndarray]) -> None:
    bare = msgspec.structs.replace(taught[0].snapshot, category_names={})
    told = [one.words for one in Points(bare).attributes() if one.feature == "purpose"]
    assert told[0].startswith("code 0")
    assert CardLearner.from_snapshot(taught[0].snapshot).snapshot() == taught[0].snapshot
    assert CardLearner.from_snapshot(bare).snapshot().category_names == {}


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
