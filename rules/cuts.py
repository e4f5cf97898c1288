"""One target from all hits, what it comes to in money, and what withholds it (contract 6.1 to 6.6)."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter

from features.calendar import HOUR_US
from rules.case import Case, Cut, Fuse
from rules.evaluate import Evaluator
from rules.facts import PRODUCT, code_of
from rules.judgement import Judgement
from rules.outcome import BLOCK, HALVE, LADDER
from rules.policy import Policy
from rules.records import Record, digest_of, limit_action, notice
from rules.verdict import Verdict
from rules.withholding import Request, withheld


def resolve(verdict: Verdict, policy: Policy) -> int:
    """The worst target wins; enough rules of a combination make it at least the combination's (6.1)."""
    target = verdict.target
    if len(verdict.hits) > 1:
        for combination in policy.combinations:
            if len(verdict.targets.keys() & combination.rules) >= combination.at_least:
                target = max(target, LADDER.index(combination.action))
    return target


def rounded(amount: Fraction | int, policy: Policy) -> int:
    """Down to a whole multiple of the policy's rounding."""
    return int(amount // policy.rounding) * policy.rounding


def decide(
    case: Case, judgement: Judgement, book: Evaluator, fuse: Fuse, active_accounts: int
) -> list[Record]:
    """The cut or block that the hits ask for, requested or withheld, if it is due now."""
    policy = book.policy_for(judgement.product)
    episode, limit, verdict = case.episode, judgement.limit, judgement.verdict
    target = resolve(verdict, policy)
    if episode is None or limit is None or needless(case, judgement, target, policy) is not None:
        return []
    target_limit = limit_after(target, episode.base_limit, limit, judgement.product, policy)
    reason = withheld(Request(case, judgement, book, policy, fuse, target, target_limit))
    if reason is not None:
        if target in episode.told:
            return []
        episode.told.append(target)
    case.actions += 1
    name = f"{digest_of(judgement.cardholder)[:12]}.l{case.actions}"
    if reason is None:
        episode.worst_requested = target
        case.forget(judgement.today, policy.cooldown_days)
        case.cuts.append(Cut(name, target, episode.id, episode.base_limit, verdict.hard, judgement.today))
        if LADDER[target] == book.book.policy.breaker.action:
            _burn(fuse, judgement.now_us, limit, book.book.policy, active_accounts)
    approval = _requires_approval(target, policy)
    return [
        limit_action(
            action_id=name,
            alert_id=episode.alert_id,
            episode_id=episode.id,
            cardholder=judgement.cardholder,
            trigger=judgement.trigger,
            action=LADDER[target],
            base_limit=episode.base_limit,
            current_limit=limit,
            target_limit=target_limit,
            requires_approval=approval,
            effective="approval" if approval else "immediate",
            withheld_because=reason,
            reason_codes=list(verdict.reason_codes),
            owed_notice=notice(
                "bureau" if verdict.bureau else "own_account", judgement.trigger, policy.notice_days
            ),
            policy_version=policy.version,
        )
    ]


def _requires_approval(target: int, policy: Policy) -> bool:
    if target == BLOCK:
        return policy.block_requires_approval
    return policy.halve.requires_approval if target == HALVE else policy.cut_to_tenth.requires_approval


@lru_cache(maxsize=64)
def _ratio(share: float) -> tuple[int, int]:
    """A share as it is written, in whole numbers: no decision hangs on a binary fraction."""
    return Fraction(str(share)).as_integer_ratio()


def limit_after(target: int, base_limit: int, limit: int, product: int | None, policy: Policy) -> int:
    """What a target leaves: a share of base_limit, at least the product's floor; of a block all (6.2)."""
    if target == BLOCK:
        return limit
    share = policy.halve.share if target == HALVE else policy.cut_to_tenth.share
    floor = 0
    if policy.product_floors and product is not None:
        floor = next((f for name, f in policy.product_floors.items() if code_of(PRODUCT, name) == product), 0)
    above, below = _ratio(share)
    # rounding down the larger of two is the larger of what they are rounded down to
    return max(above * base_limit // (below * policy.rounding), floor // policy.rounding) * policy.rounding


def needless(case: Case, judgement: Judgement, target: int, policy: Policy) -> str | None:
    """Why no action is due for a target at all, not even a withheld one (6.3); None when one is."""
    episode, limit, status = case.episode, judgement.limit, judgement.status
    if episode is None or target < HALVE:
        return "alert_only"
    if target <= episode.worst_requested:
        return "already_requested"
    if limit is None:
        return "no_account"
    if status == "closed" or (status == "blocked" and target == BLOCK):
        return f"account_{status}"
    after = limit_after(target, episode.base_limit, limit, judgement.product, policy)
    return "limit_low_already" if target != BLOCK and after >= limit else None


def _burn(fuse: Fuse, now_us: int, limit: int, policy: Policy, active_accounts: int) -> None:
    """Count a request, and blow the fuse when there are too many (contract 6.6)."""
    breaker = policy.breaker
    since = now_us - breaker.hours * HOUR_US
    stale = bisect_right(fuse.requests, since, key=itemgetter(0))  # a lane's time does not go back
    del fuse.requests[:stale]
    fuse.requests.append((now_us, limit))
    count = len(fuse.requests)
    above, below = _ratio(breaker.over_share)
    many = count > breaker.over_count and count * below > above * active_accounts
    much = (
        breaker.over_limits is not None and sum(request[1] for request in fuse.requests) > breaker.over_limits
    )
    if many or much:
        fuse.blown = True
        fuse.requests.clear()  # none is counted any more, until a person closes it again
