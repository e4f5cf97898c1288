from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from streams.lane.condition import Condition
from streams.lane.sending import Sending
from streams.lane.tuning import Tuning
from streams.ports.failures import FencedError, UnreachableError
from streams.ports.outbox import DECISIONS, Cut, Entry, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFSETS = (0,) * 7
TUNING = Tuning(retry_first=0.001, retry_most=0.001)


class Unsure:
    """A publisher whose first transaction fails, nobody knows how; then it is found that `after` was sent."""

    def __init__(self, after: int) -> None:
        self._after = after
        self.opened = 0
        self.sent: list[int] = []

    async def open(self) -> Cut | None:
        self.opened += 1
        return Cut(1, OFFSETS) if self.opened == 1 else Cut(self._after, OFFSETS, (self._after - 1, 0, 0, 0))

    async def publish(self, messages: Sequence[Message], cuts: Sequence[Cut], progress: Cut) -> None:
        if self.opened == 1:
            raise UnreachableError("the connection was lost amid the transaction")
        self.sent += [cut.batch for cut in cuts]

    async def close(self) -> None: ...


def entry(batch: int) -> Entry:
    cut = Cut(batch, OFFSETS, (batch - 1, 0, 0, 0))
    return Entry(cut, [Message(DECISIONS, b"c", b"%d" % batch, [])])


async def send(publisher: Unsure) -> None:
    sending = Sending(publisher, TUNING, lambda event, **facts: None, Condition(0))
    await sending.open()
    sending.start([entry(2), entry(3)])
    try:
        while sending.sent_batch < 3:
            sending.check()
            await asyncio.sleep(0.001)
        await sending.finish()
    finally:
        await sending.close()


@pytest.mark.parametrize(("after", "left"), [(1, [2, 3]), (2, [3]), (3, [])])
def test_what_was_sent_after_all_is_not_sent_again(after: int, left: list[int]) -> None:
    publisher = Unsure(after)
    asyncio.run(send(publisher))
    assert publisher.sent == left


def test_a_sender_that_wakes_up_behind_a_newer_owner_leaves() -> None:
    publisher = Unsure(4)
    with pytest.raises(FencedError):
        asyncio.run(send(publisher))
    assert publisher.sent == []
