"""Which stage a line of code belongs to, for the table of where a worker's processor time goes.

A sample is a stack of frames; the innermost frame that some rule knows decides. A compiled pass has no
frame of its own: its time falls to the frame that called it.
"""

from __future__ import annotations

from types import FrameType
from typing import Final

STAGES: Final = (
    "fetch",
    "decode",
    "intern",
    "order",
    "update",
    "score",
    "rules",
    "decide",
    "pack",
    "commit",
    "publish",
    "learning",
    "other",
)

_RULES: Final = (
    # file, function (None: any), stage; the first that fits
    ("features/inbound/", None, "decode"),
    ("features/roster", "ids", "pack"),
    ("features/roster", None, "intern"),
    ("features/ledger", "intern", "intern"),
    ("features/ledger", "place", "intern"),
    ("features/ledger", "_add", "intern"),
    ("features/ledger", "names", "pack"),
    ("features/packing", None, "pack"),
    ("features/order", None, "order"),
    ("features/", None, "update"),
    ("models/score", None, "score"),
    ("models/stack", None, "score"),
    ("models/families/scoring", None, "score"),
    ("models/families/compiled", None, "score"),
    ("models/panel", None, "score"),
    ("models/probability", None, "score"),
    ("models/inputs", None, "score"),
    ("models/", None, "learning"),
    ("rules/evaluate", None, "rules"),
    ("rules/program", None, "rules"),
    ("rules/", None, "decide"),
    ("streams/lane/batch", "record", "decide"),
    ("streams/lane/batch", "trigger", "decide"),
    ("streams/lane/batch", None, "order"),
    ("streams/lane/engine", "begin", "order"),
    ("streams/lane/engine", "_result", "decide"),
    ("streams/lane/engine", None, "update"),
    ("streams/lane/judging", "evaluate", "score"),
    ("streams/lane/judging", None, "decide"),
    ("streams/lane/quiet", None, "decide"),
    ("streams/lane/passing", None, "update"),
    ("streams/lane/segments", None, "order"),
    ("streams/lane/inbox", "chunk", "decode"),
    ("streams/lane/inbox", None, "order"),
    ("streams/lane/intake", None, "fetch"),
    ("streams/lane/persistence", None, "pack"),
    ("streams/lane/cache", None, "pack"),
    ("streams/lane/dues", None, "pack"),
    ("streams/lane/leaving", None, "pack"),
    ("streams/lane/learning", None, "learning"),
    ("streams/lane/messages", None, "publish"),
    ("streams/lane/sending", None, "publish"),
    ("streams/ports/outbox", None, "commit"),
    ("streams/ports/rows", None, "pack"),
    ("streams/adapters/kafka_log", None, "fetch"),
    ("streams/adapters/kafka_reader", None, "fetch"),
    ("streams/adapters/fetch_answers", None, "fetch"),
    ("streams/adapters/fetch_requests", None, "fetch"),
    ("streams/adapters/record_batches", None, "fetch"),
    ("streams/adapters/crc32c", None, "fetch"),
    ("streams/adapters/kafka_publisher", None, "publish"),
    ("streams/adapters/kafka_transactions", None, "publish"),
    ("streams/adapters/transaction_requests", None, "publish"),
    ("streams/adapters/redis_", None, "commit"),
    ("streams/worker/school", None, "learning"),
    ("/aiokafka/producer/", None, "publish"),
    ("/aiokafka/consumer/", None, "fetch"),
    ("/aiokafka/conn", "_read", "fetch"),  # answers with records are nearly all there is to read
    ("/redis/", None, "commit"),
)

_known: dict[tuple[str, str], str | None] = {}


def stage_of(frame: FrameType | None) -> str:
    """The stage of a stack, from its innermost frame outwards; `other` where no rule knows any."""
    while frame is not None:
        code = frame.f_code
        place = code.co_filename, code.co_name
        if place not in _known:
            _known[place] = _stage(*place)
        stage = _known[place]
        if stage is not None:
            return stage
        frame = frame.f_back
    return "other"


def _stage(file: str, function: str) -> str | None:
    for part, name, stage in _RULES:
        if name in (None, function) and (part in file if part[0] == "/" else f"/{part}" in _ours(file)):
            return stage
    return None


def _ours(file: str) -> str:
    return "" if "site-packages" in file else file
