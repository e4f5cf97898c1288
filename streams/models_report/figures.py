"""The plots of the model report, as SVG that stands inside a page; needs the extra `report`."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.metrics import ks as ks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

INK, MUTED, LINE = "#1f2933", "#6b7785", "#d9dfe5"
COLOURS: Final = (
    "#0b6e99",
    "#c2571a",
    "#3f8f5b",
    "#7a4fa3",
    "#8a8d91",
    "#b3356d",
    "#a8861b",
    "#4c5f7a",
    "#222222",
)
WATCH, BAD = "#d9a521", "#b83a3a"


def _style() -> Any:
    import matplotlib as mpl  # in the extra `report` only

    mpl.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "postloan",
            "font.family": "sans-serif",
            "font.sans-serif": ["Inter", "Segoe UI", "Helvetica Neue", "Arial", "DejaVu Sans", "sans-serif"],
            "font.size": 10.5,
            "text.color": INK,
            "axes.edgecolor": LINE,
            "axes.labelcolor": MUTED,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#eef1f4",
            "grid.linewidth": 1.0,
            "axes.axisbelow": True,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
        }
    )
    return plt


def _svg(figure: Any) -> str:
    import matplotlib.pyplot as plt

    target = io.StringIO()
    figure.savefig(target, format="svg", bbox_inches="tight", transparent=True, metadata={"Date": None})
    plt.close(figure)
    text = target.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r'<svg ([^>]*?)width="[^"]*" height="[^"]*"', r'<svg class="plot" \1', text, count=1)


def roc(pds: Mapping[str, NDArray[np.float64]], bad: NDArray[np.bool_], aucs: Mapping[str, float]) -> str:
    """One curve a model, best first in the legend."""
    plt = _style()
    figure, axes = plt.subplots(figsize=(5.4, 5.0))
    axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.2)
    for colour, name in zip(COLOURS, sorted(pds, key=lambda one: -aucs[one]), strict=False):
        order = np.argsort(-pds[name], kind="stable")
        hits = np.cumsum(bad[order]) / bad.sum()
        false = np.cumsum(~bad[order]) / (~bad).sum()
        thin = slice(None, None, max(1, len(order) // 400))
        axes.plot(false[thin], hits[thin], color=colour, label=f"{name}  {aucs[name]:.3f}")
    axes.set(
        xlabel="share of goods above the cut",
        ylabel="share of bads above the cut",
        xlim=(0, 1),
        ylim=(0, 1.005),
    )
    axes.legend(loc="lower right", fontsize=9.5, title="AUC", alignment="left")
    return _svg(figure)


def ks(pds: NDArray[np.float64], bad: NDArray[np.bool_]) -> str:
    """Cumulative shares of goods and bads by score, and where they are furthest apart."""
    plt = _style()
    figure, axes = plt.subplots(figsize=(5.4, 5.0))
    grid = np.quantile(pds, np.linspace(0, 1, 401))
    goods = np.searchsorted(np.sort(pds[~bad]), grid, side="right") / (~bad).sum()
    bads = np.searchsorted(np.sort(pds[bad]), grid, side="right") / bad.sum()
    at = int(np.argmax(goods - bads))
    share = np.linspace(0, 1, 401)
    axes.plot(share, goods, color=COLOURS[0], label="goods")
    axes.plot(share, bads, color=COLOURS[1], label="bads")
    axes.plot([share[at]] * 2, [bads[at], goods[at]], color=INK, linewidth=1.2)
    axes.annotate(
        f"KS {ks_of(pds, bad) or 0.0:.3f}\nat pd {grid[at]:.2f}",
        (share[at], bads[at] + 0.08),
        xytext=(-8, 0),
        textcoords="offset points",
        ha="right",
        va="center",
    )
    axes.set(xlabel="cardholders, from the safest", ylabel="share reached", xlim=(0, 1), ylim=(0, 1.005))
    axes.legend(loc="upper left")
    return _svg(figure)


def calibration(pds: Mapping[str, NDArray[np.float64]], bad: NDArray[np.bool_]) -> str:
    """Predicted against seen, in tenths of each model's own ranking."""
    plt = _style()
    figure, axes = plt.subplots(figsize=(5.4, 5.0))
    highest = 0.0
    for colour, (name, scored) in zip(COLOURS, pds.items(), strict=False):
        parts = np.array_split(np.argsort(scored, kind="stable"), 10)
        predicted = [scored[part].mean() for part in parts]
        seen = [bad[part].mean() for part in parts]
        highest = max(highest, *predicted, *seen)
        axes.plot(predicted, seen, marker="o", markersize=4.5, color=colour, label=name, linewidth=1.3)
    top = min(1.0, highest * 1.06)
    axes.plot([0, top], [0, top], color=LINE, linewidth=1.2, zorder=0)
    axes.set(xlabel="predicted probability", ylabel="share that turned out bad", xlim=(0, top), ylim=(0, top))
    axes.legend(loc="upper left", fontsize=9.5)
    return _svg(figure)


