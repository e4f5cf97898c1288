"""What a lane commits: batches of known content, and all rows that came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.ports.outbox import Cut, Entry, Message
from streams.ports.rows import Rows
from streams.ports.store import Commit

if TYPE_CHECKING:
    from streams.ports.store import Store


def cut(batch: int) -> Cut:
    return Cut(batch, (batch, 2, 3, 4, 5, 6, 7), (batch, 0, 1, 0), "default.3", "r1", batch, "o", f"c{batch}")


def commit(batch: int, rows: dict[str, bytes], *, follows: int | None = None, sends: bool = True) -> Commit:
    messages = [
        Message(0, b"k", b"v%d" % batch, [("h", b"1")]),
        Message(1, None, b"", []),
        Message(1, b"", None, []),
    ]
    entry = Entry(cut(batch), messages)
    before = batch - 1 if follows is None else follows
    return Commit(cut(batch), before, b"state%d" % batch, Rows.of(rows.items()), entry if sends else None)


async def all_rows(store: Store, lane: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    async for page in store.rows(lane):
        for name, row in page:
            assert name not in found
            found[name] = row
    return found
