"""Where a batch is cut into segments: runs of records within which no decision waits for another thing.

A segment lies within one lane date, with action results, breaker resets and outcomes on their own: the labels
that an outcome gives are dated by it, wherever the batch ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.calendar import DAY_US
from features.inbound import layout
from features.order import DUPLICATE

if TYPE_CHECKING:
    from streams.lane.batch import Batch


@dataclass(frozen=True, slots=True)
class Segment:
    """The records order[start:stop] of a batch, on one lane date."""

    start: int
    stop: int
    day: int


def segments_of(batch: Batch) -> list[Segment]:
    """Segments of a batch. Dead letters lie between the records of a segment, and are passed over."""
    accepted = np.flatnonzero(batch.fate[: batch.count] <= DUPLICATE)
    if not len(accepted):
        return []
    days = batch.watermark[accepted] // DAY_US
    kinds = batch.kind[batch.order[accepted]]
    alone = (kinds == layout.RESULT) | (kinds == layout.RESET) | (kinds == layout.OUTCOME)
    first = np.zeros(len(accepted), np.bool_)
    first[0] = True
    first[1:] = (days[1:] != days[:-1]) | alone[1:] | alone[:-1]
    heads = np.flatnonzero(first)
    tails = np.append(heads[1:], len(accepted)) - 1
    return [
        Segment(int(accepted[head]), int(accepted[tail]) + 1, int(days[head]))
        for head, tail in zip(heads, tails, strict=True)
    ]
