"""From an evaluation to drafts in the registry: snapshots, figures on the same labels, cards."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from models.band import worst_band
from models.bins import Bins
from models.cards import Card, card
from models.classroom import BAND_ROWS
from models.families import scorer_of
from models.figures import Figures
from models.monitoring.psi import Reference
from models.registry import Entry
from streams.models_report.prequential import SKIPPED, measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.models_report.evaluate import Evaluation
    from streams.models_report.shelf import Shelf
    from streams.models_report.table import Table


def register(
    shelf: Shelf,
    table: Table,
    found: Evaluation,
    families: Sequence[str],
    *,
    source: str,
    target: str,
    by: str,
) -> list[Entry]:
    """Put the learners of an evaluation on the shelf, each taught by the whole table."""
    rows, labels = table.rows[found.order], table.labels[found.order]
    cut = len(labels) // SKIPPED
    reference = Reference(Bins.of(rows[:cut]), rows[:cut])
    moved = dict(zip(table.names, reference.psi(reference.count(rows[cut:])).tolist(), strict=True))
    name = f"{source}#{labels_digest(rows, labels)}"
    entries = []
    for family in families:
        snapshot: Any = found.learners[family].snapshot()
        pds = scorer_of(snapshot).pd(rows)
        score = _score_psi(pds)
        measures = measured(found.pds[family], labels)
        figures = Figures(
            labels=name,
            count=len(labels) - cut,
            bads=int(labels[cut:].sum()),
            psi=score,
            rival=None,
            **measures,
        )
        snapshot = msgspec.structs.replace(
            snapshot,
            model_id=f"{target}-{family}",
            metrics={**measures},
            worst_band_pd=worst_band(pds[-BAND_ROWS:]),
        )
        if hasattr(snapshot, "target"):
            snapshot = msgspec.structs.replace(snapshot, target=target)

        def make(entry: Entry, score: float = score) -> Card:
            return card(
                entry,
                rows=len(labels),
                bads=int(labels.sum()),
                source=source,
                labels=f"1 in the column {target!r}",
                iv=found.iv,
                drift={**moved, "score": score},
            )

        entries.append(shelf.put(snapshot, figures, by=by, make=make))
    return entries


def _score_psi(pds: NDArray[np.float64]) -> float:
    """Of the score of one and the same snapshot, first third against the rest."""
    cut = len(pds) // SKIPPED
    first, rest = pds[:cut, None], pds[cut:, None]
    reference = Reference(Bins.of(first), first)
    return float(reference.psi(reference.count(rest))[0])


def labels_digest(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> str:
    """Names a set of labels in its order: only figures on the same one are compared."""
    return hashlib.sha256(rows.tobytes() + labels.tobytes()).hexdigest()[:12]
