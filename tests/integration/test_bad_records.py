from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from streams.partition import lane_of
from tests.integration.feed import Placed
from tests.integration.workers import place_of

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = pytest.mark.integration


def body(holder: str, event: str, **more: Any) -> bytes:
    told = {
        "kind": "transaction",
        "event_id": event,
        "cardholder_id": holder,
        "occurred_at": "2024-03-01T00:00:00Z",
        "type": "purchase",
        "amount": 1,
    }
    return json.dumps(told | more).encode()


def test_bad_records_become_dead_letters_and_the_lane_goes_on(site: Site) -> None:
    holder = "c1"
    lane = lane_of(holder, site.lanes)
    key = holder.encode()
    mark = (("traceparent", b"00-1"), ("x", b""))
    rows: list[tuple[bytes | None, bytes | None, str | None]] = [
        (key, body(holder, "ok1"), None),
        (key, body(holder, "huge", city="x" * (2 * 1024 * 1024 - 1024)), "too_large"),
        (key, body(holder, "cut")[:-7], "invalid_json"),
        (key, None, "invalid_json"),
        (key, b"", "invalid_json"),
        (key, b"\xff\xfe", "invalid_json"),
        (key, b"[" * 100_000, "invalid_json"),
        (key, b"[1]", "schema"),
        (key, body(holder, "k", kind="account_updated"), "schema"),
        (key, body(holder, "4111111111111111"), "pan_in_clear"),
        (b"c2", body(holder, "wrong"), "key_mismatch"),
        (None, body(holder, "none"), "key_mismatch"),
        (key, body(holder, "late", occurred_at="2024-01-01T00:00:00Z"), "too_late"),
        (key, body(holder, "early", occurred_at="2026-01-01T00:00:00Z"), "too_early"),
        (key, body(holder, "ok2"), None),
    ]
    records = [Placed("transactions", lane, sent_key, value, mark) for sent_key, value, _ in rows]
    site.produce(records)
    with site.worker() as worker:
        site.wait_until_done()
        worker.stop()
        letters = site.read("dead-letters", lane)
        text = worker.log.read_text()
    found = {place_of(letter)[3]: letter for letter in letters}
    for offset, (sent_key, value, code) in enumerate(rows):
        if code is None:
            assert offset not in found
            continue
        letter = found[offset]
        assert place_of(letter) == (code, f"{site.prefix}transactions", lane, offset)
        if code != "pan_in_clear":
            assert letter.key == sent_key
            assert letter.value == value  # null is not the empty value
        else:
            assert b"411111******1111" in letter.value
    assert holder not in text.replace("lane_c1", "").split('"')
    assert "411111" not in text
