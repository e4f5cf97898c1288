"""Which features a rulebook reads: these are computed, and by some of them time alone may decide."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalogue import BY_NAME
from rules.because import names_in
from rules.expression import compile_expression
from rules.facts import FACTS
from rules.rulebook import Rule, Rulebook


def watched_by(book: Rulebook) -> tuple[str, ...]:
    """The features in the conditions of all rules, those on trial too: by them a date may matter."""
    columns: set[int] = set()
    for rule in book.rules:
        for condition in (rule.when, *(step.when for step in rule.steps)):
            columns |= compile_expression(condition).columns
    return tuple(FACTS[column].name for column in sorted(columns) if FACTS[column].name in BY_NAME)


def told_by(book: Rulebook) -> tuple[str, ...]:
    """The features that its sentences tell: they are shown, but decide nothing."""
    return tuple(sorted({name for rule in book.rules for name in _told(rule) if name in BY_NAME}))


def _told(rule: Rule) -> Iterator[str]:
    if rule.because is None:
        return
    for written in (rule.because.en, rule.because.zh):
        for template in [written] if isinstance(written, str) else written or []:
            yield from names_in(template)
