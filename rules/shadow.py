"""Rules and a policy on trial: evaluated beside those that act, and reported; nothing comes of them.

A shadow rule reports whenever it begins to be hit by a cardholder. A challenger policy decides on its share
of cardholders as the policy does, from the same rules, with cases of its own; what it would request stays
here: its cuts are never applied and never undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import time_text
from rules.case import Case
from rules.desk import Desk
from rules.evaluate import Evaluator
from rules.machine import Matrix
from rules.outcome import HIT, HOLD, LADDER, SEVERITIES
from rules.records import Record, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.evaluate import Verdicts
    from rules.judgement import Judgement
    from rules.rulebook import Challenger, Rulebook

SHADOW_HIT: Final = "shadow_hit"
CHALLENGER: Final = "challenger"


def in_share(cardholder: str, challenger: Challenger) -> bool:
    """Whether the challenger is tried on a cardholder: always the same ones, others with another salt."""
    bucket = int(digest_of(f"{challenger.salt}:{cardholder}")[:8], 16) % 10_000
    return bucket < challenger.of_ten_thousand


class Shadow:
    """What is on trial in one lane. Remembers no longer than the process runs."""

    def __init__(self, book: Rulebook) -> None:
        self._rules = [rule for rule in book.rules if rule.shadow]
        self._evaluator = Evaluator(book, self._rules)
        self._hit: NDArray[np.bool_] = np.zeros((len(self._rules), 0), np.bool_)
        """(rules, slots): whether it was hit when the slot was last looked at."""
        self._away: dict[str, tuple[NDArray[np.bool_] | None, Case | None]] = {}
        self._challenger = book.challenger
        self._desk: Desk | None = None
        if book.challenger is not None:
            policy = book.challenger.policy
            self._desk = Desk(Evaluator(book.model_copy(update={"policy": policy, "products": {}})))

    @property
    def width(self) -> int:
        """How many columns a matrix must have for the rules on trial."""
        return self._evaluator.width

    def leave(self, slot: int, cardholder: str) -> None:
        """The slot will be another's; what is known of this one waits for its return."""
        known = slot < self._hit.shape[1] and self._hit[:, slot].any()
        hit = self._hit[:, slot].copy() if known else None
        case = None if self._desk is None else self._desk.cases.pop(slot, None)
        if hit is not None:
            self._hit[:, slot] = False
        if hit is not None or case is not None:
            self._away[cardholder] = hit, case

    def come(self, slot: int, cardholder: str) -> None:
        """The cardholder has this slot from now on."""
        hit, case = self._away.pop(cardholder, (None, None))
        if hit is not None:
            self._grow(slot + 1)
            self._hit[:, slot] = hit
        if case is not None and self._desk is not None:
            self._desk.cases[slot] = case

    def look(
        self,
        matrix: Matrix,
        slots: NDArray[np.int64],
        ids: Sequence[str],
        acting: tuple[Evaluator, Verdicts],
        times_us: NDArray[np.int64],
    ) -> list[Record]:
        """Evaluate the shadow rules over judged rows; a report for each that begins to be hit."""
        if not self._rules or not len(slots):
            return []
        self._grow(int(slots.max()) + 1)
        verdicts = self._evaluator.verdicts(matrix)
        hits = verdicts.outcomes == HIT
        reports: list[Record] = []
        for n in np.flatnonzero(verdicts.hit | self._hit[:, slots].any(axis=0)).tolist():
            slot = int(slots[n])
            reports += [
                self._report(place, n, ids[slot], verdicts, acting, int(times_us[n]))
                for place in np.flatnonzero(hits[:, n] & ~self._hit[:, slot]).tolist()
            ]
            self._hit[:, slot] = hits[:, n]
        return reports

    def _grow(self, slots: int) -> None:
        known = self._hit.shape[1]
        if slots > known:
            room = np.zeros((len(self._rules), max(slots - known, known)), np.bool_)
            self._hit = np.concatenate((self._hit, room), axis=1)

    def _report(
        self,
        place: int,
        n: int,
        cardholder: str,
        verdicts: Verdicts,
        acting: tuple[Evaluator, Verdicts],
        time_us: int,
    ) -> Record:
        rule = self._evaluator.rules[place]
        level = rule.levels[verdicts.levels[place, n]]
        beside = np.flatnonzero(acting[1].outcomes[:, n] == HIT).tolist()
        return {
            "kind": SHADOW_HIT,
            "cardholder_id": cardholder,
            "as_of": time_text(time_us),
            "rule": rule.id,
            "would_ask_for": "alert_only" if level.target == HOLD else LADDER[level.target],
            "severity": SEVERITIES[level.severity - 1],
            "beside": [acting[0].rules[other].id for other in beside],
            "rulebook_version": self._evaluator.book.version,
        }

    def judge(self, judgement: Judgement, active_accounts: int) -> list[Record]:
        """What the challenger would decide on a row that the desk was asked about."""
        if self._desk is None or self._challenger is None:
            return []
        if not in_share(judgement.cardholder, self._challenger):
            return []
        return [
            {"kind": CHALLENGER, "cardholder_id": judgement.cardholder, "would": record}
            for record in self._desk.judge(judgement, active_accounts)
        ]


def shadow_of(book: Rulebook) -> Shadow | None:
    """What is on trial by a rulebook; None when nothing is."""
    return Shadow(book) if book.challenger is not None or any(rule.shadow for rule in book.rules) else None
