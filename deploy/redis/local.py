"""A Redis without Docker: one server process on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, ClassVar

import redis

from deploy.process import HOST, LocalServer, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEMPLATE = Path(__file__).with_name("redis.conf")


def redis_answers(url: str) -> bool:
    """Whether it has read its file and takes commands."""
    with redis.Redis.from_url(url, socket_timeout=1.0) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


class LocalRedis(LocalServer):
    """A server in `folder`, on `port` or a free one. `settings` are added to those of redis.conf."""

    name = "Redis"
    start_timeout: ClassVar[float] = 30.0

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        detached: bool = False,
    ) -> None:
        super().__init__(folder, port, detached=detached)
        self.settings = dict(settings or {})

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"redis://{HOST}:{self.port}/0"

    def check_possible(self) -> None:
        if shutil.which("redis-server") is None:
            raise Unavailable("redis-server is not on the PATH: apt-get install redis-server")

    @property
    def _configuration(self) -> Path:
        return self.folder / "redis.conf"

    def _prepare(self) -> None:
        settings = "\n".join(f"{name} {setting}" for name, setting in self.settings.items())
        text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
            port=self.port, dir=self.folder, settings=settings
        )
        self._configuration.write_text(text, encoding="utf-8")

    def _command(self) -> Sequence[str]:
        return ["redis-server", str(self._configuration)]

    def _answers(self) -> bool:
        return redis_answers(self.url)

    def _mark(self) -> str:
        return str(self._configuration)
