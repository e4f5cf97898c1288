"""What a simulated feed yields."""

from __future__ import annotations

from typing import NamedTuple


class SimulatedRecord(NamedTuple):
    """One record as a producer would send it."""

    topic: str
    """Topic without prefix (contract 1.4)."""
    key: str
    """Kafka key: the cardholder's id; empty for control records."""
    occurred_us: int
    """`occurred_at` in microseconds since the epoch."""
    value: bytes
    """Compact JSON on one line, UTF-8, without a line end."""
