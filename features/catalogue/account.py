"""The account itself: its snapshot, its limit and how that changed, the balance."""

from __future__ import annotations

from typing import Final

from features.catalogue.feature import NEVER_UNKNOWN, NO_SNAPSHOT, Feature

_LIMIT: Final = ("account_updated.credit_limit",)
_BALANCE: Final = (
    "statement_issued.balance",
    "account_updated.balance",
    "transaction.amount",
    "payment_posted.amount",
)

FEATURES: Final = (
    Feature(
        "account.limit", "money", "credit limit of the newest snapshot", NO_SNAPSHOT, sources=_LIMIT, since=1
    ),
    Feature(
        "account.status",
        "code",
        "0 active, 1 blocked, 2 closed",
        NO_SNAPSHOT,
        sources=("account_updated.status",),
        since=1,
    ),
    Feature(
        "account.exemptions",
        "code",
        "bit set of the exemptions, in the schema's order",
        NO_SNAPSHOT,
        sources=("account_updated.exemptions",),
        since=1,
    ),
    Feature(
        "account.product",
        "code",
        "product of the newest snapshot, in quotes",
        "not told",
        sources=("account_updated.product",),
        since=2,
    ),
    Feature(
        "account.opened_on",
        "code",
        "day number of the opening date",
        "not told",
        sources=("account_updated.opened_on",),
        since=1,
    ),
    Feature(
        "account.age",
        "months",
        "days since the opening date / 30.4375, cut to whole months",
        "not told",
        sources=("account_updated.opened_on",),
        since=1,
        moves=True,
    ),
    Feature(
        "account.exemption_count",
        "count",
        "exemptions that stand",
        NO_SNAPSHOT,
        sources=("account_updated.exemptions",),
    ),
    Feature(
        "account.snapshot_age",
        "days",
        "date - date of the newest snapshot",
        NO_SNAPSHOT,
        moves=True,
        sources=("account_updated.occurred_at",),
    ),
    Feature("limit.raises", "count", "snapshots taken that raised the limit", NEVER_UNKNOWN, sources=_LIMIT),
    Feature("limit.cuts", "count", "snapshots taken that lowered the limit", NEVER_UNKNOWN, sources=_LIMIT),
    Feature(
        "limit.change",
        "ratio",
        "limit / the limit before it last changed",
        "the limit never changed, or was 0 before",
        sources=_LIMIT,
    ),
    Feature(
        "limit.change_age",
        "days",
        "date - date of the snapshot that last changed the limit",
        "the limit never changed",
        moves=True,
        sources=_LIMIT,
    ),
    Feature("balance.now", "money", "balance, at least 0", NEVER_UNKNOWN, sources=_BALANCE),
    Feature(
        "balance.headroom",
        "money",
        "limit - balance (at least 0); below 0 when over the limit",
        NO_SNAPSHOT,
        sources=(*_LIMIT, *_BALANCE),
    ),
    Feature(
        "history.age",
        "days",
        "date - date of the first transaction taken",
        "no transaction yet",
        moves=True,
        sources=("transaction.occurred_at",),
    ),
)
