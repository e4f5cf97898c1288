"""What a classroom keeps: parts that are told in pieces, and a value with the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from models.pieces import Part, Told
from models.snapshot import SnapshotRefusedError

APART: Final = ":"

Parts = Mapping[str, Part]
"""By name, which a piece bears before its own."""


class Value(msgspec.Struct, frozen=True):
    """All that is not in pieces. held: how many entries each part has, so that none can be missing."""

    rest: msgspec.Raw
    held: dict[str, int]


def value_of(rest: bytes, parts: Parts) -> bytes:
    """For `value_from`. rest: JSON."""
    return msgspec.json.encode(Value(msgspec.Raw(rest), {name: len(part) for name, part in parts.items()}))


def value_from(raw: bytes) -> Value | None:
    """What `value_of` gave; None if it is anything else."""
    try:
        return msgspec.json.decode(raw, type=Value)
    except msgspec.MsgspecError:
        return None


def tell(parts: Parts, *, whole: bool) -> Iterator[Told]:
    """As Part.tell, of all."""
    for name, part in parts.items():
        for piece, body in part.tell(whole=whole):
            yield f"{name}{APART}{piece}", body


def confirm(parts: Parts) -> None:
    """What was told is kept now."""
    for part in parts.values():
        part.confirm()


def resume(parts: Parts, value: Value, pieces: Mapping[str, bytes]) -> None:
    """Fill new parts. Raises SnapshotRefusedError if what is kept is not theirs, or not all of it."""
    sorted_out: dict[str, dict[str, bytes]] = defaultdict(dict)
    for full, body in pieces.items():
        whose, _, piece = full.partition(APART)
        sorted_out[whose][piece] = body
    for name, part in parts.items():
        try:
            part.resume(sorted_out[name])
        except (msgspec.MsgspecError, ValueError) as error:
            raise SnapshotRefusedError(f"{name}: not in pieces as they are kept: {error}") from error
        if len(part) != value.held.get(name):
            raise SnapshotRefusedError(f"{name}: {len(part)} are kept, not {value.held.get(name)}")
