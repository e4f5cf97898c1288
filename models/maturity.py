"""The label definition: when an observation has turned out bad or good (docs/models.md)."""

from typing import Final

from models.lessons import Verdict

OUTCOME_WINDOW_DAYS: Final = 180
"""An observation is watched on the dates less than this after its statement's date."""

BAD_DPD: Final = 60
"""Bad as soon as a date inside the window is at least this many days past due."""

CLEAN_DPD: Final = 29
"""Good if, when the window has closed, no date inside it was more days past due than this."""

_OF_OUTCOME: Final[dict[str, Verdict]] = {
    "charged_off": "bad",
    "cured": "good",
    "false_alarm": "good",
    "fraud_confirmed": "set_aside",
}


def ripen(worst_dpd: int, days_since: int) -> Verdict | None:
    """The label of an observation, or None while it is still open.

    worst_dpd: the most days past due seen on the dates inside the window so far.
    days_since: difference of dates between now and the statement (contract 2.3: inside 180 days is < 180).
    """
    if worst_dpd >= BAD_DPD:
        return "bad"
    if days_since < OUTCOME_WINDOW_DAYS:
        return None
    return "good" if worst_dpd <= CLEAN_DPD else "set_aside"


def label_of(outcome: str) -> Verdict:
    """The label that an `outcomes` record (contract 1.4) gives its cardholder's open observations."""
    return _OF_OUTCOME[outcome]
