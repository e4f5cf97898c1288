"""Which model lanes score with: follows what is published, record by record in its order."""

from __future__ import annotations

from models.monitoring.verdict import KEY, Verdict
from models.score import Scorer, SnapshotScorer
from models.snapshot import Snapshot


class Standing:
    """The newest ready snapshot is the champion, unless one was promoted or the monitor calls it unstable.

    While it is, lanes judge by rules alone, or by the snapshot that was newest when it last was not.
    """

    def __init__(self) -> None:
        self._newest: SnapshotScorer | None = None
        self._promoted: SnapshotScorer | None = None
        self._stable: SnapshotScorer | None = None
        self._verdict: Verdict | None = None
        self._verdicts: dict[str, Verdict] = {}

    def take_snapshot(self, snapshot: Snapshot) -> None:
        """Take a snapshot. It is used at once if it is ready and the model not unstable."""
        if snapshot.ready:
            self._newest = Scorer(snapshot)
            self._settle()

    def promote(self, champion: SnapshotScorer | None) -> None:
        """Score with the model that was promoted, and with it alone; None: with the newest as before."""
        self._promoted = champion
        self._settle()

    def _settle(self) -> None:
        if self.verdict is None:
            self._stable = self._promoted or self._newest

    def take_verdict(self, verdict: Verdict) -> bool:
        """Take a verdict; whether it counts: one that goes back before the latest does not."""
        self._verdicts[verdict.name] = verdict
        if self._verdict is not None and verdict.at < self._verdict.at:
            return False
        self._verdict = verdict
        self._settle()
        return True

    @property
    def champion(self) -> SnapshotScorer | None:
        """What to score with now; None: rules alone."""
        if self.verdict is None:
            return self._promoted or self._newest
        return self._stable if self.verdict.fallback == "last_stable" else None

    @property
    def verdict(self) -> Verdict | None:
        """By which lanes have fallen back; None as long as the model is not unstable."""
        return self._verdict if self._verdict is not None and self._verdict.falls_back else None

    def named(self, name: str) -> Verdict | None:
        """Any verdict that was published."""
        return self._verdicts.get(name)


def is_verdict(key: bytes | None) -> bool:
    """Whether a record of the models' topic is a verdict, not a snapshot."""
    return key is not None and key.startswith(KEY.encode())
