"""A scorecard as a credit officer knows it: points by attribute, reason codes, bands.

Points scale the log-odds of good (Siddiqi, Credit Risk Scorecards, 2006, ch. 6): 600 at 50:1, 20 double them.
With log-odds of bad c + Σ s · w[j] · woe[j] (s: the slope of calibration), feature j in bin b is given

    offset / k - factor · (c / k + s · w[j] · woe[j, b])

and the exact sum over the features is the score's points. A reason code is the feature that loses most points
against its best bin.
"""

import itertools
import math
import textwrap
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.bins import bins_of
from models.families.snapshot import CardSnapshot
from models.links import LOWEST_SLOPE

OFFSET: Final = 487.123
FACTOR: Final = 28.8539
REASONS: Final = 4
"""Reason codes told of one score, at most (the number lenders are used to)."""


class Attribute(msgspec.Struct, frozen=True):
    """One row of the table. above, upto: the raw values it covers, (above, upto]; None: open, or unknown."""

    feature: str
    words: str
    above: float | None
    upto: float | None
    unknown: bool
    share: float
    bad_rate: float | None
    woe: float
    points: float


class Reason(msgspec.Struct, frozen=True):
    """A feature that cost points against its best attribute."""

    feature: str
    lost: float
    words: str


class Points:
    """The points of a scorecard snapshot: table float64[k, WIDTH], exact. Refused for other families."""

    def __init__(self, snapshot: CardSnapshot) -> None:
        if snapshot.kind != "scorecard":
            raise ValueError(f"points are the output of a scorecard, not of the family {snapshot.kind}")
        if snapshot.bins is None:
            raise ValueError("the scorecard has learned too little to have bins")
        self.snapshot = snapshot
        self.bins = snapshot.bins
        weights, woe = snapshot.core["weights"].array(), snapshot.woe.array()
        curve = snapshot.calibration.array()
        k = len(snapshot.feature_names)
        slope = max(float(curve[1]), LOWEST_SLOPE)
        constant = curve[0] + slope * weights[-1]
        each = OFFSET / k - FACTOR * constant / k
        self.table: NDArray[np.float64] = each - FACTOR * slope * weights[:-1, None] * woe
        self.iv = snapshot.iv.array()
        self._goods, self._bads = snapshot.goods_by_bin.array(), snapshot.bads_by_bin.array()
        self._edges = self.bins.array()
        self._is_code = [name in snapshot.categories for name in snapshot.feature_names]
        self._filled = (self._goods + self._bads) > 0.0
        taken = [row[f] if f.any() else row[:1] for row, f in zip(self.table, self._filled, strict=True)]
        self.best = np.array([row.max() for row in taken])
        self.worst = np.array([row.min() for row in taken])
        """Of each feature, among the attributes that lessons had."""

    def of(self, row: NDArray[np.float64]) -> float:
        """The exact points of a raw row float64[k]."""
        return float(self._taken(row).sum())

    def reasons(self, row: NDArray[np.float64], most: int = REASONS) -> tuple[Reason, ...]:
        """The features that lose points against their best attribute, worst first."""
        taken = self._taken(row)
        lost = self.best - taken
        order = sorted(range(len(lost)), key=lambda j: (-lost[j], j))[:most]
        places = bins_of(np.ascontiguousarray(row, np.float64), self._edges)
        return tuple(
            Reason(
                self.snapshot.feature_names[j], float(lost[j]), self._words(j, int(places[j]), int(places[j]))
            )
            for j in order
            if lost[j] > 1e-9
        )

    def attributes(self) -> list[Attribute]:
        """The table: features by information value, bins of equal points joined, unknown last."""
        order = sorted(range(len(self.iv)), key=lambda j: (-self.iv[j], j))
        return [attribute for j in order for attribute in self._attributes(j)]

    def _attributes(self, j: int) -> list[Attribute]:
        last = len(self.bins.edges[j]) + 1
        if self._is_code[j]:
            last = max(np.flatnonzero(self._filled[j]).tolist(), default=0)
        spans: list[tuple[int, int]] = []
        for b in range(1, last + 1):
            if spans and math.isclose(self.table[j, spans[-1][1]], self.table[j, b], abs_tol=1e-9):
                spans[-1] = spans[-1][0], b
            else:
                spans.append((b, b))
        if self._filled[j, 0]:
            spans.append((0, 0))
        return [self._attribute(j, first, final) for first, final in spans]

    def _attribute(self, j: int, first: int, final: int) -> Attribute:
        goods, bads = self._goods[j, first : final + 1].sum(), self._bads[j, first : final + 1].sum()
        total = self._goods[j].sum() + self._bads[j].sum()
        edges = self.bins.edges[j]
        return Attribute(
            feature=self.snapshot.feature_names[j],
            words=self._words(j, first, final),
            above=edges[first - 2] if first >= 2 else None,
            upto=edges[final - 1] if 1 <= final <= len(edges) else None,
            unknown=final == 0,
            share=float((goods + bads) / total) if total else 0.0,
            bad_rate=float(bads / (goods + bads)) if goods + bads else None,
            woe=float(self.snapshot.woe.array()[j, final]),
            points=float(self.table[j, final]),
        )

    def _words(self, j: int, first: int, final: int) -> str:
        edges = self.bins.edges[j]
        if final == 0:
            return "unknown"
        if not edges:
            return "any known value"
        if self._is_code[j]:
            known = self.snapshot.category_names.get(self.snapshot.feature_names[j], ())
            codes = range(first - 1, final)
            return ", ".join(known[code] if code < len(known) else f"code {code}" for code in codes)
        if first == 1:
            return f"up to {edges[final - 1]:.6g}" if final <= len(edges) else "any known value"
        if final > len(edges):
            return f"above {edges[first - 2]:.6g}"
        return f"above {edges[first - 2]:.6g}, up to {edges[final - 1]:.6g}"

    def _taken(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        places = bins_of(np.ascontiguousarray(row, np.float64), self._edges)
        taken: NDArray[np.float64] = self.table[np.arange(len(places)), places]
        return taken


class Band(msgspec.Struct, frozen=True):
    """A range of points [from_points, to_points), its cardholders and how many turned out bad."""

    from_points: int
    to_points: int
    count: int
    bads: int

    @property
    def bad_rate(self) -> float | None:
        return self.bads / self.count if self.count else None


def bands(points: NDArray[np.float64], bad: NDArray[np.bool_], width: int = 20) -> list[Band]:
    """Bands of `width` points over points[n] and bad[n], lowest first; by 20 the odds double."""
    if not len(points):
        return []
    place = np.floor(points / width).astype(np.int64)
    return [
        Band(int(p) * width, (int(p) + 1) * width, int((place == p).sum()), int(bad[place == p].sum()))
        for p in range(int(place.min()), int(place.max()) + 1)
    ]


_WORDS: Final = 34
"""Characters of an attribute on one line."""


def as_text(attributes: Sequence[Attribute], *, most: int | None = None) -> str:
    """The table in fixed columns, features apart; `most`: features shown."""
    names = list(dict.fromkeys(one.feature for one in attributes))[:most]
    lines = [f"{'feature':<24} {'attribute':<{_WORDS}} {'share':>6} {'bad':>6} {'woe':>7} {'points':>7}"]
    for name in names:
        lines.append("")
        for number, one in enumerate(one for one in attributes if one.feature == name):
            rate = "-" if one.bad_rate is None else f"{one.bad_rate:.1%}"
            *above, last = textwrap.wrap(one.words, _WORDS)
            shown = [f"{word:<{_WORDS}}" for word in (*above, last)]
            shown[-1] += f" {one.share:>6.1%} {rate:>6} {one.woe:>7.3f} {one.points:>7.1f}"
            label = "" if number else name
            lines += [f"{'' if line else label:<24} {word}".rstrip() for line, word in enumerate(shown)]
    return "\n".join(lines)


def scale_as_text(points: Points, width: int = 20) -> str:
    """What the sum means: bands of `width` points within reach of the card, with the bad rates expected."""
    lowest, highest = (float(one.sum()) for one in (points.worst, points.best))
    reach = f"over all {len(points.iv)} features: {lowest:.0f} to {highest:.0f} points"
    lines = [
        f"A cardholder has the sum {reach}. 600 stand for odds of 50:1, 20 more double them.",
        "",
        f"{'points':<24} expected bad rate",
        "",
    ]
    first = math.floor(lowest / width)
    edges = [place * width for place in range(first, math.floor(highest / width) + 2)]
    for low, high in itertools.pairwise(edges):
        worse, better = (1.0 / (1.0 + math.exp((edge - OFFSET) / FACTOR)) for edge in (low, high))
        lines.append(f"{f'{low} to {high - 1}':<24} {f'{better:.1%} to {worse:.1%}'}")
    return "\n".join(lines)
