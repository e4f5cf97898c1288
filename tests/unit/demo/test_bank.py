from typing import Any

import msgspec
import pytest

from streams.demo.bank import Bank, _turned_down
from streams.simulator import SimulatedRecord

DAY = 20_000  # 2024-10-04


def _snapshot(limit: int = 900_000, status: str = "active") -> SimulatedRecord:
    fields = {
        "kind": "account_updated",
        "event_id": "a1",
        "cardholder_id": "anna",
        "occurred_at": "2024-10-01T00:00:00Z",
        "credit_limit": limit,
        "status": status,
        "exemptions": [],
        "balance": 5,
    }
    return SimulatedRecord("accounts", "anna", 0, msgspec.json.encode(fields))


def _action(action: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "kind": "limit_action",
        "id": f"x.l{number}",
        "cardholder_id": "anna",
        "occurred_at": "2024-10-04T12:00:00Z",
        "action": action,
        "status": "requested",
        "requires_approval": action in ("cut_to_tenth", "block"),
        "effective": "next_cycle" if action == "raise" else "immediate",
        "current_limit": 900_000,
        "target_limit": 450_000,
    } | more


@pytest.fixture(name="bank")
def _bank() -> Bank:
    bank = Bank()
    bank.passes_on(_snapshot())
    return bank


def _read(records: list[SimulatedRecord]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(record.value) for record in records]


def test_an_automatic_cut_is_applied_the_next_morning(bank: Bank) -> None:
    bank.receives(_action("halve"))
    assert bank.answers(DAY) == []
    result, snapshot = _read(bank.answers(DAY + 1))
    assert (result["action_id"], result["result"], result["by"]) == ("x.l1", "applied", "limit-service")
    assert result["occurred_at"] == "2024-10-05T06:00:00Z"
    assert (snapshot["credit_limit"], snapshot["status"]) == (450_000, "active")
    assert "balance" not in snapshot
    assert bank.answers(DAY + 1) == []


def test_later_snapshots_keep_the_new_limit(bank: Bank) -> None:
    bank.receives(_action("halve"))
    bank.answers(DAY + 1)
    (later,) = _read([bank.passes_on(_snapshot())])
    assert (later["credit_limit"], later["balance"]) == (450_000, 5)


def test_a_block_needs_a_clerk_and_lasts_until_restored(bank: Bank) -> None:
    number = next(n for n in range(1, 100) if not _turned_down(f"x.l{n}"))
    bank.receives(_action("block", number, target_limit=900_000))
    assert bank.answers(DAY + 1) == []
    result, snapshot = _read(bank.answers(DAY + 2))
    assert (result["by"], snapshot["status"], snapshot["credit_limit"]) == ("credit-desk", "blocked", 900_000)
    assert _read([bank.passes_on(_snapshot())])[0]["status"] == "blocked"
    assert _read([bank.passes_on(_snapshot(status="closed"))])[0]["status"] == "closed"
    bank.receives(_action("restore", occurred_at="2024-12-01T00:00:00Z", target_limit=900_000))
    bank.passes_on(_snapshot())
    assert _read(bank.answers(DAY + 59))[1]["status"] == "active"


def test_a_clerk_turns_some_down(bank: Bank) -> None:
    number = next(n for n in range(1, 100) if _turned_down(f"x.l{n}"))
    bank.receives(_action("cut_to_tenth", number))
    (result,) = _read(bank.answers(DAY + 2))
    assert result["result"] == "rejected"


def test_a_raise_waits_for_the_next_month(bank: Bank) -> None:
    bank.receives(_action("raise", target_limit=1_000_000))
    assert all(not bank.answers(DAY + wait) for wait in range(28))
    assert len(bank.answers(DAY + 28)) == 2  # 1 November


def test_what_was_withheld_is_not_answered(bank: Bank) -> None:
    bank.receives(_action("halve", status="withheld"))
    bank.receives({"kind": "alert"})
    assert all(not bank.answers(DAY + wait) for wait in range(40))
