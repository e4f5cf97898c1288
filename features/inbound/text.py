"""JSON text as contract 2.4 reads it: strictly, to any size and depth, and the same on every Python."""

import json
import math
import re
from typing import Any, Final, NoReturn

import numpy as np

from features.inbound.rejected import Rejected
from features.inbound.tokens import is_deeper

DEEPEST: Final = 512
"""Nesting beyond this is too deep; the record itself is the first level."""

OUT_OF_RANGE: Final = -1
"""What an integer literal becomes that is far outside of contract 1.2: no field accepts it."""

_SURROGATE: Final = re.compile(r"\\u[dD][89A-Fa-f]")
_ESCAPES: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|.)", re.DOTALL)


class _TooLarge(Exception):  # noqa: N818 -- never leaves this module
    """A number that is no double."""


def _integer(literal: str) -> int:
    return int(literal) if len(literal) <= 20 else OUT_OF_RANGE


def _real(literal: str) -> float:
    value = float(literal)
    if math.isinf(value):
        raise _TooLarge
    return value


def _constant(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_int=_integer, parse_float=_real, parse_constant=_constant)
_LENIENT: Final = json.JSONDecoder(parse_int=_integer, parse_float=float, parse_constant=_constant)


def parse(value: bytes) -> tuple[Any, bool]:
    """The document, and whether every number in it is a double (1e999 is not); raises invalid_json."""
    if not value:
        raise Rejected("invalid_json", "the value is empty")
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise Rejected("invalid_json", f"invalid UTF-8 at byte {error.start}") from None
    if _is_too_deep(value):
        raise Rejected("invalid_json", f"nesting deeper than {DEEPEST} levels")
    try:
        try:
            document, finite = _DECODER.decode(text), True
        except _TooLarge:
            document, finite = _LENIENT.decode(text), False
    except json.JSONDecodeError as error:
        raise Rejected("invalid_json", f"{error.msg.removesuffix(' at')} at character {error.pos}") from None
    except ValueError as error:
        raise Rejected("invalid_json", str(error)) from None
    except RecursionError:
        raise Rejected("invalid_json", "nesting too deep") from None
    _check_surrogates(text)
    return document, finite


def _is_too_deep(value: bytes) -> bool:
    if value.count(b"[") + value.count(b"{") <= DEEPEST:
        return False
    return bool(is_deeper(np.frombuffer(value, np.uint8), DEEPEST))


def _check_surrogates(text: str) -> None:
    r"""Refuse a \uD800-\uDFFF that is not half of a pair, also in what a repeated key hides."""
    if not _SURROGATE.search(text):
        return
    awaited = -1  # where the low half must follow
    for match in _ESCAPES.finditer(text):
        unit = int(match[1], 16) if match[1] else 0
        low = 0xDC00 <= unit <= 0xDFFF
        if low != (awaited == match.start()) or (awaited >= 0 and not low):
            raise Rejected("invalid_json", f"a lone surrogate at character {match.start()}")
        awaited = match.end() if 0xD800 <= unit <= 0xDBFF else -1
    if awaited >= 0:
        raise Rejected("invalid_json", f"a lone surrogate at character {awaited - 6}")
