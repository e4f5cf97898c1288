"""Bad leaves of a tree as a rulebook that `postloan rules check` accepts, all in shadow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.treerules import Bound, Leaf

MOST: Final = 200
"""Rules that a rulebook may hold."""


def fragment(leaves: Sequence[Leaf], *, model: str, version: int, policy: dict[str, Any]) -> str:
    """The file. `policy`: stands in it, to make it a whole rulebook; names of other rules go."""
    stem = re.sub(r"[^a-z0-9]+", "_", model.lower()).strip("_")[:40] or "tree"
    stem = stem if stem[0].isalpha() else f"m_{stem}"
    rules = [_rule(leaf, f"{stem}_{number}") for number, leaf in enumerate(leaves[:MOST], 1)]
    own = {**policy, "combinations": []}
    if isinstance(own.get("raise"), dict):
        own["raise"] = {**own["raise"], "not_hit_is_enough": []}
    book = {"version": f"{stem}-{version}"[:64], "rules": rules, "policy": own}
    head = (
        f"# Rules read from the trees of {model}, version {version}: leaves {len(rules)}, worst first.\n"
        "# All of them are in shadow: they report and never act. Take over those that convince.\n"
        "# Support, bad rate and lift are those of the lessons the tree learned from.\n"
    )
    return head + yaml.safe_dump(book, sort_keys=False, allow_unicode=True, width=110)


def _rule(leaf: Leaf, rule_id: str) -> dict[str, Any]:
    title = (
        f"{leaf.cases:,} cases, {leaf.share:.1%} of the book, {leaf.rate:.1%} bad: "
        f"{leaf.lift:.1f} times the book's rate"
    )
    hit = {bound.feature: _inside(bound) for bound in leaf.bounds}
    first = leaf.bounds[0]
    miss = {**hit, first.feature: _outside(first)}
    return {
        "id": rule_id,
        "title": title,
        "when": leaf.when,
        "action": "alert_only",
        "severity": "P3",
        "shadow": True,
        "cases": [
            {"name": "inside every bound", "facts": hit, "expect": "hit"},
            {"name": f"{first.feature} outside", "facts": miss, "expect": "no_hit"},
        ],
    }


def _inside(bound: Bound) -> float:
    if bound.upto is not None:
        return bound.upto
    assert bound.above is not None, "a bound has an end"
    return bound.above + max(abs(bound.above), 1.0)


def _outside(bound: Bound) -> float:
    if bound.above is not None:
        return bound.above
    assert bound.upto is not None, "a bound has an end"
    return bound.upto + max(abs(bound.upto), 1.0)
