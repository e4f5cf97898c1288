"""A worker that tells where its processor time goes: python -m tests.bench.sampled FILE.

The time used since the sample before is given to the stage at work now. The worker itself knows nothing of
it, so it costs nothing where it is not asked for. Every half second of processor time a line goes to FILE.

Example: POSTLOAN_LANES=4 python -m tests.bench.sampled build/stages.jsonl
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Final

from tests.bench.stages import stage_of

EVERY_SECONDS: Final = 0.004
LINE_SECONDS: Final = 0.5


class Sampler:
    """Takes a sample on each signal of the processor timer."""

    def __init__(self, file: Path) -> None:
        self._lines = file.open("w", encoding="utf-8")
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._before = time.process_time()
        self._written = self._before

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        self._lines.close()

    def _sample(self, _: int, frame: FrameType | None) -> None:
        now = time.process_time()
        self._spent[stage_of(frame)] += now - self._before
        self._before = now
        if now - self._written > LINE_SECONDS:
            self._written = now
            line = {"at": time.monotonic(), "cpu": now, "stages": self._spent}
            self._lines.write(json.dumps(line) + "\n")
            self._lines.flush()


def spent_between(file: Path, first: float, last: float) -> dict[str, float]:
    """Processor seconds of each stage between two times of the monotonic clock."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    inside = [line for line in lines if first <= line["at"] <= last]
    if len(inside) < 2:
        return {}
    begin, end = inside[0]["stages"], inside[-1]["stages"]
    return {stage: end[stage] - begin.get(stage, 0.0) for stage in end}


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] in {"-h", "--help"}:
        print(__doc__)
        sys.exit(0 if len(sys.argv) == 2 else 2)
    sampler = Sampler(Path(sys.argv[1]))
    sampler.start()
    from streams.cli import main as command

    sys.argv = ["postloan", "worker"]
    try:
        command()
    finally:
        sampler.stop()


if __name__ == "__main__":
    main()
