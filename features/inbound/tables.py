"""The schema as arrays, for the compiled scan.

A word is packed into four 64-bit numbers, so that it is compared in four steps. No text of a plain record
holds a zero byte: equal numbers are equal words.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.inbound.layout import KINDS
from features.inbound.schema import SCHEMA

LONGEST_WORD: Final = 32
BUCKETS: Final = 251

_FIELD_NAMES: Final = [field.name for fields in SCHEMA for field in fields]
_NAMES: Final = list(dict.fromkeys(["kind", "event_id", *_FIELD_NAMES]))
_CHOICES: Final = list(dict.fromkeys(field.choices for fields in SCHEMA for field in fields))

FIRST_NAME: Final = len(KINDS)
KIND_NAME: Final = FIRST_NAME
EVENT_NAME: Final = FIRST_NAME + 1
HOLDER_NAME: Final = FIRST_NAME + _NAMES.index("cardholder_id")
"""Words are the kinds, by their code, then the names of fields, then the choices of enumerations."""


def _packed(words: list[str]) -> NDArray[np.uint64]:
    text = b"".join(word.encode().ljust(LONGEST_WORD, b"\0") for word in words)
    return np.frombuffer(text, "<u8").astype(np.uint64).reshape(len(words), LONGEST_WORD // 8)


def _placed(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For each bucket the name that is there or -1; a name lies in the first free bucket from its own on."""
    buckets = np.full(BUCKETS, -1, np.int64)
    for name in range(FIRST_NAME, FIRST_NAME + len(_NAMES)):
        bucket = int(np.bitwise_xor.reduce(words[name])) % BUCKETS
        while buckets[bucket] >= 0:
            bucket = (bucket + 1) % BUCKETS
        buckets[bucket] = name
    return buckets


def _field_rows() -> NDArray[np.int64]:
    """For each kind and field: name, rule, column, required, first choice, choices; name -1 ends a kind."""
    first_of, first = {}, FIRST_NAME + len(_NAMES)
    for choices in _CHOICES:
        first_of[choices] = first
        first += len(choices)
    rows = np.full((len(SCHEMA), max(map(len, SCHEMA)) + 1, 6), -1, np.int64)
    for code, fields in enumerate(SCHEMA):
        for place, field in enumerate(fields):
            rows[code, place] = (
                FIRST_NAME + _NAMES.index(field.name),
                field.rule,
                field.column,
                field.required,
                first_of[field.choices],
                len(field.choices),
            )
    return rows


def _literals() -> NDArray[np.uint8]:
    """For each name what stands before its value in most records, in LONGEST_WORD bytes."""
    texts = [b""] * FIRST_NAME + [f'"{name}":'.encode() for name in _NAMES]
    return np.frombuffer(b"".join(text.ljust(LONGEST_WORD, b"\0") for text in texts), np.uint8)


LITERALS: Final = _literals()
LITERAL_SIZES: Final = np.array([0] * FIRST_NAME + [len(f'"{name}":') for name in _NAMES], np.int64)
WORDS: Final = _packed([*KINDS, *_NAMES, *(word for choices in _CHOICES for word in choices)])
NAME_BUCKETS: Final = _placed(WORDS)
FIELDS: Final = _field_rows()
