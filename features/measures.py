"""What is measured of transactions and payments: the attributes of a tile, and the measures that sum them.

A tile holds all that one date saw with the same attributes (features.tiles). Every measure is a sum over
tiles of certain attributes; so a further measure costs no state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.inbound import layout

ONLINE, NIGHT, ROUND, FOREIGN = 1, 2, 4, 8
"""Attribute bits of purchases and cash advances."""
GROUP_SHIFT: Final = 4
NO_GROUP, GAMBLING, PAWN, JEWELLERY = range(4)
TYPE_SHIFT: Final = 6
PURCHASE, CASH, REFUND, FEE, INTEREST = range(len(layout.TYPES))
"""Types of tiles: those of transactions (in the schema's order), then payments."""
PAYMENT, CARRIED_UP, CARRIED_DOWN = range(len(layout.TYPES), 8)
"""The carried types keep what a row of version 1 knew of a date only as a net; no measure reads them."""
ATTRIBUTE_BITS: Final = 9
ATTRIBUTES: Final = 1 << ATTRIBUTE_BITS
"""How many combinations there are."""

SIGNS: Final = np.array([1, 1, -1, 1, 1, -1, 1, -1], np.int64)
"""What a type does to the balance (contract 3.2)."""

MCC_GROUPS: Final = {
    7800: GAMBLING,
    7801: GAMBLING,
    7802: GAMBLING,
    7995: GAMBLING,
    5933: PAWN,
    5094: JEWELLERY,
    5944: JEWELLERY,
}
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""Hours of the day, UTC."""
ROUND_AMOUNT: Final = 1_000
"""A round amount is a multiple of this (10 currency units)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something of which windows have a sum, a count and a largest amount."""

    name: str
    words: str
    sources: tuple[str, ...]
    takes: Callable[[int], bool]
    """Whether tiles of these attributes belong to it."""


def _type(number: int) -> Callable[[int], bool]:
    return lambda attributes: attributes >> TYPE_SHIFT == number


def _spent(attributes: int) -> bool:
    return attributes >> TYPE_SHIFT in (PURCHASE, CASH)


def _marked(bit: int) -> Callable[[int], bool]:
    return lambda attributes: _spent(attributes) and bool(attributes & bit)


def _grouped(number: int) -> Callable[[int], bool]:
    return lambda attributes: _spent(attributes) and attributes >> GROUP_SHIFT & 3 == number


_AMOUNT: Final = ("transaction.type", "transaction.amount")

MEASURES: Final = (
    Measure("purchase", "purchases", _AMOUNT, _type(PURCHASE)),
    Measure("cash", "cash advances", _AMOUNT, _type(CASH)),
    Measure("refund", "refunds", _AMOUNT, _type(REFUND)),
    Measure("fee", "fees", _AMOUNT, _type(FEE)),
    Measure("interest", "interest", _AMOUNT, _type(INTEREST)),
    Measure("payment", "payments", ("payment_posted.amount",), _type(PAYMENT)),
    Measure("spend", "purchases and cash advances", _AMOUNT, _spent),
    Measure("online", "spend with channel online", (*_AMOUNT, "transaction.channel"), _marked(ONLINE)),
    Measure(
        "foreign",
        "spend in another country than home (home: majority vote over the countries told before, in the "
        "order taken, after Boyer and Moore, with at most 255 votes)",
        (*_AMOUNT, "transaction.country"),
        _marked(FOREIGN),
    ),
    Measure("night", "spend from 22:00 to 05:59 UTC", (*_AMOUNT, "transaction.occurred_at"), _marked(NIGHT)),
    Measure("round", "spend in whole tens of currency units", _AMOUNT, _marked(ROUND)),
    Measure(
        "gambling",
        "spend with mcc 7800, 7801, 7802 or 7995",
        (*_AMOUNT, "transaction.mcc"),
        _grouped(GAMBLING),
    ),
    Measure("pawn", "spend with mcc 5933", (*_AMOUNT, "transaction.mcc"), _grouped(PAWN)),
    Measure("jewellery", "spend with mcc 5094 or 5944", (*_AMOUNT, "transaction.mcc"), _grouped(JEWELLERY)),
)
MEASURE: Final = {measure.name: place for place, measure in enumerate(MEASURES)}

MEMBERS: Final[NDArray[np.bool_]] = np.array(
    [[measure.takes(attributes) for measure in MEASURES] for attributes in range(ATTRIBUTES)]
)
"""[attributes, measure]: whether the tile belongs to the measure."""
MEMBER_COUNT: Final[NDArray[np.uint8]] = MEMBERS.sum(axis=1, dtype=np.uint8)
MEMBER_LIST: Final[NDArray[np.uint8]] = np.argsort(~MEMBERS, axis=1, kind="stable").astype(np.uint8)
"""The same as lists: [attributes, n] is the n-th measure of the tile, for n below its count."""


def _group_table() -> NDArray[np.uint8]:
    groups = np.zeros(10_000, np.uint8)
    for mcc, group in MCC_GROUPS.items():
        groups[mcc] = group
    return groups


GROUPS: Final = _group_table()
"""The group of each merchant category."""
