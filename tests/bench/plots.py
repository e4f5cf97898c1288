"""Plots of the results, as PNG files beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def _figure(panels: int) -> tuple[Any, Any]:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    return plt.subplots(1, panels, figsize=(6 * panels, 4), layout="constrained", squeeze=False)


def plot_rates(found: dict[str, Any], file: Path) -> None:
    """Events a second of all engines, with their ranges; and where ours spends its time."""
    figure, axes = _figure(2)
    rates = {"ours": found["ranges"]["ours"]} | {
        name: found["ranges"][name] for name in found["peers"] if found["peers"][name] is not None
    }
    names = list(rates)[::-1]
    medians = [rates[name]["median"] for name in names]
    spans = [
        [rates[name]["median"] - rates[name]["lowest"] for name in names],
        [rates[name]["highest"] - rates[name]["median"] for name in names],
    ]
    left, right = axes[0]
    left.barh(
        names, medians, xerr=spans, color=["#1f6f8b" if name == "ours" else "#b0b7bd" for name in names]
    )
    left.set_xscale("log")
    left.set_xlabel("events/s on one core (logarithmic)")
    stages = {stage: cost for stage, cost in found["ours"]["stages"].items() if stage != "waiting"}
    right.barh(list(stages)[::-1], list(stages.values())[::-1], color="#1f6f8b")
    right.set_xlabel("processor µs per event")
    figure.savefig(file, dpi=120)


def plot_latency(found: dict[str, Any], file: Path) -> None:
    """Percentiles over the offered rate."""
    figure, axes = _figure(1)
    axis = axes[0][0]
    levels = found["levels"]
    names = [f"{level['offered_per_second']:,.0f}/s\n{name}" for name, level in levels.items()]
    for percentile in ("p50", "p95", "p99", "max"):
        axis.plot(
            names, [level["milliseconds"][percentile] for level in levels.values()], "o-", label=percentile
        )
    axis.set_yscale("log")
    axis.set_ylabel("appended to readable, ms")
    axis.legend()
    figure.savefig(file, dpi=120)


def plot_scale(found: dict[str, Any], file: Path) -> None:
    """Cost per event of each case."""
    figure, axes = _figure(2)
    names = list(found["cases"])[::-1]
    left, right = axes[0]
    left.barh(names, [found["cases"][name]["cpu_us_per_event"] for name in names], color="#1f6f8b")
    left.set_xlabel("processor µs per event")
    right.barh(names, [found["cases"][name]["events_per_second"] for name in names], color="#b0b7bd")
    right.set_xlabel("events/s, all workers")
    figure.savefig(file, dpi=120)
