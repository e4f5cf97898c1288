"""Whether a peer found what it must: no more, no less, and the same score."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.bench.reading import read_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.bench.peers.lines import Hit

_NEAR: Final = 1e-9
"""Java's exp is another than C's, in the last bit."""


class DiffersError(RuntimeError):
    """A peer did other work than the reference; its figures would mean nothing."""


def check(
    bootstrap: str, topic: str, hits: Sequence[Sequence[Hit]], stops: Mapping[int, int]
) -> dict[str, int]:
    """Compare a topic with the reference hits before each lane's stop. Raises DiffersError."""
    wanted = {
        event: (rules, score)
        for lane, found in enumerate(hits)
        for offset, event, rules, score in found
        if offset < stops.get(lane, 0)
    }
    given: dict[str, tuple[list[str], float]] = {}
    repeated = 0
    for lane in range(len(hits)):
        for record in read_all(bootstrap, topic, lane):
            told = json.loads(record.value)
            repeated += told["event_id"] in given
            given[told["event_id"]] = told["rules"], told["score"]
    missing, extra = wanted.keys() - given.keys(), given.keys() - wanted.keys()
    other = [
        event
        for event in wanted.keys() & given.keys()
        if wanted[event][0] != given[event][0] or abs(wanted[event][1] - given[event][1]) > _NEAR
    ]
    if missing or extra or other:
        raise DiffersError(
            f"{topic}: of {len(wanted)} hits {len(missing)} are missing and {len(other)} differ; "
            f"{len(extra)} are beside them"
        )
    return {"hits": len(wanted), "repeated": repeated}
