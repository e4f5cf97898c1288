"""A Redis Cluster without Docker: a few server processes on this machine that share the hash slots."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

import redis

from deploy.process import HOST, StartFailed, free_port
from deploy.redis.local import LocalRedis

if TYPE_CHECKING:
    from pathlib import Path

SLOTS = 16_384
START_TIMEOUT = 30.0


class LocalRedisCluster:
    """Masters only, in folders below `folder`."""

    def __init__(self, folder: Path, nodes: int = 3) -> None:
        self.nodes = [
            LocalRedis(
                folder / f"node-{number}",
                settings={
                    "cluster-enabled": "yes",
                    "cluster-config-file": "nodes.conf",
                    "cluster-node-timeout": "2000",
                    "cluster-port": str(free_port()),  # by default 10,000 above, which may be too high
                },
            )
            for number in range(nodes)
        ]

    @property
    def url(self) -> str:
        """Where clients ask for the others."""
        return self.nodes[0].url

    def start(self) -> Self:
        """Start all, give each its share of the slots, and wait until they agree."""
        for node in self.nodes:
            node.start()
        clients: list[Any] = [redis.Redis.from_url(node.url, socket_timeout=5.0) for node in self.nodes]
        try:
            if all(client.cluster("INFO")["cluster_slots_assigned"] == "0" for client in clients):
                self._share(clients)
            deadline = time.monotonic() + START_TIMEOUT
            while not all(_agrees(client, len(clients)) for client in clients):
                if time.monotonic() > deadline:
                    raise StartFailed("the nodes of the Redis Cluster do not agree")
                time.sleep(0.05)
        finally:
            for client in clients:
                client.close()
        return self

    def _share(self, clients: list[Any]) -> None:
        each = -(-SLOTS // len(clients))
        for number, client in enumerate(clients):
            client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
            last = min(SLOTS, (number + 1) * each) - 1
            client.execute_command("CLUSTER ADDSLOTSRANGE", number * each, last)
        first = self.nodes[0]
        for client in clients[1:]:
            client.execute_command("CLUSTER MEET", HOST, first.port, first.settings["cluster-port"])

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        for node in self.nodes:
            node.pause()

    def resume(self) -> None:
        for node in self.nodes:
            node.resume()

    def discard(self) -> None:
        """Stop all and remove what they stored."""
        for node in self.nodes:
            node.discard()


def _agrees(client: Any, nodes: int) -> bool:
    told = client.cluster("INFO")
    known = told["cluster_known_nodes"] == str(nodes)
    return bool(known and told["cluster_state"] == "ok" and told["cluster_slots_ok"] == str(SLOTS))
