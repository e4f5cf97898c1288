"""Lanes score by arrays: whoever runs one does not load River, which teaches."""

import subprocess
import sys

LOADED = """
import importlib, pkgutil, sys
import models.panel, models.score, models.snapshot, models.standing, streams.lane

for one in pkgutil.iter_modules(streams.lane.__path__, "streams.lane."):
    importlib.import_module(one.name)
assert "streams.lane.runner" in sys.modules
print([name for name in sys.modules if name.partition(".")[0] == "river"])
"""
READY = """
import sys
from streams.warmup import warm_up_lanes, warm_up_teaching
import streams.worker

warm_up_lanes()
loaded = [name for name in sys.modules if name.partition(".")[0] in ("river", "sklearn")]
warm_up_teaching()
print(loaded, "river" in sys.modules)
"""


def test_no_part_of_a_lane_loads_river() -> None:
    said = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"


def test_a_worker_that_is_ready_for_lanes_has_not_loaded_what_teaches() -> None:
    said = subprocess.run([sys.executable, "-c", READY], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[] True"
