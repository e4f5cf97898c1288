"""The registry as records of the models' topic: drafts with their cards, and each step of a life.

`entry.NAME` holds a draft, `figures.NAME` its newest figures, `life.TIME.NAME.STAGE` a step that a named
person took. The topic is compacted: the newest figures of an entry are kept, and every step for ever.
"""

from __future__ import annotations

from typing import Final

import msgspec

from models.cards import Card
from models.figures import Figures
from models.registry import Change, Entry, Registry

_ENTRY: Final = b"entry."
_FIGURES: Final = b"figures."
_LIFE: Final = b"life."

Pair = tuple[bytes, bytes]


class Registered(msgspec.Struct, frozen=True):
    """An entry as it was drafted, and its card."""

    entry: Entry
    card: Card


class Step(msgspec.Struct, frozen=True):
    """A step in the life of the entry of this name."""

    name: str
    change: Change


_registered: Final = msgspec.json.Decoder(Registered)
_figures: Final = msgspec.json.Decoder(Figures)
_step: Final = msgspec.json.Decoder(Step)


def entry_record(registered: Registered) -> Pair:
    """Key and value of an entry."""
    return _ENTRY + registered.entry.name.encode(), msgspec.json.encode(registered)


def figures_record(name: str, figures: Figures) -> Pair:
    """Key and value of newer figures of an entry."""
    return _FIGURES + name.encode(), msgspec.json.encode(figures)


def step_records(before: Registry, after: Registry) -> list[Pair]:
    """Keys and values of what has changed, who gives way first."""
    steps = []
    for one in after.entries:
        known = len(before.find(one.name).history)
        steps += [Step(one.name, change) for change in one.history[known:]]
    steps.sort(key=lambda step: step.change.stage != "retired")
    return [
        (
            _LIFE + f"{step.change.at_us}.{step.name}.{step.change.stage}".encode(),
            msgspec.json.encode(step),
        )
        for step in steps
    ]


class Register:
    """The topic's records of the registry, one by one in their order."""

    def __init__(self) -> None:
        self._entries: dict[str, Registered] = {}
        self._figures: dict[str, Figures] = {}
        self._steps: list[Step] = []

    def take(self, key: bytes | None, value: bytes) -> bool:
        """Take a record; whether it was one of the registry. Raises msgspec.MsgspecError for a broken one."""
        if key is None or not key.startswith((_ENTRY, _FIGURES, _LIFE)):
            return False
        if key.startswith(_ENTRY):
            registered = _registered.decode(value)
            self._entries[registered.entry.name] = registered
        elif key.startswith(_FIGURES):
            self._figures[key.removeprefix(_FIGURES).decode()] = _figures.decode(value)
        else:
            self._steps.append(_step.decode(value))
        return True

    def registry(self) -> Registry:
        """All entries with their lives, oldest first."""
        return Registry(tuple(self._alive(one.entry) for one in self._entries.values()))

    def card(self, name: str) -> Card:
        """The card of an entry, as it stands now. LookupError if there is none."""
        entry = self.registry().find(name)
        card = self._entries[entry.name].card
        return msgspec.structs.replace(card, stage=entry.stage, history=entry.history, figures=entry.figures)

    def _alive(self, entry: Entry) -> Entry:
        steps = tuple(step.change for step in self._steps if step.name == entry.name)
        figures = self._figures.get(entry.name, entry.figures)
        return msgspec.structs.replace(entry, figures=figures, history=(*entry.history, *steps))
