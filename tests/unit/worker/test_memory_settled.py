"""What is there when a worker starts is not looked through again and again for garbage."""

from __future__ import annotations

import gc
import weakref

import pytest

from streams.worker.run import YOUNG, settle_memory


class _Ring:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> object:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_stays_is_set_apart() -> None:
    kept = [_Ring()]
    settle_memory()
    assert gc.get_freeze_count() > 1_000
    assert not any(found is kept for found in gc.get_objects())
    assert gc.get_threshold()[0] == YOUNG


def test_garbage_that_comes_later_is_still_freed() -> None:
    settle_memory()
    ring = _Ring()
    there = weakref.ref(ring)
    del ring
    gc.collect()
    assert there() is None
