"""A Faust transport whose consumer looks up seldom, and of what came hands on the last record only.

Faust hands on record by record, and keeps account of each offset that it does not get to see (a transaction's
markers); that costs more than learning does. The agent that teaches needs to know only that there is news
(streams.worker.school).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from faust.transport.drivers import aiokafka

if TYPE_CHECKING:
    from faust.types import TP

NEWS_SECONDS: Final = 0.2


class NewsConsumer(aiokafka.Consumer):
    """Hands on the latest record of a partition a few times a second."""

    async def _getmany(
        self,
        active_partitions: set[TP] | None,
        timeout: float,  # noqa: ASYNC109  # Faust's
    ) -> dict[TP, list[Any]]:
        await self.sleep(NEWS_SECONDS)
        found = await super()._getmany(active_partitions, timeout)
        return {partition: records[-1:] for partition, records in found.items()}


class NewsTransport(aiokafka.Transport):
    """Faust's own, with that consumer."""

    Consumer = NewsConsumer
