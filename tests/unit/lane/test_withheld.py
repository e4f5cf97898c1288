"""What is withheld is tried again (contract 6.4): once a date, and at once when what withheld it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.lane.engine import LaneEngine
from tests.lanes import run_lane
from tests.oracle.lines import Pen

if TYPE_CHECKING:
    from rules.case import Case, Fuse
    from rules.evaluate import Evaluator
    from rules.judgement import Judgement
    from rules.records import Record

CROWD = 60
"""So many are cut in one hour that the breaker trips at the 21st, whoever is in the control group."""


class Judged:
    """Notes who is decided on."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int]] = []
        """Cardholder, and the date."""

    def before(self, judgement: Judgement, case: Case, fuse: Fuse) -> None:
        self.found.append((judgement.cardholder, judgement.today))

    def after(self, judgement: Judgement, records: list[Record]) -> None: ...


def _tripped() -> Pen:
    pen = Pen()
    for n in range(CROWD):
        pen.account(f"c{n:02d}", 0)
    for n in range(CROWD):
        pen.report(f"c{n:02d}", 1 + n / 2_400, small_loan_overdue_accounts=1)
    return pen


def _last_withheld(evaluator: Evaluator) -> str:
    actions = [one for one in run_lane(_tripped().lines(), evaluator).decisions if "withheld_because" in one]
    return str([one["cardholder_id"] for one in actions if one["withheld_because"] == "breaker"][-1])


def test_what_changes_nothing_is_decided_on_once_a_date(evaluator: Evaluator) -> None:
    """In batches of their own, for of one pass all of a cardholder's rows are decided on if one is."""
    who, engine, judged = _last_withheld(evaluator), LaneEngine(0, evaluator), Judged()
    run_lane(_tripped().lines(), evaluator, engine)
    today = engine.day
    assert today is not None
    engine.desk.witness = judged
    for batch in range(6):
        pen = Pen()
        pen.written = 1_000 * (1 + batch)
        for n in range(5):
            pen.spend(who, 1.5 + batch / 3 + n / 100, 1_000)
        run_lane(pen.lines(), evaluator, engine)
    assert [day - today for found, day in judged.found if found == who] == [1, 2]


def test_a_reset_is_felt_on_the_same_date(evaluator: Evaluator) -> None:
    who, pen = _last_withheld(evaluator), _tripped()
    pen.spend(who, 1.5, 1_000)
    pen.put("breaker_reset", None, 1.6, by="desk")
    pen.spend(who, 1.7, 1_000)
    actions = [
        (one["status"], one["withheld_because"])
        for one in run_lane(pen.lines(), evaluator).decisions
        if one["cardholder_id"] == who and one["kind"] == "limit_action"
    ]
    assert actions == [("withheld", "breaker"), ("requested", None)]
