"""Ends tasks that may lose a cancellation."""

from __future__ import annotations

import asyncio
from typing import Any, Final

AGAIN_SECONDS: Final = 0.2


async def cancelled(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it has ended, whatever it ends with.

    It is asked again until it ends: asyncio.wait_for, on which clients build, loses a cancellation that
    comes together with the answer (Python before 3.12).
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=AGAIN_SECONDS)
    if task is not None and not task.cancelled():
        task.exception()  # it was looked at
