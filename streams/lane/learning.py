"""What a lane gives to learning: observations frozen at statements, and labels that matured."""

from __future__ import annotations

from itertools import repeat
from math import isnan
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from features.catalogue import MODEL_COLUMNS
from features.inbound import layout
from features.update import BAD, GOOD, SET_ASIDE
from models.lessons import Label, Observation, Outcome, OutcomeWord, Treatment, Verdict, features_of
from models.maturity import BAD_DPD, CLEAN_DPD, OUTCOME_WINDOW_DAYS
from rules.facts import SCORE_PD
from rules.records import LIMIT_ACTION
from streams.lane.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.panel import Panel, Scores
    from models.score import SnapshotScorer
    from rules.records import Record
    from streams.lane.batch import Lesson

LABELLING: Final = np.array([OUTCOME_WINDOW_DAYS, BAD_DPD, CLEAN_DPD], np.int64)
"""By which the compiled passes let observations mature (features.effects.labels)."""

_VERDICTS: Final[dict[int, Verdict]] = {BAD: "bad", GOOD: "good", SET_ASIDE: "set_aside"}
_OUTCOMES: Final[tuple[OutcomeWord, ...]] = layout.OUTCOMES
_HALVE, _CONTROL_GROUP = "halve", "control_group"
_MODEL_COLUMNS: Final = np.array(MODEL_COLUMNS, np.int64)


def _statement_id(number: int) -> str:
    """Names an observation together with its cardholder: the n-th statement taken."""
    return f"s{number}"


def labels(matured: NDArray[np.int64], ids: list[str], time_us: int) -> list[Label]:
    """The labels of (slot, statement number, code, told by an outcome) rows; `time_us` is the lane's time."""
    return [
        Label(
            ids[slot],
            _statement_id(statement),
            _VERDICTS[code],
            time_us,
            "outcome" if told else "window_closed",
        )
        for slot, statement, code, told in matured.tolist()
    ]


def observations(
    batch: Batch,
    judged: NDArray[np.int64],
    matrix: NDArray[np.float64],
    ids: list[str],
    panel: Panel | None = None,
    champion: SnapshotScorer | None = None,
) -> list[tuple[int, Observation]]:
    """The observations among judged rows (features.update tells the columns of `judged`), and of which row.

    panel: models that look on; what they expect is kept with each. champion: who scored the matrix.
    """
    rows = np.flatnonzero(judged[:, 2])
    if not len(rows):
        return []
    features = matrix.take(rows, axis=0).take(_MODEL_COLUMNS, axis=1)
    scores: Iterable[Scores | UnsetType] = repeat(UNSET)
    if panel is not None:
        acting = None if champion is None else champion.snapshot
        scores = panel.scores(features, acting, matrix[rows, SCORE_PD])
    index = batch.order[judged[rows, 0]]
    statements = judged[rows, 1].tolist()
    found = map(
        Observation,
        map(ids.__getitem__, batch.slot[index].tolist()),
        map(_statement_id, statements),
        batch.occurred[index].tolist(),
        features_of(features),
        [None if isnan(pd) else pd for pd in matrix[rows, SCORE_PD].tolist()],
        statements,
        scores,
    )
    return list(zip(rows.tolist(), found, strict=True))


def outcomes(batch: Batch, judged: NDArray[np.int64], ids: list[str]) -> list[tuple[int, Outcome]]:
    """The outcomes among judged rows, and of which row."""
    found = []
    rows = np.flatnonzero(batch.kind[batch.order[judged[:, 0]]] == layout.OUTCOME)
    for n in rows.tolist():
        place = judged[n, 0]
        index = int(batch.order[place])
        what = _OUTCOMES[batch.fields[index, layout.OUTCOME_OUTCOME]]
        found.append((n, Outcome(ids[batch.slot[index]], int(batch.watermark[place]), what)))
    return found


def treatments(decisions: Iterable[Record], at_us: int) -> list[Treatment]:
    """The halvings among decisions that were requested, or withheld from the control group.

    at_us: when the record occurred that led to them.
    """
    found = []
    for record in decisions:
        if record["kind"] != LIMIT_ACTION or record["action"] != _HALVE:
            continue
        spared = record["withheld_because"] == _CONTROL_GROUP
        if spared or record["status"] == "requested":
            found.append(Treatment(record["cardholder_id"], at_us, "spared" if spared else "halved"))
    return found


def in_order(found: Iterable[tuple[int, Lesson]]) -> list[Lesson]:
    """Lessons by the row that brought them about; of one row as they were found."""
    return [lesson for _, lesson in sorted(found, key=itemgetter(0))]
