"""Metrics in Prometheus' form, made when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from streams.health import metrics
from streams.health.report import why_not_ready
from streams.health.view import View, held, lag
from streams.lane.condition import STATES, Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_GAUGES: Final[tuple[tuple[metrics.Metric, Callable[[Condition], float | None]], ...]] = (
    (metrics.EPOCH, lambda lane: lane.epoch),
    (metrics.WATERMARK, lambda lane: None if lane.watermark is None else lane.watermark / 1_000_000),
    (metrics.COMMITTED, lambda lane: lane.committed_at),
    (metrics.BACKOFF, lambda lane: lane.backoff),
    (metrics.CARDHOLDERS, lambda lane: lane.cardholders),
    (metrics.WAITING_RECORDS, lambda lane: lane.waiting_records),
    (metrics.WAITING_BYTES, lambda lane: lane.waiting_bytes),
    (metrics.UNSENT, lambda lane: lane.unsent_batches),
)
_COUNTERS: Final[tuple[tuple[metrics.Metric, Callable[[Condition], float]], ...]] = (
    (metrics.RECORDS, lambda lane: lane.records),
    (metrics.BATCHES, lambda lane: lane.batches),
    (metrics.DECISIONS, lambda lane: lane.decisions),
    (metrics.DEAD_LETTERS, lambda lane: lane.dead_letters),
    (metrics.RUN_SECONDS, lambda lane: lane.run_seconds),
    (metrics.COMMIT_SECONDS, lambda lane: lane.commit_seconds),
)


class WorkerCollector(Collector):
    """Gauges of the lanes held now; counters also of those that were, for counters do not go back."""

    def __init__(self, view: View) -> None:
        self._view = view

    def collect(self) -> Iterator[Family]:
        view = self._view
        lanes = held(view)
        yield _gauge(metrics.LANES, [((), len(lanes))])
        yield _gauge(metrics.READY, [((), why_not_ready(view) is None)])
        yield _gauge(metrics.SERVER_ANSWERS, [((name,), not why) for name, why in view.servers.items()])
        yield _gauge(
            metrics.LANE_STATE,
            [
                ((str(lane), state), view.conditions[lane].state == state)
                for lane in lanes
                for state in STATES
            ],
        )
        yield _gauge(metrics.LAG, [((str(lane),), lag(view, lane)) for lane in lanes])
        for metric, read in _GAUGES:
            yield _gauge(metric, [((str(lane),), read(view.conditions[lane])) for lane in lanes])
        for metric, count in _COUNTERS:
            family = CounterMetricFamily(metric.name, metric.told, labels=metric.labels)
            for lane, condition in view.conditions.items():
                family.add_metric([str(lane)], count(condition))
            yield family
        waits = CounterMetricFamily(metrics.WAITS.name, metrics.WAITS.told, labels=metrics.WAITS.labels)
        for lane, condition in view.conditions.items():
            for server, count_of in condition.waits.items():
                waits.add_metric([str(lane), server], count_of)
        yield waits


def _gauge(metric: metrics.Metric, samples: list[tuple[tuple[str, ...], float | bool | None]]) -> Family:
    """Leaves out what is not known."""
    family = GaugeMetricFamily(metric.name, metric.told, labels=metric.labels)
    for labels, value in samples:
        if value is not None:
            family.add_metric(list(labels), float(value))
    return family
