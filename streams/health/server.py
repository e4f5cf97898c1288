"""Serves health and metrics over HTTP, in the worker's own loop: one that hangs does not say it is well."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from streams.health.collector import WorkerCollector
from streams.health.report import health, why_not_ready
from streams.ports.failures import UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from streams.health.view import View


class _Server(uvicorn.Server):
    """Leaves signals to the worker."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def application(view: View) -> Starlette:
    """`/healthz`, `/readyz`, `/health` and `/metrics`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(WorkerCollector(view))
    ProcessCollector(registry=registry)

    async def live(_: Request) -> Response:
        return PlainTextResponse("live\n")

    async def ready(_: Request) -> Response:
        why = why_not_ready(view)
        return PlainTextResponse("ready\n") if why is None else PlainTextResponse(f"{why}\n", 503)

    async def report(_: Request) -> Response:
        return JSONResponse(health(view))

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/healthz", live),
            Route("/readyz", ready),
            Route("/health", report),
            Route("/metrics", metrics),
        ]
    )


class HealthServer:
    """One port of one worker."""

    def __init__(self, view: View, host: str, port: int) -> None:
        """Port 0: any that is free. Raises UnusableError when the port cannot be had."""
        try:
            self._socket = socket.create_server((host, port), family=_family(host))
        except OSError as error:
            raise UnusableError(f"health_port {port} at {host}: {error.strerror or error}") from error
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application(view), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = _Server(config)
        self._serving: asyncio.Task[Any] | None = None

    def start(self) -> None:
        """Serve in the running loop."""
        self._serving = asyncio.create_task(self._server.serve([self._socket]))

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._serving is not None:
            await asyncio.wait((self._serving,))
        self._socket.close()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
