"""Which judged rows need no decision: nothing that decisions read has changed since the last one.

A judgement that is repeated with the same outcomes, levels, limit, status, exemptions and closed cycles gives
nothing, unless time alone does: the desk says from which date on that is to be expected. So most rows of open
episodes, which are judged again and again, never reach scalar code. After a restart nothing is remembered
here; then rows are judged once more, to the same effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rules.evaluate import Verdicts
from rules.facts import COLUMN

_READ: Final = np.array(
    [
        COLUMN[name]
        for name in (
            "account.limit",
            "account.status",
            "account.exemptions",
            "account.product",
            "cycles.closed",
        )
    ],
    np.int64,
)
_NOT_STILL: Final = -(2**62)


class Quiet:
    """The last verdict on each slot, and until which date it stands."""

    def __init__(self, rules: int) -> None:
        self._rules = rules
        self.until: NDArray[np.int64] = np.empty(0, np.int64)
        """The date from which a decision is to be expected by the passing of time, by slot."""
        self._verdicts: NDArray[np.int8] = np.empty((0, rules), np.int8)
        self._facts: NDArray[np.float64] = np.empty((0, len(_READ)))
        self._moved: NDArray[np.bool_] = np.empty(0, np.bool_)

    def grow(self, slots: int) -> None:
        """Make room for so many slots."""
        old = len(self.until)
        if slots <= old:
            return
        self.until = np.concatenate((self.until, np.full(slots - old, _NOT_STILL)))
        self._verdicts = np.concatenate((self._verdicts, np.zeros((slots - old, self._rules), np.int8)))
        self._facts = np.concatenate((self._facts, np.zeros((slots - old, len(_READ)))))
        self._moved = np.concatenate((self._moved, np.zeros(slots - old, np.bool_)))

    def moving(
        self,
        rows: NDArray[np.int64],
        slots: NDArray[np.int64],
        verdicts: Verdicts,
        matrix: NDArray[np.float64],
        day: int,
    ) -> NDArray[np.int64]:
        """The rows that a decision must look at; `rows` are those hit or of a case, `slots` of all rows.

        Where one row of a slot moves, all of the slot do: the later ones follow a decision not yet taken.
        """
        if not len(rows):
            return rows
        mine = slots[rows]
        moved = (
            (day >= self.until[mine])
            | (_facts(matrix, rows) != self._facts[mine]).any(axis=1)
            | (verdicts.codes(rows) != self._verdicts[mine]).any(axis=1)
        )
        changed = mine[moved]
        if not len(changed):
            return rows[:0]
        self._moved[changed] = True
        wanted = np.flatnonzero(self._moved[slots])
        self._moved[changed] = False
        return wanted

    def settle(
        self,
        rows: NDArray[np.int64],
        slots: NDArray[np.int64],
        verdicts: Verdicts,
        matrix: NDArray[np.float64],
        until: Sequence[int],
    ) -> None:
        """Remember the verdicts just decided on, one row of a slot: each stands until its date.

        Not at all if that is past.
        """
        self.until[slots] = until
        self._verdicts[slots] = verdicts.codes(rows)
        self._facts[slots] = _facts(matrix, rows)

    def disturb(self, slots: NDArray[np.int64]) -> None:
        """Something else than a judgement changed the slots' cases, or they are another's from now on."""
        self.until[slots] = _NOT_STILL


def _facts(matrix: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What decisions read of these rows, the unknown as -1: it equals itself."""
    facts: NDArray[np.float64] = matrix[rows[:, None], _READ]
    facts[np.isnan(facts)] = -1.0
    return facts
