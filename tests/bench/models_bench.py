"""Ten models over 200 features: what an event costs. Run: pytest -m bench tests/bench/models_bench.py -s."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from models.bins import Bins
from models.families.card import CardLearner
from models.families.compiled import CardScorer
from models.panel import Panel

MODELS, FEATURES, ROWS = 10, 200, 4_000
MOST_US = 3.0


@pytest.mark.bench
def test_ten_models_over_200_features_cost_under_3_us_an_event() -> None:
    draw = np.random.default_rng(1)
    names = tuple(f"f{j}" for j in range(FEATURES))
    rows = np.exp(draw.normal(size=(ROWS, FEATURES)))
    rows[draw.random(rows.shape) < 0.1] = np.nan
    bins = Bins.of(rows)
    kinds = ("scorecard", "lda", "probit", "linear")
    learners = [CardLearner(kinds[m % 4], names, model_id=f"m{m}", bins=bins) for m in range(MODELS)]
    for m, learner in enumerate(learners):
        for row in rows[:120]:
            learner.learn(row, int(row[m] > 1.5))
    champion = learners[0].snapshot()
    panel = Panel(names, [CardScorer(learner.snapshot()) for learner in learners])
    acted = np.full(ROWS, 0.05)
    print(f"\n{MODELS} models, {FEATURES} features")
    scored = _cheapest("an event scored", lambda: panel.pd(rows))
    _cheapest("a statement scored and told by name", lambda: panel.scores(rows, champion, acted))
    assert scored < MOST_US


def _cheapest(what: str, run: Callable[[], object]) -> float:
    """Microseconds of CPU a row."""
    run()
    spent = []
    for _ in range(15):
        began = time.process_time()
        run()
        spent.append((time.process_time() - began) / ROWS * 1e6)
    print(f"{what}: {min(spent):.2f} us (median {np.median(spent):.2f})")
    return min(spent)
