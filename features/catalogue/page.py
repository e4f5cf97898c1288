"""The catalogue as a page.

python -m features.catalogue.page > docs/features.md
"""

from __future__ import annotations

from features.catalogue import CATALOGUE, FAMILIES, Feature

_ABOUT = {
    "account": "The account: its snapshot, its limit and how that changed, the balance",
    "bureau": "What the bureau reports, what changed since the report before, ratios",
    "utilisation": "How full the card is",
    "cycles": "How statements are paid, cycle by cycle",
    "past_due": "Minimums not paid in time",
    "payments": "Who pays, and whether it is spent again",
    "recency": "How long ago everything last happened",
    "spending": "Measures of transactions and payments over windows",
}
_HEAD = f"""# The features

{len(CATALOGUE)} features of a cardholder, each one column of the feature matrix. A value that is unknown
is never taken for zero. This page is written by `python -m features.catalogue.page`; a test holds it equal
to the catalogue. `postloan features list` and `postloan features show NAME` tell the same.

**Where it is in the code.** Each family below has a file `features/catalogue/FAMILY.py` that says what its
features are, and a file `features/vector/FAMILY.py` that computes them. A measure more
(`features/measures.py`), or a window or form more of a measure (the table in
`features/catalogue/spending.py`), needs no other change. What neither the rulebook nor a model reads is not
computed (`features/plan.py`).

**Windows.** Event time, UTC. A window of N days, for N up to 30, is today and the N - 1 dates before it, to
the day. Once they are 36 days old, dates are merged into weeks (Monday to Sunday): the windows of 60 and 90
days of the family `spending` count whole weeks, namely this week and the 8 before it (57 to 63 dates), and
this week and the 12 before it (85 to 91 dates). Where a window of 60 or 90 days says "to the day", it counts
dates. A late record counts on the date on which it occurred. A cycle, a statement and a calendar month are
what the contract calls so.

**Pairs.** `X.certain` counts what is known to qualify, `X.possible` also what may: a rule writes `at_least(4,
X)`.
"""


def page() -> str:
    """The whole page, as Markdown."""
    by_name = {feature.name: feature for feature in CATALOGUE}
    parts = [_HEAD]
    for family, features in FAMILIES.items():
        rows = "\n".join(_row(by_name[feature.name]) for feature in features)
        parts.append(
            f"## {family}\n\n{_ABOUT[family]}.\n\n"
            "| name | unit | type | window | formula | unknown means | from | since |\n"
            "|---|---|---|---|---|---|---|---|\n"
            f"{rows}\n"
        )
    return "\n".join(parts)


def _row(feature: Feature) -> str:
    name = f"`{feature.name}`" + (" (model)" if feature.model else "")
    sources = ", ".join(feature.sources)
    cells = (name, feature.unit, feature.type, feature.window or "", feature.words, feature.unknown, sources)
    return f"| {' | '.join(cells)} | {feature.since} |"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201  # this is its purpose
