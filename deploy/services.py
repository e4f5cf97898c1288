"""Kafka and Redis for this checkout without Docker; what they store is in .services."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.kafka.jars import bring_jars
from deploy.kafka.local import LocalKafka
from deploy.process import LocalServer, StartFailed, Unavailable
from deploy.redis.local import LocalRedis

FOLDER = Path(__file__).resolve().parents[1] / ".services"


def main() -> int:
    """Do what the first argument says; 1 when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m deploy.services", description=__doc__)
    parser.add_argument("what", choices=["up", "down", "status", "fetch"])
    parser.add_argument("--kafka-port", type=int, default=9092)
    parser.add_argument("--redis-port", type=int, default=6379)
    chosen = parser.parse_args()
    kafka = LocalKafka(
        FOLDER / "kafka",
        chosen.kafka_port,
        controller_port=chosen.kafka_port + 1,
        inside_port=chosen.kafka_port + 2,
        detached=True,
    )
    redis = LocalRedis(FOLDER / "redis", chosen.redis_port, detached=True)
    try:
        if chosen.what == "fetch":
            bring_jars()
        for server in (kafka, redis) if chosen.what != "fetch" else ():
            _do(chosen.what, server)
    except (Unavailable, StartFailed) as failed:
        print(failed, file=sys.stderr)
        return 1
    if chosen.what == "up":
        print(f"POSTLOAN_KAFKA_BOOTSTRAP={kafka.bootstrap}\nPOSTLOAN_REDIS_URL={redis.url}")
    return 0


def _do(what: str, server: LocalServer) -> None:
    before = server.pid
    if what == "up":
        server.start()
    elif what == "down":
        server.stop()
    now = server.pid
    moved = "is" if (before is None) == (now is None) else "went"
    print(f"{server.name} {moved} {'down' if now is None else f'up (process {now})'}")


if __name__ == "__main__":
    sys.exit(main())
