"""How a worker is, as JSON. Nothing of a cardholder is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from streams.health.view import View, held, lag
from streams.lane.condition import CLAIMING, HALTED, PAUSED, RUNNING

if TYPE_CHECKING:
    from streams.lane.condition import Condition


def why_not_ready(view: View) -> str | None:
    """Why a rollout should not go on yet; None when it may.

    A halted lane is no reason: it waits for a person, and another worker would halt at the same place.
    """
    if not view.joined:
        return "the workers' group has not yet told which lanes are this worker's"
    waiting = [lane for lane in held(view) if view.conditions[lane].state in {CLAIMING, PAUSED}]
    if waiting:
        return f"lanes {', '.join(map(str, waiting))} do not run yet, or wait for a server"
    silent = [name for name, why in view.servers.items() if why]
    return f"{', '.join(silent)} does not answer" if silent else None


def health(view: View) -> dict[str, Any]:
    """All there is to know."""
    lanes = [_lane(view, lane) for lane in held(view)]
    return {
        "status": _status(view),
        "ready": why_not_ready(view) is None,
        "servers": {name: {"answers": not why, "why": why or None} for name, why in view.servers.items()},
        "lanes": lanes,
    }


def _status(view: View) -> str:
    """The worst state of a lane; running when all run."""
    states = {view.conditions[lane].state for lane in held(view)}
    return next((state for state in (HALTED, PAUSED, CLAIMING) if state in states), RUNNING)


def _lane(view: View, lane: int) -> dict[str, Any]:
    condition: Condition = view.conditions[lane]
    watermark = condition.watermark
    return {
        "lane": lane,
        "state": condition.state,
        "why": [
            {"state": one.state, "why": one.why, "since": _time(one.since)} for one in condition.hindrances
        ],
        "backoff_seconds": round(condition.backoff, 3),
        "epoch": condition.epoch,
        "batch": condition.batch,
        "lag_records": lag(view, lane),
        "watermark": None if watermark is None else _time(watermark / 1_000_000),
        "last_commit": None if condition.committed_at is None else _time(condition.committed_at),
        "waiting_records": condition.waiting_records,
        "waiting_bytes": condition.waiting_bytes,
        "unsent_batches": condition.unsent_batches,
        "records": condition.records,
        "decisions": condition.decisions,
        "dead_letters": condition.dead_letters,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
