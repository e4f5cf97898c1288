"""What was decided and what the bank did with it, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from streams.story.reasons import briefly
from streams.story.words import money, sentence

if TYPE_CHECKING:
    from rules.records import Record

_WITHHELD: Final = {
    "cooldown": "a cut at least as hard came less than 30 days ago",
    "control_group": "the card belongs to the control group, on which nothing is done, to compare",
    "breaker": "too many cards were cut within 24 hours, and a person must look first",
    "floor": "the new limit would lie below the lowest the policy allows",
}
_GROUNDS: Final = {
    "restore": "two clean cycles: ",
    "raise": "half or more was paid for six cycles, and nothing speaks against it: ",
}
_DONE: Final = {
    "halve": "halved the limit",
    "cut_to_tenth": "cut the limit",
    "block": "blocked the card",
    "restore": "gave the limit back",
    "raise": "raised the limit",
}


def action_sentence(action: Record, *, alerted: bool = True) -> str:
    """A limit action: what, from where to where, who must agree, or why it was withheld.

    `alerted`: whether an alert of the same judgement told the reasons; else they are named here.
    """
    because = (
        "" if alerted or not action["reason_codes"] else f"meanwhile {briefly(action['reason_codes'])}: "
    )
    return sentence(because + _GROUNDS.get(action["action"], "") + _decision(action))


def _decision(action: Record) -> str:
    change = f"{money(action['current_limit'])} to {money(action['target_limit'])}"
    name = action["action"]
    what = {
        "halve": f"halve the limit, {change}",
        "cut_to_tenth": f"cut the limit to a tenth, {change}",
        "block": "stop all spending on the card",
        "restore": f"give the limit back, {change}",
        "raise": f"raise the limit, {change}, with the next cycle",
    }[name]
    if name == "restore" and action["current_limit"] == action["target_limit"]:
        what = "unblock the card"
    withheld = action["withheld_because"]
    if withheld is not None:
        return f"would {what}, but did not: {_because(withheld)}"
    if action["requires_approval"]:
        return f"ask a person to agree to {what}"
    return what


def _because(reason: str) -> str:
    kind, _, name = reason.partition(":")
    if kind == "exemption":
        return f"the card is exempt ({name.replace('_', ' ')})"
    return _WITHHELD.get(kind, kind)


def result_sentence(result: dict[str, Any], action: Record) -> str:
    """The bank's answer to an action."""
    if result["result"] == "applied":
        by = "A clerk agreed and" if action["requires_approval"] else "The bank"
        done = _DONE[action["action"]]
        if action["action"] == "restore" and action["current_limit"] == action["target_limit"]:
            done = "unblocked the card"
        return sentence(f"{by} {done}")
    if result["result"] == "rejected":
        return "A clerk turned it down."
    return sentence(f"the bank reported: {result['result']}")
