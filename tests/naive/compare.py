"""The engine beside the naive oracle, record by record."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from features.catalogue import BY_NAME, COLUMN, NAMES
from features.inbound.layout import TOPICS
from features.order import TAKEN
from rules.evaluate import Evaluator
from streams.lane.batch import Outputs
from streams.lane.engine import LaneEngine
from tests.lanes import log_of, put
from tests.naive.account import account, bureau, utilisation
from tests.naive.history import History
from tests.naive.paying import cycles, past_due, payments
from tests.naive.windows import windows
from tests.oracle.checks import DAY
from tests.oracle.knowledge import Holder

EPOCH_DAY = 719_163


def naive(history: History, today: int) -> dict[str, Any]:
    """All features as of a date (an ordinal)."""
    limit, income = history.known.limit(), history.known.income(today)
    return (
        windows(history, today, limit, income)
        | account(history, today, limit)
        | bureau(history, today, income)
        | utilisation(history, today, limit)
        | cycles(history)
        | past_due(history, today)
        | payments(history, today)
    )


class Watching(LaneEngine):
    """An engine that keeps each line of its feature matrix, by the place of its record."""

    def __init__(self, lane: int, evaluator: Evaluator, **more: Any) -> None:
        super().__init__(lane, evaluator, learns=False, features=NAMES, **more)
        self.lines: dict[int, list[float]] = {}

    def _update(self, batch: Any, start: int, stop: int, day: int, outputs: Outputs) -> int:
        stopped = super()._update(batch, start, stop, day, outputs)
        for n in range(int(self.counts[0])):
            self.lines[int(self._judged[n, 0])] = self._judging.matrix[n].tolist()
        return stopped


def compare(lines: Sequence[bytes], evaluator: Evaluator, *, every: int = 1) -> int:
    """Hold the engine to the oracle after every (n-th) record; how many values were compared."""
    engine = Watching(0, evaluator)
    for topic, values in enumerate(log_of(lines)):
        if values:
            put(engine, topic, 0, list(values))
    batch = engine.begin(np.zeros(len(TOPICS), np.bool_))
    engine.run()
    histories: dict[str, History] = {}
    compared = 0
    day: int | None = None
    for place in range(batch.count):
        if int(batch.fate[place]) > TAKEN + 1:
            continue
        watermark = int(batch.watermark[place]) + EPOCH_DAY * DAY
        today = watermark // DAY
        for entered in range(today if day is None else day + 1, today + 1):
            for history in histories.values():
                history.enter(entered)
        day = today
        index = int(batch.order[place])
        if int(batch.fate[place]) != TAKEN or place not in engine.lines:
            continue
        _, chunk, position = batch.source(place)
        slot = int(batch.slot[index])
        name = engine.ledger.ids[slot]
        history = histories.setdefault(name, History(Holder(name)))
        history.take(chunk.values[position] or b"", watermark)
        if place % every == 0:
            compared += hold(engine.lines[place], naive(history, today), f"{name} after record {place}")
    return compared


def hold(line: list[float], wanted: dict[str, Any], where: str) -> int:
    """Every feature of the catalogue: whole numbers exactly, others to 12 digits."""
    wrong = []
    for name in NAMES:
        got, want = line[COLUMN[name]], wanted.get(name)
        if want is None:
            same = math.isnan(got)
        elif BY_NAME[name].whole:
            same = got == want
        else:
            same = math.isclose(got, float(want), rel_tol=1e-11, abs_tol=1e-11)
        if not same:
            wrong.append(f"{name}: {got} is not {want if want is None else float(want)}")
    assert not wrong, f"{where}: " + "; ".join(wrong)
    return len(NAMES)
