"""The one place where ports meet adapters and settings become parts."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from rules.evaluate import Evaluator
from rules.rulebook import read_rulebook
from streams.adapters.kafka_admin import KafkaAdmin
from streams.adapters.kafka_log import KafkaLog, KafkaNames
from streams.adapters.pace import Pace
from streams.adapters.redis_store import RedisStore
from streams.adapters.redis_view import RedisView
from streams.adapters.topics import topics
from streams.checkpoint.depot import depot_of
from streams.checkpoint.keeper import Rhythm
from streams.lane.tuning import Tuning
from streams.ports.failures import UnreachableError, UnusableError

if TYPE_CHECKING:
    from streams.ports.store import Shelf
    from streams.settings import Settings


def names_of(settings: Settings) -> KafkaNames:
    return KafkaNames(settings.kafka_bootstrap, settings.topic_prefix, settings.group)


def make_log(settings: Settings) -> KafkaLog:
    return KafkaLog(names_of(settings), Pace(settings.fetches_per_second))


def make_store(settings: Settings) -> RedisStore:
    return RedisStore(
        settings.redis_url.get_secret_value(), settings.state_namespace, cluster=settings.redis_cluster
    )


def make_view(settings: Settings) -> RedisView:
    """For tools; close it. Raises UnreachableError."""
    return RedisView(
        settings.redis_url.get_secret_value(), settings.state_namespace, cluster=settings.redis_cluster
    )


def check_redis(settings: Settings) -> None:
    """Raise UnusableError when Redis may throw away state; the lanes wait for one that does not answer."""
    try:
        view = make_view(settings)
        try:
            why = view.refuses()
        finally:
            view.close()
    except UnreachableError:
        return
    if why is not None:
        raise UnusableError(why)


def make_rhythm(settings: Settings, shelf: Shelf) -> Rhythm | None:
    """When checkpoints are taken; `shelf` keeps the wishes for one. Raises UnusableError."""
    depot = depot_of(settings)
    if depot is None:
        return None
    return Rhythm(
        depot,
        seconds=settings.checkpoint_minutes * 60,
        records=settings.checkpoint_records,
        keep=settings.checkpoint_keep,
        shelf=shelf,
    )


def make_admin(settings: Settings) -> KafkaAdmin:
    """Connects; close it."""
    return KafkaAdmin(
        settings.kafka_bootstrap, settings.topic_prefix, replication_factor=settings.replication_factor
    )


def make_tuning(settings: Settings) -> Tuning:
    return Tuning(
        batch_records=settings.batch_records,
        cache_rows=settings.cache_rows,
        merge_idle=settings.merge_idle_ms / 1000,
        flood_share=settings.flood_share,
        flood_least=settings.flood_least,
    )


def make_evaluator(settings: Settings) -> Evaluator:
    """The rules. Raises RulebookError, or OSError when the file cannot be read."""
    if settings.rulebook is None:
        text, name = files("rules").joinpath("default.yaml").read_text(encoding="utf-8"), "default.yaml"
    else:
        text, name = settings.rulebook.read_text(encoding="utf-8"), str(settings.rulebook)
    return Evaluator(read_rulebook(text, name))


def check_topics(settings: Settings) -> None:
    """Raise UnusableError when a topic is missing or has another number of partitions than it must."""
    admin = make_admin(settings)
    try:
        found = admin.partitions()
    finally:
        admin.close()
    wanted = {topic.name: topic.partitions for topic in topics(settings.lanes)}
    missing = [settings.topic_prefix + name for name in wanted if name not in found]
    if missing:
        raise UnusableError(f"topics are missing ({', '.join(missing)}): run postloan topics create")
    for name, partitions in wanted.items():
        if found[name] != partitions:
            raise UnusableError(
                f"topic {settings.topic_prefix}{name} has {found[name]} partitions, not {partitions}: "
                f"does the setting lanes ({settings.lanes}) fit this cluster?"
            )
