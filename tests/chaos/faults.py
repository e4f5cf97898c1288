"""What can go wrong, as generators: break it, yield how many seconds it stays broken, mend it."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.chaos.arena import Arena
from tests.chaos.feed import Feed
from tests.chaos.proxy import Link
from tests.chaos.workforce import Workforce

SESSION_SECONDS: Final = 4.0
"""The workers' session with Kafka: a zombie must sleep longer."""
FEWEST, MOST = 2, 3
"""Workers up when nothing is broken."""


@dataclass(slots=True)
class Field:
    """All that a fault may touch."""

    arena: Arena
    workforce: Workforce
    feed: Feed | None = None


Fault = Callable[[Field, random.Random], Iterator[float]]


# --- workers -----------------------------------------------------------------------------------------------


def _some_worker(field: Field, draw: random.Random) -> int:
    return draw.choice(sorted(field.workforce.up))


def kill(field: Field, draw: random.Random) -> Iterator[float]:
    """kill -9, and another one later."""
    field.workforce.kill(_some_worker(field, draw))
    yield draw.uniform(0, 4)
    field.workforce.join()


def zombie(field: Field, draw: random.Random) -> Iterator[float]:
    """A worker that stands still until others have its lanes, and then wakes up."""
    number = _some_worker(field, draw)
    field.workforce.signal(number, signal.SIGSTOP)
    yield SESSION_SECONDS + draw.uniform(1, 5)
    field.workforce.signal(number, signal.SIGCONT)


def nap(field: Field, draw: random.Random) -> Iterator[float]:
    """A worker that stands still, but not so long that others get its lanes."""
    number = _some_worker(field, draw)
    field.workforce.signal(number, signal.SIGSTOP)
    yield draw.uniform(0.1, 0.7) * SESSION_SECONDS
    field.workforce.signal(number, signal.SIGCONT)


def rebalance(field: Field, draw: random.Random) -> Iterator[float]:
    """One worker more, or one less: lanes move."""
    if len(field.workforce.up) < MOST:
        field.workforce.join()
        yield draw.uniform(3, 8)
    else:
        leaving = field.workforce.ask_to_stop(_some_worker(field, draw))
        yield draw.uniform(1, 3)
        field.workforce.see_off(leaving)


def wrong_clock(field: Field, draw: random.Random) -> Iterator[float]:
    """A worker is replaced by one whose clock is wrong, and jumps."""
    field.workforce.kill(_some_worker(field, draw))
    first, later = (draw.choice((-1, 1)) * draw.choice((90, 3_700, 3 * 86_400, 400 * 86_400)) for _ in "ab")
    field.workforce.join(clock=f"{first},{later},{draw.uniform(4, 12):.1f}")
    yield draw.uniform(4, 8)


# --- Redis -------------------------------------------------------------------------------------------------


def redis_tail(field: Field, draw: random.Random) -> Iterator[float]:
    """Redis crashes and comes back without the end of its append-only file."""
    server = field.arena.redis
    server.kill()
    file = max((server.folder / "appendonlydir").glob("*.incr.aof"), key=lambda path: path.stat().st_mtime)
    size = file.stat().st_size
    os.truncate(file, max(0, size - draw.randrange(2 ** draw.randrange(8, 22))))
    yield draw.uniform(0, 3)
    server.start()


def redis_restart(field: Field, draw: random.Random) -> Iterator[float]:
    """Redis is stopped and started; it also forgets its scripts."""
    field.arena.redis.stop()
    yield draw.uniform(0, 3)
    field.arena.redis.start()


def flush_all(field: Field, draw: random.Random) -> Iterator[float]:
    """Redis loses everything."""
    field.arena.command("FLUSHALL")
    yield draw.uniform(0.5, 2)


def redis_pause(field: Field, draw: random.Random) -> Iterator[float]:
    """Redis answers nobody, now and then for longer than clients wait."""
    seconds = draw.choice((draw.uniform(0.2, 4), draw.uniform(10, 13)))
    field.arena.command("CLIENT", "PAUSE", int(seconds * 1000), "ALL")
    yield seconds


