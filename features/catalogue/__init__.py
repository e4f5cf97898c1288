"""Every feature once: name, unit, window, formula in words, and what it means when it is unknown.

Each family has a file here for what its features are, and one of the same name in features/vector/ for how
they are computed. `BY_COLUMN` is the order of the columns of a feature matrix (float64, NaN = unknown), but
for two columns behind the early features, which are left for scores. A count over cycles,
statements or payments comes as two columns: `….certain` (those known to qualify) and `….possible` (those
that qualify or may do so), because some of what is counted can be unknown (contract 4.1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from features.catalogue import (
    account,
    bureau,
    cycles,
    past_due,
    payments,
    recency,
    spending,
    utilisation,
)
from features.catalogue.feature import EARLY, Feature, Unit

__all__ = [
    "BY_COLUMN",
    "BY_NAME",
    "CATALOGUE",
    "COLUMN",
    "EARLY",
    "EARLY_WIDTH",
    "FAMILIES",
    "MODEL_COLUMNS",
    "MODEL_NAMES",
    "NAMES",
    "RESERVED",
    "WIDTH",
    "Feature",
    "Unit",
]

MODEL_NAMES: Final = (
    "utilisation.now",
    "utilisation.statement_mean",
    "utilisation.statement_max",
    "minimum_cycles.run",
    "missed_cycles.6c",
    "payment.share.3c",
    "payment.share.6c",
    "empty_statements.certain",
    "relayed_payments.certain",
    "days_past_due",
    "cash.share.30d",
    "cash.to_limit.30d",
    "spend.to_limit.30d",
    "report.age",
    "inquiries.hard.1m",
    "inquiries.hard.3m",
    "inquiries.hard.6m",
    "report.lenders",
    "small_loan.lenders",
    "small_loan.overdue_accounts",
    "report.overdue_accounts",
    "report.max_dpd",
    "report.new_accounts_6m",
    "debt.to_limit",
    "debt.to_income",
    "account.age",
)
"""What the default model reads, in the order of its inputs."""

FAMILIES: Final = {
    "account": account.FEATURES,
    "bureau": bureau.FEATURES,
    "utilisation": utilisation.FEATURES,
    "cycles": cycles.FEATURES,
    "past_due": past_due.FEATURES,
    "payments": payments.FEATURES,
    "recency": recency.FEATURES,
    "spending": spending.FEATURES,
}
"""The features of each family, by the name of its file."""

_ALL: Final = [
    replace(feature, model=feature.name in MODEL_NAMES) for family in FAMILIES.values() for feature in family
]
CATALOGUE: Final = tuple(sorted(_ALL, key=lambda feature: feature.since > EARLY))
"""Early features stand first, side by side: most events write no others."""
_PLACES: Final = {feature.name: place for place, feature in enumerate(spending.COLUMNS)}
assert next(reversed(FAMILIES)) == "spending", "its columns are sorted behind those of all other families"
BY_COLUMN: Final = tuple(
    sorted(CATALOGUE, key=lambda feature: (feature.since > EARLY, _PLACES.get(feature.name, -1)))
)
"""The same in the order of the columns."""
EARLY_WIDTH: Final = sum(feature.since <= EARLY for feature in CATALOGUE)
NAMES: Final = tuple(feature.name for feature in BY_COLUMN)
RESERVED: Final = 2
"""Columns behind the early features that are left for the scores of a model."""
COLUMN: Final = {name: place if place < EARLY_WIDTH else place + RESERVED for place, name in enumerate(NAMES)}
BY_NAME: Final = {feature.name: feature for feature in CATALOGUE}
WIDTH: Final = len(CATALOGUE) + RESERVED
MODEL_COLUMNS: Final = tuple(COLUMN[name] for name in MODEL_NAMES)
