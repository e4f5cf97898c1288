"""Small books of records, judged in file mode."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from rules.evaluate import Evaluator
from rules.rulebook import read_rulebook
from streams.assess import Assessment, assess

DEFAULT = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
_START = datetime(2025, 1, 1, tzinfo=UTC)


def edited(*changes: tuple[str, str], text: str = DEFAULT) -> str:
    """The default rulebook with some passages replaced; each must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def evaluator(text: str = DEFAULT) -> Evaluator:
    return Evaluator(read_rulebook(text))


class Book:
    """Records by days since 2025-01-01."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def put(self, kind: str, holder: str | None, day: float, **fields: Any) -> None:
        at = (_START + timedelta(days=day)).isoformat().replace("+00:00", "Z")
        record = {"kind": kind, "event_id": f"e{len(self.lines)}", "occurred_at": at}
        if holder is not None:
            record["cardholder_id"] = holder
        self.lines.append(json.dumps(record | fields).encode())

    def account(self, holder: str, day: float, limit: int = 1_000_000, **fields: Any) -> None:
        self.put(
            "account_updated",
            holder,
            day,
            **{"credit_limit": limit, "status": "active", "exemptions": []} | fields,
        )

    def debt(self, holder: str, day: float, share: float = 0.8) -> None:
        self.put("bureau_report", holder, day, total_debt=round(share * 10_000), total_limit=10_000)

    def statement(self, holder: str, day: float, balance: int, due: str) -> None:
        self.put(
            "statement_issued",
            holder,
            day,
            statement_id=f"s{len(self.lines)}",
            balance=balance,
            minimum_due=balance // 10,
            due_on=due,
        )

    def result(self, holder: str, day: float, action: str, result: str) -> None:
        self.put("action_result", holder, day, action_id=action, result=result)

    def tick(self, day: float) -> None:
        self.put("tick", None, day)

    def judged(self, text: str = DEFAULT, lanes: int = 1) -> Assessment:
        return assess(self.lines, evaluator(text), lanes=lanes, learns=False)

    def decisions(self, text: str = DEFAULT, lanes: int = 1) -> list[dict[str, Any]]:
        return [record for lane in self.judged(text, lanes).lanes for record in lane.decisions]

    def actions(self, text: str = DEFAULT, lanes: int = 1) -> list[dict[str, Any]]:
        return [record for record in self.decisions(text, lanes) if record["kind"] == "limit_action"]
