"""The registry as a folder: registry.json, and beside it each model's snapshot and card."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from models.cards import Card, as_text
from models.families import AnySnapshot, family_of, read
from models.figures import Figures
from models.registry import Change, Entry, Registry

if TYPE_CHECKING:
    from collections.abc import Callable

INDEX: Final = "registry.json"


class ShelfError(ValueError):
    """A registry folder that cannot be read; the message says why."""


def now_us() -> int:
    """Microseconds since 1970 (UTC)."""
    return time.time_ns() // 1_000


class Shelf:
    """A folder that holds a registry; it comes to be with the first model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def registry(self) -> Registry:
        """What is registered; nothing if there is no folder."""
        place = self.folder / INDEX
        if not place.exists():
            return Registry()
        try:
            return msgspec.json.decode(place.read_bytes(), type=Registry)
        except (OSError, msgspec.MsgspecError) as error:
            raise ShelfError(f"{place}: {error}") from None

    def save(self, registry: Registry) -> None:
        """Replace the registry in one step."""
        _write(self.folder / INDEX, msgspec.json.format(msgspec.json.encode(registry)) + b"\n")

    def change(self, step: Callable[[Registry], Registry], name: str) -> Entry:
        """Take a step in the life of a model, and bring the cards of all that moved up to date."""
        before = self.registry()
        entry = before.find(name)
        after = step(before)
        self.save(after)
        for one in after.entries:
            if one not in before.entries:
                self._write_card(
                    msgspec.structs.replace(self.card(one), stage=one.stage, history=one.history)
                )
        return after.find(entry.name)

    def put(
        self, snapshot: AnySnapshot, figures: Figures | None, *, by: str, make: Callable[[Entry], Card]
    ) -> Entry:
        """Register a snapshot as a draft, with its card. ValueError if its name is taken."""
        entry = Entry(
            model_id=snapshot.model_id,
            version=snapshot.version,
            family=family_of(snapshot),
            target=getattr(snapshot, "target", "default"),
            file=f"{snapshot.model_id}-{snapshot.version}.json",
            figures=figures,
            history=(Change("draft", by, now_us(), ""),),
        )
        registry = self.registry().add(entry)
        _write(self.folder / entry.file, snapshot.to_json())
        self._write_card(make(entry))
        self.save(registry)
        return entry

    def snapshot(self, entry: Entry) -> AnySnapshot:
        """The snapshot of an entry; SnapshotRefusedError if it is broken."""
        try:
            return read((self.folder / Path(entry.file).name).read_bytes())
        except OSError as error:
            raise ShelfError(f"{entry.file}: {error.strerror or error}") from None

    def card(self, entry: Entry) -> Card:
        """The card of an entry."""
        place = self.folder / f"{Path(entry.file).stem}.card.json"
        try:
            return msgspec.json.decode(place.read_bytes(), type=Card)
        except (OSError, msgspec.MsgspecError) as error:
            raise ShelfError(f"{place}: {error}") from None

    def _write_card(self, card: Card) -> None:
        stem = f"{card.model_id}-{card.version}.card"
        _write(self.folder / f"{stem}.json", card.to_json() + b"\n")
        _write(self.folder / f"{stem}.md", as_text(card).encode())


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(place)
