"""One target from all hits, what it comes to in money, and what withholds it (contract 6.1 to 6.6)."""

from __future__ import annotations

from fractions import Fraction

from features.calendar import HOUR_US
from rules.alerts import reason_codes
from rules.case import Case, Cut, Fuse
from rules.evaluate import Evaluator
from rules.judgement import Judgement
from rules.outcome import BLOCK, HALVE, LADDER, SEVERITIES
from rules.policy import Policy
from rules.records import Record, digest_of, limit_action, notice


def resolve(judgement: Judgement, hits: list[int], book: Evaluator) -> int:
    """The worst target wins; enough rules of a combination make it at least the combination's (6.1)."""
    target = max(book.rules[place].levels[judgement.levels[place]].target for place in hits)
    if len(hits) > 1:
        names = {book.rules[place].id for place in hits}
        for combination in book.book.policy.combinations:
            if len(names.intersection(combination.rules)) >= combination.at_least:
                target = max(target, LADDER.index(combination.action))
    return target


def in_control_group(cardholder: str, policy: Policy) -> bool:
    """The first 8 hex digits of the id's SHA-256, modulo 10,000, below the group's size (6.4)."""
    return int(digest_of(cardholder)[:8], 16) % 10_000 < policy.control_group.of_ten_thousand


def rounded(amount: Fraction | int, policy: Policy) -> int:
    """Down to a whole multiple of the policy's rounding."""
    return int(amount // policy.rounding) * policy.rounding


def decide(
    case: Case, judgement: Judgement, hits: list[int], book: Evaluator, fuse: Fuse, active_accounts: int
) -> list[Record]:
    """The cut or block that the hits ask for, requested or withheld, if it is due now."""
    policy = book.book.policy
    episode = case.episode
    limit, status = judgement.limit, judgement.status
    target = resolve(judgement, hits, book)
    if (
        episode is None
        or target < HALVE
        or target <= episode.worst_requested
        or limit is None
        or status == "closed"
    ):
        return []
    if target == BLOCK:
        if status == "blocked":
            return []
        target_limit = limit
    else:
        target_limit = _target_limit(target, episode.base_limit, policy)
        if target_limit >= limit:
            return []
    reason = _withheld(case, judgement, hits, book, fuse, target, target_limit)
    if reason is not None:
        if target in episode.told:
            return []
        episode.told.append(target)
    case.actions += 1
    name = f"{digest_of(judgement.cardholder)[:12]}.l{case.actions}"
    hard = [place for place in hits if book.rules[place].levels[judgement.levels[place]].target >= HALVE]
    if reason is None:
        episode.worst_requested = target
        case.forget(judgement.today, policy.cooldown_days)
        names = tuple(book.rules[place].id for place in hard)
        case.cuts.append(Cut(name, target, episode.id, episode.base_limit, names, judgement.today))
        if LADDER[target] == policy.breaker.action:
            _burn(fuse, judgement.now_us, limit, policy, active_accounts)
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
            reason_codes=reason_codes(hits, judgement, book),
            owed_notice=notice(
                "bureau" if any(book.rules[place].bureau for place in hard) else "own_account",
                judgement.trigger,
                policy.notice_days,
            ),
            policy_version=policy.version,
        )
    ]


def _requires_approval(target: int, policy: Policy) -> bool:
    if target == BLOCK:
        return policy.block_requires_approval
    return policy.halve.requires_approval if target == HALVE else policy.cut_to_tenth.requires_approval


def _target_limit(target: int, base_limit: int, policy: Policy) -> int:
    share = policy.halve.share if target == HALVE else policy.cut_to_tenth.share
    return rounded(Fraction(str(share)) * base_limit, policy)


def _withheld(
    case: Case,
    judgement: Judgement,
    hits: list[int],
    book: Evaluator,
    fuse: Fuse,
    target: int,
    target_limit: int,
) -> str | None:
    """The first reason to withhold (contract 6.4), None to request."""
    policy = book.book.policy
    for exemption in judgement.exemptions:
        if exemption in policy.exemptions:
            return f"exemption:{exemption}"
    if any(cut.cools(target, judgement.today, policy.cooldown_days) for cut in case.cuts):
        return "cooldown"
    severity = SEVERITIES[
        min(book.rules[place].levels[judgement.levels[place]].severity for place in hits) - 1
    ]
    spared = (
        LADDER[target] not in policy.control_group.never_for and severity not in policy.control_group.never_at
    )
    if spared and in_control_group(judgement.cardholder, policy):
        return "control_group"
    if fuse.blown and LADDER[target] == policy.breaker.action:
        return "breaker"
    if target != BLOCK and target_limit == 0:
        return "floor"
    return None


def _burn(fuse: Fuse, now_us: int, limit: int, policy: Policy, active_accounts: int) -> None:
    """Count a request, and blow the fuse when there are too many (contract 6.6)."""
    breaker = policy.breaker
    since = now_us - breaker.hours * HOUR_US
    fuse.requests = [request for request in fuse.requests if request[0] > since]
    fuse.requests.append((now_us, limit))
    count = len(fuse.requests)
    many = count > breaker.over_count and count > Fraction(str(breaker.over_share)) * active_accounts
    much = (
        breaker.over_limits is not None and sum(request[1] for request in fuse.requests) > breaker.over_limits
    )
    if many or much:
        fuse.blown = True
