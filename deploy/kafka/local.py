"""A Kafka broker without Docker: one combined KRaft node on this machine."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, ClassVar

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.kafka.jars import bring_jars, can_have_jars, java
from deploy.kafka.settings import broker_settings
from deploy.process import HOST, LocalServer, StartFailed, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CLUSTER_ID = "cG9zdGxvYW4tbG9jYWwtMQ"
QUICK = "-XX:TieredStopAtLevel=1"
"""Java compiles once, and quickly. A broker here lives for minutes: in these its second compiler would take
more of a core than its code saves: most of what the broker needs in its first minute."""

SELDOM = "-XX:+UseSerialGC", "-XX:NewRatio=1"
"""While Java collects, nothing is answered; how long hangs on what stays, and next to nothing does. So half
of the heap is for what has just been made, and all of it is there from the start: it collects seldom."""


def broker_answers(bootstrap: str) -> bool:
    """Whether a broker tells who is in its cluster, and somebody is."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
    except KafkaError:
        return False
    try:
        return any(not broker.get("is_fenced") for broker in admin.describe_cluster()["brokers"])
    except KafkaError:
        return False
    finally:
        admin.close()


class LocalKafka(LocalServer):
    """A broker in `folder`, on `port` or a free one.

    `advertised` is the host:port it tells its clients to use, for a test that puts a proxy between them.
    `settings` are broker settings over those of server.properties.
    """

    name = "Kafka"
    start_timeout: ClassVar[float] = 180.0
    """After a crash it reads its log again, and on a busy machine that takes long."""

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        *,
        inside_port: int | None = None,
        controller_port: int | None = None,
        advertised: str | None = None,
        settings: Mapping[str, str] | None = None,
        heap: str = "512m",
        detached: bool = False,
    ) -> None:
        super().__init__(folder, port, detached=detached)
        self.inside_port = inside_port or free_port()
        self.controller_port = controller_port or free_port()
        self.advertised = advertised or f"{HOST}:{self.port}"
        self.settings = dict(settings or {})
        self.heap = heap

    @property
    def bootstrap(self) -> str:
        """Where clients connect."""
        return f"{HOST}:{self.port}"

    def check_possible(self) -> None:
        java()
        can_have_jars()

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def _prepare(self) -> None:
        settings = broker_settings(
            port=self.port,
            inside_port=self.inside_port,
            controller_port=self.controller_port,
            advertised=self.advertised,
            log_dirs=self.folder / "log",
        )
        lines = (f"{name}={setting}\n" for name, setting in (settings | self.settings).items())
        self._properties.write_text("".join(lines), encoding="utf-8")
        if (self.folder / "log" / "meta.properties").is_file():
            return
        said = subprocess.run(
            self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._properties)),
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode != 0:
            raise StartFailed(f"Kafka's storage could not be made:\n{said.stdout}{said.stderr}")

    def _command(self) -> Sequence[str]:
        return self._java("kafka.Kafka", str(self._properties))

    def _java(self, main: str, *arguments: str) -> list[str]:
        log_lines = "-Dorg.slf4j.simpleLogger."
        return [
            *(java(), f"-Xms{self.heap}", f"-Xmx{self.heap}", *SELDOM, QUICK),
            *(f"{log_lines}showDateTime=true", f"{log_lines}dateTimeFormat=HH:mm:ss.SSS"),
            *(f"{log_lines}defaultLogLevel=warn", f"{log_lines}log.kafka.server.KafkaRaftServer=info"),
            *("-cp", f"{bring_jars()}/*", main, *arguments),
        ]

    def _answers(self) -> bool:
        return broker_answers(self.bootstrap)

    def _mark(self) -> str:
        return str(self._properties)
