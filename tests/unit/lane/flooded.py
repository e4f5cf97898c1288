"""Records of a feed that breaks."""

from __future__ import annotations

import json


def good(number: int, holder: str = "c1") -> bytes:
    told = {"kind": "transaction", "event_id": f"e{number}", "cardholder_id": holder, "type": "purchase"}
    return json.dumps(told | {"amount": 1 + number, "occurred_at": "2024-03-01T00:00:00Z"}).encode()


def bad(number: int) -> bytes:
    return b'{"kind":"transaction","event_id":"b%d"' % number
