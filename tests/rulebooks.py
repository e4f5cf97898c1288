"""The default rulebook for tests."""

from __future__ import annotations

from importlib.resources import files

import pytest

from rules.evaluate import Evaluator
from rules.rulebook import read_rulebook


@pytest.fixture(scope="session")
def evaluator() -> Evaluator:
    """The default rulebook, compiled."""
    return Evaluator(read_rulebook(files("rules").joinpath("default.yaml").read_text(encoding="utf-8")))
