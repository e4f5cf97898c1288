"""What must come of a log that was taken live: the same batches run again, as the journal has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streams.adapters.kafka_log import KafkaLog, KafkaNames
from streams.lane.engine import LaneEngine
from streams.replay.walk import replayed
from tests.chaos.undisturbed import outcome_of
from tests.integration.feed import evaluator

if TYPE_CHECKING:
    from tests.chaos.undisturbed import Outcome
    from tests.integration.workers import Site


def along_the_journal(site: Site) -> list[Outcome]:
    """The outcome of each lane."""
    return asyncio.run(_along(site))


async def _along(site: Site) -> list[Outcome]:
    log = KafkaLog(KafkaNames(site.kafka.bootstrap, site.prefix, site.namespace))
    rules = evaluator()
    found = []
    for lane in range(site.lanes):
        engine = LaneEngine(lane, rules, site.prefix, learns=False)
        messages, walk = await replayed(log, engine)
        found.append(outcome_of(messages, engine, walk.rows()))
    return found
