"""Reading one line: decoding and the checks that need no state (contract 1.2, 1.3, 2.4), masking (2.7)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

MAX_BYTES = 1_048_576
MAX_INTEGER = 10**15
SECOND = 1_000_000
DAY = 86_400 * SECOND

TOPICS = ("accounts", "bureau-queries", "repayments", "transactions", "action-results", "outcomes", "control")
EXEMPTIONS = ("dispute", "hardship", "deceased", "staff_hold", "fraud_case")

ID = re.compile(r"[A-Za-z0-9_\-.:]{1,64}")
TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS = re.compile(r"(?<![0-9])[0-9]{13,19}(?![0-9])")
UNIT = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


class SchemaError(Exception):
    """The record is JSON but not a record of this contract."""


def day_of(text: object) -> int:
    """The ordinal of a date written YYYY-MM-DD (contract 1.2)."""
    if not isinstance(text, str) or not DATE.fullmatch(text):
        raise SchemaError("not a date")
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise SchemaError("no such date") from error


def moment_of(text: object) -> int:
    """An RFC 3339 time as microseconds, such that `// DAY` is the ordinal of its UTC date (contract 1.2)."""
    match = TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise SchemaError("not a time with an offset")
    day_text, hour, minute, second, fraction, sign, offset_hour, offset_minute = match.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        raise SchemaError("no such time of day")
    moment = day_of(day_text) * DAY + (int(hour) * 3600 + int(minute) * 60 + int(second)) * SECOND
    moment += int(((fraction or "") + "000000")[:6])
    if sign:
        if int(offset_hour) > 23 or int(offset_minute) > 59:
            raise SchemaError("no such offset")
        offset = (int(offset_hour) * 3600 + int(offset_minute) * 60) * SECOND
        moment += -offset if sign == "+" else offset
    if not 1 <= moment // DAY <= date.max.toordinal():
        raise SchemaError("beyond the calendar")
    return moment


def moment_text(moment: int) -> str:
    """UTC with Z, whole seconds or six decimals (contract 1.2)."""
    seconds, micros = divmod(moment % DAY, SECOND)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{date_text(moment // DAY)}T{clock}{f'.{micros:06}' if micros else ''}Z"


def date_text(day: int) -> str:
    """YYYY-MM-DD of an ordinal."""
    return date.fromordinal(day).isoformat()


def is_pan(digits: str) -> bool:
    """Begins with 2-6 and passes Luhn (contract 2.4); the length is the caller's concern."""
    if digits[0] not in "23456":
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def pan_spans(text: str) -> list[tuple[int, int]]:
    """Where card numbers stand in a text."""
    return [match.span() for match in DIGITS.finditer(text) if is_pan(match.group())]


def _one_character(piece: str) -> str:
    """What a piece of JSON text stands for; escapes without digits in them are all alike here."""
    if len(piece) == 6:
        return str(json.loads(f'"{piece}"'))
    return piece if len(piece) == 1 else "?"


def mask(text: str) -> str:
    """First six and last four kept, also where JSON escapes hide a digit or its neighbour (contract 2.7)."""
    if "\\" in text:
        pieces: list[str] = UNIT.findall(text)
        plain = "".join(_one_character(piece) for piece in pieces)
        for start, end in pan_spans(plain):
            for place in range(start + 6, end - 4):
                pieces[place] = "*"
        text = "".join(pieces)
    for start, end in pan_spans(text):
        text = text[: start + 6] + "*" * (end - start - 10) + text[end - 4 :]
    return text


# --- fields -----------------------------------------------------------------------------------------------


def identifier(value: object) -> str:
    """An id (contract 1.3)."""
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise SchemaError("not an id")
    return value


def free_text(value: object) -> str:
    """Any string."""
    if not isinstance(value, str):
        raise SchemaError("not a string")
    return value


def integer(value: object) -> int:
    """A JSON integer, 0 to 10^15 (contract 1.2)."""
    if type(value) is not int or not 0 <= value <= MAX_INTEGER:
        raise SchemaError("not an integer in range")
    return value


def positive(value: object) -> int:
    """An integer above 0."""
    if integer(value) == 0:
        raise SchemaError("not above 0")
    return integer(value)


