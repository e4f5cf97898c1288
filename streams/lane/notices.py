"""What a lane says when it falls back from an unstable model, and when it comes back: alerts of kind P4.

They are not about a cardholder, so they are no records of the contract's 7.4 and go to a topic of their own
(docs/decisions/11-model-alerts.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from features.calendar import time_text
from features.ledger import NONE
from features.order import WATERMARK
from models.score import name_of

if TYPE_CHECKING:
    from models.monitoring.verdict import Verdict
    from rules.records import Record
    from streams.lane.batch import Outputs
    from streams.lane.engine import LaneEngine
    from streams.lane.tuning import Models
    from streams.ports.outbox import Cut

MODEL_ALERT: Final = "model_alert"
MODEL_ALERT_TYPE: Final = "postloan.model_alert.v1"
SEVERITY: Final = "P4"


def add_notice(engine: LaneEngine, models: Models, before: Cut | None, outputs: Outputs) -> bool:
    """Give out a notice if the batch just run fell back from an unstable model, or came back (`resolved`).

    before: the cut of the batch before it. Whether it did; False too when the verdict is not to be had.
    """
    name = None if before is None else before.verdict
    if (name is None) == (engine.verdict is None):
        return False
    verdict = engine.verdict or models.verdict_named(name or "")
    if verdict is not None:
        number = 1 if before is None else before.batch + 1
        outputs.notices.append(_notice(engine, verdict, number))
    return verdict is not None


def _notice(engine: LaneEngine, verdict: Verdict, batch: int) -> Record:
    state = "resolved" if engine.verdict is None else "opened"
    watermark = int(engine.clock[WATERMARK])
    return {
        "kind": MODEL_ALERT,
        "id": f"{verdict.name}.lane{engine.lane}.{state}.b{batch}",
        "occurred_at": time_text(verdict.at_us if watermark == NONE else watermark),
        "state": state,
        "severity": SEVERITY,
        "lane": engine.lane,
        "batch": batch,
        "model_id": verdict.model_id,
        "verdict": verdict.name,
        "because": list(verdict.because),
        "fallback": verdict.fallback,
        "scores_with": model_name(engine),
        "figures": verdict.figures,
        "judged_at": time_text(verdict.at_us),
    }


def model_name(engine: LaneEngine) -> str | None:
    """What scored: model id and version; None: rules alone."""
    return None if engine.scorer is None else name_of(engine.scorer.snapshot)
