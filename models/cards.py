"""Model cards: what a validator asks first (Mitchell and others, Model cards, FAT* 2019)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from models.figures import Figures
from models.registry import Change, Entry

SHOWN: Final = 15

LIMITS: Final = {
    "all": (
        "Learned from accounts that were granted: it says nothing of applicants.",
        "What the bank does changes what it later sees: who is cut teaches by the control group.",
        "It follows its book with a delay of one outcome window.",
    ),
    "logistic": (
        "Above its usual range a feature bends once; other curves are straight in ln of the value.",
    ),
    "scorecard": (
        "Features that say the same share their weight: one may get points against its own bad rate.",
    ),
    "linear": ("Its own scale leaves 0..1 at the ends; calibration brings it back.",),
    "lda": ("Assumes one spread for goods and bads; calibration mends the probabilities, not the ranking.",),
    "tree": ("Steps: cardholders of one leaf cannot be told apart.",),
    "forest": (
        "No points and no reason codes; a tree that lags is replaced, and the score may jump a little.",
    ),
    "blend": ("No points and no reason codes of its own; those of its scorecard explain it nearly.",),
}


class FeatureLine(msgspec.Struct, frozen=True):
    """iv: information value over the data the card tells of."""

    name: str
    iv: float


class Card(msgspec.Struct, frozen=True):
    """Everything that is told of one snapshot.

    rows, bads: what it was taught. span: first and last time of the data, as far as known. labels: what bad
    means. drift: PSI of features and of the score, where measured.
    """

    model_id: str
    version: int
    family: str
    target: str
    stage: str
    rows: int
    bads: int
    source: str
    span: tuple[str, str] | None
    labels: str
    features: tuple[FeatureLine, ...]
    figures: Figures | None
    drift: dict[str, float]
    limits: tuple[str, ...]
    history: tuple[Change, ...]
    format: int = 1

    def to_json(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self))


def limits(family: str) -> tuple[str, ...]:
    """What is known not to work."""
    return (*LIMITS["all"], *LIMITS.get(family, ()))


def card(
    entry: Entry,
    *,
    rows: int,
    bads: int,
    source: str,
    labels: str,
    iv: Mapping[str, float],
    drift: Mapping[str, float],
    span: tuple[str, str] | None = None,
) -> Card:
    """The card of an entry as it is now."""
    features = sorted(iv.items(), key=lambda item: (-item[1], item[0]))
    return Card(
        model_id=entry.model_id,
        version=entry.version,
        family=entry.family,
        target=entry.target,
        stage=entry.stage,
        rows=rows,
        bads=bads,
        source=source,
        span=span,
        labels=labels,
        features=tuple(FeatureLine(name, round(value, 4)) for name, value in features),
        figures=entry.figures,
        drift={name: round(value, 4) for name, value in drift.items()},
        limits=limits(entry.family),
        history=entry.history,
    )


def as_text(card: Card) -> str:
    """The card for people, in Markdown."""
    lines = [f"# {card.model_id}@{card.version}", ""]
    lines += _rows(
        ("family", card.family),
        ("target", f"{card.target}: {card.labels}"),
        ("stage", card.stage),
        ("taught by", f"{card.rows:,} labels of {card.source}, {card.bads:,} of them bad ({_share(card)})"),
        ("span", "not told by the data" if card.span is None else f"{card.span[0]} to {card.span[1]}"),
    )
    lines += ["", "## Figures", ""]
    if card.figures is None:
        lines.append("Not measured.")
    else:
        found = card.figures
        lines += _rows(
            ("labels", f"{found.labels}: {found.count:,}, {found.bads:,} of them bad"),
            ("AUC", f"{found.auc:.4f}"),
            ("KS", f"{found.ks:.4f}"),
            ("calibration error", f"{found.ece:.4f} (ten bins)"),
            ("Brier", f"{found.brier:.4f}"),
            ("PSI of the score", "not measured" if found.psi is None else f"{found.psi:.3f}"),
        )
    lines += ["", "## Features", "", "| feature | information value |", "|---|---:|"]
    lines += [f"| {one.name} | {one.iv:.3f} |" for one in card.features[:SHOWN]]
    if len(card.features) > SHOWN:
        lines.append(f"| and {len(card.features) - SHOWN} more | |")
    lines += ["", "## Drift", ""]
    moved = sorted(card.drift.items(), key=lambda item: -item[1])[:5]
    lines += [f"- PSI of {name}: {value:.3f}" for name, value in moved] or ["Not measured."]
    lines += ["", "## Known limits", "", *(f"- {limit}" for limit in card.limits)]
    lines += ["", "## History", ""]
    lines += [f"- {one.stage} by {one.by}{': ' + one.because if one.because else ''}" for one in card.history]
    return "\n".join(lines) + "\n"


def _share(card: Card) -> str:
    return f"{card.bads / card.rows:.1%}" if card.rows else "none"


def _rows(*pairs: tuple[str, str]) -> list[str]:
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in pairs)]
