"""What was learned of whom, so that a label that turns out wrong can be put right.

An outcome that comes when labels are given already corrects them (docs/decisions/18-corrections.md):

- `charged_off`: bad. It comes at 180 days past due, so its cardholder was 60 days past due 120 days before:
  it speaks of every observation whose window was open then.
- `fraud_confirmed`: set aside, for it was no question of credit.
- `cured`, `false_alarm`: good, where an outcome had told otherwise. What was seen to be past due stays.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from features.calendar import DAY_US
from models.lessons import Correction, Key, Label, Observation, Outcome, Verdict
from models.maturity import BAD_DPD, OUTCOME_WINDOW_DAYS
from models.pieces import Pieces

CHARGE_OFF_DPD: Final = 180
REACH_DAYS: Final = OUTCOME_WINDOW_DAYS + CHARGE_OFF_DPD - BAD_DPD
"""An outcome corrects labels of observations younger than this."""
MARKS: Final = 50_000
"""Labels that can be corrected; the oldest give way."""
KEPT: Final = 1_000
"""Latest corrections that are kept."""
TOLD: Final = ("outcome", "corrected")
"""Why labels were given that an outcome gave."""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """An observation with its label. weight: as how many lessons it was learned; 0: it was not."""

    observation: Observation
    label: Label
    weight: float = 0.0

    @property
    def taught(self) -> int | None:
        """The label as it was learned; None: it was not."""
        return (
            None if self.weight == 0.0 or self.label.label == "set_aside" else int(self.label.label == "bad")
        )


class GradebookState(msgspec.Struct, frozen=True):
    """Everything that a gradebook holds, oldest first."""

    marks: list[Mark]
    corrections: list[Correction]


class Gradebook:
    """Labels given, by cardholder."""

    def __init__(self, limit: int = MARKS) -> None:
        self._limit = limit
        self.marks: Pieces[Key] = Pieces(Key)
        self._of: dict[str, list[Key]] = {}
        self.corrections: deque[Correction] = deque(maxlen=KEPT)

    def __len__(self) -> int:
        return len(self.marks)

    def enter(self, observation: Observation, label: Label, weight: float = 0.0) -> None:
        """Note a label as it is given."""
        key = observation.key
        if key not in self.marks:
            self._of.setdefault(key[0], []).append(key)
        self._put(Mark(observation, label, weight))
        if len(self.marks) > self._limit:
            self._forget(self.marks.oldest())

    def weigh(self, key: Key, weight: float) -> None:
        """Note as how many lessons a label that was entered is learned."""
        mark = self._mark(key)
        self._put(msgspec.structs.replace(mark, weight=weight))

    def correct(self, outcome: Outcome) -> list[tuple[Mark, Mark]]:
        """The marks that an outcome changes: as they were, as they are. Told again, it changes nothing."""
        changed = []
        for key in list(self._of.get(outcome.cardholder_id, ())):
            mark = self._mark(key)
            if outcome.at_us - mark.observation.occurred_at_us >= REACH_DAYS * DAY_US:
                self._forget(key)
                continue
            verdict = revised(mark.label, outcome)
            if verdict == mark.label.label:
                continue
            label = Label(*key, verdict, outcome.at_us, "corrected")
            now = msgspec.structs.replace(mark, label=label)
            self._put(now)
            self.corrections.append(
                Correction(
                    key, mark.label.label, verdict, outcome.what, outcome.at_us, mark.observation.model_pd
                )
            )
            changed.append((mark, now))
        return changed

    def to_state(self, *, whole: bool = True) -> GradebookState:
        """For `resume`; or what is not in pieces: who fills `marks` from those calls `sort_out` then."""
        return GradebookState([*map(self._mark, self.marks)] if whole else [], list(self.corrections))

    def sort_out(self) -> None:
        """Tell by cardholder what is held."""
        self._of = {}
        for key in self.marks:
            self._of.setdefault(key[0], []).append(key)

    def resume(self, state: GradebookState) -> None:
        """Go on from `to_state`."""
        self.marks, self._of = Pieces(Key), {}
        for mark in state.marks:
            self.enter(mark.observation, mark.label, mark.weight)
        self.corrections = deque(state.corrections, maxlen=KEPT)

    def _put(self, mark: Mark) -> None:
        self.marks.put(mark.observation.key, msgspec.msgpack.encode(mark))

    def _mark(self, key: Key) -> Mark:
        return msgspec.msgpack.decode(self.marks[key], type=Mark)

    def _forget(self, key: Key) -> None:
        self.marks.pop(key)
        self._of[key[0]].remove(key)
        if not self._of[key[0]]:
            del self._of[key[0]]


def revised(label: Label, outcome: Outcome) -> Verdict:
    """What a label is after an outcome; an outcome older than the one that gave the label changes nothing."""
    told = label.because in TOLD
    if told and outcome.at_us <= label.matured_us:
        return label.label
    if outcome.what == "charged_off":
        return "bad"
    if outcome.what == "fraud_confirmed":
        return "set_aside"
    return "good" if told else label.label
