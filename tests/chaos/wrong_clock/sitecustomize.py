"""Shifts the wall clock of a Python process: seconds now, other seconds a while later (a clock that jumps).

POSTLOAN_TEST_CLOCK="SHIFT,LATER,AFTER": `SHIFT` seconds at first, `LATER` once `AFTER` seconds have passed.
The monotonic clock stays, as it does when somebody sets a machine's date.
"""

from __future__ import annotations

import os
import time

told = os.environ.get("POSTLOAN_TEST_CLOCK")
if told is not None:
    shift, later, after = map(float, told.split(","))
    begun = time.monotonic()
    true_time, true_time_ns = time.time, time.time_ns

    def _shift() -> float:
        return shift if time.monotonic() - begun < after else later

    time.time = lambda: true_time() + _shift()
    time.time_ns = lambda: true_time_ns() + int(_shift() * 1_000_000_000)
