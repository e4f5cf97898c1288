"""What live models expected is held against what came of it, beside the champion on the very same labels."""

import msgspec
import numpy as np
import pytest
from msgspec import UNSET

from models.metrics import auc
from models.monitoring.psi import UNSTABLE, WATCH
from models.tally import FIRST, LATEST, SEEN, Tally, TallyState

DRAW = np.random.default_rng(5)
ROWS = [
    {"m.1": float(pd), **({"champion.9": float(champion)} if n >= 100 else {})}
    for n, (pd, champion) in enumerate(DRAW.random((400, 2)))
]
LABELS = [int(DRAW.random() < scores["m.1"]) for scores in ROWS]


@pytest.fixture(name="tally")
def _tally() -> Tally:
    tally = Tally()
    for scores, label in zip(ROWS, LABELS, strict=True):
        tally.settle("cure", scores, label)
    return tally


def area(name: str, first: int) -> float | None:
    pds = np.array([scores[name] for scores in ROWS[first:]])
    return auc(pds, np.array(LABELS[first:]) == 1)


def test_figures_are_of_the_labels_that_both_have_scored(tally: Tally) -> None:
    found = tally.figures("cure", "m.1", "learning@7", ("champion@9", "champion.9"))
    assert found is not None
    assert (found.labels, found.count, found.bads) == ("learning@7", 300, sum(LABELS[100:]))
    assert found.auc == area("m.1", 100)
    assert found.rival is not None
    assert (found.rival.name, found.rival.auc) == ("champion@9", area("champion.9", 100))


def test_without_a_champion_beside_it_all_its_labels_count(tally: Tally) -> None:
    for rival in (None, ("other@1", "other.1")):
        found = tally.figures("cure", "m.1", "learning@7", rival)
        assert found is not None
        assert (found.count, found.auc, found.rival, found.psi) == (400, area("m.1", 0), None, None)
    assert tally.figures("default", "m.1", "learning@7", None) is None
    assert tally.figures("cure", "nobody.1", "learning@7", None) is None
    assert tally.taken("cure") == 400


def test_observations_without_scores_are_none_of_its_business(tally: Tally) -> None:
    before = tally.to_state()
    tally.settle("cure", UNSET, 1)
    tally.observe(UNSET)
    assert tally.to_state() == before


def test_a_label_that_is_put_right_counts_as_what_it_is(tally: Tally) -> None:
    right = Tally()
    for place, (scores, label) in enumerate(zip(ROWS, LABELS, strict=True)):
        if place != 9:
            right.settle("cure", scores, 1 - label if place == 7 else label)
    tally.correct("cure", ROWS[7], LABELS[7], 1 - LABELS[7])
    tally.correct("cure", ROWS[9], LABELS[9], None)
    assert tally.to_state().told == right.to_state().told
    held = tally.to_state()
    tally.correct("cure", ROWS[7], LABELS[7], None)  # of that label it is not held any more
    tally.correct("cure", UNSET, 0, 1)
    assert tally.to_state() == held


def test_a_score_that_moves_is_told_by_its_index() -> None:
    tally = Tally()
    for n in range(FIRST + FIRST - 1):
        tally.observe(
            {"still.1": float(DRAW.random()), "moved.1": float(DRAW.random() ** (1 + 2 * (n >= FIRST)))}
        )
    assert tally.psi("still.1") is None
    tally.observe({"still.1": 0.5, "moved.1": 0.01})
    assert tally.psi("nobody.1") is None
    still, moved = tally.psi("still.1"), tally.psi("moved.1")
    assert still is not None
    assert moved is not None
    assert still < WATCH
    assert moved > UNSTABLE


def test_it_goes_on_from_json_identically(tally: Tally) -> None:
    for scores in ROWS:
        tally.observe(scores)
    again = Tally()
    again.resume(msgspec.json.decode(msgspec.json.encode(tally.to_state()), type=TallyState))
    for one in (tally, again):
        one.settle("cure", ROWS[0], 1)
        for _ in range(FIRST + LATEST):
            one.observe({"m.1": 0.25})
    assert again.to_state() == tally.to_state()
    assert again.psi("m.1") == tally.psi("m.1")


def test_versions_that_score_no_more_give_way() -> None:
    tally = Tally()
    for version in range(SEEN + 10):
        tally.observe({"kept.1": 0.5, f"default-logistic.{version}": 0.5})
    assert len(tally.to_state().seen) == SEEN
    assert "kept.1" in tally.to_state().seen
