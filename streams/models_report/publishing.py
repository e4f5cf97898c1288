"""Hands a model of a folder to a running system: its snapshot, and a draft with its figures and card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from features.catalogue import MODEL_NAMES
from models.faculty import FAMILY
from models.panel import columns_of
from models.register import Registered
from models.registry import Change, PromotionRefusedError
from models.snapshot import MIN_LESSONS, MODEL_ID
from models.targets import BY_ID, DEFAULT

if TYPE_CHECKING:
    from models.families import AnySnapshot
    from models.registry import Entry
    from streams.models_report.shelf import Shelf

_OWN: Final = frozenset({MODEL_ID, *(f"{target}-{FAMILY}" for target in (DEFAULT, *BY_ID))})
"""What a running system teaches and publishes itself."""


def publication(
    shelf: Shelf, entry: Entry, name: str | None, *, by: str, at_us: int
) -> tuple[AnySnapshot, Registered]:
    """The snapshot and the draft to be published. name: what it is called there; None: as in the folder.

    PromotionRefusedError for one without figures or a named person, SnapshotRefusedError for one that lanes
    cannot score with, ValueError for a name or target that is not to be had.
    """
    target, called = entry.target, name or entry.model_id
    if target != DEFAULT and target not in BY_ID:
        raise ValueError(
            f"{entry.name}: there is no target {target!r}; there are {', '.join((DEFAULT, *BY_ID))}"
        )
    if called in _OWN:
        raise ValueError(f"{called} is what the running system teaches itself: give it another name (--name)")
    if not by.strip():
        raise PromotionRefusedError(f"{entry.name}: a named person must approve")
    if entry.figures is None:
        raise PromotionRefusedError(f"{entry.name}: it has no figures")
    if entry.stage == "retired":
        raise PromotionRefusedError(f"{entry.name} is retired")
    snapshot = shelf.snapshot(entry)
    columns_of(snapshot, MODEL_NAMES)
    if not snapshot.ready:
        raise PromotionRefusedError(
            f"{entry.name} has learned {snapshot.lessons} labels; {MIN_LESSONS} are needed"
        )
    card = shelf.card(entry)
    history = (Change("draft", by, at_us, f"{entry.name} of a folder, {entry.stage} there"),)
    moved = msgspec.structs.replace(entry, model_id=called, file="", history=history)
    told = msgspec.structs.replace(
        card, model_id=called, stage="draft", history=history, figures=entry.figures
    )
    return msgspec.structs.replace(snapshot, model_id=called), Registered(moved, told)
