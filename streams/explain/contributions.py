"""What each feature did to a score, in points: exact for the linear scorecard, and they add up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from features.catalogue import COLUMN
from models.inputs import beyond, clipped, signed_log1p
from models.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.score import SnapshotScorer

_PER_LOGIT: Final = -28.8539
_AT_EVEN_ODDS: Final = 487.123
"""Scorecard: 600 points at odds 50:1, 20 points double the odds."""


def contributions(scorer: SnapshotScorer, row: Sequence[float]) -> list[dict[str, Any]]:
    """Points of each feature, those that cost most first; with `base` they sum to the score (rounded there).

    Empty for a model that is not linear.
    """
    snapshot = scorer.snapshot
    if not isinstance(snapshot, Snapshot):
        return []
    k, shape, found = len(snapshot.feature_names), snapshot.shape, []
    for j, name in enumerate(snapshot.feature_names):
        x = row[COLUMN[name]]
        if math.isnan(x):
            logit = snapshot.weights[2 * k + j]
        else:
            scale = snapshot.scales[j]
            z = 0.0 if scale <= 0 else (signed_log1p(x, shape.cap) - snapshot.means[j]) / scale
            z = clipped(z, shape.clip)
            logit = snapshot.weights[j] * z + snapshot.weights[k + j] * beyond(z, shape.knot)
        value = None if math.isnan(x) else x
        found.append({"feature": name, "value": value, "points": round(_PER_LOGIT * logit, 2)})
    found.sort(key=lambda one: (one["points"], one["feature"]))
    return found


def base_points(scorer: SnapshotScorer) -> float | None:
    """The points of a holder on whom every feature is average."""
    snapshot = scorer.snapshot
    if not isinstance(snapshot, Snapshot):
        return None
    return round(_AT_EVEN_ODDS + _PER_LOGIT * snapshot.intercept, 2)
