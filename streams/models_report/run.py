"""The run behind the report: all families and the batch model, over five shuffles."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from models.families.blend import BLEND, CARDS, average
from streams.models_report import batch
from streams.models_report.prequential import measured, prequential, shuffled
from streams.models_report.taiwan import Book, taiwan_book

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import BaseContext

    from numpy.typing import NDArray

SHUFFLES: Final = 5
ONLINE: Final = {
    "logistic": "logistic",
    "scorecard": "scorecard",
    "lda": "lda",
    "probit": "probit",
    "linear": "linear",
    "trees": "forest",
    "tree": "tree",
    "logistic_first_order": "first_order",
}
"""Name in the report to family."""
BATCH: Final = "lightgbm_batch"

Figures = dict[str, float]


class Shuffle(NamedTuple):
    """One order of the book: what each model predicted before it was told, and what it then knew."""

    order: NDArray[np.int64]
    pds: dict[str, NDArray[np.float64]]
    snapshots: dict[str, bytes]


class Report(NamedTuple):
    """figures: means over the shuffles, by model; spread: standard deviations; first: the first shuffle."""

    book: Book
    figures: dict[str, Figures]
    spread: dict[str, Figures]
    first: Shuffle
    best: str
    shuffles: int


def one_shuffle(file: str, seed: int) -> Shuffle:
    """Every model over one order of the book."""
    book = taiwan_book(file)
    order = shuffled(len(book.labels), seed)
    rows, labels = book.rows[order], book.labels[order]
    pds: dict[str, NDArray[np.float64]] = {}
    snapshots: dict[str, bytes] = {}
    for name, family in ONLINE.items():
        done = prequential(family, book.names, rows, labels)
        pds[name] = done.pds
        snapshots[name] = done.learner.snapshot().to_json()
    # what a blend learner would have said: it teaches its members alike (tests/unit/models_report)
    pds[BLEND] = average([pds[name] for name, family in ONLINE.items() if family in ("logistic", *CARDS)])
    pds[BATCH] = batch.lightgbm(rows, labels)
    return Shuffle(order, pds, snapshots)


def run(file: str, *, shuffles: int = SHUFFLES, told: Callable[[int, int], None] = lambda *_: None) -> Report:
    """All shuffles, two at a time where there are two cores."""
    book = taiwan_book(file)
    done: list[Shuffle] = []
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), mp_context=_fresh()) as pool:
        for found in pool.map(partial(one_shuffle, file), range(shuffles)):
            done.append(found)
            told(len(done), shuffles)
    each = {
        name: [measured(one.pds[name], book.labels[one.order]) for one in done]
        for name in (*ONLINE, BLEND, BATCH)
    }
    figures = {name: _over(found, np.mean) for name, found in each.items()}
    best = max((*ONLINE, BLEND), key=lambda name: figures[name]["auc"])
    return Report(
        book, figures, {name: _over(found, np.std) for name, found in each.items()}, done[0], best, shuffles
    )


def _over(found: list[Figures], fold: Callable[[Any], Any]) -> Figures:
    return {name: float(fold([one[name] for one in found])) for name in found[0]}


def _fresh() -> BaseContext:
    import multiprocessing  # here only

    return multiprocessing.get_context("spawn")
