"""One model under watch: stable, watch or unstable, and why."""

from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.monitoring.loss import LossWatch
from models.monitoring.psi import UNSTABLE, WATCH
from models.monitoring.stability import GROWING, Score, indices

State = Literal["stable", "watch", "unstable"]
HOLD: Final = 2_000
"""Matured labels that an alarm of the loss keeps the model unstable for."""
JUDGED_EVERY: Final = 500
"""Rows seen between two looks at the population."""

_WORDS: Final = {
    "loss": "the loss of matured labels rose",
    "worse": "more turned out bad than predicted",
    "better": "fewer turned out bad than predicted",
}


class MonitorState(msgspec.Struct, frozen=True):
    """Everything a monitor holds. loss: as LossWatch.state. alarm: label at which it rose, and which."""

    loss: list[list[float]]
    indices: dict[str, float]
    labels: int
    rows: int
    alarm: tuple[int, str] | None


class Monitor:
    """Takes what is seen and what matured; the same in the same order gives the same states.

    names: of the k features.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.loss = LossWatch()
        self.indices: dict[str, float] = {}
        """PSI by feature, and `score`."""
        self.labels = self.rows = 0
        self._alarm: tuple[int, str] | None = None
        self._worst = 0.0
        """Of the indices that tell of the population, the highest."""

    def seen(self) -> bool:
        """Count a row that was scored; whether it is time for `judge`."""
        self.rows += 1
        return self.rows % JUDGED_EVERY == 0

    def judge(self, taught: NDArray[np.float64], seen: NDArray[np.float64], score: Score) -> State:
        """Hold the latest rows seen[n, k] against those it was made on, taught[m, k]; the state now."""
        self._take(indices(self.names, taught, seen, score))
        return self.state

    def _take(self, found: dict[str, float]) -> None:
        self.indices = found
        self._worst = max((value for name, value in found.items() if name not in GROWING), default=0.0)

    def matured(self, pd: float, label: int, share: float = 1.0) -> State:
        """Take a label with the probability that was given before it was known; the state now.

        share: as how many independent labels it counts (models.monitoring.population).
        """
        self.labels += 1
        raised = self.loss.take(pd, label, share)
        if raised:
            self._alarm = self.labels, raised
        return self.state

    @property
    def state(self) -> State:
        if self._worst >= UNSTABLE or self._alarmed:
            return "unstable"
        return "watch" if self._worst >= WATCH else "stable"

    @property
    def because(self) -> tuple[str, ...]:
        """The reasons of the state, worst first."""
        reasons = []
        if self._alarm is not None and self._alarmed:
            reasons.append(f"{_WORDS[self._alarm[1]]} (at label {self._alarm[0]})")
        moved = sorted(self.indices.items(), key=lambda item: (-item[1], item[0]))
        reasons += [
            f"PSI of {name} is {value:.2f}" for name, value in moved if value >= WATCH and name not in GROWING
        ]
        return tuple(reasons)

    @property
    def _alarmed(self) -> bool:
        return self._alarm is not None and self.labels - self._alarm[0] < HOLD

    def to_state(self) -> MonitorState:
        """For `resume`."""
        return MonitorState(
            self.loss.state().tolist(), dict(self.indices), self.labels, self.rows, self._alarm
        )

    def resume(self, state: MonitorState) -> None:
        """Go on from `to_state`."""
        self.loss.resume(np.array(state.loss, np.float64))
        self._take(dict(state.indices))
        self.labels, self.rows, self._alarm = state.labels, state.rows, state.alarm
