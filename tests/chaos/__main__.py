"""make chaos: SEED, FAULTS and MINUTES from the environment; 0 when nothing was lost, doubled or changed.

Round after round, each with servers and a book of its own, until FAULTS faults were done or MINUTES are over;
then the last round is finished in peace and compared too. VARIANTS (backlog,live) are played in turn.
AGENT=naive has the plain at-least-once agent take the workers' place, which must fail.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.process import StartFailed, Unavailable
from tests.chaos.book import make_book
from tests.chaos.play import Play, play_backlog, play_live
from tests.chaos.report import Report
from tests.chaos.workforce import NAIVE, WORKER

BUILD = Path(__file__).resolve().parents[2] / "build"
LANES = 12
CARDHOLDERS = 2_000
MONTHS = 12
REPEATS = 3
"""Runs of a backlog's records that its senders sent twice; they count as faults."""
MOST_A_ROUND = 50
LIVE_RATE = 300.0
BATCH_RECORDS = (12, 50, 200)
"""Few, so that a backlog lasts for many faults, and batches end in many places."""
CACHE_ROWS = (240, 100_000)
"""Few, so that rows come and go, or enough for all."""
BACKLOG, LIVE = "backlog", "live"


@dataclass(frozen=True)
class Wanted:
    """What the environment asks for."""

    seed: int
    faults: int
    minutes: float
    variants: list[str]
    program: list[str]

    @property
    def a_round(self) -> int:
        """Faults of a round at the most: each variant has its turn."""
        return min(MOST_A_ROUND, max(REPEATS + 1, -(-self.faults // len(self.variants))))


def wanted_of(environment: Mapping[str, str]) -> Wanted:
    """Raises ValueError, which names the variable."""
    variants = (environment.get("VARIANTS") or f"{BACKLOG},{LIVE}").split(",")
    if not set(variants) <= {BACKLOG, LIVE}:
        raise ValueError(f"VARIANTS is {','.join(variants)}: only {BACKLOG} and {LIVE} are known")
    try:
        return Wanted(
            seed=int(environment.get("SEED") or random.SystemRandom().randrange(10**6)),
            faults=int(environment.get("FAULTS") or 60),
            minutes=float(environment.get("MINUTES") or 20),
            variants=variants,
            program=NAIVE if environment.get("AGENT") == "naive" else WORKER,
        )
    except ValueError as error:
        raise ValueError(f"SEED, FAULTS and MINUTES are numbers: {error}") from None


def main() -> int:
    try:
        wanted = wanted_of(os.environ)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    report = Report(wanted.seed)
    begun = time.monotonic()
    print(f"SEED={wanted.seed} FAULTS={wanted.faults} MINUTES={wanted.minutes:g}", flush=True)
    try:
        while report.faults.total() < wanted.faults and time.monotonic() - begun < wanted.minutes * 60:
            _round(report, wanted, begun)
            report.minutes = (time.monotonic() - begun) / 60
            report.write(BUILD / "chaos.json")
            print(report.line(), flush=True)
            if not report.good:
                break
    except (Unavailable, StartFailed) as error:
        print(error, file=sys.stderr)
        return 2
    for example in [*report.unfinished, *report.ended, *report.verdict.examples]:
        print(example)
    return 0 if report.good else 1


def _round(report: Report, wanted: Wanted, begun: float) -> None:
    name = f"{report.seed}-{report.rounds + 1}"
    folder = BUILD / "chaos" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def tell(what: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {what}", flush=True)

    variant = wanted.variants[report.rounds % len(wanted.variants)]
    tell(f"round {report.rounds + 1}, {variant}")
    seed = report.seed + 1_000_003 * report.rounds
    repeats = REPEATS if variant == BACKLOG else 0
    play = Play(
        folder=folder,
        book=make_book(seed, CARDHOLDERS, MONTHS, repeats=repeats),
        lanes=LANES,
        seed=seed,
        faults=min(wanted.a_round, wanted.faults - report.faults.total()) - repeats,
        batch_records=random.Random(f"batch {seed}").choice(BATCH_RECORDS),
        cache_rows=random.Random(f"cache {seed}").choice(CACHE_ROWS),
        until=begun + wanted.minutes * 60,
        tell=tell,
        program=wanted.program,
    )
    done, verdict = play_backlog(play) if variant == BACKLOG else play_live(play, LIVE_RATE)
    report.add(variant, done, verdict, repeats)
    if verdict.good and done.unfinished is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
