"""How cost grows with cardholders and workers: writes build/scale.json and a plot.

One worker over 10,000, 100,000 and 1,000,000 cardholders, two workers, and one worker to which every event is
of a cardholder that is not in its memory. Two workers share the machine with the broker and Redis, so it is
their cost per event that counts, not their rate. Rounds of all cases follow each other, and growth compares
cases of the same round. What two workers decide, or one without memory, must be what one decides: else the
benchmark ends with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median
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
from tests.bench.ours import DeadLettersError, Measured, run_ours
from tests.bench.plots import plot_scale
from tests.bench.servers import BUILD, local_servers
from tests.bench.workers import StuckError
from tests.integration.feed import evaluator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.snapshot import Snapshot
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
    servers: Servers,
    events: int,
    sizes: Sequence[int],
    snapshot: Snapshot,
    settings: dict[str, str],
    repeats: int,
) -> dict[str, list[Measured]]:
    """Runs by case, in rounds of all cases; `settings` are the workers' beside those of a case."""
    books = []
    for number, cases in enumerate(cases_of(sizes)):
        book = draw(events, cases[0].cardholders, each_once=cases[0].each_once)
        books.append((feed(servers, book, snapshot, prefix=f"scale{number}.", lanes=LANES), cases))
    runs: dict[str, list[Measured]] = defaultdict(list)
    for turn in range(repeats):
        say(f"round {turn + 1} of {repeats}")
        for fed, cases in books:
            for place, case in enumerate(cases):
                name = f"{fed.prefix}{turn}-{place}"
                run = run_ours(fed, name, workers=case.workers, settings=settings | case.settings)
                runs[case.name].append(run)
                first = runs[cases[0].name][0].decided
                if run.decided != first:
                    raise OtherDecisionsError(f"{case.name}: {run.decided.decisions}, not {first.decisions}")
                say(f"{case.name}: {run.pace.per_second:,.0f} events/s, {run.pace.cpu_us:.1f} µs each")
    for fed, _ in books:
        servers.delete([fed.prefix + topic for topic in TOPICS])
    return runs


def told(runs: list[Measured]) -> dict[str, Any]:
    """What the rounds came to: medians, and the range of what an event cost."""
    costs = [run.pace.cpu_us for run in runs]
    return {
        "events_per_second": round(median(run.pace.per_second for run in runs), 1),
        "cpu_us_per_event": round(median(costs), 2),
        "cpu_us_range": [round(min(costs), 2), round(max(costs), 2)],
        "peak_mb": max(run.peak_mb for run in runs),
        "decisions": sum(runs[0].decided.decisions),
    }


def growths(runs: dict[str, list[Measured]], sizes: Sequence[int]) -> list[float]:
    """Of each round: cost per event at the largest size over that at the smallest."""
    pairs = zip(runs[Case(sizes[0]).name], runs[Case(sizes[-1]).name], strict=True)
    return [round(large.pace.cpu_us / small.pace.cpu_us, 3) for small, large in pairs]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = os.environ
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--events", type=int, default=int(known.get("EVENTS", "1000000")))
    parser.add_argument("--cardholders", default=known.get("CARDHOLDERS", "10000,100000,1000000"))
    parser.add_argument("--repeats", type=int, default=int(known.get("REPEATS", "3")))
    parser.add_argument("--batch-records", type=int, help="the workers' setting of that name")
    parser.add_argument("--out", type=Path, default=BUILD / "scale.json")
    options = parser.parse_args(arguments)
    if min(options.events, options.repeats) < 1:
        parser.error("--events and --repeats are at least 1")
    options.cardholders = sorted(int(size) for size in options.cardholders.split(","))
    return options


def _runs(servers: Servers, options: argparse.Namespace) -> dict[str, list[Measured]]:
    settings = {} if options.batch_records is None else {"BATCH_RECORDS": str(options.batch_records)}
    sizes = options.cardholders
    return measure(servers, options.events, sizes, champion(evaluator()), settings, options.repeats)


def main(arguments: Sequence[str] | None = None, servers: Servers | None = None) -> int:
    """0: done; 1: decisions differ, or a worker failed; 2: the machine lacks something."""
    options = _options(arguments)
    quiet()
    try:
        if servers is not None:
            runs = _runs(servers, options)
        else:
            stay_with_servers()
            with local_servers("scale") as mine:
                runs = _runs(mine, options)
    except (Unavailable, StartFailed) as missing:
        say(str(missing))
        return 2
    except (OtherDecisionsError, DeadLettersError, StuckError, TooShortError) as failed:
        say(str(failed))
        return 1
    grown = growths(runs, options.cardholders)
    found: dict[str, Any] = {
        "cases": {name: told(mine) for name, mine in runs.items()},
        "growth": median(grown),
        "growth_range": [min(grown), max(grown)],
        "events": options.events,
        "repeats": options.repeats,
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
