"""How long lanes take to come back from checkpoints when Redis is lost: a real Redis, a folder on disk.

    python -m tests.bench.rebuild_bench            a million cardholders over twelve lanes
    CARDHOLDERS=100000 LANES=12 python -m ...      fewer

One lane after the other in one process: workers do it side by side. The log's tail after the checkpoint comes
on top; its speed is that of any backlog. Rows are those of a simulated book, given to new ids.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from streams.adapters.memory_log import MemoryLog
from streams.adapters.redis_store import RedisStore
from streams.adapters.topics import JOURNAL
from streams.checkpoint.depot import Depot
from streams.checkpoint.keeper import Keeper, Rhythm
from streams.checkpoint.recovery import recovered
from streams.lane.engine import LaneEngine
from streams.lane.persistence import lane_state, restore, rows_of
from streams.ports.outbox import Cut, cut_to_json
from streams.ports.rows import Rows
from streams.ports.store import Commit
from streams.simulator import simulate
from tests.integration.feed import evaluator
from tests.lanes import run_lane
from tests.services.servers import redis_here

START: Final = "2024-01-01"
CUT: Final = Cut(1, (1,) * 7, chain="0" * 16)
OUT: Final = Path("build/rebuild.json")


class AllSent:
    sent_batch = 1

    def hurry(self) -> None: ...


def silent(*_: Any, **__: Any) -> None: ...


def a_book() -> tuple[bytes, list[bytes]]:
    """The state of a lane and its packed rows after half a year."""
    import datetime as dt

    engine = LaneEngine(0, evaluator())
    lines = [record.value for record in simulate(200, 6, 3, dt.date.fromisoformat(START), 12.0, 1)]
    run_lane(lines, evaluator(), engine)
    return lane_state(engine), [row for _, row in rows_of(engine, range(len(engine.ledger)))]


async def one_lane(
    url: str, folder: str, lane: int, count: int, book: tuple[bytes, list[bytes]]
) -> dict[str, float]:
    """Seconds of each stage, and bytes."""
    state, packed = book
    log, store, depot = MemoryLog(), RedisStore(url, "bench"), Depot(folder, "bench")
    log.append(JOURNAL, lane, cut_to_json(CUT))
    rows = [(f"ch-{lane:03d}-{n:09d}", row) for n, row in enumerate(islice(cycle(packed), count))]
    claimed = await store.claim(lane)
    lease = claimed.lease
    commit = Commit(CUT, 0, state, Rows.of(rows), None)
    await store.commit(lease, commit, 1)

    keeper = Keeper(Rhythm(depot, seconds=0.0, records=1, keep=1), store, claimed, AllSent(), silent)
    begun = time.perf_counter()
    keeper.committing()
    keeper.committed(commit)
    assert keeper._task is not None
    await keeper._task
    taken = time.perf_counter() - begun
    (kept,) = depot.kept(lane)

    await store._redis.flushall()
    claimed = await store.claim(lane)
    begun = time.perf_counter()
    claimed = await recovered(depot, log, store, claimed, CUT, silent)
    stored = time.perf_counter() - begun
    begun = time.perf_counter()
    back = [row async for page in store.rows(lane) for row in page]
    restore(LaneEngine(lane, evaluator()), claimed.state, back)
    warmed = time.perf_counter() - begun
    assert sorted(back) == rows, "what came back is what was lost"
    await store._redis.flushall()
    await store.close()
    return {"taken": taken, "stored": stored, "warmed": warmed, "bytes": kept.size}


def main() -> None:
    cardholders, lanes = int(os.environ.get("CARDHOLDERS", "1000000")), int(os.environ.get("LANES", "12"))
    book = a_book()
    each = cardholders // lanes
    total = {"taken": 0.0, "stored": 0.0, "warmed": 0.0, "bytes": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        server = redis_here(Path(folder) / "redis")
        server.start()
        try:
            for lane in range(lanes):
                found = asyncio.run(one_lane(server.url, f"{folder}/kept", lane, each, book))
                total = {name: total[name] + found[name] for name in total}
                print(f"lane {lane}: {json.dumps({k: round(v, 2) for k, v in found.items()})}", flush=True)
        finally:
            server.discard()
    rebuild = total["stored"] + total["warmed"]
    told = {
        "cardholders": each * lanes,
        "lanes": lanes,
        "bytes_a_row": round(sum(map(len, book[1])) / len(book[1]), 1),
        "checkpoint_bytes": int(total["bytes"]),
        "seconds": {name: round(total[name], 2) for name in ("taken", "stored", "warmed")},
        "rebuild_seconds": round(rebuild, 2),
        "cardholders_a_second": round(each * lanes / rebuild),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(told, indent=2) + "\n")
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
