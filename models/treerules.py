"""From the paths of a tree to business rules: bad leaves as conditions over raw features.

A leaf deeper than asked for is told by its ancestor at that depth. A path that needs a value to be unknown,
or that reads a category, cannot be said in a rule's language and is left out; one that also takes the unknown
(`at most`) becomes a rule that is insufficient there, which is the safe side.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.families.blend import BlendSnapshot
from models.families.card import CORES
from models.families.forest import ForestCore
from models.families.scoring import NODE
from models.families.snapshot import CardSnapshot
from models.snapshot import Snapshot

LEAST_CASES: Final = 50.0


class Bound(msgspec.Struct, frozen=True):
    """A feature above `above` and at most `upto`, in its raw unit; None: open."""

    feature: str
    above: float | None
    upto: float | None


class Leaf(msgspec.Struct, frozen=True):
    """A path to cardholders that turned out bad more often than the book.

    cases, bads: learned there. share: of all lessons. rate: of bads. lift: rate over the book's. tree: from
    0.
    """

    bounds: tuple[Bound, ...]
    tree: int
    cases: int
    bads: int
    share: float
    rate: float
    lift: float

    @property
    def when(self) -> str:
        """As a condition of a rulebook."""
        terms = []
        for bound in self.bounds:
            if bound.above is not None:
                terms.append(f"{bound.feature} > {_number(bound.above)}")
            if bound.upto is not None:
                terms.append(f"{bound.feature} <= {_number(bound.upto)}")
        return " and ".join(terms)


def _number(value: float) -> str:
    """A number as a rule may write it: exact, without an exponent."""
    return np.format_float_positional(value, trim="-")


def bad_leaves(
    snapshot: CardSnapshot | BlendSnapshot | Snapshot,
    *,
    max_depth: int = 4,
    min_lift: float = 2.0,
    min_cases: float = LEAST_CASES,
) -> list[Leaf]:
    """The bad leaves of a tree or of a forest's trees, worst first; each set of conditions once.

    ValueError for a model without trees, or one that has learned too little.
    """
    if isinstance(snapshot, BlendSnapshot):
        snapshot = next(card for card in snapshot.cards if card.kind == "forest")
    if isinstance(snapshot, Snapshot) or not issubclass(CORES[snapshot.kind], ForestCore):
        raise ValueError(  # noqa: TRY004 - as for a model that has learned too little
            f"{snapshot.model_id} has no tree whose paths could become rules"
        )
    if snapshot.bins is None:
        raise ValueError(f"{snapshot.model_id} has learned too little to have a tree")
    found: dict[str, Leaf] = {}
    number = 0
    while f"nodes.{number}" in snapshot.core:
        nodes = snapshot.core[f"nodes.{number}"].array().reshape(-1, NODE)
        for leaf in _Walk(snapshot, nodes, number, max_depth).leaves():
            if leaf.lift >= min_lift and leaf.cases >= min_cases and leaf.bounds:
                found.setdefault(leaf.when, leaf)
        number += 1
    return sorted(found.values(), key=lambda leaf: (-leaf.lift, leaf.when))


class _Walk:
    """Down one tree."""

    def __init__(self, snapshot: CardSnapshot, nodes: NDArray[np.float64], tree: int, depth: int) -> None:
        assert snapshot.bins is not None, "the caller looked"
        self._names, self._edges = snapshot.feature_names, snapshot.bins.edges
        self._codes = {self._names.index(name) for name in snapshot.categories}
        self._nodes, self._tree, self._depth = nodes, tree, depth
        core = CORES[snapshot.kind]
        assert issubclass(core, ForestCore), "the caller looked"
        self._times = core.often or 1.0
        self._book = snapshot.bads / max(snapshot.bads + snapshot.goods, 1.0)
        self._counts = np.zeros((len(nodes), 2))
        for place in range(len(nodes) - 1, -1, -1):  # children come after their parent
            if nodes[place, 0] < 0.0:
                self._counts[place] = nodes[place, 4:6]
            else:
                left, right = int(nodes[place, 2]), int(nodes[place, 3])
                self._counts[place] = self._counts[left] + self._counts[right]

    def leaves(self) -> Iterator[Leaf]:
        """All that can be said as rules."""
        if len(self._nodes):
            yield from self._below(0, {}, 0)

    def _below(self, place: int, bins: dict[int, tuple[int, int]], depth: int) -> Iterator[Leaf]:
        """bins: by feature, the lowest and the highest bin on the path."""
        feature = int(self._nodes[place, 0])
        if feature < 0 or depth >= self._depth:
            leaf = self._leaf(place, bins)
            if leaf is not None:
                yield leaf
            return
        cut = int(self._nodes[place, 1])
        low, high = bins.get(feature, (0, len(self._edges[feature]) + 1))
        yield from self._below(int(self._nodes[place, 2]), bins | {feature: (low, min(high, cut))}, depth + 1)
        yield from self._below(
            int(self._nodes[place, 3]), bins | {feature: (max(low, cut + 1), high)}, depth + 1
        )

    def _leaf(self, place: int, bins: dict[int, tuple[int, int]]) -> Leaf | None:
        bounds = []
        for feature, (low, high) in sorted(bins.items()):
            edges = self._edges[feature]
            above = edges[low - 2] if low >= 2 else None
            upto = edges[high - 1] if 1 <= high <= len(edges) else None
            if high == 0 or feature in self._codes:
                return None
            if above is None and upto is None:
                if low == 1:
                    return None  # known, whatever it is: a rule cannot say only that
                continue
            bounds.append(Bound(self._names[feature], above, upto))
        goods, bads = (self._counts[place] / self._times).tolist()
        root = float(self._counts[0].sum()) / self._times
        cases = goods + bads
        if not cases or not self._book:
            return None
        rate = bads / cases
        return Leaf(
            tuple(bounds), self._tree, round(cases), round(bads), cases / root, rate, rate / self._book
        )
