"""The Taiwan cardholders through the pipeline, April to September 2005; October tells who defaulted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules.outcome import LADDER
from streams.assess import assess
from streams.evaluation.lift import Lift, lift_of
from streams.evaluation.progressive import ModelQuality, progressive, vectors_of
from streams.evaluation.touched import hit_by_rule, worst_action

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rules.evaluate import Evaluator
    from streams.assess import Progress
    from streams.simulator import SimulatedRecord


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a run came to."""

    cardholders: int
    defaulted: int
    rules: list[Lift]
    """In the rulebook's order; those that hit nobody too."""
    actions: list[Lift]
    """By the worst action asked for, from the worst to none; every cardholder is in one of them."""
    model: ModelQuality


def evaluate(
    records: Iterable[SimulatedRecord],
    labels: Mapping[str, bool],
    evaluator: Evaluator,
    lanes: int,
    progress: Progress,
) -> Evaluation:
    """Run the records without their outcomes, and hold what was decided against `labels`.

    The model is taught apart: in six months no outcome window closes, so that the run itself could only learn
    of those who fell behind early.
    """
    lines = (record.value for record in records if record.topic != "outcomes")
    assessment = assess(lines, evaluator, lanes=lanes, learns=False, progress=progress)
    hit = hit_by_rule(assessment)
    rules = [lift_of(rule.id, hit.get(rule.id, set()), labels) for rule in evaluator.rules]
    worst = worst_action(assessment)
    groups = [*reversed(LADDER), "nothing"]
    actions = [
        lift_of(group, {c for c in labels if worst.get(c, "nothing") == group}, labels) for group in groups
    ]
    progress("teach", 0, 0)
    quality = progressive(vectors_of(assessment), labels)
    return Evaluation(len(labels), sum(labels.values()), rules, actions, quality)
