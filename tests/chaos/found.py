"""What came of a log in truth: read from the output topics and from the store once all workers are gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streams.adapters.redis_store import RedisStore
from tests.chaos.undisturbed import Outcome, Sent
from tests.contract.kafka_under_test import committed

if TYPE_CHECKING:
    from tests.integration.workers import Site


def found(site: Site) -> list[Outcome]:
    """The outcome of each lane."""
    kept = asyncio.run(_kept(site))
    return [
        Outcome(_sent(site, "risk-decisions", lane), _sent(site, "dead-letters", lane), rows, state)
        for lane, (rows, state) in enumerate(kept)
    ]


def _sent(site: Site, topic: str, lane: int) -> list[Sent]:
    return [
        Sent(
            None if topic == "dead-letters" else record.key,
            record.value,
            tuple(map(tuple, record.headers)),
        )
        for record in committed(site.kafka.bootstrap, site.prefix + topic, lane)
    ]


async def _kept(site: Site) -> list[tuple[dict[str, bytes], bytes | None]]:
    store = RedisStore(site.redis.url, site.namespace)
    lanes = []
    for lane in range(site.lanes):
        claimed = await store.claim(lane)
        rows = {name: row async for page in store.rows(lane) for name, row in page}
        lanes.append((rows, claimed.state))
    await store.close()
    return lanes
