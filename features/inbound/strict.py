"""The strict reader: one record at a time, every rule in plain sight. The batch scan must equal it."""

import re
from collections.abc import Callable
from typing import Any, Final

from features.inbound import schema
from features.inbound.layout import KINDS, LARGEST
from features.inbound.pan import holds_pan
from features.inbound.rejected import Rejected
from features.inbound.schema import SCHEMA, Field
from features.inbound.structs import STRUCTS, Record
from features.inbound.text import parse
from features.inbound.times import parse_date, parse_time

LARGEST_RECORD: Final = 1_048_576
"""Bytes of a record's value (contract 2.4)."""

_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_ANY: Final[tuple[Callable[[str], bool], str]] = (lambda _: True, "")
_STRINGS: Final[dict[int, tuple[Callable[[str], bool], str]]] = {
    schema.ID: (
        lambda text: _ID.fullmatch(text) is not None,
        "1-64 characters of A-Z a-z 0-9 _ - . :",
    ),
    schema.TIME: (lambda text: parse_time(text) is not None, "an RFC 3339 time with an offset"),
    schema.DATE: (lambda text: parse_date(text) is not None, "a date YYYY-MM-DD"),
}
_CODES: Final = {kind: code for code, kind in enumerate(KINDS)}


def read(value: bytes | None) -> tuple[Record, int]:
    """The record and how many fields were ignored; raises Rejected in the order of contract 2.4."""
    if value is None:
        raise Rejected("invalid_json", "the value is null")
    if len(value) > LARGEST_RECORD:
        raise Rejected("too_large", f"{len(value)} bytes, at most {LARGEST_RECORD} are read")
    document, finite = parse(value)
    if not isinstance(document, dict):
        raise Rejected("schema", "the record is no JSON object")
    kind = document.get("kind")
    code = _CODES.get(kind) if isinstance(kind, str) else None
    holder = document.get("cardholder_id")
    try:
        return _read_object(document, finite, code)
    except Rejected as rejected:
        rejected.kind = code
        rejected.cardholder_id = holder if isinstance(holder, str) else None
        raise


def _read_object(document: dict[str, Any], finite: bool, code: int | None) -> tuple[Record, int]:  # noqa: FBT001
    if code is None:
        found = "unknown" if "kind" in document else "missing"
        raise Rejected("schema", f"kind: {found}, expected one of {', '.join(KINDS)}")
    if not finite:
        raise Rejected("schema", f"{KINDS[code]}: a number is too large (such as 1e999)")
    fields = SCHEMA[code]
    known = {field.name: document[field.name] for field in fields if field.name in document}
    for field in fields:
        problem = _problem(field, known.get(field.name))
        if problem:
            raise Rejected("schema", f"{KINDS[code]}.{field.name}: {problem}")
    for field in fields:
        if field.rule == schema.ID and known.get(field.name) and holds_pan(known[field.name].encode()):
            raise Rejected("pan_in_clear", f"{KINDS[code]}.{field.name}: holds a card number in clear")
    record: Any = STRUCTS[code]
    return record(**known), len(document) - len(known) - 1


def _problem(field: Field, value: Any) -> str | None:
    """What is wrong with a field's value; nothing of the value itself is told."""
    if value is None:
        return "missing or null" if field.required else None
    if field.rule in {schema.COUNT, schema.AMOUNT}:
        return _integer_problem(value, 1 if field.rule == schema.AMOUNT else 0)
    if field.rule == schema.FLAGS:
        good = isinstance(value, list) and all(_is_choice(item, field.choices) for item in value)
        return None if good else f"expected a list of {', '.join(field.choices)}"
    if field.rule == schema.TAGS:
        good = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
        return None if good else "expected an object of strings"
    if not isinstance(value, str):
        return f"expected a string, found {_named(value)}"
    return _string_problem(field, value)


def _string_problem(field: Field, value: str) -> str | None:
    if field.rule == schema.CHOICE and value not in field.choices:
        return f"expected one of {', '.join(field.choices)}"
    good, expected = _STRINGS.get(field.rule, _ANY)
    return None if good(value) else f"expected {expected}"


def _integer_problem(value: Any, least: int) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return f"expected an integer, found {_named(value)}"
    return None if least <= value <= LARGEST else f"expected an integer from {least} to 10^15"


def _is_choice(item: Any, choices: tuple[str, ...]) -> bool:
    return isinstance(item, str) and item in choices


def _named(value: Any) -> str:
    """The JSON name of a value's type."""
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, float):
        return "a number with fraction or exponent"
    return {str: "a string", int: "an integer", list: "a list", dict: "an object"}.get(type(value), "null")
