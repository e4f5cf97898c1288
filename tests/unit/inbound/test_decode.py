from __future__ import annotations

import pytest

from features.inbound.decode import event_id_of


@pytest.mark.parametrize("first", [b"0", b"null", b'"a"', b"[1]"])
def test_the_last_of_a_repeated_event_id_counts_whatever_the_first_was(first: bytes) -> None:
    rest = b'"kind":"breaker_reset","event_id":"e1","occurred_at":"2026-01-01T00:00:00Z","by":"ann"}'
    assert event_id_of(b'{"event_id":' + first + b"," + rest) == "e1"
