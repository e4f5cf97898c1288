"""Whether what a store kept of a lane, and what the log says was sent, have one past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.ports.failures import UnusableError
from streams.ports.outbox import Cut, chained

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.ports.store import Claimed


def check_pasts(claimed: Claimed, sent: Cut | None) -> None:
    """Raise UnusableError when the state cannot be that from which `sent` came, or goes on from it."""
    kept = claimed.cut
    if kept is None or (sent is not None and kept.batch < sent.batch):
        return  # to be rebuilt; the journal is looked at then
    known = 0 if sent is None else sent.batch
    if kept.batch == known:
        same = sent is not None and kept.chain == sent.chain
    else:
        following = [entry.cut for entry in claimed.outbox if entry.cut.batch > known]
        same = bool(following) and chained(following[0], sent).chain == following[0].chain
    if not same:
        raise other_past(claimed.lease.lane, kept, known)


def other_past(lane: int, kept: Cut, sent: int) -> UnusableError:
    return UnusableError(
        f"lane {lane}: the state in the store (batch {kept.batch}) is not from the past of this log "
        f"(sent up to {sent}). If the log is right, remove the lane's keys from the store: "
        "it is rebuilt from the log"
    )


def check_starts(starts: Sequence[int], kept: Cut | None, sent: Cut | None) -> None:
    """Raise UnusableError when the log has dropped records that are still needed."""
    if kept is None and sent is not None and any(starts):
        raise UnusableError("the state is gone, and the log has dropped records from which to rebuild it")
    if kept is not None and any(map(int.__gt__, starts, kept.offsets)):
        raise UnusableError("the log has dropped records that were not taken yet")
