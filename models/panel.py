"""Models that look on: each scores what is observed beside the champion, and none decides anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.families.compiled import CardScorer, Table
from models.score import Scored, SnapshotScorer, name_of
from models.snapshot import SnapshotRefusedError
from models.stack import Stack

Scores = dict[str, float]
"""A probability by the name of the model that expected it, as the journal names models."""


def columns_of(snapshot: Scored, names: Sequence[str]) -> NDArray[np.int64]:
    """The places of a snapshot's features among `names`. SnapshotRefusedError tells those that lack."""
    lacking = [name for name in snapshot.feature_names if name not in names]
    if lacking:
        raise SnapshotRefusedError(
            f"snapshot {snapshot.model_id} {snapshot.version} reads what lanes do not know: "
            + ", ".join(lacking)
        )
    return np.array([names.index(name) for name in snapshot.feature_names], np.int64)


class Placed:
    """A scorer over some of the features, or all in another order, that is given all of them."""

    def __init__(self, scorer: SnapshotScorer, names: Sequence[str]) -> None:
        self._scorer = scorer
        self._columns = columns_of(scorer.snapshot, names)

    @property
    def snapshot(self) -> Scored:
        return self._scorer.snapshot

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities float64[n] of rows float64[n, k] of all features."""
        return self._scorer.pd(rows[:, self._columns])


def placed(scorer: SnapshotScorer, names: Sequence[str]) -> SnapshotScorer:
    """The scorer for rows of `names`. Raises SnapshotRefusedError."""
    return scorer if scorer.snapshot.feature_names == tuple(names) else Placed(scorer, names)


class Panel:
    """Ready models over rows of `names`: the linear ones scored in one compiled pass, the others beside it.

    What a model expects hangs on the row alone: the same to the bit beside whatever other models.
    """

    def __init__(self, names: Sequence[str], scorers: Sequence[SnapshotScorer]) -> None:
        """Raises SnapshotRefusedError for a model that reads other features."""
        linear = [s for s in scorers if isinstance(s, CardScorer) and isinstance(s.compiled, Table)]
        others = [s for s in scorers if not any(s is one for one in linear)]
        for scorer in scorers:
            columns_of(scorer.snapshot, names)
        self._stack: Final = Stack(names, linear) if linear else None
        self._others = [placed(scorer, names) for scorer in others]
        self.names = tuple(name_of(scorer.snapshot) for scorer in (*linear, *others))
        """Of the models, in the order of their columns."""

    def pd(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities float64[n, m] of raw features float64[n, k]: a column a model."""
        found = np.empty((len(rows), len(self.names)))
        place = 0
        if self._stack is not None:
            place = len(self._stack.model_ids)
            found[:, :place] = self._stack.pd(rows)
        for column, scorer in enumerate(self._others, place):
            found[:, column] = scorer.pd(rows)
        return found

    def scores(
        self, rows: NDArray[np.float64], champion: Scored | None, pds: NDArray[np.float64]
    ) -> list[Scores]:
        """What each model expects of each row, the champion's pds[n] among them (NaN: it expects nothing)."""
        told = [dict(zip(self.names, row, strict=True)) for row in self.pd(rows).tolist()]
        if champion is not None:
            name = name_of(champion)
            for scores, pd in zip(told, pds.tolist(), strict=True):
                if pd == pd:  # noqa: PLR0124  # not NaN
                    scores[name] = pd
        return told
