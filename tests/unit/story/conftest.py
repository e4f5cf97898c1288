from pathlib import Path

import pytest

import rules
from rules.rulebook import Rulebook, read_rulebook


@pytest.fixture(name="default_book")
def _default_book() -> Rulebook:
    assert rules.__file__
    return read_rulebook(Path(rules.__file__).with_name("default.yaml").read_text(encoding="utf-8"))
