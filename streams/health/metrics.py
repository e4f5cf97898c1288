"""All metrics of a worker, by name. docs/metrics.md shows them as a table; a test holds it to this file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """A name that dashboards and alerts rely on."""

    name: str
    kind: Literal["gauge", "counter"]
    labels: tuple[str, ...]
    told: str
    """What it says, and its unit."""


LANES: Final = Metric(
    "postloan_lanes",
    "gauge",
    (),
    "lanes this worker holds",
)
READY: Final = Metric(
    "postloan_ready",
    "gauge",
    (),
    "1 while /readyz answers 200",
)
SERVER_ANSWERS: Final = Metric(
    "postloan_server_answers",
    "gauge",
    ("server",),
    "1 while Kafka or Redis answers this worker",
)
LANE_STATE: Final = Metric(
    "postloan_lane_state",
    "gauge",
    ("lane", "state"),
    "1 for the state a lane is in: claiming, running, paused (a server is silent), halted, left",
)
EPOCH: Final = Metric(
    "postloan_lane_epoch",
    "gauge",
    ("lane",),
    "number of the claim in Redis",
)
LAG: Final = Metric(
    "postloan_lane_lag_records",
    "gauge",
    ("lane",),
    "offsets still to be taken up to the ends of the lane's topics, looked at every few seconds; "
    "0: no record waits; before that, marks of transactions between records count too",
)
WATERMARK: Final = Metric(
    "postloan_lane_watermark_seconds",
    "gauge",
    ("lane",),
    "the lane's time (contract 2.3), in seconds since 1970",
)
COMMITTED: Final = Metric(
    "postloan_lane_last_commit_seconds",
    "gauge",
    ("lane",),
    "when it last committed, in seconds since 1970",
)
BACKOFF: Final = Metric(
    "postloan_lane_backoff_seconds",
    "gauge",
    ("lane",),
    "pause until what failed is tried again; 0: nothing failed",
)
CARDHOLDERS: Final = Metric(
    "postloan_lane_cardholders",
    "gauge",
    ("lane",),
    "cardholders in memory",
)
WAITING_RECORDS: Final = Metric(
    "postloan_lane_waiting_records",
    "gauge",
    ("lane",),
    "records read and not yet taken",
)
WAITING_BYTES: Final = Metric(
    "postloan_lane_waiting_bytes",
    "gauge",
    ("lane",),
    "and their bytes",
)
UNSENT: Final = Metric(
    "postloan_lane_unsent_batches",
    "gauge",
    ("lane",),
    "batches committed to Redis and not yet published",
)
RECORDS: Final = Metric(
    "postloan_lane_records_total",
    "counter",
    ("lane",),
    "records taken",
)
BATCHES: Final = Metric(
    "postloan_lane_batches_total",
    "counter",
    ("lane",),
    "batches taken",
)
DECISIONS: Final = Metric(
    "postloan_lane_decisions_total",
    "counter",
    ("lane",),
    "alerts and limit actions given out",
)
DEAD_LETTERS: Final = Metric(
    "postloan_lane_dead_letters_total",
    "counter",
    ("lane",),
    "dead letters given out",
)
WAITS: Final = Metric(
    "postloan_lane_waits_total",
    "counter",
    ("lane", "server"),
    "attempts that Kafka or Redis did not answer",
)
RUN_SECONDS: Final = Metric(
    "postloan_lane_run_seconds_total",
    "counter",
    ("lane",),
    "seconds spent judging batches",
)
COMMIT_SECONDS: Final = Metric(
    "postloan_lane_commit_seconds_total",
    "counter",
    ("lane",),
    "seconds from a commit's begin until Redis had it",
)

METRICS: Final = (
    *(LANES, READY, SERVER_ANSWERS, LANE_STATE, EPOCH, LAG, WATERMARK, COMMITTED, BACKOFF, CARDHOLDERS),
    *(WAITING_RECORDS, WAITING_BYTES, UNSENT, RECORDS, BATCHES, DECISIONS, DEAD_LETTERS, WAITS),
    *(RUN_SECONDS, COMMIT_SECONDS),
)


def table() -> str:
    """Markdown."""
    rows = [
        f"| `{metric.name}` | {metric.kind} | {', '.join(metric.labels)} | {metric.told} |"
        for metric in METRICS
    ]
    return "\n".join(["| name | kind | labels | what |", "|---|---|---|---|", *rows])
