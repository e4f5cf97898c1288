from __future__ import annotations

import math

import numpy as np
import pytest

from rules.examples import row_of
from rules.expression import ExpressionError, compile_expression
from rules.program import Program
from rules.text import condition_text

TRUTHS = {True: 1, False: 2, None: 0}


def truth(source: str, **facts: float | str) -> bool | None:
    """By the row and by the machine, which must agree."""
    expression = compile_expression(source)
    row = row_of({name.replace("__", "."): value for name, value in facts.items()})
    found = expression.truth(row)
    (many,) = Program([expression.condition]).run(np.array([row, row])).tolist()
    assert many == [TRUTHS[found]] * 2
    again = compile_expression(condition_text(expression.condition))
    assert again.truth(row) == found, "its text means the same"
    return found


@pytest.mark.parametrize(
    ("source", "facts", "wanted"),
    [
        ("days_past_due >= 1", {"days_past_due": 1}, True),
        ("days_past_due >= 1", {}, None),
        ("not days_past_due >= 1", {"days_past_due": 0}, True),
        ("not days_past_due >= 1", {}, None),
        ("days_past_due > 1 or utilisation.now > 1", {"days_past_due": 2}, True),
        ("days_past_due > 1 or utilisation.now > 1", {"days_past_due": 0}, None),
        ("days_past_due > 1 and utilisation.now > 1", {"days_past_due": 0}, False),
        ("days_past_due > 1 and utilisation.now > 1", {"days_past_due": 2}, None),
        ("days_past_due != 3", {"days_past_due": 3}, False),
        ("days_past_due in (1, 2, 3)", {"days_past_due": 2}, True),
        ("days_past_due not in [1, 2, 3]", {"days_past_due": 2}, False),
        ("days_past_due in (1, 2)", {}, None),
        ("between(utilisation.now, 0.2, 0.7)", {"utilisation__now": 0.7}, True),
        ("not between(utilisation.now, 0.2, 0.7)", {"utilisation__now": 0.7}, False),
        ("between(utilisation.now, 0.2, income.monthly)", {"utilisation__now": 0.1}, False),
        ("between(utilisation.now, 0.2, income.monthly)", {"utilisation__now": 0.3}, None),
        ("known(income.monthly)", {}, False),
        ("not known(income.monthly)", {}, True),
        ("known(debt.total / income.monthly)", {"debt__total": 1, "income__monthly": 0}, False),
        ("debt.total >= 22 * income.monthly", {"debt__total": 22, "income__monthly": 1}, True),
        ("debt.total / income.monthly > 1", {"debt__total": 22, "income__monthly": 0}, None),
        ("-debt.total + 3 < 0", {"debt__total": 4}, True),
        ("any_of(days_past_due > 1, utilisation.now > 1)", {"utilisation__now": 2}, True),
        ("at_least(2, days_past_due > 1, utilisation.now > 1, debt.total > 1)", {"debt__total": 2}, None),
        (
            "at_least(2, days_past_due > 1, utilisation.now > 1, debt.total > 1)",
            {"debt__total": 2, "days_past_due": 2},
            True,
        ),
        (
            "not at_least(2, days_past_due > 1, utilisation.now > 1, debt.total > 1)",
            {"debt__total": 0, "days_past_due": 0},
            True,
        ),
        ("at_least(4, empty_statements)", {"empty_statements": 4}, True),
        (
            "at_least(4, empty_statements)",
            {"empty_statements__certain": 3, "empty_statements__possible": 4},
            None,
        ),
        ("not at_least(4, empty_statements)", {"empty_statements": 3}, True),
        ("run_of(6, minimum_cycles)", {}, None),
        ('account.status == "active"', {"account__status": "active"}, True),
        ('account.status in ("blocked", "closed")', {"account__status": "active"}, False),
        ('account.product == "gold"', {"account__product": "gold"}, True),
        ('account.product != "gold"', {"account__product": "silver"}, True),
    ],
)
def test_three_values(source: str, facts: dict[str, float | str], wanted: object) -> None:
    """4.1: unknown is unknown, and decides nothing."""
    assert truth(source, **facts) is wanted


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("utilization > 1", 0, "unknown name utilization: did you mean utilisation.now?"),
        (
            "days_past_due > 1 and days_past_do < 3",
            22,
            "unknown name days_past_do: did you mean days_past_due?",
        ),
        ("days_past_due = 3", 14, "'=' is not expected here; write == to compare"),
        ("days_past_due > 1or 2", 16, "not a number"),
        (
            "0.1 < utilisation.now < 3",
            0,
            "one comparison at a time; between(x, low, high) takes both bounds",
        ),
        ("account.status == 'activ'", 18, "'activ' is none of active, blocked, closed: did you mean active?"),
        ("at_least(3, days_past_due > 1, debt.total > 1)", 9, "3 of 2 conditions can never hold"),
        (
            "at_least(3, empty_statement)",
            12,
            (
                "at_least counts one of empty_statements, minimum_cycles, relayed_payments, "
                "not empty_statement: did you mean empty_statements?"
            ),
        ),
        ("empty_statements > 3", 0, "empty_statements is counted: at_least(n, empty_statements)"),
        ("account.limit > 1e400", 16, "the number is too large"),
        ("", 0, "a condition is expected here"),
        ("days_past_due", 0, None),
        ("days_past_due.real > 1", 0, None),
        ("open('x') > 1", 0, None),
        ("(lambda: 1)() > 1", 7, None),
        ("[x for x in (1, 2)] > 1", 0, None),
        ("days_past_due ** 99999999 > 1", 0, None),
        ("days_past_due > 1 if known(debt.total) else debt.total > 1", 0, None),
        ("(" * 500 + "1 > 0" + ")" * 500, 200, None),
        ("not " * 400 + "1 > 0", 164, "nested too deep"),
        ("9" * 3000 + " > 1", 2000, "longer than 2000 characters"),
        ("at_least(2, *account.limit) > 1", 0, None),
        ("known(x=1)", 7, None),
        ("days_past_due > \u20181\u2019", 16, None),
    ],
)
def test_refused_at_its_place(source: str, column: int, message: str | None) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(source)
    assert refused.value.column == column
    assert message is None or refused.value.message == message


