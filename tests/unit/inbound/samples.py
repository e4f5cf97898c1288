"""One good record of each kind."""

import json
from typing import Any

_HOLDER = {"event_id": "e-1", "occurred_at": "2025-03-04T05:06:07Z", "cardholder_id": "ch-1"}
_CONTROL = {"event_id": "e-1", "occurred_at": "2025-03-04T05:06:07Z"}

GOOD: dict[str, dict[str, Any]] = {
    "account_updated": {**_HOLDER, "credit_limit": 500_000, "status": "active", "exemptions": []},
    "bureau_report": dict(_HOLDER),
    "statement_issued": {
        **_HOLDER,
        "statement_id": "st-1",
        "balance": 1000,
        "minimum_due": 100,
        "due_on": "2025-03-29",
    },
    "payment_posted": {**_HOLDER, "amount": 500},
    "transaction": {**_HOLDER, "type": "purchase", "amount": 700},
    "action_result": {**_HOLDER, "action_id": "0123456789ab.l1", "result": "applied"},
    "outcome": {**_HOLDER, "outcome": "cured"},
    "tick": dict(_CONTROL),
    "breaker_reset": {**_CONTROL, "by": "ops.1"},
}

PAN = "4111111111111111"


def written(kind: str, /, **changes: Any) -> bytes:
    """A good record with changes; a change to `...` leaves the field out."""
    members = {"kind": kind, **GOOD[kind], **changes}
    return json.dumps({name: value for name, value in members.items() if value is not ...}).encode()


def patched(kind: str, name: str, literal: str) -> bytes:
    """A good record with one member written literally."""
    return written(kind, **{name: "@@"}).replace(b'"@@"', literal.encode(errors="surrogatepass"))
