"""What a soak comes to: how fast memory grows, and how long decisions take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

STRETCH_SECONDS = 30.0
"""Of each stretch of so long the least memory counts: what is only waiting for its end is no leak."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A process's memory at a time."""

    at: float
    resident_mb: float


def slope_mb(samples: Sequence[Sample], after: float) -> float:
    """Growth in MB per 10 minutes from the time `after` on, by least squares; NaN for too short a time."""
    least: dict[int, float] = {}
    for sample in samples:
        if sample.at >= after:
            stretch = int((sample.at - after) // STRETCH_SECONDS)
            least[stretch] = min(least.get(stretch, np.inf), sample.resident_mb)
    if len(least) < 3:
        return float("nan")
    minutes = np.array(sorted(least)) * STRETCH_SECONDS / 60
    slope = np.polyfit(minutes, np.array([least[stretch] for stretch in sorted(least)]), 1)[0]
    return float(slope * 10)


def percentile_ms(seconds: Sequence[float], share: float) -> float:
    """A percentile of latencies, in milliseconds; NaN when there are none."""
    return float(np.percentile(seconds, share) * 1000) if seconds else float("nan")


def resident_mb(pid: int) -> float:
    """What a process holds of memory now."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123  # a path of the kernel's
        kilobytes = next(line for line in status if line.startswith("VmRSS:")).split()[1]
    return int(kilobytes) / 1024
