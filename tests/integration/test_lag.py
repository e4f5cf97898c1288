"""Lag is 0 when every record is taken, whatever the log puts between and after them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiokafka import AIOKafkaProducer

from tests.integration.feed import STAMP, placed
from tests.integration.test_refusals import report
from tests.integration.workers import until
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from tests.integration.feed import Placed
    from tests.integration.workers import Site

pytestmark = pytest.mark.integration


async def produce_in_transactions(site: Site, records: list[Placed]) -> None:
    """A committed one, then one that is taken back: its records and marks stay in the log."""
    name = f"{site.prefix}bank"
    producer = AIOKafkaProducer(bootstrap_servers=site.kafka.bootstrap, transactional_id=name)
    await producer.start()
    for keeps in (True, False):
        await producer.begin_transaction()
        for one in records:
            await producer.send(
                site.prefix + one.topic, one.value, one.key, partition=one.partition, timestamp_ms=STAMP
            )
        await (producer.commit_transaction() if keeps else producer.abort_transaction())
    await producer.stop()


def test_marks_of_transactions_are_no_lag(site: Site) -> None:
    records = placed(story_book(4, 10, 3), site.lanes)
    asyncio.run(produce_in_transactions(site, records))
    with site.worker(HEALTH_PORT="0") as worker:
        worker.wait_for("lane_caught_up", count=site.lanes)

        def lags() -> list[int | None]:
            return [lane["lag_records"] for lane in report(worker)["lanes"]]

        until(lambda: lags() == [0] * site.lanes, 60, lambda: f"{lags()}\n{site.logs()}")
        assert worker.stop() == 0
    behind = [sum(ends) - sum(cut) for ends, cut in zip(site.ends(), site.cuts(), strict=True)]
    assert max(behind) > 0, "after the last record there is something"
