"""The default rulebook with a rule on trial whose sentences name the whole catalogue: all is computed.

Rules on trial decide nothing, and what a sentence tells decides nothing either: what is published is the same
to the byte, and is checked to be.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from rules.facts import FACTS, SCORE_FEATURES

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST: Final = 500
_RULE: Final = """
  - id: bench_all
    title: Tells the whole catalogue
    owner: benchmark
    legal_basis: none, it is on trial and never hits
    shadow: true
    when: {when}
    because: {{en: {told}, zh: {told}}}
    action: alert_only
    severity: P3
"""


def all_features(file: Path) -> int:
    """Write the rulebook; how many features it makes the engine compute."""
    names = [fact.name for fact in FACTS if fact not in SCORE_FEATURES]
    sentences = _sentences(names)
    when = " or ".join(["days_past_due > 1e300"] * len(sentences))  # a term for each sentence
    rule = _RULE.format(when=when, told=json.dumps(sentences))
    default = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    head, policy, tail = default.partition("\npolicy:")
    assert policy, "the default rulebook has a policy after its rules"
    file.write_text(head + rule + policy + tail, encoding="utf-8")
    return len(names)


def _sentences(names: list[str]) -> list[str]:
    """All names in braces, in sentences no longer than a rulebook takes them."""
    sentences = [""]
    for name in names:
        told = f"{{{name}}} "
        if len(sentences[-1]) + len(told) > _LONGEST:
            sentences.append("")
        sentences[-1] += told
    return sentences
