"""Rules, steps and policies that contradict themselves: what can be proved to be so is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.expression import compile_expression
from rules.intervals import opposite, possible
from rules.tree import AllOf, Condition

if TYPE_CHECKING:
    from rules.places import Path
    from rules.policy import Policy
    from rules.rulebook import Rule, Rulebook

_ACTIONS = ("alert_only", "halve", "cut_to_tenth", "block")


def contradictions(book: Rulebook) -> Iterator[tuple[Path, str]]:
    """Where, and what: these can never be meant."""
    for number, rule in enumerate(book.rules):
        yield from _of_rule(["rules", number], rule)
    shadows = {rule.id for rule in book.rules if rule.shadow}
    yield from _of_policy(["policy"], book.policy, shadows)
    for name, policy in book.products.items():
        yield from _of_policy(["products", name], policy, shadows)
        if policy.breaker != book.policy.breaker:
            yield ["products", name, "breaker"], "differs from policy.breaker: the breaker is one for all"
    if book.challenger is not None:
        yield from _of_policy(["challenger", "policy"], book.challenger.policy, shadows)


def _of_rule(path: list[str | int], rule: Rule) -> Iterator[tuple[Path, str]]:
    when = compile_expression(rule.when).condition
    if not possible(when):
        yield [*path, "when"], "contradicts itself: the rule can never be hit"
        return
    for place, step in enumerate(rule.steps):
        where = [*path, "steps", place, "when"]
        condition = compile_expression(step.when).condition
        if not possible(condition):
            yield where, "contradicts itself: the step can never apply"
        elif not possible(AllOf((when, condition))):
            yield where, "contradicts the rule's when: the step can never apply"


def _of_policy(path: list[str | int], policy: Policy, shadows: set[str]) -> Iterator[tuple[Path, str]]:
    if policy.cut_to_tenth.share > policy.halve.share:
        yield [*path, "cut_to_tenth", "share"], "leaves more than halve does, and is meant to be worse"
    low, high = policy.raise_.utilisation_mean
    if low > high:
        yield [*path, "raise", "utilisation_mean"], f"no mean lies from {low} to {high}: no raise is possible"
    for number, combination in enumerate(policy.combinations):
        where = [*path, "combinations", number]
        counted = set(combination.rules)
        if len(counted) < len(combination.rules):
            yield [*where, "rules"], "a rule stands here twice, and counts once"
        for place, rule_id in enumerate(combination.rules):
            if rule_id in shadows:
                yield [*where, "rules", place], f"{rule_id} is a shadow rule: it cannot count"
        if combination.at_least > len(counted):
            yield (
                [*where, "at_least"],
                f"{combination.at_least} of {len(counted)} rules can never be hit together",
            )


def doubts(book: Rulebook) -> Iterator[tuple[Path, str]]:
    """What may be meant, but is worth a look."""
    seen: dict[Condition, str] = {}
    for number, rule in enumerate(book.rules):
        path: list[str | int] = ["rules", number]
        when = compile_expression(rule.when).condition
        if when in seen:
            yield [*path, "when"], f"is the same condition as that of {seen[when]}"
        seen.setdefault(when, rule.id)
        if not possible(opposite(when)):
            yield [*path, "when"], "is hit whenever its facts are known"
        yield from _of_steps(path, rule, when)
    if book.policy.cut_to_tenth.share == 0:
        yield ["policy", "cut_to_tenth", "share"], "a cut to 0 is always withheld as floor"


def _of_steps(path: list[str | int], rule: Rule, when: Condition) -> Iterator[tuple[Path, str]]:
    conditions = [compile_expression(step.when).condition for step in rule.steps]
    for place, step in enumerate(rule.steps):
        where: list[str | int] = [*path, "steps", place]
        if _ACTIONS.index(step.action) < _ACTIONS.index(rule.action):
            yield [*where, "action"], f"is milder than the rule's own {rule.action}"
        for later in conditions[place + 1 :]:
            if not possible(AllOf((when, conditions[place], opposite(later)))):
                yield [*where, "when"], "a later step holds whenever this one does, and counts in its place"
                break
