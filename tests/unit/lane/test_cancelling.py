"""A task that loses a cancellation ends all the same."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from streams.lane.cancelling import cancelled


def test_asked_again_until_it_ends() -> None:
    lost = 0

    async def loses_two() -> None:
        nonlocal lost
        while lost < 2:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(30)
            lost += 1
        await asyncio.sleep(30)

    async def test() -> bool:
        task = asyncio.create_task(loses_two())
        await asyncio.sleep(0)
        await cancelled(task)
        return task.cancelled()

    assert asyncio.run(test())
    assert lost == 2


def test_one_that_has_failed_is_over() -> None:
    async def fails() -> None:
        raise ValueError

    async def test() -> None:
        task = asyncio.create_task(fails())
        await asyncio.sleep(0)
        await cancelled(task)
        await cancelled(None)

    asyncio.run(test())
