"""make soak: one worker under a steady stream for MINUTES; is its memory flat, and does it decide in time?

RATE records a second; left out: half of what the worker takes of a backlog. Writes build/soak.json; 0 when
memory grows by less than 1 MB in 10 minutes after the warm-up, and 99 % of decisions take less than 250 ms.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from deploy.kafka.local import LocalKafka
from deploy.process import StartFailed, Unavailable
from deploy.redis.local import LocalRedis
from tests.integration.workers import Site
from tests.soak.figures import percentile_ms, slope_mb
from tests.soak.run import Soak, saturated, send, soak
from tests.soak.traffic import ESCALATIONS, Portfolio

BUILD = Path(__file__).resolve().parents[2] / "build"
LANES = 12
SPENDERS = 5_000
DECISIONS = 5.0
"""A second."""
MOST_MB = 1.0
MOST_MS = 250.0


def main() -> int:
    try:
        minutes = float(os.environ.get("MINUTES") or 30)
        rate = float(os.environ["RATE"]) if os.environ.get("RATE") else None
    except ValueError as error:
        print(f"MINUTES and RATE are numbers: {error}", file=sys.stderr)
        return 2
    folder = BUILD / "soak"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # of topics that are too new it tells at length
    kafka, redis = LocalKafka(folder / "kafka"), LocalRedis(folder / "redis")
    try:
        kafka.start()
        redis.start()
        told = _soaked(Site(kafka, redis, "postloan.", LANES, folder), minutes, rate)
    except (Unavailable, StartFailed) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        kafka.discard()
        redis.discard()
    (BUILD / "soak.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=2))
    return 0 if told["good"] else 1


def _soaked(site: Site, minutes: float, rate: float | None) -> dict[str, Any]:
    begun = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {what}", flush=True)

    seconds = minutes * 60
    watched = math.ceil(DECISIONS * seconds / len(ESCALATIONS)) + 1
    portfolio = Portfolio(SPENDERS, watched, LANES)
    with site.worker() as worker:
        asyncio.run(send(site, portfolio.opening(time.time())))
        site.wait_until_done(600)
        tell(f"{SPENDERS + watched} cardholders are known")
        most = saturated(site, portfolio)
        tell(f"a backlog is taken at {most:.0f} records a second")
        asked = most / 2 if rate is None else rate
        seen = asyncio.run(
            soak(site, portfolio, worker, rate=asked, decisions=DECISIONS, seconds=seconds, tell=tell)
        )
        code = worker.stop()
    return _told(seen, most, asked, seconds, code)


def _told(seen: Soak, most: float, asked: float, seconds: float, code: int) -> dict[str, Any]:
    warm = min(300.0, seconds * 0.3)
    slope, p99 = slope_mb(seen.samples, warm), percentile_ms(seen.latencies, 99)
    return {
        "minutes": round(seen.seconds / 60, 1),
        "saturated_per_second": round(most),
        "asked_per_second": round(asked),
        "fed_per_second": round(seen.fed / seen.seconds),
        "memory_mb": {
            "first": round(seen.samples[0].resident_mb, 1),
            "after_warm_up": round(next(one.resident_mb for one in seen.samples if one.at >= warm), 1),
            "last": round(seen.samples[-1].resident_mb, 1),
            "growth_in_10_minutes": round(slope, 2),
        },
        "warm_up_seconds": round(warm),
        "decisions": len(seen.latencies),
        "decisions_missing": seen.late,
        "event_to_decision_ms": {
            name: round(percentile_ms(seen.latencies, share), 1)
            for name, share in (("p50", 50), ("p95", 95), ("p99", 99), ("most", 100))
        },
        "worker_exit_code": code,
        "good": slope < MOST_MB and p99 < MOST_MS and not seen.late and code == 0,
    }


if __name__ == "__main__":
    sys.exit(main())
