"""Why a rule was hit, as a clause, from its trace in an alert (contract 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from streams.story.words import counted, money, percent

if TYPE_CHECKING:
    from collections.abc import Callable

Trace = dict[str, Any]


def reason(trace: Trace, titles: dict[str, str] | None = None) -> str:
    """A clause that says what was observed; for a rule without words here, its title and the figures."""
    rule = str(trace["id"])
    words = _WORDS.get(rule)
    if words is None or trace["observed"] is None:
        return _figures(trace, (titles or {}).get(rule, rule))
    return words(trace)


def _figures(trace: Trace, title: str) -> str:
    observed = "unknown" if trace["observed"] is None else f"{trace['observed']:,}"
    within = f" within {trace['window']}" if trace["window"] else ""
    return f"{title}: {observed} {trace['operator']} {trace['threshold']:,}{within}"


def _small_loan(trace: Trace) -> str:
    if trace["operator"] == ">":
        return f"a credit report showed {money(trace['observed'])} overdue on small loans elsewhere"
    return f"a credit report showed {counted(trace['observed'], 'small loan')} overdue elsewhere"


def _minimum(trace: Trace) -> str:
    return f"little more than the minimum was paid for {counted(trace['observed'], 'cycle')} in a row"


def _empty(trace: Trace) -> str:
    count = "all" if trace["observed"] == 6 else counted(trace["observed"], "of", "of")
    return f"{count} the last six statements used 90 % of the limit or more"


def _relayed(trace: Trace) -> str:
    payments = counted(trace["observed"], "payment")
    return f"{payments} in 90 days came from somebody else or were spent again within 72 hours"


def _debt(trace: Trace) -> str:
    if trace["threshold"] < 10:  # the ratio's own threshold; the other one is a sum of money
        return f"debts everywhere came to {percent(trace['observed'])} of all credit limits"
    return f"debts everywhere came to {money(trace['observed'])}, more than 22 monthly incomes"


def _past_due(trace: Trace) -> str:
    return f"the minimum payment was {counted(trace['observed'], 'day')} past due"


def _inquiries(trace: Trace) -> str:
    return f"{counted(trace['observed'], 'lender')} asked the credit bureau within {trace['window']}"


def _cash(trace: Trace) -> str:
    return f"{percent(trace['observed'])} of 30 days' spending was cash advances"


def _model(trace: Trace) -> str:
    risk = percent(trace["observed"])
    return f"the model put the risk of default at {risk}, in the worst hundredth of the book"


_WORDS: Final[dict[str, Callable[[Trace], str]]] = {
    "small_loan_overdue": _small_loan,
    "minimum_payment": _minimum,
    "empty_card": _empty,
    "third_party_repayment": _relayed,
    "high_debt": _debt,
    "days_past_due": _past_due,
    "inquiry_surge": _inquiries,
    "cash_hungry": _cash,
    "model_score": _model,
}
"""Words for the rules of the default rulebook."""

_BRIEFLY: Final = {
    "small_loan_overdue": "small loans overdue elsewhere",
    "minimum_payment": "six minimum payments in a row",
    "empty_card": "a card run empty",
    "third_party_repayment": "payments by somebody else or spent again",
    "high_debt": "too much debt",
    "days_past_due": "a payment past due",
    "inquiry_surge": "a search for credit in many places",
    "cash_hungry": "a life on cash advances",
    "model_score": "a score among the worst",
}


def briefly(codes: list[str], titles: dict[str, str] | None = None) -> str:
    """Reason codes as a list of noun phrases."""
    phrases = [_BRIEFLY.get(code) or (titles or {}).get(code, code) for code in codes]
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
