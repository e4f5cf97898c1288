"""Models that look on are scored together as each is alone, whoever looks on beside them."""

import numpy as np
import pytest

from models.families import RowScorer, new, scorer_of
from models.panel import Panel, placed
from models.snapshot import SnapshotRefusedError

NAMES = ("a", "b", "c", "d")
ROWS = np.random.default_rng(3).normal(size=(200, 4))
ROWS[::9, 2] = np.nan


def taught(family: str, names: tuple[str, ...], seed: int) -> RowScorer:
    draw = np.random.default_rng(seed)
    learner = new(family, names, model_id=f"{family}-{seed}")
    for row in draw.normal(size=(300, len(names))):
        learner.learn(row, int(row[0] + draw.normal() > 1.0))
    return scorer_of(learner.snapshot())


@pytest.fixture(scope="module")
def scorers() -> list[RowScorer]:
    return [
        taught("forest", ("a", "b"), 1),
        taught("scorecard", NAMES, 2),
        taught("logistic", ("d", "a"), 3),
        taught("lda", ("c", "b", "a"), 4),
        taught("blend", ("b", "c"), 5),
        taught("tree", NAMES, 6),
    ]


def alone(scorer: RowScorer) -> np.ndarray:
    columns = [NAMES.index(name) for name in scorer.snapshot.feature_names]
    return scorer.pd(ROWS[:, columns])


def test_a_panel_expects_what_each_of_its_models_does(scorers: list[RowScorer]) -> None:
    panel = Panel(NAMES, scorers)
    linear_first = (scorers[1], scorers[3], scorers[0], scorers[2], *scorers[4:])
    assert panel.names == tuple(f"{scorer.snapshot.model_id}.300" for scorer in linear_first)
    by_name = {f"{s.snapshot.model_id}.300": alone(s) for s in scorers}
    for name, column in zip(panel.names, panel.pd(ROWS).T, strict=True):
        np.testing.assert_allclose(column, by_name[name], rtol=0.0, atol=1e-12)


def test_it_hangs_on_the_row_alone(scorers: list[RowScorer]) -> None:
    panel = Panel(NAMES, scorers)
    together = dict(zip(panel.names, panel.pd(ROWS).T, strict=True))
    for scorer in scorers:
        lone = Panel(NAMES, [scorer])
        for n in (0, 9, 150):
            np.testing.assert_array_equal(lone.pd(ROWS[n : n + 1])[0], together[lone.names[0]][n])


def test_the_champion_is_told_among_them_where_it_expects_something(scorers: list[RowScorer]) -> None:
    panel = Panel(NAMES, scorers[:1])
    champion = scorers[1].snapshot
    first, second = panel.scores(ROWS[:2], champion, np.array([0.25, np.nan]))
    assert list(first) == ["forest-1.300", "scorecard-2.300"]
    assert first["scorecard-2.300"] == 0.25
    assert list(second) == ["forest-1.300"]
    assert Panel(NAMES, []).scores(ROWS[:1], champion, np.array([0.5])) == [{"scorecard-2.300": 0.5}]


def test_features_that_lanes_do_not_know_are_refused(scorers: list[RowScorer]) -> None:
    with pytest.raises(SnapshotRefusedError, match="forest-1 300 reads what lanes do not know: b"):
        Panel(("a", "c"), scorers[:1])
    with pytest.raises(SnapshotRefusedError, match="lanes do not know: b, d"):
        placed(scorers[1], ("a", "c"))


def test_a_scorer_of_the_same_features_is_left_as_it_is(scorers: list[RowScorer]) -> None:
    assert placed(scorers[1], NAMES) is scorers[1]
    np.testing.assert_array_equal(placed(scorers[3], NAMES).pd(ROWS), alone(scorers[3]))
