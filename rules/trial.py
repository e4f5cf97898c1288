"""The examples of a rulebook, run: what each expects, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rules.cuts import resolve
from rules.evaluate import Evaluator, Verdicts
from rules.examples import row_of
from rules.facts import PRODUCT, code_of
from rules.outcome import HOLD, LADDER, OUTCOMES, SEVERITIES
from rules.places import Path
from rules.rulebook import Case, Rulebook, Story


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not come out as it says."""

    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of all examples."""

    count: int
    failures: tuple[Failure, ...]


def try_examples(book: Rulebook) -> Trial:
    """Run all `cases` of a rulebook, those of its rules and its own."""
    of_rules: list[tuple[Path, int, Case]] = [
        (["rules", number, "cases", place], number, case)
        for number, rule in enumerate(book.rules)
        for place, case in enumerate(rule.cases)
    ]
    every = Evaluator(book, book.rules)
    acting = Evaluator(book)
    failures: list[Failure] = []
    if of_rules:
        verdicts = every.verdicts(np.array([row_of(case.facts) for _, _, case in of_rules]))
        for n, (path, rule, case) in enumerate(of_rules):
            failures += [Failure(path, why) for why in _of_case(every, verdicts, n, rule, case)]
    if book.cases:
        verdicts = acting.verdicts(np.array([row_of(story.facts) for story in book.cases]))
        for n, story in enumerate(book.cases):
            failures += [Failure(["cases", n], why) for why in _of_story(acting, verdicts, n, story)]
    return Trial(len(of_rules) + len(book.cases), tuple(failures))


def _of_case(evaluator: Evaluator, verdicts: Verdicts, n: int, place: int, case: Case) -> Iterator[str]:
    outcome = OUTCOMES[verdicts.outcomes[place, n]]
    if outcome != case.expect:
        yield f"{_called(case.name)}expects {case.expect}, and is {outcome}"
        return
    level = evaluator.rules[place].levels[verdicts.levels[place, n]]
    action = "alert_only" if level.target == HOLD else LADDER[level.target]
    severity = SEVERITIES[level.severity - 1]
    if outcome != "hit":
        action = severity = "nothing"
    if case.action not in (None, action):
        yield f"{_called(case.name)}expects {case.action}, and asks for {action}"
    if case.severity not in (None, severity):
        yield f"{_called(case.name)}expects {case.severity}, and asks for {severity}"


def _of_story(evaluator: Evaluator, verdicts: Verdicts, n: int, story: Story) -> Iterator[str]:
    verdict = evaluator.verdict(verdicts.codes(np.array([n])).tobytes())
    names = list(verdict.targets)
    if set(names) != set(story.hits):
        yield f"{_called(story.name)}expects hits of {_listed(story.hits)}, and has {_listed(names)}"
    action = "none"
    if verdict.hits:
        named = story.facts.get(PRODUCT)
        product = code_of(PRODUCT, named) if isinstance(named, str) else None
        target = resolve(verdict, evaluator.policy_for(product))
        action = "alert_only" if target == HOLD else LADDER[target]
    if action != story.action:
        yield f"{_called(story.name)}expects {story.action}, and comes to {action}"


def _called(name: str) -> str:
    return f"'{name}' " if name else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
