"""What the doctor looks at: each check says what it found and, if something is wrong, what to mend."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from streams.cli.reach import why_unreachable
from streams.ports.failures import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings import Settings

OLDEST_REDIS: Final = (6, 2)
LIBRARIES: Final = (
    *("aiokafka", "faust-streaming", "kafka-python", "redis", "hiredis"),
    *("msgspec", "numba", "numpy", "river", "pydantic"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    what: str
    found: str
    mend: str = ""
    """What to do; empty when all is well."""


def library_findings() -> Iterator[Finding]:
    """Python and the libraries that the monitor runs on."""
    from importlib.metadata import PackageNotFoundError, version  # slow

    here = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", here, "" if sys.version_info >= (3, 11) else "use Python 3.11 or newer")
    for name in LIBRARIES:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", f"pip install {name}, or install the project anew (make setup)")


def kafka_findings(settings: Settings) -> Iterator[Finding]:
    """Whether Kafka answers, and whether the topics are as they must be."""
    from streams.adapters.kafka_admin import KafkaAdmin  # slow

    place = settings.kafka_bootstrap
    start = f"start it (make services-up) or set {_KAFKA}"
    why = why_unreachable(place)
    if why is not None:
        yield Finding("Kafka", f"{place}: {why}", start)
        return
    try:
        admin = KafkaAdmin(place, settings.topic_prefix, patience=8.0)
    except UnreachableError as error:
        yield Finding("Kafka", f"{place}: {error}", start)
        return
    try:
        yield Finding("Kafka", f"answers at {place}")
        yield from _topic_findings(settings, admin)
    except UnreachableError as error:
        yield Finding("Kafka", str(error), "see whether the broker is overloaded")
    finally:
        admin.close()


_KAFKA: Final = "POSTLOAN_KAFKA_BOOTSTRAP"
_REDIS: Final = "POSTLOAN_REDIS_URL"
_LARGEST: Final = "max.message.bytes"


def _topic_findings(settings: Settings, admin: Any) -> Iterator[Finding]:
    from streams.adapters.topic_settings import topic_settings
    from streams.adapters.topics import topics

    found = admin.partitions()
    prefix = settings.topic_prefix
    there = [prefix + topic.name for topic in topics(settings.lanes) if topic.name in found]
    configs = topic_settings(settings.kafka_bootstrap, there) if there else {}
    for topic in topics(settings.lanes):
        name = prefix + topic.name
        if topic.name not in found:
            yield Finding(name, "is not there", "postloan topics create")
            continue
        partitions = found[topic.name]
        if partitions != topic.partitions:
            told = f"{partitions} partitions, not {topic.partitions}"
            yield Finding(
                name, told, "set POSTLOAN_LANES to what is there, or use another POSTLOAN_TOPIC_PREFIX"
            )
            continue
        wanted = int(topic.config.get(_LARGEST, 0))
        largest = int(configs.get(name, {}).get(_LARGEST, wanted))
        if largest < wanted:
            mend = f"set {_LARGEST} of the topic to {wanted}"
            yield Finding(name, f"{_LARGEST} is {largest}: large records never reach the lane", mend)
            continue
        yield Finding(name, f"{partitions} partitions")


def redis_findings(settings: Settings) -> Iterator[Finding]:
    """Whether Redis answers, is new enough, forgets nothing, and writes down what it confirms."""
    from streams.adapters.redis_clients import EVICTS, POLICY, SAFE_POLICY  # slow
    from streams.worker.parts import make_view

    place = settings.shown_redis_url
    view = None
    try:
        view = make_view(settings)
        versions = view.versions()
        nodes = f", {len(versions)} nodes" if settings.redis_cluster else ""
        yield Finding("Redis", f"answers at {place}{nodes}")
        version = min(versions, key=_numbers)
        yield Finding(
            "Redis version", version, "" if _numbers(version) >= OLDEST_REDIS else "use Redis 6.2 or newer"
        )
        for name, wanted, why in (
            (POLICY, SAFE_POLICY, EVICTS),
            ("appendonly", "yes", "a restart loses what it confirmed"),
        ):
            held = view.settings(name)
            wrong = [setting for setting in held if setting != wanted]
            if not held:
                yield Finding(f"Redis {name}", f"may not be asked here; it must be {wanted}")
            elif wrong:
                yield Finding(f"Redis {name}", f"{wrong[0]}: {why}", f"redis-cli CONFIG SET {name} {wanted}")
            else:
                yield Finding(f"Redis {name}", wanted)
    except UnreachableError as error:
        yield Finding("Redis", f"{place}: {error}", f"start it (make services-up) or set {_REDIS}")
    finally:
        if view is not None:
            view.close()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])
