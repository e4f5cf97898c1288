"""What is wrong between the parts of a rulebook that are right by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.because import Because, bad_placeholder
from rules.examples import bad_fact
from rules.expression import Expression, ExpressionError, compile_expression
from rules.places import suggestion

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rules.places import Path
    from rules.policy import Policy
    from rules.rulebook import Reading


def problems_of(reading: Reading) -> Iterator[str]:
    """All there is, each told with its place."""
    book = reading.book
    ids: set[str] = set()
    for number, rule in enumerate(book.rules):
        path: list[str | int] = ["rules", number]
        if rule.id in ids:
            yield reading.tell([*path, "id"], "the id stands here twice")
        ids.add(rule.id)
        terms = yield from _compiled(reading, [*path, "when"], rule.when)
        if terms is not None and len(rule.windows) > len(terms.terms):
            yield reading.tell([*path, "windows"], f"more windows than terms of when ({len(terms.terms)})")
        for step, written in enumerate(rule.steps):
            yield from _compiled(reading, [*path, "steps", step, "when"], written.when)
        if rule.because is not None:
            yield from _sentences(reading, [*path, "because"], rule.because, terms)
        for case, example in enumerate(rule.cases):
            yield from _facts(reading, [*path, "cases", case, "facts"], example.facts)
    for case, story in enumerate(book.cases):
        yield from _facts(reading, ["cases", case, "facts"], story.facts)
        for place, rule_id in enumerate(story.hits):
            yield from _known_rule(reading, ["cases", case, "hits", place], rule_id, ids)
    policies: list[tuple[list[str | int], Policy]] = [(["policy"], book.policy)]
    if book.challenger is not None:
        policies.append((["challenger", "policy"], book.challenger.policy))
    policies += [(["products", name], policy) for name, policy in book.products.items()]
    for where, policy in policies:
        yield from _policy(reading, where, policy, ids)


def _compiled(reading: Reading, path: Path, source: str) -> Generator[str, None, Expression | None]:
    try:
        return compile_expression(source)
    except ExpressionError as error:
        yield reading.tell_inside(path, error)
        return None


def _known_rule(reading: Reading, path: Path, rule_id: str, ids: set[str]) -> Iterator[str]:
    if rule_id not in ids:
        yield reading.tell(path, f"no rule has the id {rule_id}{suggestion(rule_id, sorted(ids))}")


def _policy(reading: Reading, path: list[str | int], policy: Policy, ids: set[str]) -> Iterator[str]:
    for place, rule_id in enumerate(policy.raise_.not_hit_is_enough):
        yield from _known_rule(reading, [*path, "raise", "not_hit_is_enough", place], rule_id, ids)
    for number, combination in enumerate(policy.combinations):
        for place, rule_id in enumerate(combination.rules):
            where = [*path, "combinations", number, "rules", place]
            yield from _known_rule(reading, where, rule_id, ids)


def _sentences(
    reading: Reading, path: list[str | int], because: Because, terms: Expression | None
) -> Iterator[str]:
    for language in ("en", "zh"):
        written = because.en if language == "en" else because.zh
        if written is None:
            continue
        for place, template in enumerate([written] if isinstance(written, str) else written):
            where = [*path, language] if isinstance(written, str) else [*path, language, place]
            why = bad_placeholder(template)
            if why is not None:
                yield reading.tell(where, why)
        if isinstance(written, list) and terms is not None and len(written) != len(terms.terms):
            yield reading.tell(
                [*path, language], f"{len(written)} sentences for {len(terms.terms)} terms of when"
            )


def _facts(reading: Reading, path: list[str | int], facts: dict[str, int | float | str]) -> Iterator[str]:
    for name, value in facts.items():
        why = bad_fact(name, value)
        if why is not None:
            yield reading.tell([*path, name], why, value=False)
