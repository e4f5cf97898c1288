"""Lanes that are taken away: each is stopped by its own means."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from streams.adapters.kafka_log import KafkaNames
from streams.lane.runner import LaneRunner
from streams.worker.crew import Crew


def test_a_lane_that_runs_ends_by_itself_and_one_that_waits_is_cancelled() -> None:
    """Also when lanes are among them that this worker had not taken."""

    async def test() -> tuple[bool, bool]:
        crew = Crew(KafkaNames("", "", ""), cast("Any", None), lambda *_, **__: None)
        stopped = asyncio.Event()

        async def runs() -> None:
            await stopped.wait()

        async def waits() -> None:
            await asyncio.sleep(60)

        running, waiting = asyncio.create_task(runs()), asyncio.create_task(waits())
        await asyncio.sleep(0)
        crew._keepers = {2: running, 5: waiting}
        crew.runners = {2: cast("LaneRunner", SimpleNamespace(stop=stopped.set))}
        await crew.drop([1, 2, 4, 5])
        assert not crew.lanes
        return running.cancelled(), waiting.cancelled()

    assert asyncio.run(test()) == (False, True)