# --- Kafka -------------------------------------------------------------------------------------------------


def kafka_restart(field: Field, draw: random.Random) -> Iterator[float]:
    """The broker is stopped and started."""
    field.arena.kafka.stop()
    yield draw.uniform(0, 3)
    field.arena.kafka.start()


def kafka_crash(field: Field, draw: random.Random) -> Iterator[float]:
    """kill -9 on the broker."""
    field.arena.kafka.kill()
    yield draw.uniform(0, 3)
    field.arena.kafka.start()


def kafka_stop(field: Field, draw: random.Random) -> Iterator[float]:
    """The broker stands still, and goes on."""
    field.arena.kafka.pause()
    yield draw.uniform(1, 8)
    field.arena.kafka.resume()


# --- links -------------------------------------------------------------------------------------------------


def _reset(link: Callable[[Arena], Link]) -> Fault:
    def fault(field: Field, draw: random.Random) -> Iterator[float]:
        """All connections are reset, several times."""
        for _ in range(draw.randrange(1, 5)):
            field.arena.proxy.reset(link(field.arena))
            yield draw.uniform(0.05, 1.0)

    return fault


def _slow(link: Callable[[Arena], Link]) -> Fault:
    def fault(field: Field, draw: random.Random) -> Iterator[float]:
        """All bytes come late, or few at a time."""
        mine = link(field.arena)
        if draw.random() < 0.5:
            mine.latency = draw.uniform(0.02, 0.4)
        else:
            mine.bandwidth = draw.uniform(20_000, 400_000)
        yield draw.uniform(3, 8)
        mine.heal()

    return fault


def _black_hole(link: Callable[[Arena], Link]) -> Fault:
    def fault(field: Field, draw: random.Random) -> Iterator[float]:
        """Connections stay open and nothing comes; often they are reset in the end."""
        mine = link(field.arena)
        mine.silent = True
        yield draw.uniform(2, 12)
        if draw.random() < 0.5:
            field.arena.proxy.reset(mine)
        mine.heal()

    return fault


# --- producers ---------------------------------------------------------------------------------------------


def duplicated_sends(field: Field, draw: random.Random) -> Iterator[float]:
    """A producer sends the last records again."""
    assert field.feed is not None, "only where somebody sends"
    field.feed.repeat(draw.randrange(1, 300))
    yield draw.uniform(0.5, 2)


def _kafka(arena: Arena) -> Link:
    return arena.kafka_link


def _redis(arena: Arena) -> Link:
    return arena.redis_link


FAULTS: Final[dict[str, tuple[str, Fault]]] = {
    "kill": ("workers", kill),
    "zombie": ("workers", zombie),
    "nap": ("workers", nap),
    "rebalance": ("workers", rebalance),
    "wrong_clock": ("workers", wrong_clock),
    "redis_tail": ("redis", redis_tail),
    "redis_restart": ("redis", redis_restart),
    "flush_all": ("redis", flush_all),
    "redis_pause": ("redis", redis_pause),
    "redis_reset": ("redis", _reset(_redis)),
    "redis_slow": ("redis", _slow(_redis)),
    "redis_black_hole": ("redis", _black_hole(_redis)),
    "kafka_restart": ("kafka", kafka_restart),
    "kafka_crash": ("kafka", kafka_crash),
    "kafka_stop": ("kafka", kafka_stop),
    "kafka_reset": ("kafka", _reset(_kafka)),
    "kafka_slow": ("kafka", _slow(_kafka)),
    "kafka_black_hole": ("kafka", _black_hole(_kafka)),
    "duplicated_sends": ("producers", duplicated_sends),
}
"""By name: what it needs for itself, so that no two faults break the same thing at once; and the fault."""

NEED_A_FEED: Final = ("duplicated_sends",)
"""Where nobody sends meanwhile, the book itself has repetitions."""