def stability(indices: Sequence[tuple[str, float]], bounds: tuple[float, float]) -> str:
    """The largest stability indices, with the bounds of watch and unstable."""
    plt = _style()
    shown = list(indices)[::-1]
    figure, axes = plt.subplots(figsize=(5.4, 5.0))
    values = [value for _, value in shown]
    colours = [BAD if value >= bounds[1] else WATCH if value >= bounds[0] else COLOURS[0] for value in values]
    axes.barh(range(len(shown)), values, color=colours, height=0.62)
    axes.set_yticks(range(len(shown)), [name for name, _ in shown], fontsize=9.5)
    for bound, word in zip(bounds, ("watch", "unstable"), strict=True):
        axes.axvline(bound, color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
        axes.text(bound, len(shown) - 0.4, f" {word}", color=MUTED, fontsize=9, va="bottom", ha="left")
    axes.set(xlabel="PSI, first third of the lessons against the rest", xlim=(0, max(0.32, *values) * 1.04))
    axes.grid(visible=False, axis="y")
    return _svg(figure)


def learning(
    pds: Mapping[str, NDArray[np.float64]], bad: NDArray[np.bool_], window: int, aucs: Mapping[str, float]
) -> str:
    """How the rolling AUC grew with the lessons."""
    from models.metrics import auc

    plt = _style()
    figure, axes = plt.subplots(figsize=(11.4, 3.6))
    ends = np.arange(window, len(bad) + 1, window // 2)
    for colour, name in zip(COLOURS, sorted(pds, key=lambda one: -aucs[one]), strict=False):
        rolling = [auc(pds[name][end - window : end], bad[end - window : end]) for end in ends]
        axes.plot(ends, rolling, color=colour, label=name, linewidth=1.5)
    axes.axvline(len(bad) / 3, color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.text(len(bad) / 3, axes.get_ylim()[0], "  measured from here", color=MUTED, fontsize=9, va="bottom")
    axes.set(xlabel="lessons", ylabel=f"AUC of the latest {window:,}", xlim=(0, len(bad)))
    axes.legend(loc="lower right", ncols=4, fontsize=9.5)
    return _svg(figure)


def odds(points: NDArray[np.float64], bad: NDArray[np.bool_]) -> str:
    """Goods and bads by points."""
    plt = _style()
    figure, axes = plt.subplots(figsize=(5.4, 5.0))
    low, high = np.quantile(points, [0.001, 0.999])
    edges = np.arange(np.floor(low / 10) * 10, high + 10, 10)
    axes.hist(points[~bad], edges, color=COLOURS[0], alpha=0.75, label="goods")
    axes.hist(points[bad], edges, color=COLOURS[1], alpha=0.8, label="bads")
    axes.set(xlabel="points", ylabel="cardholders")
    axes.legend(loc="upper left")
    return _svg(figure)
