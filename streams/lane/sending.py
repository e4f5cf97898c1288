"""Sends out what a lane's batches give, behind its back: the lane goes on while a transaction runs."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from streams.lane.cancelling import cancelled
from streams.lane.condition import Condition
from streams.lane.tuning import Backoff, Tell, Tuning
from streams.ports.failures import FencedError, UnreachableError
from streams.ports.outbox import NOTHING_SENT, Cut, Entry, not_yet_sent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.ports.log import LanePublisher

TOGETHER_BYTES: Final = 8 * 1024 * 1024
"""Messages of several batches go into one transaction up to about this size."""


_SENDING: Final = "sending"


class Sending:
    """The queue between a lane's batches and its publisher."""

    def __init__(self, publisher: LanePublisher, tuning: Tuning, tell: Tell, condition: Condition) -> None:
        self._publisher = publisher
        self._tuning = tuning
        self._tell = tell
        self._condition = condition
        self._queue: deque[tuple[Entry, int]] = deque()
        """What is to be sent, and the bytes of its messages."""
        self._bytes = 0
        """Of all messages in it."""
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._closing = False
        self._hurried = False
        self._task: asyncio.Task[None] | None = None
        self.sent: Cut | None = None
        """How far it got."""

    async def open(self) -> Cut | None:
        """Fence other owners; how far they got."""
        with self._noting_late():
            self.sent = await self._publisher.open()
        self._condition.clear(_SENDING)
        return self.sent

    def start(self, entries: Iterable[Entry]) -> None:
        """Begin to send, first what an earlier owner left."""
        for entry in entries:
            self.offer(entry)
        self._task = asyncio.create_task(self._run())

    @property
    def sent_batch(self) -> int:
        return 0 if self.sent is None else self.sent.batch

    @property
    def sent_counts(self) -> tuple[int, ...]:
        return NOTHING_SENT if self.sent is None else self.sent.counts

    def offer(self, entry: Entry) -> None:
        """Take a batch that goes out next, unless it went out before."""
        if entry.cut.batch > self.sent_batch:
            entry = not_yet_sent(entry, self.sent_counts)
            size = sum(len(message.value or b"") for message in entry.messages)
            self._queue.append((entry, size))
            self._bytes += size
            self._condition.unsent_batches = len(self._queue)
            self._news.set()

    async def room(self) -> None:
        """Wait while too much is unsent. Raises what ended the sending."""
        while self._task is not None and self._is_full():
            self._room.clear()
            await self._until_room_or_end(self._task)
        self.check()

    def _is_full(self) -> bool:
        """Whether the lane must wait; one batch always has room."""
        quiet = not any(entry.messages for entry, _ in self._queue)
        most = self._tuning.quiet_batches if quiet else self._tuning.unsent_batches
        return len(self._queue) > most or (len(self._queue) > 1 and self._bytes > self._tuning.unsent_bytes)

    def check(self) -> None:
        """Raise what ended the sending, if anything did."""
        if self._task is not None and self._task.done():
            self._task.result()

    async def _until_room_or_end(self, task: asyncio.Task[None]) -> None:
        room = asyncio.create_task(self._room.wait())
        await asyncio.wait((room, task), return_when=asyncio.FIRST_COMPLETED)
        room.cancel()
        self.check()

    def hurry(self) -> None:
        """Journal the batches too that send nothing, once."""
        self._hurried = True
        self._news.set()

    async def finish(self) -> None:
        """Send what is there and end. Raises what ended the sending before."""
        self._closing = True
        self._news.set()
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """End at once."""
        await cancelled(self._task)
        await self._publisher.close()

    async def _run(self) -> None:
        backoff = Backoff(self._tuning, f"sending of lane {self._condition.lane}")
        while True:
            if not self._ripe():
                if self._closing:
                    return
                self._news.clear()
                await self._news.wait()
                continue
            entries = self._together()
            try:
                await self._send(entries)
                backoff.reset()
            except UnreachableError as error:
                await self._wait(error, backoff)
                await self._reopen(backoff)

    async def _wait(self, error: UnreachableError, backoff: Backoff) -> None:
        """Before the next attempt; when it is closing there is none, the next owner sends the rest."""
        if self._closing:
            raise error
        lane, pause = self._condition.lane, backoff.pause()
        self._tell("sending_waits", lane=lane, why=str(error))
        self._condition.wait(str(error), pause, _SENDING)
        await asyncio.sleep(pause)

    def _ripe(self) -> bool:
        """Whether there is something to send, or enough batches to journal."""
        most = 0 if self._closing or self._hurried else self._tuning.quiet_batches // 2
        return len(self._queue) > most or any(entry.messages for entry, _ in self._queue)

    def _together(self) -> list[Entry]:
        entries: list[Entry] = []
        size = 0
        for entry, its in self._queue:
            if size > TOGETHER_BYTES:
                break
            entries.append(entry)
            size += its
        return entries

    async def _send(self, entries: list[Entry]) -> None:
        cuts = [entry.cut for entry in entries]
        most = tuple(map(max, cuts[-1].counts, self.sent_counts))
        progress = msgspec.structs.replace(cuts[-1], counts=most)
        messages = [message for entry in entries for message in entry.messages]
        with self._noting_late():
            await self._publisher.publish(messages, cuts, progress)
        self._condition.clear(_SENDING)
        self._hurried = False
        self._note(progress)

    @contextmanager
    def _noting_late(self) -> Iterator[None]:
        """The client tries again by itself, and says nothing meanwhile."""
        late = asyncio.get_running_loop().call_later(self._tuning.send_patience, self._note_late)
        try:
            yield
        finally:
            late.cancel()

    def _note_late(self) -> None:
        why = f"Kafka: no answer to a transaction for {self._tuning.send_patience:g} s"
        self._tell("sending_waits", lane=self._condition.lane, why=why)
        self._condition.wait(why, 0.0, _SENDING)

    def _note(self, sent: Cut | None) -> None:
        self.sent = sent
        while self._queue and self._queue[0][0].cut.batch <= self.sent_batch:
            self._bytes -= self._queue.popleft()[1]
        self._condition.unsent_batches = len(self._queue)
        self._room.set()

    async def _reopen(self, backoff: Backoff) -> None:
        """After a failure nobody knows what was sent: the log does."""
        while True:
            try:
                with self._noting_late():
                    sent = await self._publisher.open()
            except UnreachableError as error:
                await self._wait(error, backoff)
            else:
                self._check_still_ours(sent)
                self._note(sent)
                self._condition.clear(_SENDING)
                self._tell("sending_goes_on", lane=self._condition.lane)
                return

    def _check_still_ours(self, sent: Cut | None) -> None:
        """What we never had to send was sent: by a newer owner, whom opening has just fenced.

        That one claims the lane anew; this one must not go on, nor hold its batches against the other's.
        """
        newest = self._queue[-1][0].cut.batch if self._queue else 0
        if sent is not None and sent.batch > max(newest, self.sent_batch):
            raise FencedError(f"batch {sent.batch} was sent by a newer owner of the lane")
