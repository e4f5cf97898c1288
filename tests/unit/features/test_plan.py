"""What a plan leaves out is not computed."""

from __future__ import annotations

import numpy as np
import pytest

from features.catalogue import CATALOGUE, EARLY, MODEL_NAMES, NAMES, WIDTH
from features.catalogue.spending import DISTINCT, WINDOWED, WINDOWS
from features.plan import ALL, DEFAULT_NAMES, EARLY_ONLY, MANY, WINDOW, Plan, plan_of, width_of
from rules.evaluate import Evaluator
from rules.reads import watched_by


def _measures(plan: Plan) -> int:
    """How many measures any tile may belong to."""
    return int(np.bitwise_or.reduce(plan["members"])).bit_count()


LATE = [feature.name for feature in CATALOGUE if feature.since > EARLY]


def test_the_default_rulebook_and_model_need_early_features_alone(evaluator: Evaluator) -> None:
    plan = plan_of(DEFAULT_NAMES, watched_by(evaluator.book))
    assert width_of(plan) == EARLY_ONLY
    assert not (plan["levels"] == ALL).any()
    assert (plan["windows"], _measures(plan)) == (0, 0)
    assert set(MODEL_NAMES).isdisjoint(LATE)


@pytest.mark.parametrize("name", LATE[::20])
def test_a_late_feature_brings_in_its_own_family_alone(name: str) -> None:
    plan = plan_of((*DEFAULT_NAMES, name))
    assert width_of(plan) == WIDTH
    assert np.count_nonzero(plan["levels"] == ALL) == 1


def test_windows_and_measures_are_those_that_are_read() -> None:
    plan = plan_of((*DEFAULT_NAMES, "fee.sum.7d"))
    assert (plan["windows"], plan["window_days"][0], _measures(plan)) == (1, 7, 1)
    whole = plan_of(NAMES)
    assert _measures(whole) > 10
    assert whole["windows"] == len(WINDOWS)
    assert whole["window_weeks"].max() == 13


def test_features_of_a_form_lie_side_by_side() -> None:
    """At most eight become features at once: a window has two such runs of sums, and so on."""
    starts = np.concatenate(([0], plan_of(NAMES)["ends"]))
    assert np.diff(starts[: DISTINCT + 1]).tolist() == [14, 14, 6, 3, 3, 3, 2, 4, 1]
    assert plan_of(NAMES)["runs"][:, MANY].sum() == len(WINDOWED) - len(WINDOW)
