"""Confidence intervals of shares (Wilson 1927), and of their differences (Newcombe 1998, method 10)."""

from __future__ import annotations

import math
from typing import Final

Z95: Final = 1.959964


def wilson(hits: int, count: int, z: float = Z95) -> tuple[float, float] | None:
    """The 95 % interval of a share; None of nothing."""
    if count == 0:
        return None
    share = hits / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    below = 1 + z * z / count
    return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)


def difference(hits: int, count: int, other_hits: int, other_count: int) -> tuple[float, float, float] | None:
    """A share less another, with its 95 % interval."""
    first, second = wilson(hits, count), wilson(other_hits, other_count)
    if first is None or second is None:
        return None
    a, b = hits / count, other_hits / other_count
    low = math.hypot(a - first[0], second[1] - b)
    high = math.hypot(first[1] - a, b - second[0])
    return a - b, a - b - low, a - b + high
