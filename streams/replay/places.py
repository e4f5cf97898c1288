"""Places in a journal as people name them: a batch, an offset of a topic, or a time of the lane."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from features.inbound.layout import TOPICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.ports.outbox import Cut

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class PlaceError(ValueError):
    """Not a place, or none of this journal."""


def batch_at(place: str, cuts: Sequence[Cut]) -> int:
    """The number of the batch that a place means, in a journal without gaps.

    A number is the batch itself; TOPIC:OFFSET the batch that took this record; an RFC 3339 time the batch in
    which the lane's time came to it, or else the last one. Raises PlaceError.
    """
    if place.isascii() and place.isdigit():
        return _numbered(int(place), cuts)
    topic, colon, offset = place.rpartition(":")
    if colon and topic in TOPICS:
        if not (offset.isascii() and offset.isdigit()):
            raise PlaceError(f"{place}: {offset} is no offset")
        return _taking(TOPICS.index(topic), int(offset), cuts)
    return _reaching(_microseconds(place), cuts)


def _numbered(batch: int, cuts: Sequence[Cut]) -> int:
    if not cuts[0].batch <= batch <= cuts[-1].batch:
        raise PlaceError(f"the journal has the batches {cuts[0].batch} to {cuts[-1].batch}, not {batch}")
    return batch


def _taking(topic: int, offset: int, cuts: Sequence[Cut]) -> int:
    found = next((cut.batch for cut in cuts if cut.offsets[topic] > offset), None)
    if found is None:
        raise PlaceError(f"{TOPICS[topic]}:{offset}: no batch in the journal has taken this record")
    return found


def _reaching(time_us: int, cuts: Sequence[Cut]) -> int:
    reached = (cut.batch for cut in cuts if cut.watermark is not None and cut.watermark >= time_us)
    return next(reached, cuts[-1].batch)


def _microseconds(place: str) -> int:
    try:
        moment = datetime.fromisoformat(place)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise PlaceError(
            f"{place}: is no batch number, no TOPIC:OFFSET, and no RFC 3339 time with an offset "
            "(2024-03-01T00:00:00Z)"
        )
    return (moment - _EPOCH) // timedelta(microseconds=1)
