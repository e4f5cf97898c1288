"""Which features a rulebook reads: these are computed, and by some of them time alone may decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from features.catalogue import BY_NAME
from rules.because import names_in
from rules.expression import compile_expression
from rules.facts import FACTS
from rules.rulebook import Rule, Rulebook


def watched_by(book: Rulebook) -> tuple[str, ...]:
    """The features in the conditions of the rules that act: by them a date may matter.

    Rules on trial are not among them. Whoever is judged on a date has the score renewed, and may be acted on
    for it; what is on trial must not bring that about.
    """
    return _in_conditions(book.acting)


def shown_by(book: Rulebook) -> tuple[str, ...]:
    """The features that are computed beside those, but decide nothing: what sentences and trials read."""
    told = {name for rule in book.rules for name in _told(rule) if name in BY_NAME}
    return tuple(sorted(told.union(_in_conditions(rule for rule in book.rules if rule.shadow))))


def _in_conditions(rules: Iterable[Rule]) -> tuple[str, ...]:
    columns: set[int] = set()
    for rule in rules:
        for condition in (rule.when, *(step.when for step in rule.steps)):
            columns |= compile_expression(condition).columns
    return tuple(FACTS[column].name for column in sorted(columns) if FACTS[column].name in BY_NAME)


def _told(rule: Rule) -> Iterator[str]:
    if rule.because is None:
        return
    for written in (rule.because.en, rule.because.zh):
        for template in [written] if isinstance(written, str) else written or []:
            yield from names_in(template)
