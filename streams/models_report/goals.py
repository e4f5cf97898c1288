"""What the report must reach, and its figures as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from streams.models_report.run import Report

GOALS: Final = (
    ("best", "auc", 0.780),
    ("best", "ks", 0.425),
    ("scorecard", "auc", 0.775),
    ("lda", "auc", 0.777),
    ("trees", "auc", 0.770),
)
"""(model, figure, at least)."""
ECE_AT_MOST: Final = 0.015


def as_json(report: Report) -> dict[str, Any]:
    """Mean figures by model; `best` is the online model with the highest AUC."""
    rounded = {
        name: {figure: round(value, 4) for figure, value in found.items()}
        for name, found in report.figures.items()
    }
    return {"taiwan": {**rounded, "best": {"model": report.best, **rounded[report.best]}}}


def missed(report: Report) -> list[str]:
    """The goals that were not reached, in words."""
    figures = {**report.figures, "best": report.figures[report.best]}
    below = [
        f"{model}: {figure} {figures[model][figure]:.4f} is below {least:.3f}"
        for model, figure, least in GOALS
        if figures[model][figure] < least
    ]
    above = [
        f"{model}: ece {found['ece']:.4f} is above {ECE_AT_MOST:.3f}"
        for model, found in report.figures.items()
        if found["ece"] > ECE_AT_MOST
    ]
    return below + above
