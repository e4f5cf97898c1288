"""How well default probabilities rank and fit what happened, measured before the labels were learned."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def auc(pds: NDArray[np.float64], bad: NDArray[np.bool_]) -> float | None:
    """Area under the ROC curve, exact: P(pd of a bad > pd of a good) + ½ P(equal).

    pds[n], bad[n]. From midranks (Hanley and McNeil, Radiology 143, 1982); None while one class is missing.
    """
    bads = int(bad.sum())
    goods = len(bad) - bads
    if not bads or not goods:
        return None
    _, index, counts = np.unique(pds, return_inverse=True, return_counts=True)
    midranks = np.cumsum(counts) - (counts - 1) / 2.0
    rank_sum = float(midranks[index][bad].sum())
    return (rank_sum - bads * (bads + 1) / 2.0) / (bads * goods)


def ks(pds: NDArray[np.float64], bad: NDArray[np.bool_]) -> float | None:
    """Kolmogorov-Smirnov distance: the largest gap between the cumulative shares of goods and bads.

    pds[n], bad[n]; taken between distinct values only. None while one class is missing.
    """
    bads = int(bad.sum())
    goods = len(bad) - bads
    if not bads or not goods:
        return None
    distinct, index = np.unique(pds, return_inverse=True)
    bads_at = np.bincount(index[bad], minlength=len(distinct))
    goods_at = np.bincount(index[~bad], minlength=len(distinct))
    return float(np.abs(np.cumsum(bads_at) / bads - np.cumsum(goods_at) / goods).max())


def brier(pds: NDArray[np.float64], bad: NDArray[np.bool_]) -> float | None:
    """Mean squared difference between probability and outcome (Brier, 1950); None of nothing."""
    return float(np.mean((pds - bad) ** 2)) if len(pds) else None


def ece(pds: NDArray[np.float64], bad: NDArray[np.bool_], bins: int = 10) -> float | None:
    """Expected calibration error: the mean gap between probability and share of bads, by tenths.

    Of pds[n], bad[n]; each of the bins weighs by its size (Naeini, Cooper and Hauskrecht, AAAI 2015). None
    of nothing.
    """
    if not len(pds):
        return None
    order = np.argsort(pds, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(float(pds[part].mean()) - float(bad[part].mean())) * len(part) for part in parts]
    return sum(gaps) / len(pds)


class Progressive:
    """The latest `window` predictions (all, if None) that were made before their labels were known."""

    def __init__(self, window: int | None = 10_000) -> None:
        if window is not None and window < 1:
            raise ValueError("a window holds at least one prediction")
        self.window = window
        self._pds: list[float] = []
        self._bad: list[bool] = []
        self._next = 0  # place of the oldest, once the window is full

    def add(self, pd: float, label: int) -> None:
        """Take a prediction and its label (1: bad, 0: good)."""
        if self.window is None or len(self._pds) < self.window:
            self._pds.append(pd)
            self._bad.append(bool(label))
            return
        self._pds[self._next] = pd
        self._bad[self._next] = bool(label)
        self._next = (self._next + 1) % self.window

    def correct(self, pd: float, was: int, now: int | None) -> None:
        """Put right the label of a prediction, if it is still in the window; now None: take it out.

        Equal predictions with equal labels are one as good as the other.
        """
        pairs = self.pairs()
        if (pd, was) not in pairs:
            return
        place = pairs.index((pd, was))
        pairs[place : place + 1] = [] if now is None else [(pd, now)]
        self._pds, self._bad, self._next = [], [], 0
        self.extend(pairs)

    @property
    def count(self) -> int:
        return len(self._pds)

    @property
    def bads(self) -> int:
        return sum(self._bad)

    def auc(self) -> float | None:
        return auc(*self._arrays())

    def ks(self) -> float | None:
        return ks(*self._arrays())

    def brier(self) -> float | None:
        return brier(*self._arrays())

    def measured(self) -> dict[str, float | None]:
        """All of them, by name."""
        pds, bad = self._arrays()
        return {
            "auc": auc(pds, bad),
            "ks": ks(pds, bad),
            "brier": brier(pds, bad),
            "ece": ece(pds, bad),
            "count": float(len(pds)),
            "bads": float(bad.sum()),
        }

    def pairs(self) -> list[tuple[float, int]]:
        """(pd, label) of each, oldest first."""
        pds = self._pds[self._next :] + self._pds[: self._next]
        return list(zip(pds, map(int, self._bad[self._next :] + self._bad[: self._next]), strict=True))

    def extend(self, pairs: Iterable[tuple[float, int]]) -> None:
        """Add pairs in their order."""
        for pd, label in pairs:
            self.add(pd, label)

    def _arrays(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return np.array(self._pds, np.float64), np.array(self._bad, np.bool_)
