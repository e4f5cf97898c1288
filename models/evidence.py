"""Weight of evidence and information value of binned features, counted label by label.

Of bin b of a feature, with the share of all goods and of all bads that fall into it (Siddiqi, Credit Risk
Scorecards, 2006, ch. 5):

    woe = ln(share of goods / share of bads)        iv = Σ (share of goods - share of bads) · woe

The rate of a bin is drawn towards the book's rate as by SMOOTH lessons more, so an empty bin says 0. Known
bins of a numeric feature are pooled until risk runs one way (pool adjacent violators: Ayer et al., Annals of
Mathematical Statistics 26, 1955); bins of a category and the unknown stand alone.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import WIDTH

SMOOTH: Final = 10.0


@njit(cache=True)
def pooled(rate: NDArray[np.float64], weight: NDArray[np.float64], sign: float) -> NDArray[np.float64]:
    """The monotone rates nearest to rate[m] by weighted squares: rising if sign is 1, falling if it is -1."""
    m = len(rate)
    value, mass, length = np.empty(m), np.empty(m), np.empty(m, np.int64)
    blocks = 0
    for i in range(m):
        value[blocks], mass[blocks], length[blocks] = rate[i] * sign, weight[i], 1
        blocks += 1
        while blocks > 1 and value[blocks - 2] >= value[blocks - 1]:
            both = mass[blocks - 2] + mass[blocks - 1]
            value[blocks - 2] = (
                value[blocks - 2] * mass[blocks - 2] + value[blocks - 1] * mass[blocks - 1]
            ) / both
            mass[blocks - 2] = both
            length[blocks - 2] += length[blocks - 1]
            blocks -= 1
    out = np.empty(m)
    place = 0
    for block in range(blocks):
        for _ in range(length[block]):
            out[place] = value[block] * sign
            place += 1
    return out


@njit(cache=True)
def _feature(
    goods: NDArray[np.float64], bads: NDArray[np.float64], free: np.bool_, out: NDArray[np.float64]
) -> float:
    """Write the weights of evidence of one feature into out[WIDTH]; its information value."""
    all_goods, all_bads = goods.sum(), bads.sum()
    total = all_goods + all_bads
    book = (all_bads + 0.5) / (total + 1.0)
    seen = goods + bads
    rate, mass, sign = (bads + 1e-3 * book) / (seen + 1e-3), seen.copy(), 1.0
    if not free:
        places = np.arange(1.0, len(goods))
        rises = (places * bads[1:]).sum() * goods[1:].sum() >= (places * goods[1:]).sum() * bads[1:].sum()
        sign = 1.0 if rises else -1.0
        rate[1:] = pooled(rate[1:], seen[1:] + 1e-3, sign)
        first = 1
        while first < len(goods):  # a pooled block is as certain as all its lessons
            last = first
            while last + 1 < len(goods) and rate[last + 1] == rate[first]:
                last += 1
            mass[first : last + 1] = seen[first : last + 1].sum()
            first = last + 1
    rate = (rate * mass + SMOOTH * book) / (mass + SMOOTH)
    if not free:  # a small block was drawn further than its neighbour
        rate[1:] = pooled(rate[1:], seen[1:] + 1e-3, sign)
    value = 0.0
    for b in range(len(goods)):
        drawn = min(max(rate[b], 1e-6), 1.0 - 1e-6)
        out[b] = np.log((1.0 - drawn) / drawn) - np.log((1.0 - book) / book)
        if seen[b] > 0.0:
            value += (goods[b] / max(all_goods, 1.0) - bads[b] / max(all_bads, 1.0)) * out[b]
    return value


@njit(cache=True)
def weigh(
    goods: NDArray[np.float64], bads: NDArray[np.float64], free: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(woe[k, WIDTH], iv[k]) of the counts goods, bads[k, WIDTH]; free[k]: not monotone."""
    woe, iv = np.zeros_like(goods), np.zeros(len(goods))
    for j in range(len(goods)):
        iv[j] = _feature(goods[j], bads[j], free[j], woe[j])
    return woe, iv


class Evidence:
    """The counts of goods and bads by bin, and the weights of evidence as they were when last refreshed.

    goods, bads: float64[k, WIDTH], lessons by weight. woe: float64[k, WIDTH]. iv: float64[k].
    memory: lessons after which an old lesson counts half; what the weights say follows the book.
    """

    def __init__(self, k: int, free: NDArray[np.bool_], memory: float) -> None:
        self.goods = np.zeros((k, WIDTH))
        self.bads = np.zeros((k, WIDTH))
        self.woe = np.zeros((k, WIDTH))
        self.iv = np.zeros(k)
        self._free = free
        self._memory = memory
        self._columns = np.arange(k)

    def count(self, bins: NDArray[np.int64], label: int, weight: float = 1.0) -> None:
        """Count a lesson whose features fell into bins[k]; take it back if its weight is negative."""
        counts = self.bads if label else self.goods
        counts[self._columns, bins] = np.maximum(counts[self._columns, bins] + weight, 0.0)

    def refresh(self, lessons: int = 0) -> None:
        """Weigh the counts anew, after the last `lessons` of them fade what was before."""
        if lessons:
            fade = 0.5 ** (lessons / self._memory)
            self.goods *= fade
            self.bads *= fade
        self.woe, self.iv = weigh(self.goods, self.bads, self._free)

    def inputs(self, bins: NDArray[np.int64]) -> NDArray[np.float64]:
        """The weights of evidence float64[k] of bins[k]."""
        picked: NDArray[np.float64] = self.woe[self._columns, bins]
        return picked
