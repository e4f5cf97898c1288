from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from models.lessons import Observation, features_of

Book = tuple[NDArray[np.float64], NDArray[np.int64]]


def make_book(n: int, k: int = 6, seed: int = 1, unknown: float = 0.1) -> Book:
    """Vectors[n, k] of heavy-tailed features with unknowns, and labels[n], about 7 % bad."""
    draw = np.random.default_rng(seed)
    vectors = np.exp(draw.normal(size=(n, k)) * 2.0) - 1.0
    logit = (
        -3.5
        + 1.2 * np.log1p(np.abs(vectors[:, 0])) * np.sign(vectors[:, 0])
        - 0.3 * vectors[:, 1].clip(-1, 3)
    )
    labels = (draw.random(n) < 1.0 / (1.0 + np.exp(-logit))).astype(np.int64)
    vectors[draw.random(vectors.shape) < unknown] = np.nan
    return vectors, labels


@pytest.fixture(name="book")
def _book() -> Callable[..., Book]:
    return make_book


@pytest.fixture(name="observed")
def _observed() -> Callable[..., Observation]:
    def observed(index: int, vector: NDArray[np.float64], pd: float | None = None) -> Observation:
        return Observation(f"c{index}", "s1", 1_000_000 * index, features_of(vector[None])[0], pd)

    return observed
