"""Quix Streams: a stateful apply, RocksDB and a changelog; at least once. Run by tests/bench/peers/run.py."""

from __future__ import annotations

from typing import Any

from quixstreams import Application, message_context  # type: ignore[import-not-found, unused-ignore]

from tests.bench.peers.meter import Meter, record
from tests.bench.peers.work import THRESHOLD, assess, new_state

meter = Meter()
app = Application(
    broker_address=meter.broker,
    consumer_group=f"{meter.name}-quix",
    auto_offset_reset="earliest",
    state_dir=meter.folder,
    loglevel="WARNING",
    commit_interval=5.0,
    producer_extra_config={
        "linger.ms": 50,
        "batch.num.messages": 20_000,
        "queue.buffering.max.messages": 500_000,
    },
)


def work(event: dict[str, Any], state: Any) -> dict[str, Any] | None:
    held = state.get("held")
    if held is None:
        held = new_state()
    hits, points = assess(held, event)
    state.set("held", held)
    context = message_context()
    if meter.tick(context.partition, context.offset):
        app.stop()
    return record(event, hits, points) if hits or points > THRESHOLD else None


def main() -> None:
    events = app.dataframe(app.topic(meter.source, key_deserializer="str", value_deserializer="json"))
    found = events.apply(work, stateful=True).filter(lambda hit: hit is not None)
    found.to_topic(app.topic(meter.out, key_serializer="str", value_serializer="json"))
    app.run()
    meter.report()


if __name__ == "__main__":
    main()
