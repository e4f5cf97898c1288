"""Hoeffding trees: one whose paths become rules, and a bag of them that replaces those that lag behind.

River's HoeffdingTreeClassifier (Hulten, Spencer and Domingos, KDD 2001) grows them over bins. Each tree of a
forest sees a fixed part of the features (Ho, PAMI 20, 1998) and each lesson as often as a Poisson number says
(Oza and Russell, AISTATS 2001). A tree whose log loss rises (Page-Hinkley) is replaced by a new one (after
Gomes
and others, Adaptive random forests, Machine Learning 106, 2017). What looks like chance is a hash of lesson
and tree: the same lessons grow the same trees, after a restart too.
"""

import math
from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from river.tree import HoeffdingTreeClassifier

from models.families.core import Arrays, Core
from models.families.scoring import LOWEST_SHARE
from models.families.splitter import BinSplitter
from models.families.treestate import into, to_arrays
from models.monitoring.pagehinkley import PageHinkley

_MASK: Final = (1 << 64) - 1
_NEVER: Final = 10**15


def uniform(*numbers: int) -> float:
    """A number in 0..1 that looks drawn and hangs on these numbers alone (finaliser of MurmurHash3)."""
    mixed = 0x9E3779B97F4A7C15
    for number in numbers:
        mixed = (mixed ^ number) * 0xFF51AFD7ED558CCD & _MASK
        mixed ^= mixed >> 33
        mixed = mixed * 0xC4CEB9FE1A85EC53 & _MASK
        mixed ^= mixed >> 33
    return float(mixed >> 11) / float(1 << 53)


def poisson(mean: float, u: float) -> int:
    """The Poisson number of a uniform u, by inversion."""
    count, term = 0, math.exp(-mean)
    total = term
    while u > total and count < 10 * mean:
        count += 1
        term *= mean / count
        total += term
    return count


class ForestCore(Core):
    """Trees whose shares of bads are averaged; the margin is the log-odds of the average."""

    trees: ClassVar[int] = 10
    share: ClassVar[float] = 0.5
    """Of the features, in each tree."""
    often: ClassVar[float] = 3.0
    """Mean number of times a tree sees a lesson; 0: once, exactly."""
    grace: ClassVar[int] = 200
    """Weight a leaf takes before it tries to split."""
    delta: ClassVar[float] = 1e-4
    """Chance of a wrong split (Hoeffding's bound)."""
    depth: ClassVar[int] = 10

    def __init__(self, k: int) -> None:
        super().__init__(k)
        self._seen = 0
        self._columns = [self.features(number) for number in range(self.trees)]
        self._grown = [self._tree() for _ in range(self.trees)]
        self._watch = [self._detector() for _ in range(self.trees)]

    def features(self, tree: int) -> list[int]:
        """The columns a tree sees."""
        chosen = [j for j in range(self.k) if uniform(tree, j) < self.share]
        return chosen or [tree % self.k]

    def start(self, rate: float) -> None:  # noqa: ARG002 - a leaf knows its own rate
        self.__init__(self.k)  # type: ignore[misc]  # as new

    def learn(self, bins: NDArray[np.int64], woes: NDArray[np.float64], label: int, weight: float) -> None:  # noqa: ARG002
        places = bins.tolist()
        for number, tree in enumerate(self._grown):
            seen = {j: places[j] for j in self._columns[number]}
            if self.trees > 1:
                share = min(max(_share(tree, seen), LOWEST_SHARE), 1.0 - LOWEST_SHARE)
                if self._watch[number].take(-math.log(share if label else 1.0 - share)):
                    self._grown[number] = self._tree()
                    self._watch[number].reset()
                    tree = self._grown[number]  # noqa: PLW2901 - the new one learns the lesson
            times = poisson(self.often, uniform(self._seen, number, 7)) if self.often else 1
            if times:
                tree.learn_one(seen, bool(label), w=times * weight)
        self._seen += 1

    def margin(self, bins: NDArray[np.int64], woes: NDArray[np.float64]) -> float:  # noqa: ARG002
        places = bins.tolist()
        total = 0.0
        for number, tree in enumerate(self._grown):
            total += _share(tree, {j: places[j] for j in self._columns[number]})
        share = min(max(total / self.trees, LOWEST_SHARE), 1.0 - LOWEST_SHARE)
        return math.log(share / (1.0 - share))

    def arrays(self) -> Arrays:
        out: Arrays = {"seen": np.array([float(self._seen)])}
        for number, tree in enumerate(self._grown):
            nodes, counts = to_arrays(tree, self._columns[number])
            out[f"nodes.{number}"], out[f"counts.{number}"] = nodes, counts
            out[f"watch.{number}"] = self._watch[number].state()
        return out

    def load(self, arrays: Mapping[str, NDArray[np.float64]]) -> None:
        self._seen = int(arrays["seen"][0])
        for number in range(self.trees):
            self._grown[number] = self._tree()
            into(
                self._grown[number],
                self._columns[number],
                arrays[f"nodes.{number}"],
                arrays[f"counts.{number}"],
            )
            self._watch[number] = self._detector().resume(arrays[f"watch.{number}"])

    def _tree(self) -> HoeffdingTreeClassifier:
        return HoeffdingTreeClassifier(
            grace_period=self.grace,
            delta=self.delta,
            leaf_prediction="mc",
            splitter=BinSplitter(),
            max_depth=self.depth,
            memory_estimate_period=_NEVER,
        )

    def _detector(self) -> PageHinkley:
        return PageHinkley(slack=0.01, limit=60.0, warm=500)


class TreeCore(ForestCore):
    """One shallow tree over all features: readable."""

    trees: ClassVar[int] = 1
    share: ClassVar[float] = 1.1
    often: ClassVar[float] = 0.0
    grace: ClassVar[int] = 100
    delta: ClassVar[float] = 1e-3
    depth: ClassVar[int] = 6


def _share(tree: HoeffdingTreeClassifier, seen: dict[int, int]) -> float:
    return float(tree.predict_proba_one(seen).get(True, 0.0))
