"""Who pays, and whether it is spent again: single payments of the last 90 days, to the day."""

from __future__ import annotations

from typing import Final

from features.catalogue.feature import NEVER_UNKNOWN, Feature

_P: Final = ("payment_posted.payer", "payment_posted.amount")
_T: Final = (
    "payment_posted.amount",
    "payment_posted.occurred_at",
    "transaction.amount",
    "transaction.occurred_at",
)
_NONE: Final = "no payment in the window"
_AGAIN: Final = (
    "purchases and cash advances taken after a payment and dated within {} h from it, at most its amount, "
    "counted in full for each such payment"
)

FEATURES: Final = (
    Feature(
        "relayed_payments.certain",
        "count",
        "payments a third party made, or of which 80 % was spent again within 72 h",
        NEVER_UNKNOWN,
        "90 days",
        (*_P, *_T[1:]),
        since=1,
        moves=True,
    ),
    Feature(
        "relayed_payments.possible",
        "count",
        "the certain ones and those of unknown payer",
        NEVER_UNKNOWN,
        "90 days",
        (*_P, *_T[1:]),
        since=1,
        moves=True,
    ),
    Feature(
        "third_party.count.30d",
        "count",
        "payments a third party made",
        NEVER_UNKNOWN,
        "30 days",
        _P,
        moves=True,
    ),
    Feature(
        "third_party.count.90d",
        "count",
        "payments a third party made",
        NEVER_UNKNOWN,
        "90 days (to the day)",
        _P,
        moves=True,
    ),
    Feature(
        "third_party.share.30d",
        "ratio",
        "amount paid by third parties / amount paid",
        _NONE,
        "30 days",
        _P,
        moves=True,
    ),
    Feature(
        "third_party.share.90d",
        "ratio",
        "amount paid by third parties / amount paid",
        _NONE,
        "90 days (to the day)",
        _P,
        moves=True,
    ),
    Feature(
        "unknown_payer.count.90d",
        "count",
        "payments whose payer is unknown or not told",
        NEVER_UNKNOWN,
        "90 days (to the day)",
        _P,
        moves=True,
    ),
    Feature(
        "respent.share.24h",
        "ratio",
        f"{_AGAIN.format(24)}, / amount paid",
        _NONE,
        "payments of 90 days (to the day)",
        _T,
        moves=True,
    ),
    Feature(
        "respent.share.72h",
        "ratio",
        f"{_AGAIN.format(72)}, / amount paid",
        _NONE,
        "payments of 90 days (to the day)",
        _T,
        moves=True,
    ),
    Feature(
        "respent.count.24h",
        "count",
        "payments of which 80 % was spent again within 24 h",
        NEVER_UNKNOWN,
        "payments of 90 days (to the day)",
        _T,
        moves=True,
    ),
    Feature(
        "respent.count.72h",
        "count",
        "payments of which 80 % was spent again within 72 h",
        NEVER_UNKNOWN,
        "payments of 90 days (to the day)",
        _T,
        moves=True,
    ),
)