def one_of(*names: str) -> Callable[[object], str]:
    """An enumeration."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise SchemaError("unknown value")
        return value

    return check


def exemption_list(value: object) -> list[str]:
    """A list of exemptions, perhaps empty (contract 1.4)."""
    if not isinstance(value, list):
        raise SchemaError("not a list")
    return [one_of(*EXEMPTIONS)(item) for item in value]


def tags(value: object) -> dict[str, str]:
    """An object string to string (contract 1.4)."""
    if not isinstance(value, dict):
        raise SchemaError("not an object")
    return {key: free_text(item) for key, item in value.items()}


Check = Callable[[object], Any]
REPORT = ("hard_inquiries_1m", "hard_inquiries_3m", "hard_inquiries_6m", "lenders", "small_loan_lenders",
          "small_loan_overdue_accounts", "small_loan_overdue_amount", "overdue_accounts", "max_dpd",
          "new_accounts_6m", "total_debt", "total_limit", "monthly_income")  # fmt: skip

SCHEMAS: dict[str, tuple[str, dict[str, Check]]] = {
    "account_updated": ("accounts", {
        "credit_limit": integer, "status": one_of("active", "blocked", "closed"),
        "exemptions": exemption_list, "balance?": integer, "product?": free_text, "opened_on?": day_of,
        "monthly_income?": integer, "tags?": tags}),
    "bureau_report": ("bureau-queries", {"reason?": free_text} | {f"{name}?": integer for name in REPORT}),
    "statement_issued": ("repayments", {
        "statement_id": identifier, "balance": integer, "minimum_due": integer, "due_on": day_of}),
    "payment_posted": ("repayments", {
        "amount": positive, "payer?": one_of("holder", "third_party", "unknown"), "channel?": free_text}),
    "transaction": ("transactions", {
        "type": one_of("purchase", "cash_advance", "refund", "fee", "interest"), "amount": positive,
        "merchant_id?": identifier, "mcc?": free_text, "channel?": one_of("pos", "online", "atm", "other"),
        "country?": free_text, "city?": free_text}),
    "action_result": ("action-results", {
        "action_id": identifier, "result": one_of("applied", "rejected", "failed", "reversed"),
        "by?": identifier, "note?": free_text}),
    "outcome": ("outcomes", {
        "outcome": one_of("charged_off", "fraud_confirmed", "cured", "false_alarm"), "note?": free_text}),
    "tick": ("control", {}),
    "breaker_reset": ("control", {"by": identifier}),
}  # fmt: skip
IDS = ("event_id", "cardholder_id", "merchant_id", "statement_id", "action_id", "by")


@dataclass
class Line:
    """One line, read: a record, or the reason why it is none. `topic` is null if it has no log to go to."""

    raw: bytes
    topic: str | None = None
    key: str | None = None
    kind: str = ""
    event_id: str = ""
    at: int = 0
    body: dict[str, Any] | None = None
    code: str | None = None
    detail: str = ""


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _integer_literal(text: str) -> object:
    return int(text) if len(text) <= 40 else float("inf")


def parse(raw: bytes) -> object:
    """JSON, strictly; ValueError or RecursionError if it is none (contract 2.4 invalid_json)."""
    strings: list[object] = []

    def keep(pairs: list[tuple[str, object]]) -> dict[str, object]:
        strings.extend(pairs)
        return dict(pairs)

    text = raw.decode("utf-8")
    hook = keep if "\\u" in text else None
    value: object = json.loads(
        text, parse_constant=_no_constant, parse_int=_integer_literal, object_pairs_hook=hook
    )
    if hook:  # a lone surrogate cannot be encoded; `strings` also holds what repeated keys dropped
        json.dumps([strings, value], ensure_ascii=False).encode("utf-8")
    return value


def read_line(raw: bytes) -> Line:
    """too_large, invalid_json, schema, pan_in_clear, in this order (contract 2.4)."""
    line = Line(raw)
    if len(raw) > MAX_BYTES:
        line.code = "too_large"
        return line
    try:
        value = parse(raw)
    except (ValueError, RecursionError) as error:
        line.code, line.detail = "invalid_json", type(error).__name__
        return line
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in SCHEMAS:
        line.code, line.detail = "schema", "no object of a known kind"
        return line
    line.kind = kind
    line.topic, fields = SCHEMAS[kind]
    holder = value.get("cardholder_id")
    line.key = holder if isinstance(holder, str) and line.topic != "control" else None
    body: dict[str, Any] = {}
    name = ""
    try:
        name = "event_id"
        body[name] = line.event_id = identifier(value.get(name))
        name = "occurred_at"
        line.at = moment_of(value.get(name))
        if line.topic != "control":
            name = "cardholder_id"
            body[name] = identifier(value.get(name))
        for field, check in fields.items():
            name = field.rstrip("?")
            given = value.get(name)
            body[name] = None if given is None and field.endswith("?") else check(given)
    except SchemaError as error:
        line.code, line.detail = "schema", f"{name}: {error}"
        return line
    for name in IDS:
        if body.get(name) is not None and pan_spans(body[name]):
            line.code, line.detail = "pan_in_clear", name
            return line
    line.body = body
    return line
