"""How long lanes take to move when a worker joins and when one leaves: a real broker, a real Redis.

    python -m tests.bench.handover                   100,000 cardholders over twelve lanes, five times
    CARDHOLDERS=10000 REPEATS=2 python -m ...        fewer

A move begins when the group has settled, which is when the new owner is told its lanes (`lanes_assigned`),
and ends when it has claimed the lane and taken all there was (`lane_caught_up`). `settled` is what comes
before that: from the word that a worker is to leave until its lanes are assigned anew.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from tests.bench.book import feed
from tests.bench.cores import machine
from tests.bench.happenings import draw
from tests.bench.model import champion
from tests.bench.servers import BUILD, local_servers
from tests.bench.workers import Run
from tests.integration.feed import evaluator
from tests.integration.workers import until

if TYPE_CHECKING:
    from tests.integration.workers import Process

LANES: Final = 12
EVENTS_OF_EACH: Final = 5
OUT: Final = BUILD / "handover.json"
PATIENCE: Final = 300.0


def at(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(event["timestamp"]).timestamp()


def since(worker: Process, place: int) -> list[dict[str, Any]]:
    return worker.events()[place:]


def caught_up(worker: Process, place: int) -> dict[int, float]:
    """Of each lane it has taken up since then the seconds from when the group had settled."""
    settled: float | None = None
    found: dict[int, float] = {}
    for event in since(worker, place):
        if event["event"] == "lanes_assigned":
            settled, found = at(event), {}
        elif event["event"] == "lane_caught_up" and settled is not None:
            found[event["lane"]] = at(event) - settled
    return found


def assigned(worker: Process, place: int) -> list[int]:
    told = [event for event in since(worker, place) if event["event"] == "lanes_assigned"]
    return told[-1]["lanes"] if told else []


def there(workers: list[tuple[Process, int]]) -> bool:
    """Whether the lanes are shared among all of these workers, and all are where they were."""
    shares = [assigned(worker, place) for worker, place in workers]
    return (
        all(shares)
        and sorted(lane for share in shares for lane in share) == list(range(LANES))
        and all(
            set(caught_up(worker, place)) == set(share)
            for (worker, place), share in zip(workers, shares, strict=True)
        )
    )


def moves(run: Run, repeats: int) -> dict[str, dict[str, list[float]]]:
    """Seconds of each lane that changed its owner, and of each that came back to the one it had."""
    joined: dict[str, list[float]] = {"moved": [], "stayed": []}
    left: dict[str, list[float]] = {"moved": [], "stayed": [], "settled": []}
    with run.worker() as first:
        until(lambda: there([(first, 0)]), PATIENCE, run.logs)
        for number in range(repeats):
            place = len(first.events())
            with run.worker() as second:
                until(lambda: there([(first, place), (second, 0)]), PATIENCE, run.logs)  # noqa: B023  # at once
                joined["moved"] += caught_up(second, 0).values()
                joined["stayed"] += caught_up(first, place).values()
                moved = set(assigned(second, 0))
                place = len(first.events())
                begun = time.time()
                if second.stop() != 0:
                    raise RuntimeError(f"a worker ended badly\n{run.logs()}")
                until(lambda: there([(first, place)]), PATIENCE, run.logs)  # noqa: B023  # at once
            for lane, seconds in caught_up(first, place).items():
                left["moved" if lane in moved else "stayed"].append(seconds)
            told = [event for event in since(first, place) if event["event"] == "lanes_assigned"]
            left["settled"].append(at(told[-1]) - begun)
            print(f"{number + 1} of {repeats}", file=sys.stderr, flush=True)
    return {"join": joined, "leave": left}


def main() -> None:
    cardholders, repeats = int(os.environ.get("CARDHOLDERS", "100000")), int(os.environ.get("REPEATS", "5"))
    book = draw(EVENTS_OF_EACH * cardholders, cardholders)
    with local_servers("handover") as servers:
        fed = feed(servers, book, champion(evaluator()), prefix="handover.", lanes=LANES)
        run = Run(fed, "handover")
        found = moves(run, repeats)
        run.close()
    told = {
        "cardholders": cardholders,
        "lanes": LANES,
        "seconds": {
            why: {
                what: {"median": round(median(some), 3), "most": round(max(some), 3), "count": len(some)}
                for what, some in of.items()
            }
            for why, of in found.items()
        },
        "machine": machine(),
    }
    OUT.write_text(json.dumps(told, indent=2) + "\n")
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
