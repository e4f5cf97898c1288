"""Faust: one agent, a table in memory with a changelog; at least once. Run by tests/bench/peers/run.py."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final

os.environ.setdefault("FAUST_LOOP", "uvloop")

import faust

from tests.bench.peers.meter import Meter, record
from tests.bench.peers.work import THRESHOLD, assess, new_state

COMMIT_SECONDS: Final = 2.8

meter = Meter()
app = faust.App(
    f"{meter.name}-faust",
    broker=f"kafka://{meter.broker}",
    store="memory://",
    datadir=meter.folder,
    topic_partitions=4,
    topic_replication_factor=1,
    consumer_auto_offset_reset="earliest",
    web_enabled=False,
    topic_disable_leader=True,
    broker_max_poll_records=5_000,
    stream_buffer_maxsize=16_384,
    producer_acks=-1,
    producer_linger=0.02,
    producer_max_batch_size=262_144,
    broker_commit_interval=COMMIT_SECONDS,
)
source: Any = app.topic(meter.source, key_serializer="raw", value_serializer="json", key_type=bytes)
out: Any = app.topic(meter.out, key_serializer="raw", value_serializer="json")
table: Any = app.Table("state", default=new_state, partitions=4)


@app.agent(source)
async def work(stream: Any) -> None:
    async for message in stream.events():
        event = message.value
        cardholder = event["cardholder_id"]
        state = table[cardholder]
        hits, points = assess(state, event)
        table[cardholder] = state
        if hits or points > THRESHOLD:
            await out.send(key=cardholder.encode(), value=record(event, hits, points))
        if meter.tick(message.message.partition, message.message.offset):
            await asyncio.sleep(COMMIT_SECONDS + 0.2)
            meter.report()
            os._exit(0)  # a graceful stop would wait for this agent; what it wrote was committed above


if __name__ == "__main__":
    app.main()
