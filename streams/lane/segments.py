"""Where a batch is cut into segments: runs of records within which no decision waits for another thing.

A segment lies within one lane date, with action results, breaker resets and outcomes on their own: the labels
that an outcome gives are dated by it, wherever the batch ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from features.calendar import DAY_US
from features.inbound import layout
from features.order import DUPLICATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.lane.batch import Batch


@dataclass(frozen=True, slots=True)
class Segment:
    """The records order[start:stop] of a batch, on one lane date."""

    start: int
    stop: int
    day: int


def segments_of(batch: Batch) -> list[Segment]:
    """Segments of a batch. Dead letters lie between the records of a segment, and are passed over."""
    found = _segments(batch.count, batch.order, batch.kind, batch.fate, batch.watermark)
    return [Segment(*segment) for segment in found.tolist()]


@njit(cache=True, nogil=True)
def _segments(
    count: int,
    order: NDArray[np.int64],
    kind: NDArray[np.uint8],
    fate: NDArray[np.uint8],
    watermark: NDArray[np.int64],
) -> NDArray[np.int64]:
    """A row for each segment: where it starts, where it stops, its day."""
    found = np.empty((count, 3), np.int64)
    segments = 0
    cut = True
    for place in range(count):
        if fate[place] > DUPLICATE:
            continue
        day = watermark[place] // DAY_US
        what = kind[order[place]]
        alone = what in (layout.RESULT, layout.RESET, layout.OUTCOME)
        if cut or alone or day != found[segments - 1, 2]:
            found[segments, 0] = place
            found[segments, 2] = day
            segments += 1
        found[segments - 1, 1] = place + 1
        cut = alone
    return found[:segments]
