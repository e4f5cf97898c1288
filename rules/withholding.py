"""What withholds an action that is due (contract 6.4): the first reason of a fixed order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from rules.case import Case, Fuse
from rules.evaluate import Evaluator
from rules.judgement import Judgement
from rules.outcome import BLOCK, LADDER, SEVERITIES
from rules.policy import Policy
from rules.records import digest_of


class Request(msgspec.Struct, frozen=True):
    """An action that is due, and what is known when it is."""

    case: Case
    judgement: Judgement
    book: Evaluator
    policy: Policy
    fuse: Fuse
    target: int
    target_limit: int


def bucket_of(cardholder: str) -> int:
    """The first 8 hex digits of the id's SHA-256, as a number, modulo 10,000 (6.4)."""
    return int(digest_of(cardholder)[:8], 16) % 10_000


def in_control_group(cardholder: str, policy: Policy) -> bool:
    """Whether nothing is done to a cardholder, to learn what would have been."""
    return bucket_of(cardholder) < policy.control_group.of_ten_thousand


def _exemption(request: Request) -> str | None:
    for name in request.judgement.exemptions:
        if name in request.policy.exemptions:
            return f"exemption:{name}"
    return None


def _cooldown(request: Request) -> str | None:
    today, days = request.judgement.today, request.policy.cooldown_days
    for cut in request.case.cuts:
        if cut.cools(request.target, today, days):
            return "cooldown"
    return None


def _control_group(request: Request) -> str | None:
    group, severity = request.policy.control_group, SEVERITIES[request.judgement.verdict.severity - 1]
    if LADDER[request.target] in group.never_for or severity in group.never_at:
        return None
    return "control_group" if in_control_group(request.judgement.cardholder, request.policy) else None


def _breaker(request: Request) -> str | None:
    """One for the lane, whatever the product."""
    action = request.book.book.policy.breaker.action
    return "breaker" if request.fuse.blown and LADDER[request.target] == action else None


def _floor(request: Request) -> str | None:
    return "floor" if request.target != BLOCK and request.target_limit == 0 else None


CHECKS: Final[dict[str, Callable[[Request], str | None]]] = {
    "exemption": _exemption,
    "cooldown": _cooldown,
    "control_group": _control_group,
    "breaker": _breaker,
    "floor": _floor,
}
"""In the order of contract 6.4; each says its reason, or None."""


def withheld(request: Request) -> str | None:
    """The first reason to withhold, None to request."""
    for check in CHECKS.values():
        reason = check(request)
        if reason is not None:
            return reason
    return None
