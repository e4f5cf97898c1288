"""A learner of binned evidence at one moment, as JSON."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, Self, TypeAlias

import msgspec

from models.bins import FINE, WIDTH, Bins
from models.families.packed import Packed
from models.snapshot import MIN_LESSONS, read_snapshot

FORMAT: Final = 1
KINDS: Final = ("scorecard", "linear", "probit", "lda", "first_order", "tree", "forest")


Categories: TypeAlias = Collection[str] | Mapping[str, tuple[str, ...]]
"""Names of features that hold codes; of a mapping also what the codes 0, 1, 2, … stand for."""


class CardSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What a learner knew after `lessons` lessons: enough to score by and to go on from.

    version: the number of lessons. target: what a bad label means. categories: features that hold codes.
    category_names: what the codes 0, 1, 2, … of such a feature stand for, as far as known.
    bad_weight: as how many lessons a bad one was learned; probabilities are right for the unweighted book.
    bads, goods: lessons by label. bins: None until the first FIRST lessons (models.families.card).
    core: the family's arrays. goods_by_bin, bads_by_bin, woe: [k, WIDTH]; iv: [k]. shared: the bins were
    given. calibration: the curve (models.links); calibration_covariance: of its numbers.
    early: the first lessons [n, k + 2] (features, label, weight), kept while bins may still move.
    worst_band_pd: as models.snapshot.Snapshot has it.
    metrics: auc, ks, brier, ece, count, bads of predictions made before their labels were known.
    """

    card_format: int = FORMAT
    kind: str
    model_id: str
    version: int
    target: str
    feature_names: tuple[str, ...]
    categories: tuple[str, ...]
    memory: float
    bad_weight: float
    lessons: int
    goods: float
    bads: float
    shared: bool
    bins: Bins | None
    core: dict[str, Packed]
    goods_by_bin: Packed
    bads_by_bin: Packed
    woe: Packed
    iv: Packed
    calibration: Packed
    calibration_covariance: Packed
    early: Packed | None
    metrics: dict[str, float | None] = {}
    worst_band_pd: float = math.nextafter(1.0, 2.0)
    category_names: dict[str, tuple[str, ...]] = {}

    @property
    def ready(self) -> bool:
        """Whether its scores count (contract 4.2)."""
        return self.lessons >= MIN_LESSONS

    @property
    def named_categories(self) -> Categories:
        """As a learner takes them."""
        if self.category_names.keys() != set(self.categories):
            return self.categories
        return {name: self.category_names[name] for name in self.categories}

    def to_json(self) -> bytes:
        """Floats are written so that they are read back exactly."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, raw: bytes, feature_names: Sequence[str] | None = None) -> Self:
        """Read a snapshot; refuse an unknown format, a broken one, or one for other features."""
        return read_snapshot(raw, cls, "card_format", FORMAT, feature_names)

    def problems(self) -> Iterator[str]:
        """What is inconsistent in it, if anything."""
        k = len(self.feature_names)
        if self.kind not in KINDS:
            yield f"its kind {self.kind!r} is none of {', '.join(KINDS)}"
        for name in ("goods_by_bin", "bads_by_bin", "woe"):
            if getattr(self, name).shape != (k, WIDTH):
                yield f"{name} has the shape {getattr(self, name).shape}, not {(k, WIDTH)}"
        if self.bins is not None:
            if len(self.bins.edges) != k:
                yield f"there are bins of {len(self.bins.edges)} features, not {k}"
            for edges in self.bins.edges:
                rising = all(low < high for low, high in pairwise(edges))
                if len(edges) >= FINE or not rising or not all(map(math.isfinite, edges)):
                    yield "edges do not rise, or there are too many"
