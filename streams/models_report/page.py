"""The model report as one HTML page that needs nothing beside itself."""
# ruff: noqa: E501, RUF001 - HTML

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

import numpy as np

from models.bins import Bins
from models.families import read
from models.families.snapshot import CardSnapshot
from models.monitoring.psi import UNSTABLE, WATCH, Reference
from models.points import FACTOR, OFFSET, Attribute, Points, bands
from streams.models_report import figures as plots
from streams.models_report.goals import ECE_AT_MOST, GOALS
from streams.models_report.run import BATCH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.models_report.run import Report

WORDS: Final = {
    "logistic": "Logistic regression, squashed inputs, second-order steps",
    "scorecard": "Scorecard: logistic regression on weights of evidence",
    "lda": "Linear discriminant analysis, streaming",
    "probit": "Probit regression",
    "linear": "Linear probability",
    "trees": "Forest of ten Hoeffding trees",
    "tree": "One Hoeffding tree, depth six",
    "logistic_first_order": "Logistic regression, first-order steps",
    "blend": "Blend of logistic, scorecard and forest",
    BATCH: "Gradient boosting in batch, five folds",
}
SHOWN: Final = ("blend", "logistic", "scorecard", "lda", "trees", "tree", BATCH)

STYLE: Final = """
:root { --ink: #1f2933; --muted: #6b7785; --line: #e3e8ed; --accent: #0b6e99; --wash: #f6f8fa; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--wash); color: var(--ink); line-height: 1.5;
  font: 15px/1.55 Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 27px; line-height: 1.25; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 0 0 4px; }
p { margin: 0 0 14px; max-width: 74ch; } .muted { color: var(--muted); }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 22px 24px; margin-top: 20px; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; margin-top: 22px; }
.tile { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; }
.tile b { display: block; font-size: 25px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile span { color: var(--muted); font-size: 13px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; } .pair section { min-width: 0; }
svg.plot { width: 100%; height: auto; display: block; margin-top: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; margin-top: 8px; }
th { text-align: left; font-weight: 500; color: var(--muted); border-bottom: 1px solid var(--line); padding: 6px 10px; }
td { border-bottom: 1px solid #f0f3f5; padding: 6px 10px; vertical-align: top; }
td.n, th.n { text-align: right; white-space: nowrap; } tr.best td { background: #eff7fa; font-weight: 600; }
tr.first td { border-top: 1px solid var(--line); } tr:last-child td { border-bottom: 0; }
.bar { display: inline-block; height: 9px; border-radius: 2px; background: var(--accent); vertical-align: middle; }
.ok { color: #2f7d4f; } .miss { color: #b83a3a; font-weight: 600; }
details summary { cursor: pointer; color: var(--accent); margin-top: 10px; }
@media (max-width: 820px) { .pair, .tiles { grid-template-columns: 1fr 1fr; } .pair { grid-template-columns: 1fr; } }
@media print { body { background: #fff; } section { break-inside: avoid; } }
"""


