"""make chaos: SEED, FAULTS and MINUTES from the environment; 0 when nothing was lost, doubled or changed.

Round after round, each with servers and a book of its own, until FAULTS faults were done or MINUTES are over;
then the last round is finished in peace and compared too.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from pathlib import Path

from deploy.process import StartFailed, Unavailable
from tests.chaos.arena import Arena
from tests.chaos.book import make_book
from tests.chaos.compare import compare
from tests.chaos.driver import disturb, new_site
from tests.chaos.faults import FAULTS
from tests.chaos.found import found
from tests.chaos.report import Report
from tests.chaos.undisturbed import undisturbed
from tests.chaos.workforce import NAIVE, WORKER
from tests.integration.feed import placed

BUILD = Path(__file__).resolve().parents[2] / "build"
LANES = 12
CARDHOLDERS = 2_000
MONTHS = 12
REPEATS = 3
BATCH_RECORDS = 12
"""Small, so that a backlog lasts for many faults, and batches end in many places."""


def main() -> int:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    faults = int(os.environ.get("FAULTS") or 60)
    minutes = float(os.environ.get("MINUTES") or 20)
    program = NAIVE if os.environ.get("AGENT") == "naive" else WORKER
    report = Report(seed)
    begun = time.monotonic()
    print(f"SEED={seed} FAULTS={faults} MINUTES={minutes:g}", flush=True)
    try:
        while report.faults.total() < faults and time.monotonic() - begun < minutes * 60:
            _round(report, faults, begun + minutes * 60, begun, program)
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


def _round(report: Report, faults: int, until: float, begun: float, program: list[str]) -> None:
    folder = BUILD / "chaos" / f"{report.seed}-{report.rounds + 1}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def tell(what: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {what}", flush=True)

    round_seed = report.seed + 1_000_003 * report.rounds
    book = make_book(round_seed, CARDHOLDERS, MONTHS, repeats=REPEATS)
    tell(f"round {report.rounds + 1}: {len(book.lines)} lines; what an undisturbed run gives")
    wanted = undisturbed(book.lines, LANES, "postloan.")
    with Arena(folder) as arena:
        site = new_site(arena, folder, LANES)
        site.produce(placed(book.lines, LANES))
        tell("the backlog is loaded")
        done = disturb(
            site,
            arena,
            round_seed,
            kinds=list(FAULTS),
            most=faults - report.faults.total() - REPEATS,
            until=until,
            batch_records=BATCH_RECORDS,
            tell=tell,
            program=program,
        )
        verdict = compare(wanted, found(site))
    report.add(done, verdict, len(book.lines), REPEATS)
    if verdict.good and done.unfinished is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
