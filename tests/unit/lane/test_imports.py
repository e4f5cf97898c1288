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


def test_no_part_of_a_lane_loads_river() -> None:
    said = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"
