"""Seeded books of input lines that reach every clause, and a table of what they reach.

python -m tests.oracle.books SEED [--books N] [--cardholders N] [--months N]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from typing import Any

from tests.oracle.checks import DAY, SECOND, moment_of
from tests.oracle.edges import EDGES, breaker_drill
from tests.oracle.lines import START, Pen
from tests.oracle.moment import in_control_group
from tests.oracle.noise import bad_line, repeat_some, untimely, wanderer
from tests.oracle.run import assess
from tests.oracle.scripts import SCRIPTS, clean_months, cycles, opening

FAVOURITES: tuple[tuple[str, ...], ...] = (
    (),
    ("delinquent", "changing_status"),
    ("indebted", "small_loan", "exempted", "relapser", "relapser"),
    ("good_payer", "minimum_payer", "empty_card"),
    ("third_party", "cash_hungry", "inquiries"),
)


def book_lanes(seed: int) -> int:
    """The number of lanes with which a book shows most; swarming books need few, to trip the breaker."""
    return random.Random(f"lanes{seed}").choice((1, 1, 2)) if swarms(seed) else (1, 3, 12)[seed % 3]


def swarms(seed: int) -> bool:
    """Whether a book has a day on which the bureau speaks ill of dozens."""
    return seed % 3 == 1


def story_book(seed: int, cardholders: int = 60, months: int = 9) -> list[bytes]:
    """One book: scripts, wanderers, noise, and answers to the actions that it makes the system issue."""
    rng = random.Random(seed)
    days = months * 30
    grain = rng.choice((SECOND, SECOND, 3600 * SECOND, 6 * 3600 * SECOND, 24 * 3600 * SECOND))
    pen = Pen(grain, styles=rng if rng.random() < 0.7 else None)
    names = holder_names(rng, cardholders)
    swarm = names[: min(60, cardholders * 3 // 4)] if swarms(seed) else []
    for name in swarm:
        swarmer(pen, rng, name, days)
    favourites = FAVOURITES[seed % len(FAVOURITES)]
    for name in names[len(swarm) :]:
        life(pen, rng, name, days, favourites)
    for edge in EDGES:
        edge(pen, rng, f"edge{pen.written}", days)
    ticked = rng.random() < 0.5
    if ticked:
        tick_daily(pen, rng, days)
    if swarm:
        reset_breaker(pen, rng)
        breaker_drill(pen, 80, crowd=1_090 if seed % 6 == 4 else 0)
    if rng.random() < 0.4:
        gap(pen, rng, days)
    if rng.random() < 0.7:
        noise(pen, rng, names, days)
    if rng.random() < 0.7:
        last_word(pen, rng, names[-1], days, ticked=ticked)
    answer(pen, rng, book_lanes(seed), days)
    return pen.lines()


def life(pen: Pen, rng: random.Random, holder: str, days: int, favourites: tuple[str, ...]) -> None:
    """What one cardholder goes through."""
    chance = rng.random()
    if chance < 0.15:
        wanderer(pen, rng, holder, days)
    elif chance < 0.35:
        rng.choice(EDGES)(pen, rng, holder, days)
    else:
        pool = favourites if favourites and rng.random() < 0.6 else tuple(SCRIPTS)
        SCRIPTS[rng.choice(pool)](pen, rng, holder, days)
        if rng.random() < 0.1:
            wanderer(pen, rng, holder, days)


def tick_daily(pen: Pen, rng: random.Random, days: int) -> None:
    """A tick a day; now and then one is lost, and a few come late."""
    phase = rng.choice((0, 0.5))
    for day in range(days + 1):
        if rng.random() < 0.99:
            pen.tick(day + phase, late=3 if rng.random() < 0.01 else 0)


def reset_breaker(pen: Pen, rng: random.Random) -> None:
    """Somebody looks after the breaker, on some days."""
    for at in (46, 61.5, 120):
        if rng.random() < 0.7:
            pen.put("breaker_reset", None, at, by="risk-desk")


def last_word(pen: Pen, rng: random.Random, holder: str, days: int, *, ticked: bool) -> None:
    """One record long after all others, so that much time passes at once."""
    tail = days + rng.choice((1, 20, 40, 75, 200))
    if ticked:
        pen.tick(tail)
    else:
        pen.put("outcome", holder, tail, outcome="cured")


def holder_names(rng: random.Random, count: int) -> list[str]:
    """Ids of several shapes; about one in fifteen in the control group, found by search (contract 6.4)."""
    names: list[str] = []
    while len(names) < count:
        name = rng.choice(("c", "C-", "x.y:", "_")) + str(rng.randrange(10**6))
        if name not in names and (len(names) % 15 or in_control_group(name)):
            names.append(name)
    rng.shuffle(names)
    return names


def swarmer(pen: Pen, rng: random.Random, holder: str, days: int) -> None:
    """High debt on the same days as many others."""
    limit = opening(pen, rng, holder)
    cycles(pen, rng, holder, days, limit, (0.3,), (0.8, 1.0), spends=False)
    clean_months(pen, rng, holder, 2, 44)
    for day in (45, 60, 110):
        if rng.random() < 0.85:
            pen.clean_report(holder, day + rng.random(), total_debt=900_000)
        if rng.random() < 0.5:
            pen.clean_report(holder, day + 5, total_debt=rng.choice((900_000, 100_000)))
    clean_months(pen, rng, holder, 116, days)


def gap(pen: Pen, rng: random.Random, days: int) -> None:
    """Nothing arrives for many days."""
    start = rng.uniform(20, days * 0.8)
    length = rng.choice((3, 10, 40, 100))
    begin, end = START * DAY + int(start * DAY), START * DAY + int((start + length) * DAY)
    pen.entries = [entry for entry in pen.entries if not begin <= entry[0] < end]


def noise(pen: Pen, rng: random.Random, names: list[str], days: int) -> None:
    """Repeats, bad lines, untimely ones."""
    repeat_some(pen, rng, 0.03)
    for _ in range(rng.randrange(20, 120)):
        bad_line(pen, rng, rng.choice(names), rng.uniform(1, days))
    for _ in range(rng.randrange(12)):
        untimely(pen, rng, rng.choice(names), rng.uniform(45, days))


def answer(pen: Pen, rng: random.Random, lanes: int, days: int, rounds: int = 2) -> None:
    """Results, and the snapshots that follow them, for the actions issued (contract 6.7)."""
    answered: set[str] = set()
    for _ in range(rounds):
        decisions, _ = assess(pen.lines(), lanes)
        for action in decisions:
            if action["kind"] != "limit_action" or action["id"] in answered:
                continue
            answered.add(action["id"])
            if action["status"] == "requested" or rng.random() < 0.3:
                answer_one(pen, rng, action, days)


def answer_one(pen: Pen, rng: random.Random, action: dict[str, Any], days: int) -> None:
    """What people and the ledger make of one action."""
    holder, name = action["cardholder_id"], action["id"]
    asked = moment_of(action["occurred_at"]) / DAY - START
    at = asked + rng.choice((0, 0.1, 1, 1, 5, 15, 27, 29, 31))
    results = rng.choices(
        (["applied"], ["rejected"], ["failed"], ["applied", "reversed"], ["rejected", "applied"],
         ["applied", "applied"], ["reversed"], []),
        (54, 6, 4, 8, 4, 12, 4, 8),
    )[0]  # fmt: skip
    for place, result in enumerate(results):
        later = at + place * rng.choice((0, 1, 12, 20))
        if later < days:
            pen.result(holder, later, name, result, late=rng.choice((0, 0, 0, 2)))
    if results[:1] == ["applied"] and at < days and rng.random() < 0.6:
        status = "blocked" if action["action"] == "block" and rng.random() < 0.5 else "active"
        pen.account(holder, at + rng.choice((0.01, 1, 3)), action["target_limit"], status=status,
                    opened_on="2020-01-01", monthly_income=action["base_limit"])  # fmt: skip


def tally(seed: int, cardholders: int, months: int, table: Counter[tuple[str, ...]]) -> tuple[int, float]:
    """Count what one book reaches; returns its lines and the seconds to assess it."""
    lines = story_book(seed, cardholders, months)
    begin = time.perf_counter()
    decisions, dead = assess(lines, book_lanes(seed))
    seconds = time.perf_counter() - begin
    for record in decisions:
        if record["kind"] == "alert":
            table["alert", record["state"], record["severity"]] += 1
            for rule in record["rules"]:
                table["rule", record["state"], rule["id"]] += 1
        else:
            table["action", record["action"], record["status"], record["withheld_because"] or ""] += 1
            if record["notice"]:
                table["notice", record["notice"]["basis"]] += 1
    for record in dead:
        table["dead letter", record["error_code"]] += 1
    return len(lines), seconds


def main() -> None:
    """The coverage table."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.books")
    parser.add_argument("seed", type=int)
    parser.add_argument("--books", type=int, default=20)
    parser.add_argument("--cardholders", type=int, default=60)
    parser.add_argument("--months", type=int, default=9)
    chosen = parser.parse_args()
    table: Counter[tuple[str, ...]] = Counter()
    total, seconds = 0, 0.0
    for seed in range(chosen.seed, chosen.seed + chosen.books):
        size, took = tally(seed, chosen.cardholders, chosen.months, table)
        total, seconds = total + size, seconds + took
    for name in sorted(table):
        print(f"{table[name]:7}  {' · '.join(part for part in name if part)}")
    print(f"{total} lines assessed in {seconds:.1f} s: {total / seconds:.0f} a second")


if __name__ == "__main__":
    main()
