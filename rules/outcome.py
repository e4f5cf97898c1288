"""The four outcomes of a rule, and the ladder of targets and severities (contract 4.1, 5.2, 6.1)."""

from __future__ import annotations

from typing import Final, Literal

NO_HIT, HIT, INSUFFICIENT, ERROR = range(4)
OUTCOMES: Final = ("no_hit", "hit", "insufficient", "error")

Target = Literal["raise", "hold", "halve", "cut_to_tenth", "block"]
LADDER: Final = ("raise", "hold", "halve", "cut_to_tenth", "block")
"""From best to worst: the worst wins."""

RAISE, HOLD, HALVE, CUT_TO_TENTH, BLOCK = range(5)

Severity = Literal["P1", "P2", "P3", "P4"]
SEVERITIES: Final = ("P1", "P2", "P3", "P4")
"""From worst to mildest; as numbers 1 to 4."""
