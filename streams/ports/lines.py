"""Ids of cardholders as a text, each with a line end behind it: so they stand under a date in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def lines_of(cardholders: Iterable[str]) -> bytes:
    """The text of some ids, in their order."""
    return "".join(f"{cardholder}\n" for cardholder in cardholders).encode()


def ids_in(text: bytes | bytearray) -> list[str]:
    """The ids in a text, in its order."""
    return text.decode().split("\n")[:-1]
