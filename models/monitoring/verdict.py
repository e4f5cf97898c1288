"""What the monitor found, as it travels to the lanes: on the models' topic, beside the snapshots."""

from typing import Final, Literal, Self

import msgspec

from models.monitoring.monitor import State
from models.snapshot import SnapshotRefusedError

FORMAT: Final = 1
KEY: Final = "verdict."

Fallback = Literal["rules", "last_stable", "keep"]
"""What lanes do while a model is unstable: rules alone, the last snapshot of stable days, or go on."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A change of state.

    at: place among the lessons at which it was reached; a verdict with a lower one is outdated.
    at_us: time of the latest observation or label before it, in microseconds since 1970 (UTC).
    because: reasons, worst first. figures: of the predictions made before their labels were known.
    """

    verdict_format: int = FORMAT
    model_id: str
    at: int
    at_us: int
    state: State
    because: tuple[str, ...]
    fallback: Fallback
    figures: dict[str, float | None]

    @property
    def name(self) -> str:
        """Its key on the topic, and what the journal calls it."""
        return f"{KEY}{self.model_id}.{self.at}"

    @property
    def falls_back(self) -> bool:
        """Whether lanes must not score with the newest snapshot."""
        return self.state == "unstable" and self.fallback != "keep"

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read one. SnapshotRefusedError when it is none, or of another format."""
        try:
            verdict = msgspec.json.decode(raw, type=cls)
        except msgspec.MsgspecError as error:
            raise SnapshotRefusedError(f"not a verdict: {error}") from error
        if verdict.verdict_format != FORMAT:
            raise SnapshotRefusedError(f"verdict format {verdict.verdict_format} is unknown here")
        return verdict
