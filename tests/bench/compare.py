"""Our worker beside other engines on the same work: writes build/bench.json and build/bench.png.

One core for the engine that is measured, the other for the broker and Redis. The events wait in Kafka as
a backlog; rates are taken from a steady stretch of each run, and runs of different engines alternate. Our
decisions are compared with those of lanes in memory, the peers' hits with a reference in plain Python; a
difference ends the benchmark with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from deploy.process import StartFailed, Unavailable
from streams.ports.log import Topic
from tests.bench.all_features import all_features
from tests.bench.book import feed
from tests.bench.console import quiet, say
from tests.bench.cores import machine, stay_with_servers
from tests.bench.happenings import draw
from tests.bench.load import lanes_of, write
from tests.bench.marks import TooShortError, told
from tests.bench.model import champion
from tests.bench.ours import DeadLettersError, run_ours
from tests.bench.peers.check import DiffersError
from tests.bench.peers.lines import hits_of, laid
from tests.bench.peers.run import PEERS, PeerFailedError, Source, check_peer, run_peer
from tests.bench.plots import plot_rates
from tests.bench.reference import reference
from tests.bench.servers import BUILD, KEEP, local_servers
from tests.bench.workers import StuckError
from tests.integration.feed import evaluator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.book import Feed
    from tests.bench.marks import Pace
    from tests.bench.ours import Measured
    from tests.bench.peers.run import PeerRun
    from tests.bench.reference import Decided
    from tests.bench.servers import Servers

LANES: Final = 4
PREFIX: Final = "bench."
PEER_TOPIC: Final = "peer.events"
OFTEN: Final = ("flink_java_heap",)
"""Peers that run in every round; the others in the first two at the most."""
PAIRS: Final = 3
"""Times at least that all features are measured beside the default ones: the ratio is one of short runs."""
EXAMPLE: Final = "example: EVENTS=1000000 REPEATS=2 PEERS=quix,faust_table python -m tests.bench.compare"


class WrongDecisionsError(RuntimeError):
    """Our worker decided something else than the lanes in memory."""


class Comparison:
    """One benchmark from its preparation to its result."""

    def __init__(
        self, events: int, cardholders: int, repeats: int, peers: Sequence[str], settings: dict[str, str]
    ) -> None:
        """`settings` are those of our worker."""
        self.events = events
        self.cardholders = cardholders
        self.repeats = repeats
        self.settings = settings
        self.skipped: dict[str, str] = {}
        self.peers = [peer for peer in peers if self._can_run(peer)]
        self.ours: list[Measured] = []
        self.wide: list[Measured] = []
        self.times_ours: list[float] = []
        """What all features cost, as a multiple of the default ones beside them."""
        self.theirs: dict[str, list[PeerRun]] = {peer: [] for peer in self.peers}
        self.stages: dict[str, float] = {}
        self.wide_stages: dict[str, float] = {}
        self.features = 0
        self._store = BUILD / "bench"
        self._wanted: Decided
        self._source: Source

    def _can_run(self, peer: str) -> bool:
        try:
            check_peer(peer)
        except Unavailable as missing:
            say(f"{peer} is skipped: {missing}")
            self.skipped[peer] = str(missing)
            return False
        return True

    def run(self, servers: Servers) -> None:
        fed = self._prepare(servers)
        rulebook = servers.folder / "all-features.yaml"
        self.features = all_features(rulebook)
        for turn in range(self.repeats):
            say(f"round {turn + 1} of {self.repeats}")
            ours = self._pair(fed, str(turn), rulebook)
            self.ours.append(ours)
            for peer in self.peers:
                if turn < 2 or peer in OFTEN:
                    self._peer(peer, turn)
        for turn in range(self.repeats, PAIRS):
            self._pair(fed, f"again-{turn}", rulebook)
        say("where the time goes")
        self.stages = self._ours(fed, "sampled", sampled=True).stages
        self.wide_stages = self._ours(fed, "wide-sampled", sampled=True, RULEBOOK=str(rulebook)).stages

    def _pair(self, fed: Feed, turn: str, rulebook: Path) -> Measured:
        """The default rulebook, and at once all features: a minute later the machine is another one."""
        ours = self._ours(fed, f"ours-{turn}")
        self.wide.append(self._ours(fed, f"wide-{turn}", RULEBOOK=str(rulebook)))
        self.times_ours.append(self.wide[-1].pace.cpu_us / ours.pace.cpu_us)
        return ours

    def _prepare(self, servers: Servers) -> Feed:
        say("a champion is taught")
        model = champion(evaluator())
        say(f"lanes in memory tell what must come of {self.events:,} events")
        self._wanted = reference(self.events, self.cardholders, LANES, model, PREFIX)
        hits = hits_of(self.events, self.cardholders, LANES, self._store) if self.peers else []
        pinned = stay_with_servers()
        say("one core each for engine and servers" if pinned else "cores cannot be kept apart here")
        say("events are written to Kafka")
        book = draw(self.events, self.cardholders)
        fed = feed(servers, book, model, prefix=PREFIX, lanes=LANES)
        if self.peers:
            servers.create("peer.", [Topic("events", LANES, KEEP)])
            write(servers.bootstrap, laid(book, PEER_TOPIC, LANES))
            lanes = np.array(lanes_of(self.cardholders, LANES))[book.holder]
            by_lane = tuple(np.bincount(lanes, minlength=LANES).tolist())
            self._source = Source(servers, PEER_TOPIC, by_lane, hits)
        return fed

    def _ours(self, fed: Feed, name: str, *, sampled: bool = False, **settings: str) -> Measured:
        found = run_ours(fed, name, sampled=sampled, settings=self.settings | settings)
        if found.decided != self._wanted:
            raise WrongDecisionsError(
                f"{name} published {found.decided.decisions} decisions by lane; "
                f"{self._wanted.decisions} must come, or others of them"
            )
        say(f"  {name}: {_told(found.pace)}; decisions agree")
        return found

    def _peer(self, peer: str, turn: int) -> None:
        found = run_peer(peer, self._source, f"{peer.replace('_', '-')}-{turn}")
        self.theirs[peer].append(found)
        say(f"  {peer}: {_told(found.pace)}; {found.hits} hits agree")

    def result(self) -> dict[str, Any]:
        ours = told([run.pace.per_second for run in self.ours])
        wide = told([run.pace.per_second for run in self.wide])
        cpu = statistics.median(run.pace.cpu_us for run in self.ours)
        wide_cpu = statistics.median(run.pace.cpu_us for run in self.wide)
        peers = {name: told([run.pace.per_second for run in runs]) for name, runs in self.theirs.items()}
        costs = {name: told([run.pace.cpu_us for run in runs]) for name, runs in self.theirs.items()}
        return {
            "ours": {
                "events_per_second": ours["median"],
                "cpu_us_per_event": round(cpu, 2),
                "stages": self.stages,
            },
            "peers": {name: peers[name]["median"] if name in peers else None for name in PEERS},
            "ratios": {name: round(ours["median"] / peers[name]["median"], 3) for name in peers},
            "all_features": {
                "features": self.features,
                "events_per_second": wide["median"],
                "cpu_us_per_event": round(wide_cpu, 2),
                "cost_ratio": round(statistics.median(self.times_ours), 3),
                "stages": self.wide_stages,
                "cost_ratios": [round(times, 3) for times in self.times_ours],
                "ratios": {name: round(wide["median"] / peers[name]["median"], 3) for name in peers},
            },
            "ranges": {"ours": ours, "all_features": wide} | peers,
            "cpu_us_per_event": costs,
            "cost_ratios": {name: round(costs[name]["median"] / cpu, 3) for name in costs},
            "peak_mb": {"ours": max(run.peak_mb for run in self.ours)}
            | {name: max(run.peak_mb for run in runs) for name, runs in self.theirs.items()},
            "skipped": self.skipped,
            "events": self.events,
            "cardholders": self.cardholders,
            "decisions": sum(self._wanted.decisions),
            "machine": machine(),
        }


def _told(pace: Pace) -> str:
    return f"{pace.per_second:,.0f} events/s, {pace.cpu_us:.1f} µs each"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = os.environ
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.compare", description=__doc__, epilog=EXAMPLE
    )
    parser.add_argument("--events", type=int, default=int(known.get("EVENTS", "3000000")))
    parser.add_argument("--cardholders", type=int, default=int(known.get("CARDHOLDERS", "100000")))
    parser.add_argument("--repeats", type=int, default=int(known.get("REPEATS", "3")))
    parser.add_argument(
        "--peers", default=known.get("PEERS", ",".join(PEERS)), help="by name, with commas; or none"
    )
    parser.add_argument("--batch-records", type=int, help="our worker's setting of that name")
    parser.add_argument("--out", type=Path, default=BUILD / "bench.json")
    options = parser.parse_args(arguments)
    options.peers = [] if options.peers == "none" else options.peers.split(",")
    unknown = [peer for peer in options.peers if peer not in PEERS]
    if unknown:
        parser.error(f"--peers: there is no {', '.join(unknown)}; there are {', '.join(PEERS)}")
    if min(options.events, options.cardholders, options.repeats) < 1:
        parser.error("--events, --cardholders and --repeats are at least 1")
    return options


def main(arguments: Sequence[str] | None = None, servers: Servers | None = None) -> int:
    """0: done; 1: an engine did other work than it must, or failed; 2: the machine lacks something."""
    options = _options(arguments)
    quiet()
    began = time.monotonic()
    (BUILD / "bench").mkdir(parents=True, exist_ok=True)
    settings = {} if options.batch_records is None else {"BATCH_RECORDS": str(options.batch_records)}
    comparison = Comparison(options.events, options.cardholders, options.repeats, options.peers, settings)
    try:
        if servers is not None:
            comparison.run(servers)
        else:
            with local_servers("compare") as mine:
                comparison.run(mine)
    except (Unavailable, StartFailed) as missing:
        say(str(missing))
        return 2
    except (
        WrongDecisionsError,
        DeadLettersError,
        DiffersError,
        PeerFailedError,
        StuckError,
        TooShortError,
    ) as failed:
        say(str(failed))
        return 1
    found = comparison.result()
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    plot_rates(found, options.out.with_suffix(".png"))
    for name, ratio in found["ratios"].items():
        say(f"{ratio:g} times {name}")
    say(f"{options.out} after {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
