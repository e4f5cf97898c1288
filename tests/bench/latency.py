"""From an event appended to Kafka until its alert is readable there: writes build/latency.json and a plot.

A worker on one core; the broker, Redis, a producer and a consumer that reads what is committed on the other.
The producer sends at 20 %, 50 % and 80 % of the rate at which the worker is saturated (from build/bench.json,
or measured first), and at 1,000 events/s. The broker stamps events when it appends them; alerts are matched
to them by their trigger. An alert that does not come ends the benchmark with exit code 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from deploy.process import StartFailed, Unavailable
from features.inbound.layout import TOPICS
from streams.adapters.topics import DECISIONS, topics
from tests.bench.arrivals import READ, STOP, listen
from tests.bench.book import Feed, feed, publish
from tests.bench.console import quiet, say
from tests.bench.cores import machine, stay_with_servers
from tests.bench.happenings import draw
from tests.bench.live import live_book, play, stretches
from tests.bench.load import laid, lanes_of, write
from tests.bench.marks import TooShortError
from tests.bench.model import champion
from tests.bench.ours import run_ours
from tests.bench.plots import plot_latency
from tests.bench.records import accounts
from tests.bench.servers import BUILD, local_servers
from tests.bench.workers import Run, StuckError
from tests.integration.feed import evaluator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from models.snapshot import Snapshot
    from tests.bench.arrivals import Arrived
    from tests.bench.happenings import Happenings
    from tests.bench.live import Stretch
    from tests.bench.paced import Appended
    from tests.bench.servers import Servers

LANES: Final = 4
PREFIX: Final = "live."
SHARES: Final = {"20 %": 0.2, "50 %": 0.5, "80 %": 0.8}
SLOW: Final = 1_000.0
WARM_RATE: Final = 5_000.0
WARM_SECONDS: Final = 3.0
PATIENCE_SECONDS: Final = 30.0
SATURATING: Final = 800_000
EXAMPLE: Final = "example: python -m tests.bench.latency --saturated 60000 --seconds 10"


class MissingAlertsError(RuntimeError):
    """Alerts that had to come did not."""


class Latency:
    """One benchmark: a worker, a listener, and stretches of a feed one after another."""

    def __init__(self, servers: Servers, saturated: float, seconds: float, cardholders: int) -> None:
        self.rates = {"1,000/s": min(SLOW, saturated)} | {
            name: share * saturated for name, share in SHARES.items()
        }
        self.parts = stretches([WARM_RATE, *self.rates.values()], seconds)
        """The first one is not measured: a broker just started is slow until it has been compiled."""
        self.book, self.alarming = live_book(self.parts, cardholders)
        self._servers = servers
        self._lane_of_holder = lanes_of(self.book.cardholders, LANES)

    def run(self, snapshot: Snapshot, merge_idle_ms: int) -> dict[str, Any]:
        """Percentiles in milliseconds by level."""
        stamped = {"message.timestamp.type": "LogAppendTime"}
        self._servers.create(
            PREFIX,
            [
                replace(topic, config=topic.config | stamped) if topic.name in TOPICS else topic
                for topic in topics(LANES)
            ],
        )
        publish(self._servers, snapshot, PREFIX)
        everybody = accounts(self.book.cardholders, int(time.time() * 1000))
        known = write(self._servers.bootstrap, laid(everybody, PREFIX, self._lane_of_holder))
        levels = {}
        run = Run(
            Feed(self._servers, PREFIX, LANES, known, len(self.book)),
            "live",
            MERGE_IDLE_MS=str(merge_idle_ms),
        )
        try:
            with run.worker(), self._listening() as asked:
                run.watch(known)
                say("warming up")
                self._level(self.parts[0], asked)
                for (name, rate), part in zip(self.rates.items(), self.parts[1:], strict=True):
                    say(f"{name}: {rate:,.0f} events/s")
                    levels[name] = self._level(part, asked)
                    say(f"  {levels[name]['milliseconds']}")
        finally:
            run.close()
        return levels

    @contextmanager
    def _listening(self) -> Iterator[Connection]:
        context = multiprocessing.get_context("spawn")
        mine, theirs = context.Pipe()
        topic = PREFIX + DECISIONS
        listener = context.Process(
            target=listen, args=(self._servers.bootstrap, topic, LANES, theirs), daemon=True
        )
        listener.start()
        mine.recv()
        yield mine
        mine.send(STOP)
        listener.join()

    def _level(self, part: Stretch, asked: Connection) -> dict[str, Any]:
        gc.collect()
        gc.freeze()
        sent = play(self._servers.bootstrap, self.book, part, PREFIX, self._lane_of_holder)
        places = self.alarming[(self.alarming >= part.first) & (self.alarming < part.stop)]
        arrived = self._arrivals(asked, len(places))
        begin = min(at for *_, at in sent.appended)
        taken = latencies(sent.appended, arrived, begin + WARM_SECONDS * 1000)
        lasted = (max(at for *_, at in sent.appended) - begin) / 1000
        return {
            "offered_per_second": round(part.rate, 1),
            "achieved_per_second": round((part.stop - part.first) / max(lasted, 1e-3), 1),
            "producer_late_seconds": round(sent.late, 3),
            "append_delay_ms_p99": round(float(np.percentile(sent.delays, 99)), 1),
            "alerts": len(taken),
            "milliseconds": {
                "p50": round(float(np.percentile(taken, 50)), 1),
                "p95": round(float(np.percentile(taken, 95)), 1),
                "p99": round(float(np.percentile(taken, 99)), 1),
                "max": round(float(taken.max()), 1),
            },
        }

    def _arrivals(self, asked: Connection, least: int) -> list[Arrived]:
        arrived: list[Arrived] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len({alert[:3] for alert in arrived}) < least:
            if time.monotonic() > deadline:
                raise MissingAlertsError(f"{len(arrived)} of {least} alerts came")
            time.sleep(0.5)
            asked.send(READ)
            arrived += asked.recv()
        return arrived


def latencies(appended: list[Appended], arrived: list[Arrived], since: float) -> np.ndarray[Any, Any]:
    """Milliseconds from append to readable, of events appended `since` then that led to an alert."""
    when = {
        (topic, partition, offset): at
        for topic, partition, first, count, at in appended
        for offset in range(first, first + count)
    }
    first: dict[tuple[str, int, int], float] = {}
    for topic, partition, offset, at in arrived:
        first.setdefault((topic, partition, offset), at)
    taken = [at - when[place] for place, at in first.items() if when.get(place, 0.0) >= since]
    if not taken:
        raise TooShortError("no alert after the warm-up: more seconds are needed")
    return np.array(taken)


def saturated_rate(servers: Servers, snapshot: Snapshot, events: int, cardholders: int) -> float:
    """Events a second of a worker that has a backlog."""
    say("the saturated rate is measured first")
    book: Happenings = draw(events, cardholders)
    fed = feed(servers, book, snapshot, prefix="saturate.", lanes=LANES)
    return run_ours(fed, "saturate").pace.per_second


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = os.environ
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.latency", description=__doc__, epilog=EXAMPLE
    )
    parser.add_argument("--saturated", type=float, default=None, help="events/s; else from build/bench.json")
    parser.add_argument(
        "--seconds", type=float, default=float(known.get("SECONDS", "20")), help="of each level"
    )
    parser.add_argument("--cardholders", type=int, default=int(known.get("CARDHOLDERS", "100000")))
    parser.add_argument("--merge-idle-ms", type=int, default=20, help="the setting of that name")
    parser.add_argument("--out", type=Path, default=BUILD / "latency.json")
    return parser.parse_args(arguments)


def _known_rate(options: argparse.Namespace) -> float | None:
    bench = BUILD / "bench.json"
    if options.saturated is None and bench.is_file():
        found: float = json.loads(bench.read_text(encoding="utf-8"))["ours"]["events_per_second"]
        return found
    given: float | None = options.saturated
    return given


def main(arguments: Sequence[str] | None = None, servers: Servers | None = None) -> int:
    """0: done; 1: alerts did not come, or the worker failed; 2: the machine lacks something."""
    options = _options(arguments)
    quiet()
    try:
        if servers is not None:
            found = _measure(servers, options)
        else:
            stay_with_servers()
            with local_servers("latency") as mine:
                found = _measure(mine, options)
    except (Unavailable, StartFailed) as missing:
        say(str(missing))
        return 2
    except (MissingAlertsError, StuckError, TooShortError) as failed:
        say(str(failed))
        return 1
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    plot_latency(found, options.out.with_suffix(".png"))
    say(str(options.out))
    return 0


def _measure(servers: Servers, options: argparse.Namespace) -> dict[str, Any]:
    snapshot = champion(evaluator())
    saturated = _known_rate(options) or saturated_rate(servers, snapshot, SATURATING, options.cardholders)
    levels = Latency(servers, saturated, options.seconds, options.cardholders).run(
        snapshot, options.merge_idle_ms
    )
    return {
        "saturated_per_second": round(saturated, 1),
        "merge_idle_ms": options.merge_idle_ms,
        "levels": levels,
        "machine": machine(),
    }


if __name__ == "__main__":
    sys.exit(main())
