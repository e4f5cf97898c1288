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
from numba import njit
from numpy.typing import NDArray

from rules.evaluate import Verdicts
from rules.facts import COLUMN
from rules.verdict import LEVEL_SHIFT

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
        self._codes: NDArray[np.int8] = np.empty((0, rules), np.int8)
        self._facts: NDArray[np.float64] = np.empty((0, len(_READ)))
        self._moved: NDArray[np.bool_] = np.empty(0, np.bool_)

    def grow(self, slots: int) -> None:
        """Make room for so many slots."""
        old = len(self.until)
        if slots <= old:
            return
        self.until = np.concatenate((self.until, np.full(slots - old, _NOT_STILL)))
        self._codes = np.concatenate((self._codes, np.zeros((slots - old, self._rules), np.int8)))
        self._facts = np.concatenate((self._facts, np.zeros((slots - old, len(_READ)))))
        self._moved = np.concatenate((self._moved, np.zeros(slots - old, np.bool_)))

    def moving(
        self,
        slots: NDArray[np.int64],
        watched: NDArray[np.bool_],
        verdicts: Verdicts,
        matrix: NDArray[np.float64],
        day: int,
    ) -> NDArray[np.int64]:
        """The rows that a decision must look at, of the first rows of the matrix, which are of `slots`.

        watched: by slot, whose rows matter without a hit, too. Where one row of a slot moves, all of the slot
        do: the later ones follow a decision not yet taken.
        """
        moving: NDArray[np.int64] = _moving(
            slots,
            verdicts.hit,
            watched,
            verdicts.outcomes,
            verdicts.levels,
            matrix,
            day,
            self.until,
            self._codes,
            self._facts,
            self._moved,
        )
        return moving

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
        self._codes[slots] = verdicts.codes(rows)
        self._facts[slots] = matrix[rows[:, np.newaxis], _READ]

    def disturb(self, slots: NDArray[np.int64]) -> None:
        """Something else than a judgement changed the slots' cases, or they are another's from now on."""
        self.until[slots] = _NOT_STILL

    def disturb_all(self) -> None:
        """Something changed that any slot's decision may hang on."""
        self.until[:] = _NOT_STILL


@njit(cache=True, nogil=True)
def _moving(
    slots: NDArray[np.int64],
    hit: NDArray[np.bool_],
    watched: NDArray[np.bool_],
    outcomes: NDArray[np.int8],
    levels: NDArray[np.int8],
    matrix: NDArray[np.float64],
    day: int,
    until: NDArray[np.int64],
    codes: NDArray[np.int8],
    facts: NDArray[np.float64],
    moved: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """`moved` is blank, by slot, and is left so."""
    any_moves = False
    for n in range(len(slots)):
        slot = slots[n]
        if moved[slot] or not (hit[n] or watched[slot]):
            continue
        moves = day >= until[slot]
        for rule in range(len(outcomes)):
            moves |= codes[slot, rule] != (outcomes[rule, n] | levels[rule, n] << LEVEL_SHIFT)
        for place in range(len(_READ)):
            before, now = facts[slot, place], matrix[n, _READ[place]]
            moves |= before != now and not (np.isnan(before) and np.isnan(now))
        moved[slot] = moves
        any_moves |= moves
    rows = np.empty(len(slots) if any_moves else 0, np.int64)
    count = 0
    for n in range(len(rows)):
        if moved[slots[n]]:
            rows[count] = n
            count += 1
    for n in range(count):
        moved[slots[rows[n]]] = False
    return rows[:count]
