"""Linear discriminant analysis, learned label by label.

Class means and the pooled scatter are kept by Welford's recurrences (Technometrics 4, 1962):

    n += v;  d = x - mean;  mean += v d / n;  S += v d (x - mean)ᵀ          of the label's class, v its weight

and turned into a rule every so many lessons (Fisher, Annals of Eugenics 7, 1936), the covariance C = S / (N
- 2) drawn towards its diagonal (Friedman, Regularized Discriminant Analysis, JASA 84, 1989):

    C' = (1 - g) C + g diag(C)      w = C'⁻¹ (mean of bads - mean of goods)
    c = -½ wᵀ (mean of bads + mean of goods) + ln(bads / goods)
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.families.core import Arrays, LinearCore
from models.families.scoring import logit

_SHRINK: Final = 0.02
_FLOOR: Final = 1e-4
"""Least variance, in squared weight of evidence: a feature that never moves weighs nothing."""


@njit(cache=True)
def _take(
    mean: NDArray[np.float64], scatter: NDArray[np.float64], x: NDArray[np.float64], v: float, share: float
) -> None:
    """One recurrence in place: mean[k] of the class, scatter[k, k]; share: v / n."""
    k = len(x)
    before = x - mean
    for j in range(k):
        mean[j] += share * before[j]
    after = x - mean
    for i in range(k):
        for j in range(k):
            scatter[i, j] += v * before[i] * after[j]


class DiscriminantCore(LinearCore):
    """Means of both classes float64[2, k], pooled scatter float64[k, k], and the rule drawn from them."""

    def __init__(self, k: int) -> None:
        super().__init__(k)
        self._counts = np.zeros(2)
        self._means = np.zeros((2, k))
        self._scatter = np.zeros((k, k))
        self._weights = np.zeros(k + 1)

    @property
    def weights(self) -> NDArray[np.float64]:
        return self._weights

    def start(self, rate: float) -> None:
        self.__init__(self.k)  # type: ignore[misc]  # as new
        self._weights[-1] = logit(rate)

    def learn(self, bins: NDArray[np.int64], woes: NDArray[np.float64], label: int, weight: float) -> None:  # noqa: ARG002
        self._counts[label] += weight
        _take(self._means[label], self._scatter, woes, weight, weight / self._counts[label])

    def correct(
        self,
        bins: NDArray[np.int64],
        woes: NDArray[np.float64],
        was: int,
        now: int | None,
        taken: float,
        given: float,
    ) -> None:
        """Sums are taken back exactly, at the weights of evidence of now."""
        if now is not None:
            self.learn(bins, woes, now, given)
        if self._counts[was] > 2.0 * taken:
            self.learn(bins, woes, was, -taken)

    def refresh(self, fade: float) -> None:
        goods, bads = self._counts.tolist()
        if min(goods, bads) < 2.0 or goods + bads < self.k / 4.0:
            return
        covariance = self._scatter / (goods + bads - 2.0)
        variances = np.maximum(np.diag(covariance), _FLOOR)
        shrink = min(1.0, _SHRINK + self.k / (goods + bads))
        covariance = (1.0 - shrink) * covariance
        np.fill_diagonal(covariance, variances)
        good, bad = self._means
        rule = np.linalg.solve(covariance, bad - good)
        self._weights = np.append(rule, -0.5 * rule @ (bad + good) + np.log(bads / goods))
        self._counts *= fade
        self._scatter *= fade

    def arrays(self) -> Arrays:
        return {
            "weights": self._weights.copy(),
            "counts": self._counts.copy(),
            "means": self._means.copy(),
            "scatter": self._scatter.copy(),
        }

    def load(self, arrays: Mapping[str, NDArray[np.float64]]) -> None:
        self._weights, self._counts, self._means, self._scatter = (
            arrays[name].copy() for name in ("weights", "counts", "means", "scatter")
        )
