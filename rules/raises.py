"""More for good cardholders, judged when a statement is issued (contract 6.9)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.calendar import add_months
from rules.case import Case
from rules.cuts import rounded
from rules.evaluate import Evaluator
from rules.facts import COLUMN
from rules.judgement import Judgement
from rules.machine import Matrix
from rules.outcome import HIT, NO_HIT
from rules.records import Record, digest_of, limit_action
from rules.withholding import in_control_group

_HALF_PAID: Final = COLUMN["half_paid_cycles.certain"]
_MEAN: Final = COLUMN["utilisation.mean.6s"]
_INQUIRIES: Final = COLUMN["inquiries.hard.3m"]
_OPENED: Final = COLUMN["account.opened_on"]
_INCOME: Final = COLUMN["income.monthly"]


def candidates(matrix: Matrix, book: Evaluator) -> NDArray[np.bool_]:
    """Rows whose statement may earn a raise: the quick look that leaves out nearly all."""
    least = min(policy.raise_.half_paid_cycles for policy in book.policies)
    enough: NDArray[np.bool_] = matrix[:, _HALF_PAID] >= least
    return enough


def decide(case: Case, judgement: Judgement, book: Evaluator) -> list[Record]:
    """The raise that a statement earns, if any."""
    policy = book.policy_for(judgement.product)
    terms = policy.raise_
    row = judgement.row
    if (
        row[_HALF_PAID] < terms.half_paid_cycles
        or not terms.utilisation_mean[0] <= row[_MEAN] <= terms.utilisation_mean[1]
    ):
        return []  # NaN is in no range
    limit, opened = judgement.limit, judgement.known(_OPENED)
    inquiries, income = judgement.known(_INQUIRIES), judgement.known(_INCOME)
    today = judgement.today
    if (
        limit is None
        or opened is None
        or inquiries is None
        or income is None
        or judgement.status != "active"
        or any(exemption in policy.exemptions for exemption in judgement.exemptions)
        or case.episode is not None
        or case.standing
        or add_months(opened, terms.account_age_months) > today
        or inquiries > terms.inquiries_3m_at_most
        or (case.raised_on is not None and add_months(case.raised_on, terms.months_between) > today)
        or not all(
            _clean(rule.id, judgement.verdict.outcomes[rule.place], terms.not_hit_is_enough)
            for rule in book.rules
        )
    ):
        return []
    target = rounded(min(Fraction(str(terms.factor)) * limit, Fraction(terms.incomes * income)), policy)
    if target <= limit:
        return []
    withheld = "control_group" if in_control_group(judgement.cardholder, policy) else None
    if withheld is None:
        case.raised_on = today
    case.actions += 1
    return [
        limit_action(
            action_id=f"{digest_of(judgement.cardholder)[:12]}.l{case.actions}",
            alert_id=None,
            episode_id=None,
            cardholder=judgement.cardholder,
            trigger=judgement.trigger,
            action="raise",
            base_limit=limit,
            current_limit=limit,
            target_limit=target,
            requires_approval=terms.requires_approval,
            effective=terms.effective,
            withheld_because=withheld,
            reason_codes=[],
            owed_notice=None,
            policy_version=policy.version,
        )
    ]


def _clean(rule_id: str, outcome: int, lenient: list[str]) -> bool:
    return outcome != HIT if rule_id in lenient else outcome == NO_HIT
