"""The servers of one round, with a proxy before each of them; all on loopback, all with what they store in
one folder.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import redis

from deploy.kafka.local import LocalKafka
from deploy.process import HOST
from deploy.redis.local import LocalRedis
from tests.chaos.proxy import Link, Proxy

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self


class Direct:
    """Where the driver itself reaches the servers, whatever happens to the links."""

    def __init__(self, bootstrap: str, url: str) -> None:
        self.bootstrap = bootstrap
        self.url = url


class Arena:
    """Kafka and Redis, up between `with` and its end."""

    def __init__(self, folder: Path) -> None:
        self.kafka_link, self.redis_link = Link(), Link()
        self.kafka = LocalKafka(folder / "kafka", advertised=f"{HOST}:{self.kafka_link.port}")
        self.redis = LocalRedis(folder / "redis")
        self.kafka_link.target = self.kafka.port
        self.redis_link.target = self.redis.port
        self.proxy = Proxy(self.kafka_link, self.redis_link)
        self.direct = Direct(f"{HOST}:{self.kafka.inside_port}", self.redis.url)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.proxy)
            for server in (self.kafka, self.redis):
                server.start()
                stack.callback(server.discard)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        self._stack.close()

    @property
    def disturbed(self) -> dict[str, str]:
        """The workers' settings by which they reach the servers through the links."""
        return {
            "KAFKA_BOOTSTRAP": f"{HOST}:{self.kafka_link.port}",
            "REDIS_URL": f"redis://{HOST}:{self.redis_link.port}/0",
        }

    def command(self, *words: object) -> Any:
        """One command to Redis, not through its link."""
        with redis.Redis.from_url(self.redis.url, socket_timeout=10.0) as client:
            return client.execute_command(*words)

    def heal(self) -> None:
        """Links whole, servers awake and up."""
        for link in (self.kafka_link, self.redis_link):
            link.heal()
        for server in (self.kafka, self.redis):
            server.resume()
            server.start()
