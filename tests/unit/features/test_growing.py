"""What grows keeps its entries, wherever they lie; behind them are zeros."""

from __future__ import annotations

import numpy as np
import pytest

from features.growing import Growing

TYPE = np.dtype([("number", "i8"), ("more", "i8", (511,))])
"""4 KiB: a thousand of them have address space taken ahead."""


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param([1, 2, 3, 500], id="few"),
        pytest.param([700, 1_100, 1_101, 8_000, 8_801], id="many, that move once more"),
    ],
)
def test_entries_stay_while_it_grows(sizes: list[int]) -> None:
    growing = Growing(TYPE)
    assert len(growing.entries) == 0
    for before, size in zip([0, *sizes], sizes, strict=False):
        growing.grow(size)
        assert len(growing.entries) == size
        assert growing.entries["number"][:before].tolist() == list(range(before))
        assert not growing.entries["number"][before:].any()
        growing.entries["number"] = np.arange(size)


def test_many_grow_without_being_copied() -> None:
    growing = Growing(TYPE)
    growing.grow(1_100)
    seen = growing.entries
    growing.grow(8 * 1_100)
    seen["number"][7] = 77
    assert growing.entries["number"][7] == 77
