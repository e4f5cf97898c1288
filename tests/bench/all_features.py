"""The default rulebook with rules on trial that read every name there is, so that all of it is computed.

Rules on trial decide nothing: what is published is the same to the byte, and is checked to be.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from rules.facts import FACTS, SCORE_FEATURES
from rules.syntax import MAX_DEPTH

if TYPE_CHECKING:
    from pathlib import Path

_NEVER: Final = " > 1e300"
_TERMS: Final = MAX_DEPTH - 4
_RULE: Final = """
  - id: bench_all_{number}
    title: Reads a part of the catalogue
    owner: benchmark
    legal_basis: none, it is on trial and never hits
    shadow: true
    when: {when}
    because: {{en: "{{observed}}", zh: "{{observed}}"}}
    action: alert_only
    severity: P3
"""


def all_features(file: Path) -> int:
    """Write the rulebook; how many features it makes the engine compute."""
    names = [fact.name for fact in FACTS if fact not in SCORE_FEATURES]
    rules = "".join(_RULE.format(number=n, when=when) for n, when in enumerate(_sums(names)))
    default = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
    head, policy, tail = default.partition("\npolicy:")
    assert policy, "the default rulebook has a policy after its rules"
    file.write_text(head + rules + policy + tail, encoding="utf-8")
    return len(names)


def _sums(names: list[str]) -> list[str]:
    """Conditions, none nested deeper than a rule may be, that read all names together."""
    return [" + ".join(names[at : at + _TERMS]) + _NEVER for at in range(0, len(names), _TERMS)]
