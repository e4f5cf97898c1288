"""The whole story of one cardholder from a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from features.calendar import DAY_US, date_of
from features.catalogue import NAMES
from streams.assess import assess
from streams.explain.witness import Witness, facts_told
from streams.lookup import features_of
from streams.partition import lane_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules.evaluate import Evaluator
    from streams.assess import Progress
    from streams.lane.engine import LaneEngine

Told = dict[str, Any]


def explain(
    lines: Iterable[bytes],
    evaluator: Evaluator,
    cardholder: str,
    *,
    action: str | None = None,
    lanes: int = 12,
    learns: bool = True,
    progress: Progress | None = None,
) -> Told | None:
    """Run the log again, and tell of a cardholder; `action` tells of one action or alert only.

    None when nothing is known of the cardholder, or when there is no such action.
    """
    found: list[Witness] = []
    lane = lane_of(cardholder, lanes)

    def prepare(engine: LaneEngine) -> None:
        if engine.lane == lane:
            found.append(Witness(cardholder, engine))
            engine.desk.witness = found[0]

    more: dict[str, Any] = {} if progress is None else {"progress": progress}
    assessment = assess(lines, evaluator, lanes=lanes, learns=learns, prepare=prepare, features=NAMES, **more)
    return story_of(assessment.engines[lane], found[0], action)


def story_of(engine: LaneEngine, witness: Witness, action: str | None) -> Told | None:
    """What a witness saw, and what the engine knows now; None as `explain` has it."""
    slot = engine.ledger.slots.get(witness.cardholder)
    if slot is None:
        return None
    stories = witness.stories
    if action is not None:
        stories = [story for story in stories if any(r["id"] == action for r in story["records"])]
        if not stories:
            return None
    return {
        "cardholder_id": witness.cardholder,
        "lane": engine.lane,
        "rulebook_version": engine.desk.evaluator.book.version,
        "decisions": stories,
        "at_the_end": None if action is not None else _end(engine, slot),
    }


def _end(engine: LaneEngine, slot: int) -> Told | None:
    """What is known when the log ends."""
    if engine.day is None:
        return None
    row = features_of(engine.ledger, slot, engine.day).tolist()
    case = engine.desk.cases.get(slot)
    return {
        "as_of": date_of(engine.day).isoformat(),
        "watermark_us": int(engine.day) * DAY_US,
        "facts": facts_told(row),
        "episode": None if case is None or case.episode is None else case.episode.id,
        "actions": []
        if case is None
        else [{"id": cut.id, "status": cut.status, "undone": cut.undone} for cut in case.cuts],
    }