def test_a_trace_shows_what_was_seen() -> None:
    """4.3: observed, operator and threshold; whole numbers stay whole, ratios have four decimals."""
    row = row_of({"debt.total": 22_001, "income.monthly": 1_000, "debt.to_limit": 2 / 3})
    debt, share = compile_expression("debt.total >= 22 * income.monthly or debt.to_limit >= 0.7").terms
    assert debt.trace(row) == (22_001, ">=", 22_000)
    assert share.trace(row) == (0.6667, ">=", 0.7)
    (negated,) = compile_expression("not debt.to_limit >= 0.7").terms
    assert negated.trace(row) == (0.6667, "<", 0.7)
    (unknown,) = compile_expression("days_past_due >= 1").terms
    assert unknown.trace(row) == (None, ">=", 1)


def test_what_is_alike_is_computed_once() -> None:
    alone = Program([compile_expression("debt.total >= 22 * income.monthly").condition])
    twice = Program([compile_expression("debt.total>=22*income.monthly").condition] * 50)
    assert len(alone) == len(twice) == 2


def test_many_rows_beyond_a_block() -> None:
    program = Program([compile_expression("days_past_due >= 300").condition])
    matrix = np.array([row_of({"days_past_due": n} if n % 3 else {}) for n in range(700)])
    wanted = [0 if not n % 3 else 1 if n >= 300 else 2 for n in range(700)]
    assert program.run(matrix)[0].tolist() == wanted


def test_an_empty_matrix() -> None:
    program = Program([compile_expression("days_past_due >= 300").condition])
    assert program.run(np.empty((0, len(row_of({}))))).shape == (1, 0)
    assert math.isnan(row_of({})[0])
