import numpy as np
import pytest

from models.bins import FINE, Bins, bin_of, bins_of, index_of


def test_few_values_are_parted_in_the_middle() -> None:
    bins = Bins.of(np.array([[0.0], [1.0], [1.0], [4.0], [np.nan]]))
    assert bins.edges == ((0.5, 2.5),)


def test_many_values_are_parted_at_quantiles() -> None:
    values = np.random.default_rng(1).normal(size=(10_000, 1))
    bins = Bins.of(values)
    assert len(bins.edges[0]) == FINE - 1
    counts = np.bincount([bins_of(row, bins.array())[0] for row in values], minlength=FINE + 1)
    assert counts[0] == 0
    assert counts[1:].min() > 250


@pytest.mark.parametrize("values", [[], [np.nan] * 5, [3.0] * 9, [np.inf] * 4])
def test_what_does_not_vary_has_one_bin(values: list[float]) -> None:
    rows = np.array(values, np.float64).reshape(-1, 1)
    bins = Bins.of(rows)
    assert bins.edges == ((),)
    assert bin_of(3.0, bins.array()[0]) == 1


def test_a_bin_is_the_number_of_edges_below() -> None:
    draw = np.random.default_rng(2)
    edges = Bins((tuple(np.unique(draw.normal(size=20)).tolist()),)).array()[0]
    for x in [*draw.normal(size=200), *edges[:20], np.inf, -np.inf]:
        assert bin_of(float(x), edges) == 1 + int((edges[np.isfinite(edges)] < x).sum())
    assert bin_of(np.nan, edges) == 0


def test_each_code_of_a_category_is_a_bin() -> None:
    edges = Bins.of(np.zeros((3, 2)), {1}).array()
    assert [bin_of(float(code), edges[1]) for code in (0, 1, 30, 31, 99)] == [1, 2, 31, 32, 32]


def test_a_name_that_is_not_there_is_refused() -> None:
    assert index_of(("a", "b"), ["b"]) == {1}
    with pytest.raises(ValueError, match="no such feature: c"):
        index_of(("a", "b"), ["c"])
