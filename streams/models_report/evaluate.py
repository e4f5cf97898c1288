"""Every family over a data set: predict, then learn, beside batch logistic regression on the same bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from models.bins import Bins, bins_of, index_of
from models.evidence import Evidence
from models.families import FAMILIES, Learner
from streams.models_report import batch
from streams.models_report.prequential import measured, prequential, shuffled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from streams.models_report.table import Table

BATCH: Final = "batch_logistic"
FOLDS: Final = "batch_logistic_folds"
LEAST_ROWS: Final = 30
DEFAULT: Final = tuple(family for family in FAMILIES if family != "first_order")


class Evaluation(NamedTuple):
    """figures: by model, mean over the shuffles. learners: of the last shuffle, taught everything.

    pds: by model, of the last shuffle, in the order of `labels`. iv: by feature, over the whole table.
    """

    figures: dict[str, dict[str, float]]
    learners: dict[str, Learner]
    pds: dict[str, NDArray[np.float64]]
    order: NDArray[np.int64]
    iv: dict[str, float]


def evaluate(
    table: Table,
    families: Sequence[str] = DEFAULT,
    *,
    shuffles: int | None = None,
    in_order: bool = False,
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> Evaluation:
    """Measure families over the table; `in_order`: once, in the order of its rows."""
    if len(table.labels) < LEAST_ROWS:
        raise ValueError(
            f"{len(table.labels)} labelled rows are too few to say anything; {LEAST_ROWS} are needed"
        )
    rounds = 1 if in_order else shuffles or _enough(len(table.labels))
    found: dict[str, list[dict[str, float]]] = {name: [] for name in (*families, BATCH, FOLDS)}
    learners: dict[str, Learner] = {}
    pds: dict[str, NDArray[np.float64]] = {}
    order = np.arange(len(table.labels))
    steps = rounds * (len(families) + 1)
    for seed in range(rounds):
        order = np.arange(len(table.labels)) if in_order else shuffled(len(table.labels), seed)
        rows, labels = table.rows[order], table.labels[order]
        for place, family in enumerate(families):
            told("teach", seed * (len(families) + 1) + place, steps)
            run = prequential(family, table.names, rows, labels, _categories(family, table))
            learners[family], pds[family] = run.learner, run.pds
            found[family].append(measured(run.pds, labels))
        for name, make in ((BATCH, batch.scorecard), (FOLDS, batch.scorecard_folds)):
            pds[name] = make(table.names, rows, labels, table.categories)
            found[name].append(measured(pds[name], labels))
    figures = {
        name: {figure: float(np.nanmean([one[figure] for one in each])) for figure in each[0]}
        for name, each in found.items()
    }
    return Evaluation(figures, learners, pds, order, information(table))


def _enough(rows: int) -> int:
    """Shuffles whose mean is steady: few rows need many."""
    return 10 if rows < 2_000 else 5 if rows < 10_000 else 3 if rows < 50_000 else 1


def _categories(family: str, table: Table) -> dict[str, tuple[str, ...]]:
    return {} if family == "logistic" else table.categories


def information(table: Table) -> dict[str, float]:
    """The information value of each feature, strongest first."""
    free = np.array([name in table.categories for name in table.names])
    bins = Bins.of(table.rows, index_of(table.names, table.categories))
    edges = bins.array()
    evidence = Evidence(len(table.names), free, 1.0)
    for row, label in zip(table.rows, table.labels.tolist(), strict=True):
        evidence.count(bins_of(np.ascontiguousarray(row), edges), label)
    evidence.refresh()
    values = dict(zip(table.names, evidence.iv.tolist(), strict=True))
    return dict(sorted(values.items(), key=lambda item: -item[1]))
