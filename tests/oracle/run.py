"""File mode: logs, lanes, the merge by time, passing dates, dead letters (contract 2, 4.2, 7).

python -m tests.oracle.run IN.jsonl OUT.jsonl [DEAD.jsonl] [--lanes N]
"""

from __future__ import annotations

import argparse
import json
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.oracle.checks import DAY, TOPICS, Line, mask, read_line
from tests.oracle.decide import decide
from tests.oracle.knowledge import Holder
from tests.oracle.moment import Breaker, Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = dict[str, Any]
TOO_EARLY = 366 * DAY
PATIENT_KINDS = ("statement_issued", "payment_posted", "bureau_report")


def murmur2(key: bytes) -> int:
    """Kafka's default partitioner hash (contract 1.1)."""
    m, mask32 = 0x5BD1E995, 0xFFFFFFFF
    h = (0x9747B28C ^ len(key)) & mask32
    whole = len(key) // 4 * 4
    for place in range(0, whole, 4):
        k = int.from_bytes(key[place : place + 4], "little") * m & mask32
        k = (k ^ (k >> 24)) * m & mask32
        h = (h * m & mask32) ^ k
    if len(key) > whole:
        h = (h ^ int.from_bytes(key[whole:], "little")) * m & mask32
    h = (h ^ (h >> 13)) * m & mask32
    return h ^ (h >> 15)


def lane_of(key: str, lanes: int) -> int:
    """The partition of a key; a lone surrogate cannot come here."""
    return (murmur2(key.encode("utf-8")) & 0x7FFFFFFF) % lanes


def dead_letter(line: Line, code: str, topic: str | None, partition: int | None, offset: int) -> Record:
    """Contract 2.7."""
    return {
        "error_code": code,
        "error_detail": mask(line.detail),
        "source_topic": topic,
        "source_partition": partition,
        "source_offset": offset,
        "value": mask(line.raw.decode("utf-8", "replace")),
    }


class Lane:
    """One partition of all topics: merged, checked, judged."""

    def __init__(self, number: int, prefix: str) -> None:
        self.number = number
        self.prefix = prefix
        self.logs: dict[str, deque[tuple[int, Line]]] = {topic: deque() for topic in TOPICS}
        self.ends = dict.fromkeys(TOPICS, 0)
        self.watermark: int | None = None
        self.last_tick: int | None = None
        self.holders: dict[str, Holder] = {}
        self.breaker = Breaker()
        self.decisions: list[Record] = []
        self.dead: list[Record] = []

    def append(self, topic: str, line: Line) -> None:
        """To the end of a topic's log."""
        self.logs[topic].append((self.ends[topic], line))
        self.ends[topic] += 1

    def run(self) -> None:
        """Take the head with the smallest (occurred_at, topic, offset) until none is left (contract 2.1)."""
        while True:
            self.drop_bad_heads()
            heads = [topic for topic in TOPICS if self.logs[topic]]
            if not heads:
                return
            topic = min(heads, key=lambda name: self.logs[name][0][1].at)  # ties: the table's order
            offset, line = self.logs[topic].popleft()
            self.take(topic, offset, line)

    def drop_bad_heads(self) -> None:
        """A head that fails on its own, or is far ahead of the watermark, holds nothing back (2.5)."""
        for topic in TOPICS:
            log = self.logs[topic]
            while log:
                offset, line = log[0]
                code = line.code
                if code is None and self.watermark is not None and line.at - self.watermark > TOO_EARLY:
                    code = "too_early"
                if code is None:
                    break
                log.popleft()
                self.bury(topic, offset, line, code)

    def bury(self, topic: str, offset: int, line: Line, code: str) -> None:
        """A dead letter of this lane."""
        self.dead.append(dead_letter(line, code, self.prefix + topic, self.number, offset))

    def untimely(self, line: Line) -> str | None:
        """Contract 2.5, but for the bound on heads."""
        if self.watermark is None:
            return None
        if line.kind != "tick" and self.last_tick is not None and line.at - self.last_tick > DAY:
            return "too_early"
        patience = 35 if line.kind in PATIENT_KINDS else 7
        return "too_late" if self.watermark - line.at > patience * DAY else None

    def take(self, topic: str, offset: int, line: Line) -> None:
        """One record, from its last checks to its judgement (contract 2.4, 2.6, 4.2)."""
        code = self.untimely(line)
        if code is not None:
            self.bury(topic, offset, line, code)
            return
        origin = {
            "topic": self.prefix + topic,
            "partition": self.number,
            "offset": offset,
            "event_id": line.event_id,
        }
        self.pass_time(line, origin)
        assert self.watermark is not None
        if line.kind == "tick":
            self.last_tick = line.at
        elif line.kind == "breaker_reset":
            self.breaker.reset()
        else:
            assert line.key is not None
            holder = self.holders.get(line.key) or Holder(line.key)
            seen = holder.seen.setdefault(topic, deque(maxlen=16))
            if line.event_id in seen:
                return
            seen.append(line.event_id)
            self.holders[line.key] = holder
            issued = holder.take(line, self.watermark)
            self.judge(holder, self.watermark, line, origin, issued=issued)

    def pass_time(self, line: Line, origin: Record) -> None:
        """Each date entered is judged before the record is applied (contract 4.2)."""
        if self.watermark is None:
            self.watermark = line.at
        if line.at <= self.watermark:
            return
        for day in range(self.watermark // DAY + 1, line.at // DAY + 1):
            for name in sorted(self.holders):  # ids are ASCII: code points are bytes
                if self.holders[name].date_matters(day):
                    self.judge(self.holders[name], day * DAY, line, origin, issued=False)
        self.watermark = line.at

    def judge(self, holder: Holder, now: int, line: Line, origin: Record, *, issued: bool) -> None:
        """One judgement; its outputs follow those before it."""
        moment = Moment(now, line, dict(origin), issued, self.breaker, self.holders)
        self.decisions.extend(decide(holder, moment))


def assess(
    lines: Iterable[bytes], lanes: int = 12, prefix: str = "postloan."
) -> tuple[list[Record], list[Record]]:
    """Decisions and dead letters of a file, in output order (contract 2.2, 2.7)."""
    all_lanes = [Lane(number, prefix) for number in range(lanes)]
    dead: list[Record] = []
    for number, raw in enumerate(lines):
        if not raw.strip(b" \t\r"):
            continue
        line = read_line(raw)
        if line.topic is None:
            dead.append(dead_letter(line, line.code or "schema", None, None, number))
        elif line.topic == "control":
            for lane in all_lanes:
                lane.append(line.topic, line)
        else:
            all_lanes[0 if line.key is None else lane_of(line.key, lanes)].append(line.topic, line)
    for lane in all_lanes:
        lane.run()
        dead.extend(lane.dead)
    return [decision for lane in all_lanes for decision in lane.decisions], dead


def write(path: str, records: list[Record]) -> None:
    """One compact JSON object a line."""
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(
            json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records
        )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.run")
    parser.add_argument("source")
    parser.add_argument("decisions")
    parser.add_argument("dead_letters", nargs="?")
    parser.add_argument("--lanes", type=int, default=12)
    chosen = parser.parse_args()
    lines = Path(chosen.source).read_bytes().split(b"\n")
    decisions, dead = assess(lines, chosen.lanes)
    write(chosen.decisions, decisions)
    if chosen.dead_letters:
        write(chosen.dead_letters, dead)


if __name__ == "__main__":
    main()
