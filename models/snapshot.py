"""A model at one moment, as JSON: enough to score by, and to go on learning from."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, Protocol, Self, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.inputs import Shape

FORMAT: Final = 1
"""Raised when an older reader would misread a snapshot; fields may be added without raising it."""

MODEL_ID: Final = "default-logistic"
"""The default model, by which lanes score."""

MIN_LESSONS: Final = 500
"""A score is insufficient until a model has learned this many matured labels (contract 4.2)."""


class SnapshotRefusedError(ValueError):
    """A snapshot that cannot be used here; the message says why."""


class Readable(Protocol):
    """A snapshot of any family, as `read_snapshot` reads it."""

    @property
    def model_id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def feature_names(self) -> tuple[str, ...]: ...
    def problems(self) -> Iterator[str]:
        """What is inconsistent in it, if anything."""
        ...


S = TypeVar("S", bound=Readable)


def read_snapshot(
    raw: bytes, kind: type[S], header: str, wanted: int, feature_names: Sequence[str] | None = None
) -> S:
    """Read a snapshot; refuse an unknown format, a broken one, or one for other features than these.

    header: the field that tells its format, which must be `wanted`.
    """
    try:
        fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        found = msgspec.json.decode(fields.get(header, msgspec.Raw(b"null")), type=int)
        if found != wanted:
            raise SnapshotRefusedError(
                f"snapshot format {found} is unknown here; this version reads {wanted}"
            )
        snapshot = msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise SnapshotRefusedError(f"not a snapshot: {error}") from error
    for problem in snapshot.problems():
        raise SnapshotRefusedError(f"snapshot {snapshot.model_id} {snapshot.version}: {problem}")
    if feature_names is not None:
        expect(snapshot, feature_names)
    return snapshot


def expect(snapshot: Readable, feature_names: Sequence[str]) -> None:
    """Refuse to be used with other features, or with the same in another order."""
    wanted, held = tuple(feature_names), snapshot.feature_names
    if wanted == held:
        return
    lacking = [name for name in wanted if name not in held]
    foreign = [name for name in held if name not in wanted]
    raise SnapshotRefusedError(
        f"snapshot {snapshot.model_id} {snapshot.version} was made for other features: "
        f"it lacks {lacking}, has besides {foreign}"
        + ("" if lacking or foreign else "; their order differs"),
    )


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What `default-logistic` knew after `lessons` lessons.

    lessons: number of matured labels learned. corrections: of them that were put right later, each time.
    version: the sum of both.
    feature_names: k names, in the order of the vectors.
    shape: the constants of the input transformation (models.inputs).
    counts, means, variances: of each feature's known values after signed_log1p; k each, variance with ddof 0.
    weights: 3k, of models.inputs.spread: z, bends, unknown marks; log-odds per unit. intercept: log-odds.
    covariance: of the 3k + 1 weights (intercept last): upper triangle by rows, float64
        little-endian; base64 in JSON.
    worst_band_pd: lowest default probability of the worst 1 % band (models.band); above 1 when there is none.
    metrics: auc, ks, brier, ece, count, bads of the predictions made before their labels were known; None is
        undefined.
    """

    format: int = FORMAT
    model_id: str
    version: int
    feature_names: tuple[str, ...]
    shape: Shape
    counts: tuple[int, ...]
    means: tuple[float, ...]
    variances: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    covariance: bytes
    lessons: int
    worst_band_pd: float
    metrics: dict[str, float | None]
    corrections: int = 0

    @property
    def ready(self) -> bool:
        """Whether its scores count."""
        return self.lessons >= MIN_LESSONS

    @property
    def scales(self) -> tuple[float, ...]:
        """Standard deviations, in the unit of `means`."""
        return tuple(math.sqrt(variance) for variance in self.variances)

    def to_json(self) -> bytes:
        """Floats are written so that they are read back exactly."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, raw: bytes, feature_names: Sequence[str] | None = None) -> Self:
        """Read a snapshot; refuse an unknown format, a broken one, or one for other features than these."""
        return read_snapshot(raw, cls, "format", FORMAT, feature_names)

    def problems(self) -> Iterator[str]:
        """What is inconsistent in it, if anything."""
        k = len(self.feature_names)
        m = 3 * k + 1
        for field, wanted in (("counts", k), ("means", k), ("variances", k), ("weights", 3 * k)):
            if len(getattr(self, field)) != wanted:
                yield f"{field} has {len(getattr(self, field))} values, not {wanted}"
        if len(self.covariance) != 8 * (m * (m + 1) // 2):
            yield f"covariance has {len(self.covariance)} bytes, not {8 * (m * (m + 1) // 2)}"
        if any(variance < 0.0 for variance in self.variances):
            yield "a variance is negative"
        if not all(map(math.isfinite, chain(self.means, self.variances, self.weights, (self.intercept,)))):
            yield "a number is not finite"


def pack(symmetric: NDArray[np.float64]) -> bytes:
    """The upper triangle of float64[m, m], by rows."""
    return symmetric[np.triu_indices(len(symmetric))].astype("<f8").tobytes()


def unpack(triangle: bytes, m: int) -> NDArray[np.float64]:
    """The symmetric float64[m, m] of a packed upper triangle."""
    symmetric = np.zeros((m, m))
    upper = np.triu_indices(m)
    symmetric[upper] = np.frombuffer(triangle, "<f8")
    symmetric.T[upper] = symmetric[upper]
    return symmetric