def page(report: Report) -> str:
    """The whole page."""
    book, first = report.book, report.first
    rows, labels = book.rows[first.order], book.labels[first.order]
    later = slice(len(labels) // 3, None)
    bad = labels[later] == 1
    pds = {name: first.pds[name][later] for name in SHOWN}
    aucs = {name: found["auc"] for name, found in report.figures.items()}
    card = read(first.snapshots["scorecard"])
    assert isinstance(card, CardSnapshot), "the scorecard's own snapshot"
    points = Points(card)
    score = OFFSET + FACTOR * np.log(1.0 / pds["scorecard"] - 1.0)
    psi_plot = plots.stability(_moved(report, rows), (WATCH, UNSTABLE))
    best = report.figures[report.best]
    batch = report.figures[BATCH]
    bad_rate = f"{labels.mean():.1%}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Models over real cardholders</title><style>{STYLE}</style></head><body><main>
<h1>Models over {len(labels):,} real cardholders</h1>
<p class="muted">“Default of credit card clients”, Taiwan 2005 (I-Cheng Yeh, UCI, CC BY 4.0); {bad_rate} defaulted in the
month that followed. {len(book.names)} features, without sex, education, marriage and age. Each prediction was made before its
label was learned; the first third is not measured. Means of {report.shuffles} shuffles; plots show the first.</p>
<div class="tiles">
{_tile(f"{best['auc']:.3f}", f"AUC of the best online model ({report.best})")}
{_tile(f"{best['ks']:.3f}", "KS of the same")}
{_tile(f"{best['ece']:.3f}", "calibration error, ten bins")}
{_tile(f"{batch['auc'] - best['auc']:+.3f}", "AUC that batch boosting is ahead")}
</div>
<section><h2>Figures</h2>{_figures(report)}</section>
<div class="pair">
<section><h2>Ranking</h2><p class="muted">ROC curves; the legend holds mean AUC.</p>{plots.roc(pds, bad, aucs)}</section>
<section><h2>Separation</h2><p class="muted">{_name(report.best)}: goods and bads by score.</p>
{plots.ks(pds[report.best], bad)}</section>
<section><h2>Calibration</h2><p class="muted">On the line, a probability means what it says.</p>
{plots.calibration({name: pds[name] for name in SHOWN if name != BATCH}, bad)}</section>
<section><h2>Stability</h2><p class="muted">The features that moved most, and the score; lessons are shuffled, so none should.</p>
{psi_plot}</section>
</div>
<section><h2>Learning</h2><p class="muted">How soon each family is worth listening to.</p>
{plots.learning({n: first.pds[n] for n in SHOWN}, labels == 1, 3000, aucs)}</section>
<section><h2>Information value</h2><p class="muted">What each feature tells by itself: below 0.02 nothing, from 0.1
something, from 0.3 much. The twenty strongest.</p>{_information(card)}</section>
<div class="pair">
<section><h2>Points</h2><p class="muted">600 points at odds of 50:1; 20 more double the odds.</p>{plots.odds(score, bad)}</section>
<section><h2>Bands</h2><p class="muted">From one band to the next the odds of good double.</p>{_bands(score, bad)}</section>
</div>
<section><h2>The scorecard</h2><p class="muted">A cardholder's points are the sum over all features. Shown are the eight with the
highest information value; bins of equal points are joined.</p>{_card(points)}</section>
</main></body></html>
"""


def _tile(number: str, words: str) -> str:
    return f'<div class="tile"><b>{number}</b><span>{words}</span></div>'


def _name(model: str) -> str:
    return html.escape(WORDS.get(model, model))


def _figures(report: Report) -> str:
    goals = {(model, figure): least for model, figure, least in GOALS}
    rows = []
    for model in sorted(report.figures, key=lambda name: -report.figures[name]["auc"]):
        found, spread = report.figures[model], report.spread[model]
        cells = []
        for figure in ("auc", "ks", "ece", "brier"):
            least = goals.get((model, figure)) or (
                goals.get(("best", figure)) if model == report.best else None
            )
            goal = "" if least is None else f"at least {least:.3f}"
            met = least is None or found[figure] >= least
            if figure == "ece":
                goal, met = f"at most {ECE_AT_MOST:.3f}", found[figure] <= ECE_AT_MOST
            mark = (
                f' <span class="{"ok" if met else "miss"}" title="{goal}">{"✓" if met else "✗"}</span>'
                if goal
                else ""
            )
            cells.append(
                f'<td class="n">{found[figure]:.4f} <span class="muted">± {spread[figure]:.4f}</span>{mark}</td>'
            )
        css = ' class="best"' if model == report.best else ""
        rows.append(f"<tr{css}><td>{model}</td><td>{_name(model)}</td>{''.join(cells)}</tr>")
    head = "<tr><th>model</th><th></th>" + "".join(
        f'<th class="n">{figure}</th>' for figure in ("AUC", "KS", "ECE", "Brier")
    )
    return f"<table>{head}</tr>{''.join(rows)}</table>"


def _moved(report: Report, rows: NDArray[np.float64]) -> list[tuple[str, float]]:
    """The fifteen largest stability indices, first third against the rest."""
    cut = len(rows) // 3
    scores = report.first.pds["scorecard"][:, None]
    indices: dict[str, float] = {}
    for names, columns in ((report.book.names, rows), (("score",), scores)):
        begun = 1_000 if names == ("score",) else 0  # before, there was hardly a score
        reference = Reference(Bins.of(columns[begun:cut]), columns[begun:cut])
        indices.update(zip(names, reference.psi(reference.count(columns[cut:])).tolist(), strict=True))
    return sorted(indices.items(), key=lambda item: -item[1])[:15]


def _information(card: CardSnapshot) -> str:
    values = sorted(zip(card.feature_names, card.iv.array().tolist(), strict=True), key=lambda item: -item[1])
    top = max(values[0][1], 1e-9)
    rows = "".join(
        f'<tr><td>{html.escape(name)}</td><td class="n">{value:.3f}</td>'
        f'<td style="width:60%"><span class="bar" style="width:{100 * value / top:.1f}%"></span></td></tr>'
        for name, value in values[:20]
    )
    return f'<table><tr><th>feature</th><th class="n">IV</th><th></th></tr>{rows}</table>'


def _bands(score: NDArray[np.float64], bad: NDArray[np.bool_]) -> str:
    found = [band for band in bands(score, bad) if band.count]
    most = max(band.bad_rate or 0.0 for band in found)
    rows = "".join(
        f'<tr><td>{band.from_points}–{band.to_points - 1}</td><td class="n">{band.count:,}</td>'
        f'<td class="n">{band.bad_rate or 0.0:.1%}</td><td style="width:42%">'
        f'<span class="bar" style="width:{100 * (band.bad_rate or 0.0) / most:.1f}%"></span></td></tr>'
        for band in found
    )
    return f'<table><tr><th>points</th><th class="n">cardholders</th><th class="n">bad</th><th></th></tr>{rows}</table>'


def _card(points: Points) -> str:
    attributes = points.attributes()
    names = list(dict.fromkeys(one.feature for one in attributes))
    head = (
        '<tr><th>feature</th><th>attribute</th><th class="n">share</th><th class="n">bad</th>'
        '<th class="n">weight of evidence</th><th class="n">points</th></tr>'
    )
    shown = [one for one in attributes if one.feature in names[:8]]
    rest = [one for one in attributes if one.feature in names[8:]]
    return (
        f"<table>{head}{_attributes(shown)}</table><details><summary>The other {len(names) - 8} features</summary>"
        f"<table>{head}{_attributes(rest)}</table></details>"
    )


def _attributes(attributes: list[Attribute]) -> str:
    rows, before = [], ""
    for one in attributes:
        fresh = one.feature != before
        before = one.feature
        rate = "–" if one.bad_rate is None else f"{one.bad_rate:.1%}"
        rows.append(
            f"<tr{' class=first' if fresh else ''}><td>{html.escape(one.feature) if fresh else ''}</td>"
            f'<td>{html.escape(one.words)}</td><td class="n">{one.share:.1%}</td><td class="n">{rate}</td>'
            f'<td class="n">{one.woe:+.3f}</td><td class="n">{one.points:.1f}</td></tr>'
        )
    return "".join(rows)
