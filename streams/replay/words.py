"""A comparison in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from streams.replay.comparison import offsets_of

if TYPE_CHECKING:
    from streams.replay.comparison import Comparison


def told_in_words(found: Comparison) -> str:
    """One line when all is the same; else where it differs, and how."""
    step = found.differing
    span = f"lane {found.lane}, batches {found.first} to {found.last}"
    if found.checkpoint is not None:
        span += f", from the checkpoint of batch {found.checkpoint}"
    if step is None:
        return f"{span}: the same, bit for bit ({found.batches:,} batches, {found.records:,} records)"
    places = ", ".join(f"{topic} {first} to {stop - 1}" for topic, (first, stop) in offsets_of(step).items())
    lines = [
        f"{span}: differs at batch {step.was.batch}",
        f"  took        {places}",
        f"  judged by   rulebook {step.was.rulebook}, model {step.was.model or 'none'}",
        f"  digest      was {step.was.outputs or 'nothing'}, now {step.cut.outputs or 'nothing'}",
    ]
    if found.finding is not None:
        lines += _difference(found.finding)
    return "\n".join(lines)


def _difference(finding: dict[str, Any]) -> list[str]:
    if "place" not in finding:
        counts = "" if finding["was"] is None else f": {finding['was']} then, {finding['now']} now"
        return [f"  first       {finding['flow']} on {finding['topic']}{counts}"]
    return [
        f"  first       {finding['flow']}, number {finding['place'] + 1} of the batch, on {finding['topic']}",
        f"    was       {_record(finding['was'])}",
        f"    now       {_record(finding['now'])}",
    ]


def _record(shown: dict[str, Any] | None) -> str:
    return "nothing" if shown is None else json.dumps(shown, ensure_ascii=False)
