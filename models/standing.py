"""Which model lanes score with: follows what is published, record by record in its order."""

from __future__ import annotations

from models.monitoring.verdict import KEY, Verdict
from models.score import Scorer
from models.snapshot import Snapshot


class Standing:
    """The newest ready snapshot is the champion, unless the monitor says that it is unstable.

    While it is, lanes judge by rules alone, or by the snapshot that was newest when it last was not.
    """

    def __init__(self) -> None:
        self._newest: Scorer | None = None
        self._stable: Scorer | None = None
        self._verdict: Verdict | None = None
        self._verdicts: dict[str, Verdict] = {}

    def take_snapshot(self, snapshot: Snapshot) -> None:
        """Take a snapshot. It is used at once if it is ready and the model not unstable."""
        if snapshot.ready:
            self._newest = Scorer(snapshot)
            if self.verdict is None:
                self._stable = self._newest

    def take_verdict(self, verdict: Verdict) -> bool:
        """Take a verdict; whether it counts: one that goes back before the latest does not."""
        self._verdicts[verdict.name] = verdict
        if self._verdict is not None and verdict.at < self._verdict.at:
            return False
        self._verdict = verdict
        if not verdict.falls_back:
            self._stable = self._newest
        return True

    @property
    def champion(self) -> Scorer | None:
        """What to score with now; None: rules alone."""
        if self.verdict is None:
            return self._newest
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
