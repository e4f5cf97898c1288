"""The verdict on one row: which rules are hit and at which level, and all that hangs on that alone.

There are few different verdicts, and many rows: each verdict is worked out once (`Evaluator.verdict`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.outcome import ERROR, HALVE, HIT, INSUFFICIENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules.evaluate import CompiledRule

LEVEL_SHIFT: Final = 2
"""A code is an outcome, and above these bits the level."""
MOST_REASONS: Final = 4
_OUTCOME: Final = (1 << LEVEL_SHIFT) - 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome and level of each rule, in the rulebook's order, and what the hits among them ask for."""

    outcomes: tuple[int, ...]
    levels: tuple[int, ...]
    hits: tuple[int, ...]
    """Places of the rules that are hit."""
    severity: int
    """The worst of the hits; 0 without any."""
    target: int
    """The worst that a hit asks for, combinations aside; 0 without any."""
    targets: Mapping[str, int]
    """What each rule that is hit asks for, by its id."""
    hard: tuple[str, ...]
    """The rules that ask for halve or worse."""
    bureau: bool
    """Whether any of these rests on a credit report."""
    unknown: tuple[str, ...]
    """The rules that are insufficient or in error."""
    reason_codes: tuple[str, ...]
    """Of the hits: at most four, worst target first, ties in the rulebook's order."""


def verdict_of(rules: Sequence[CompiledRule], codes: bytes) -> Verdict:
    """The verdict of one code for each rule (`Verdicts.codes`)."""
    outcomes = tuple(code & _OUTCOME for code in codes)
    levels = tuple(code >> LEVEL_SHIFT for code in codes)
    hits = tuple(place for place, outcome in enumerate(outcomes) if outcome == HIT)
    asked = {place: rules[place].levels[levels[place]] for place in hits}
    targets = {place: level.target for place, level in asked.items()}
    hard = [place for place in hits if targets[place] >= HALVE]
    return Verdict(
        outcomes,
        levels,
        hits,
        severity=min((level.severity for level in asked.values()), default=0),
        target=max(targets.values(), default=0),
        targets={rules[place].id: target for place, target in targets.items()},
        hard=tuple(rules[place].id for place in hard),
        bureau=any(rules[place].bureau for place in hard),
        unknown=tuple(rule.id for rule in rules if outcomes[rule.place] in (INSUFFICIENT, ERROR)),
        reason_codes=tuple(worst_first(targets, rules)),
    )


def worst_first(targets: Mapping[int, int], rules: Sequence[CompiledRule]) -> list[str]:
    """Reason codes of rules by their place, given what each asks for."""
    worst = sorted(targets, key=lambda place: (-targets[place], place))
    return list(dict.fromkeys(rules[place].code for place in worst))[:MOST_REASONS]
