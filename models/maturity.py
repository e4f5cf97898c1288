"""The label definition: when an observation has turned out bad or good (docs/models.md).

The compiled pass applies it (features.update), so that silence matures too; these are its numbers.
"""

from __future__ import annotations

from typing import Final

OUTCOME_WINDOW_DAYS: Final = 180
"""An observation is watched on the dates less than this after it was frozen (contract 2.3)."""

BAD_DPD: Final = 60
"""Bad if a date inside the window is at least this many days past due.

It is told when the window closes, together with the good ones of the same date: told at once, the bad ones
of a young book would come half a year before its first good one, and the mix would be one that never was.
"""

CLEAN_DPD: Final = 29
"""Good if no date inside the window was more days past due than this; in between: set aside."""
