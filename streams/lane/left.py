"""What a lane that was stopped leaves in memory: the next one in this process may go on with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.lane.persistence import lane_state

if TYPE_CHECKING:
    from streams.lane.cache import RowCache
    from streams.lane.engine import LaneEngine
    from streams.ports.outbox import Cut
    from streams.ports.store import Claimed, Lease


@dataclass(frozen=True, slots=True)
class Left:
    """An engine as of its last commit, and the lease under which that was made."""

    engine: LaneEngine
    cache: RowCache
    lease: Lease
    cut: Cut | None

    def continues_in(self, claimed: Claimed) -> bool:
        """Whether nobody had the lane since: the claim follows this lease, the store is as it was left."""
        return (
            claimed.before == self.lease.token
            and claimed.lease.epoch == self.lease.epoch + 1
            and claimed.cut == self.cut
            and claimed.state == (None if self.cut is None else lane_state(self.engine))
        )
