"""One model under watch: stable, watch or unstable, and why."""

from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.bins import Bins
from models.metrics import Progressive, ece
from models.monitoring.loss import LossWatch
from models.monitoring.psi import UNSTABLE, WATCH
from models.monitoring.stability import Stability

State = Literal["stable", "watch", "unstable"]
HOLD: Final = 2_000
"""Matured labels that an alarm of the loss keeps the model unstable for."""


class Health(msgspec.Struct, frozen=True):
    """What the monitor says now.

    because: the reasons of the state, worst first. psi: by feature, and `score`. figures: auc, ks, brier,
    ece, count, bads over the rolling window; None is undefined.
    """

    state: State
    because: tuple[str, ...]
    psi: dict[str, float]
    figures: dict[str, float | None]
    labels: int
    rows: int


class Monitor:
    """Watches the rows a model scores and the labels that mature.

    names, bins: of the features. rows float64[n, k], pds float64[n]: the population it was made on.
    window: latest labels that the figures are measured over.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        bins: Bins,
        rows: NDArray[np.float64],
        pds: NDArray[np.float64],
        *,
        window: int = 10_000,
    ) -> None:
        self.stability = Stability(names, bins, rows, pds)
        self.loss = LossWatch()
        self.progressive = Progressive(window)
        self.labels = self.rows = 0
        self._alarm: tuple[int, str] | None = None

    def scored(self, rows: NDArray[np.float64], pds: NDArray[np.float64]) -> State:
        """Take scored rows[n, k] and their probabilities[n]; the state after them."""
        self.rows += len(rows)
        self.stability.take(rows, pds)
        return self.state

    def matured(self, pd: float, label: int) -> State:
        """Take a label with the probability that was given before it was known; the state after it."""
        self.labels += 1
        self.progressive.add(pd, label)
        raised = self.loss.take(pd, label)
        if raised:
            self._alarm = self.labels, raised
        return self.state

    @property
    def state(self) -> State:
        worst = max(self.stability.indices.values(), default=0.0)
        if worst >= UNSTABLE or self._alarmed:
            return "unstable"
        return "watch" if worst >= WATCH else "stable"

    def health(self) -> Health:
        """The state with its reasons and figures."""
        pairs = self.progressive.pairs()
        pds, bad = np.array([pd for pd, _ in pairs]), np.array([bool(label) for _, label in pairs])
        figures = {**self.progressive.measured(), "ece": ece(pds, bad)}
        return Health(
            self.state, tuple(self._because()), dict(self.stability.indices), figures, self.labels, self.rows
        )

    @property
    def _alarmed(self) -> bool:
        return self._alarm is not None and self.labels - self._alarm[0] < HOLD

    def _because(self) -> list[str]:
        words = {
            "loss": "the loss of matured labels rose",
            "worse": "more turned out bad than predicted",
            "better": "fewer turned out bad than predicted",
        }
        reasons = []
        if self._alarm is not None and self._alarmed:
            reasons.append(f"{words[self._alarm[1]]} (at label {self._alarm[0]})")
        moved = sorted(self.stability.indices.items(), key=lambda item: -item[1])
        reasons += [f"PSI of {name} is {value:.2f}" for name, value in moved if value >= WATCH]
        return reasons
