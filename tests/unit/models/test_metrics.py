import numpy as np
import pytest
from numpy.typing import NDArray

from models.metrics import Progressive, auc, brier, ks


def _bad(*flags: int) -> NDArray[np.bool_]:
    return np.array(flags, np.bool_)


def test_auc_counts_ties_half() -> None:
    assert auc(np.array([0.1, 0.2, 0.3, 0.4]), _bad(0, 0, 1, 1)) == 1.0
    assert auc(np.array([0.4, 0.3, 0.2, 0.1]), _bad(0, 0, 1, 1)) == 0.0
    assert auc(np.array([0.5, 0.5, 0.5]), _bad(0, 1, 0)) == 0.5
    assert auc(np.array([0.1, 0.3, 0.3, 0.9]), _bad(0, 0, 1, 1)) == pytest.approx(3.5 / 4)


def test_ks_does_not_split_ties() -> None:
    assert ks(np.array([0.1, 0.2, 0.3, 0.4]), _bad(0, 0, 1, 1)) == 1.0
    assert ks(np.array([0.5, 0.5]), _bad(0, 1)) == 0.0
    assert ks(np.array([0.1, 0.2, 0.3, 0.4]), _bad(0, 1, 0, 1)) == pytest.approx(0.5)


def test_a_missing_class_leaves_them_undefined() -> None:
    assert auc(np.array([0.1]), _bad(1)) is None
    assert ks(np.array([0.1]), _bad(0)) is None
    assert brier(np.array([]), _bad()) is None
    assert brier(np.array([0.25, 0.75]), _bad(0, 1)) == 0.0625


def test_progressive_forgets_what_left_its_window() -> None:
    rolling = Progressive(window=3)
    for pd, label in ((0.9, 0), (0.1, 0), (0.2, 0), (0.8, 1)):
        rolling.add(pd, label)
    assert (rolling.count, rolling.bads, rolling.auc(), rolling.ks()) == (3, 1, 1.0, 1.0)
    assert rolling.pairs() == [(0.1, 0), (0.2, 0), (0.8, 1)]
    full = Progressive(window=None)
    full.extend([(0.9, 0), *rolling.pairs()])
    assert full.count == 4
    assert full.auc() == pytest.approx(2 / 3)
    assert full.measured() == {
        "auc": full.auc(),
        "ks": full.ks(),
        "brier": full.brier(),
        "ece": 0.35,
        "count": 4.0,
        "bads": 1.0,
    }
