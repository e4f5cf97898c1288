"""How cost grows with cardholders and workers: writes build/scale.json and a plot.

One worker over 10,000, 100,000 and 1,000,000 cardholders, two workers, and one worker to which every event is
of a cardholder that is not in its memory. Two workers share the machine with the broker and Redis, so it is
their cost per event that counts, not their rate. What two workers decide, or one without memory, must be what
one decides; a difference ends the benchmark with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deploy.process import StartFailed, Unavailable
from features.inbound.layout import TOPICS
from streams.settings import Settings
from tests.bench.book import feed
from tests.bench.console import quiet, say
from tests.bench.cores import machine, stay_with_servers
from tests.bench.happenings import draw
from tests.bench.marks import TooShortError
from tests.bench.model import champion
from tests.bench.ours import DeadLettersError, run_ours
from tests.bench.plots import plot_scale
from tests.bench.servers import BUILD, local_servers
from tests.bench.workers import StuckError
from tests.integration.feed import evaluator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.snapshot import Snapshot
    from tests.bench.reference import Decided
    from tests.bench.servers import Servers

LANES: Final = 4
BOUND: Final = "cache_rows"
"""The setting that bounds the rows a lane holds in memory."""
COLD_ROWS: Final = 2_000
EXAMPLE: Final = "example: EVENTS=200000 CARDHOLDERS=10000,100000 python -m tests.bench.scale"


class OtherDecisionsError(RuntimeError):
    """The same book led to other decisions."""


@dataclass(frozen=True, slots=True)
class Case:
    """One book and how it is worked on."""

    cardholders: int
    workers: int = 1
    each_once: bool = False
    cold: bool = False

    @property
    def name(self) -> str:
        more = ", each once" if self.each_once else ""
        more += ", nobody in memory" if self.cold else ""
        more += f", {self.workers} workers" if self.workers > 1 else ""
        return f"{self.cardholders:,} cardholders{more}"

    @property
    def settings(self) -> dict[str, str]:
        if BOUND not in Settings.model_fields:
            return {}
        rows = COLD_ROWS if self.cold else self.cardholders  # a lane's share of them fits in any case
        return {BOUND.upper(): str(rows)}


def cases_of(sizes: Sequence[int]) -> list[list[Case]]:
    """Those in one list have the same book."""
    middle, largest = sizes[len(sizes) // 2], sizes[-1]
    books = [[Case(size)] for size in sizes]
    books[len(sizes) // 2].append(Case(middle, workers=2))
    missing = [Case(largest, each_once=True)]
    if BOUND in Settings.model_fields:
        missing.append(Case(largest, each_once=True, cold=True))
    return [*books, missing]


def measure(
    servers: Servers, events: int, sizes: Sequence[int], snapshot: Snapshot, settings: dict[str, str]
) -> dict[str, Any]:
    """All cases, one after another; `settings` are the workers' beside those of a case."""
    found: dict[str, Any] = {}
    for number, cases in enumerate(cases_of(sizes)):
        prefix = f"scale{number}."
        book = draw(events, cases[0].cardholders, each_once=cases[0].each_once)
        fed = feed(servers, book, snapshot, prefix=prefix, lanes=LANES)
        first: Decided | None = None
        for turn, case in enumerate(cases):
            run = run_ours(
                fed, f"scale-{number}-{turn}", workers=case.workers, settings=settings | case.settings
            )
            if first is not None and run.decided != first:
                raise OtherDecisionsError(f"{case.name}: {run.decided.decisions}, not {first.decisions}")
            first = run.decided
            found[case.name] = {
                "events_per_second": round(run.pace.per_second, 1),
                "cpu_us_per_event": round(run.pace.cpu_us, 2),
                "peak_mb": run.peak_mb,
                "decisions": sum(run.decided.decisions),
            }
            say(f"{case.name}: {run.pace.per_second:,.0f} events/s, {run.pace.cpu_us:.1f} µs each")
        servers.delete([prefix + topic for topic in TOPICS])
    return found


def _growth(cases: dict[str, Any], sizes: Sequence[int]) -> float:
    """Cost per event at the largest size over that at the smallest."""
    smallest, largest = cases[Case(sizes[0]).name], cases[Case(sizes[-1]).name]
    return round(float(largest["cpu_us_per_event"] / smallest["cpu_us_per_event"]), 3)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = os.environ
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--events", type=int, default=int(known.get("EVENTS", "1000000")))
    parser.add_argument("--cardholders", default=known.get("CARDHOLDERS", "10000,100000,1000000"))
    parser.add_argument("--batch-records", type=int, help="the workers' setting of that name")
    parser.add_argument("--out", type=Path, default=BUILD / "scale.json")
    options = parser.parse_args(arguments)
    options.cardholders = sorted(int(size) for size in options.cardholders.split(","))
    return options


def main(arguments: Sequence[str] | None = None, servers: Servers | None = None) -> int:
    """0: done; 1: decisions differ, or a worker failed; 2: the machine lacks something."""
    options = _options(arguments)
    quiet()
    settings = {} if options.batch_records is None else {"BATCH_RECORDS": str(options.batch_records)}
    try:
        if servers is not None:
            cases = measure(servers, options.events, options.cardholders, champion(evaluator()), settings)
        else:
            stay_with_servers()
            with local_servers("scale") as mine:
                cases = measure(mine, options.events, options.cardholders, champion(evaluator()), settings)
    except (Unavailable, StartFailed) as missing:
        say(str(missing))
        return 2
    except (OtherDecisionsError, DeadLettersError, StuckError, TooShortError) as failed:
        say(str(failed))
        return 1
    found: dict[str, Any] = {
        "cases": cases,
        "growth": _growth(cases, options.cardholders),
        "events": options.events,
        "machine": machine(),
    }
    if BOUND not in Settings.model_fields:
        found["skipped"] = {"nobody in memory": "lanes hold all their rows in memory"}
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    plot_scale(found, options.out.with_suffix(".png"))
    say(f"{options.cardholders[-1]:,} cardholders cost {found['growth']:g} times {options.cardholders[0]:,}")
    say(str(options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
