"""Runs a worker until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Final

import structlog

from rules.rulebook import RulebookError
from streams.checkpoint.depot import depot_of
from streams.ports.failures import UnreachableError, UnusableError
from streams.warmup import warm_up_lanes
from streams.worker.app import Worker
from streams.worker.logs import configure, where
from streams.worker.loop import loop_factory
from streams.worker.parts import check_redis, check_topics, make_evaluator

if TYPE_CHECKING:
    from rules.evaluate import Evaluator
    from streams.health.server import HealthServer
    from streams.lane.tuning import Tell
    from streams.settings import Settings

KAFKA_SECONDS: Final = 60.0
LEAVE_SECONDS: Final = 20.0
"""How long leaving may take, the lanes' own time (crew.py) included; orchestrators kill after 30 s."""
DONE: Final = 0
STOPPED_ITSELF: Final = 1
UNUSABLE: Final = 2
UNREACHABLE: Final = 3
"""Exit codes, as streams.cli.exits has them."""
YOUNG: Final = 20_000
"""Objects that may come, beyond those that go, before the collector looks at the young ones: a batch commits
a tuple for each row, and none of them is garbage in a cycle."""


def run_worker(settings: Settings) -> int:
    """Run a worker until SIGTERM or SIGINT; the exit code."""
    configure(settings.log_level)
    tell = _tell()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))  # until the loop takes care of it
    try:
        evaluator = make_evaluator(settings)
        depot_of(settings)
        _wait_for_kafka(settings, tell)
        check_redis(settings)
    except (RulebookError, OSError, UnusableError) as error:
        tell("worker_cannot_start", why=str(error))
        return UNUSABLE
    except UnreachableError as error:
        tell("worker_cannot_start", why=str(error))
        return UNREACHABLE
    tell("worker_warms_up")
    warm_up_lanes()
    settle_memory()
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(_run(settings, evaluator, tell))
    except UnusableError as error:
        tell("worker_cannot_start", why=str(error))
        return UNUSABLE


def settle_memory() -> None:
    """Let the collector leave alone what stays for good: hundreds of thousands of objects of libraries."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def _wait_for_kafka(settings: Settings, tell: Tell) -> None:
    """Check the topics; a broker that does not answer yet is waited for."""
    deadline = time.monotonic() + KAFKA_SECONDS
    while True:
        try:
            return check_topics(settings)
        except UnreachableError as error:
            if time.monotonic() > deadline:
                raise
            tell("worker_waits", why=str(error))
            time.sleep(1.0)


def _tell() -> Tell:
    logger = structlog.get_logger()

    def tell(event: str, **facts: object) -> None:
        logger.info(event, **facts)

    return tell


async def _run(settings: Settings, evaluator: Evaluator, tell: Tell) -> int:
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    with tempfile.TemporaryDirectory(prefix="postloan-") as datadir:
        worker = Worker(settings, evaluator, tell, datadir)
        app = worker.app
        tell(
            "worker_starts",
            kafka=settings.kafka_bootstrap,
            redis=settings.shown_redis_url,
            lanes=settings.lanes,
        )
        health = _serve_health(settings, worker, tell)
        starting = asyncio.create_task(app.start())
        ends = [asyncio.create_task(asked.wait()), asyncio.create_task(app.wait_until_stopped())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not asked.is_set():
            reason = app.crash_reason
            tell("worker_failed", why="unknown" if reason is None else where(reason))
        for task in (*ends, starting):
            task.cancel()
        leaving = asyncio.create_task(_leave(worker, health))
        await asyncio.wait((leaving,), timeout=LEAVE_SECONDS)
    if not leaving.done():
        # The libraries' tasks wait for a server without end, and do not let themselves be cancelled either.
        tell("worker_gives_up_waiting", why="the next owners of its lanes send what is unsent")
        sys.stderr.flush()
        os._exit(UNREACHABLE)
    leaving.result()
    tell("worker_stopped")
    return DONE if asked.is_set() else STOPPED_ITSELF


def _serve_health(settings: Settings, worker: Worker, tell: Tell) -> HealthServer | None:
    if settings.health_port is None:
        return None
    from streams.health.server import HealthServer  # only who asks for it loads a web server

    health = HealthServer(worker.lookout, settings.health_host, settings.health_port)
    health.start()
    tell("health_listens", host=settings.health_host, port=health.port)
    return health


async def _leave(worker: Worker, health: HealthServer | None) -> None:
    await worker.crew.leave()
    await worker.app.stop()
    await worker.close()
    if health is not None:
        await health.stop()
