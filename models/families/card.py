"""The learner of every family over binned evidence: bins, evidence, the family's core, calibration.

The first lessons are kept. After FIRST of them, and whenever their number has doubled up to LAST, bins are
drawn
from all of them, evidence is counted anew and the core learns them all again: early on every lesson is dear,
and
the first few cannot tell where quantiles lie. From LAST on bins stay (points keep their meaning, stability
has a fixed measure) and lessons are dropped once learned. Evidence is weighed anew every REFRESH lessons.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from models.bins import FINE, Bins, bins_of, index_of
from models.evidence import Evidence
from models.families.core import Core
from models.families.discriminant import DiscriminantCore
from models.families.forest import ForestCore, TreeCore
from models.families.generalised import FirstOrderCore, LinearCoreOfProbability, ProbitCore
from models.families.packed import Packed
from models.families.scorecard import ScorecardCore
from models.families.scoring import FIRST, rate_of
from models.families.snapshot import CardSnapshot, Categories
from models.links import Calibration, calibrated, log_odds_of

LAST: Final = 1_600
COVERED: Final = 25
"""Lessons a bin should hold at least."""
_FEWEST: Final = 5
REFRESH: Final = 100
MEMORY: Final = 100_000.0
"""Lessons after which an old one counts half, in evidence and discriminant analysis."""
_NOTHING: Final = 1e-9
"""As how many an early lesson counts that was taken back; its place stays."""
_BEGINNING: Final = 0.05
"""Bads that a core is started with, of one lesson."""

CORES: Final[dict[str, type[Core]]] = {
    "scorecard": ScorecardCore,
    "linear": LinearCoreOfProbability,
    "probit": ProbitCore,
    "lda": DiscriminantCore,
    "first_order": FirstOrderCore,
    "tree": TreeCore,
    "forest": ForestCore,
}


class CardLearner:
    """Learns matured labels one by one; predicts the probability of a bad one.

    kind: the family. feature_names: the k names of the vectors it is given, distinct; categories: those that
    hold codes 0, 1, 2, … in no order, and what each code stands for if that is known. bins: shared with other
    models; drawn from the lessons if None. bad_weight: as how many lessons a bad one teaches; calibration
    sees every label once, so probabilities stay those of the book. memory: lessons after which an old one
    counts half.
    """

    def __init__(
        self,
        kind: str,
        feature_names: Sequence[str],
        *,
        model_id: str | None = None,
        target: str = "default",
        categories: Categories = (),
        bins: Bins | None = None,
        bad_weight: float = 1.0,
        memory: float = MEMORY,
    ) -> None:
        self.feature_names = tuple(feature_names)
        if not self.feature_names or len(set(self.feature_names)) != len(self.feature_names):
            raise ValueError("a model needs feature names, and distinct ones")
        if kind not in CORES:
            raise ValueError(f"there is no family {kind!r}; there are {', '.join(CORES)}")
        if bins is not None and len(bins.edges) != len(self.feature_names):
            raise ValueError(f"bins of {len(bins.edges)} features for {len(self.feature_names)} names")
        self.kind, self.target, self.model_id = kind, target, model_id or f"{target}-{kind}"
        self.categories = index_of(self.feature_names, categories)
        self.category_names = dict(categories) if isinstance(categories, Mapping) else {}
        self.bad_weight, self.memory = bad_weight, memory
        self.lessons = 0
        self.goods = self.bads = 0.0
        self.bins: Bins | None = None
        self._given = bins
        k = len(self.feature_names)
        self.core = CORES[kind](k)
        self._free = np.array([j in self.categories for j in range(k)])
        self.evidence = Evidence(k, self._free, memory)
        self.calibration = Calibration(bends=self.core.bends)
        self._edges = np.zeros((k, 0))
        self._early: list[NDArray[np.float64]] = []

    def learn(self, x: NDArray[np.float64], label: int, weight: float = 1.0) -> None:
        """Learn one lesson: raw features float64[k] (NaN: unknown), label 1 (bad) or 0 (good).

        weight: as how many cardholders it counts; more for the control group (docs/models.md).
        """
        self._check(x)
        if label not in {0, 1}:
            raise ValueError(f"a label is 1 (bad) or 0 (good), not {label!r}")
        if not 0.0 < weight < np.inf:
            raise ValueError(f"a lesson counts as a positive number of lessons, not {weight!r}")
        if self.bins is not None:
            bins = bins_of(np.ascontiguousarray(x, np.float64), self._edges)
            self.calibration.learn(self._log_odds(bins), label, weight)
            self.evidence.count(bins, label, weight)
            self._teach(bins, label, weight)
        self.lessons += 1
        self._count(label, weight)
        if self.lessons <= LAST:
            self._early.append(np.append(x, (float(label), weight)))
        if self.lessons in _DRAWN:
            self._draw()
        elif self.bins is not None and self.lessons % REFRESH == 0:
            self.evidence.refresh(REFRESH)
            self.core.refresh(0.5 ** (REFRESH / self.memory))

    def correct(self, x: NDArray[np.float64], was: int, now: int | None, weight: float = 1.0) -> None:
        """Put right a lesson learned with the label `was`; now None: it ought not to have been learned.

        Counts are taken back exactly, of what is left of them by now; the core does what it can. The curve of
        calibration stays: it holds the core's word against labels, and both were wrong alike.
        """
        self._check(x)
        if now == was:
            return
        for row in self._early:
            if row[-2] == was and row[-1] == weight and np.array_equal(row[:-2], x, equal_nan=True):
                row[-2:] = (was if now is None else now), (_NOTHING if now is None else weight)
                break
        self._count(was, -weight)
        if now is not None:
            self._count(now, weight)
        if self.bins is None:
            return
        bins = bins_of(np.ascontiguousarray(x, np.float64), self._edges)
        given = 0.0 if now is None else self._counts(now, weight)
        self.core.correct(bins, self.evidence.inputs(bins), was, now, self._counts(was, weight), given)
        if now is not None:
            self.evidence.count(bins, now, weight)
        self.evidence.count(bins, was, -weight)

    def _count(self, label: int, weight: float) -> None:
        if label:
            self.bads = max(0.0, self.bads + weight)
        else:
            self.goods = max(0.0, self.goods + weight)

    def predict(self, x: NDArray[np.float64]) -> float:
        """The probability of a bad label, of raw features float64[k] (NaN: unknown)."""
        self._check(x)
        if self.bins is None:
            return self.rate
        bins = bins_of(np.ascontiguousarray(x, np.float64), self._edges)
        return float(calibrated(self._log_odds(bins), self.calibration.curve))

    @property
    def rate(self) -> float:
        """The share of bads so far, drawn towards what is expected of any book."""
        return rate_of(self.bads, self.goods)

    def snapshot(self, metrics: Mapping[str, float | None] | None = None) -> CardSnapshot:
        """The learner as it is now; what is learned later does not change it."""
        return CardSnapshot(
            kind=self.kind,
            model_id=self.model_id,
            version=self.lessons,
            target=self.target,
            feature_names=self.feature_names,
            categories=tuple(self.feature_names[j] for j in sorted(self.categories)),
            category_names=self.category_names,
            memory=self.memory,
            bad_weight=self.bad_weight,
            lessons=self.lessons,
            goods=self.goods,
            bads=self.bads,
            shared=self._given is not None,
            bins=self.bins or self._given,
            core={name: Packed.of(array) for name, array in self.core.arrays().items()},
            goods_by_bin=Packed.of(self.evidence.goods),
            bads_by_bin=Packed.of(self.evidence.bads),
            woe=Packed.of(self.evidence.woe),
            iv=Packed.of(self.evidence.iv),
            calibration=Packed.of(self.calibration.curve),
            calibration_covariance=Packed.of(self.calibration.covariance),
            early=Packed.of(np.array(self._early)) if self._early else None,
            metrics=dict(metrics or {}),
        )

    @classmethod
    def from_snapshot(cls, snapshot: CardSnapshot) -> Self:
        """A learner that goes on from here exactly as the one that made the snapshot."""
        learner = cls(
            snapshot.kind,
            snapshot.feature_names,
            model_id=snapshot.model_id,
            target=snapshot.target,
            categories=snapshot.named_categories,
            bins=snapshot.bins if snapshot.shared else None,
            bad_weight=snapshot.bad_weight,
            memory=snapshot.memory,
        )
        learner.lessons, learner.goods, learner.bads = snapshot.lessons, snapshot.goods, snapshot.bads
        learner.core.load({name: packed.array() for name, packed in snapshot.core.items()})
        learner.evidence.goods = snapshot.goods_by_bin.array()
        learner.evidence.bads = snapshot.bads_by_bin.array()
        learner.evidence.woe, learner.evidence.iv = snapshot.woe.array(), snapshot.iv.array()
        learner.calibration.curve = snapshot.calibration.array()
        learner.calibration.covariance = snapshot.calibration_covariance.array()
        learner._early = [] if snapshot.early is None else list(snapshot.early.array())
        if snapshot.bins is not None and snapshot.lessons >= FIRST:
            learner._use(snapshot.bins)
        return learner

    def _log_odds(self, bins: NDArray[np.int64]) -> float:
        return float(log_odds_of(self.core.margin(bins, self.evidence.inputs(bins)), self.core.link))

    def _teach(self, bins: NDArray[np.int64], label: int, weight: float) -> None:
        self.core.learn(bins, self.evidence.inputs(bins), label, self._counts(label, weight))

    def _counts(self, label: int, weight: float) -> float:
        """As how many lessons the core learns it."""
        return weight * self.bad_weight if label else weight

    def _use(self, bins: Bins) -> None:
        self.bins, self._edges = bins, bins.array()

    def _draw(self) -> None:
        """Draw bins from all lessons so far, and learn them all again."""
        lessons = np.array(self._early)
        k = len(self.feature_names)
        self._use(self._given or Bins.of(lessons[:, :k], self.categories, _most(self.lessons)))
        self.evidence = Evidence(k, self._free, self.memory)
        places = [bins_of(np.ascontiguousarray(row[:k]), self._edges) for row in lessons]
        taught = [(int(label), float(weight)) for label, weight in lessons[:, k:].tolist()]
        for bins, (label, weight) in zip(places, taught, strict=True):
            self.evidence.count(bins, label, weight)
        self.evidence.refresh()
        bads = self.bads * self.bad_weight
        self.core.start((bads + _BEGINNING) / (bads + self.goods + 1.0))
        for bins, (label, weight) in zip(places, taught, strict=True):
            self._teach(bins, label, weight)
        self.core.refresh(1.0)
        self.calibration.doubt()
        if self.lessons >= LAST:
            self._early = []

    def _check(self, x: NDArray[np.float64]) -> None:
        if x.shape != (len(self.feature_names),):
            raise ValueError(
                f"{len(self.feature_names)} features are learned, but the vector has shape {x.shape}"
            )


_DRAWN: Final = frozenset(FIRST << doubled for doubled in range(16) if FIRST << doubled <= LAST)
"""Numbers of lessons at which bins are drawn."""


def _most(lessons: int) -> int:
    """Bins that so many lessons can fill: at least COVERED in each."""
    return min(FINE, max(_FEWEST, lessons // COVERED))
