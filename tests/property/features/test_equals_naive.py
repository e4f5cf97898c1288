"""Every feature equals the naive oracle, after every record, on made and on simulated books."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given, settings

from rules.evaluate import Evaluator
from rules.rulebook import read_rulebook
from streams.simulator import simulate
from tests.naive.compare import compare
from tests.oracle.books import story_book
from tests.property.features.streams import streams

NEVER = """
version: idle
rules:
  - {id: model_score, title: never hit, when: cycles.closed > 1000000, action: alert_only, severity: P4}
"""


@pytest.fixture(scope="module")
def idle() -> Evaluator:
    """Rules that never hit: no episode raises the limit that ratios are taken to."""
    text = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    policy = text[text.index("policy:") : text.index("\ncases:")]
    combinations = policy[policy.index("  combinations:") : policy.index("  exemptions:")]
    policy = policy.replace(combinations, "  combinations: []\n").replace("[model_score]", "[]")
    return Evaluator(read_rulebook(NEVER + policy))


@settings(max_examples=40, deadline=None)
@given(lines=streams())
def test_any_stream(lines: list[bytes], idle: Evaluator) -> None:
    compare(lines, idle)


@pytest.mark.parametrize("seed", range(3))
def test_a_book_of_stories(seed: int, idle: Evaluator) -> None:
    assert compare(story_book(seed, 12, 7), idle) > 100_000


def test_a_simulated_book(idle: Evaluator) -> None:
    lines = [record.value for record in simulate(6, 8, 3)]
    assert compare(lines, idle) > 300_000
