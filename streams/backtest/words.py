"""A backtest in words, from its JSON form."""

from __future__ import annotations

from typing import Any, Final

from streams.story.words import money

Told = dict[str, Any]
_NAME: Final = 24


def told(report: Told) -> str:
    """Lines of text."""
    window = report["window_days"]
    exposure, harm = report["exposure"], report["harm"]
    acted, spared = harm["acted_on"], harm["control_group"]
    cut, saved = money(exposure["limits_cut_of_later_bad"]), money(exposure["saved"])
    lines = [
        f"{report['rulebook_version']}: {report['cardholders']:,} cardholders",
        f"{report['cardholders_60_days_past_due']:,} of them came to 60 or more days past due",
        "",
        f"{'alerts':<{_NAME}} {'precision':>26} {'recall':>26} {'lead in days':>20}",
        _row("all", report["alerts"]),
        _row("before any day past due", report["early_alerts"]),
        *(_row(rule, tally) for rule, tally in report["rules"].items()),
        "",
        f"precision: alerts followed by 60+ days past due within {window} days, of those that had so long",
        f"recall: of those who came to 60+ days past due, those alerted on in the {window} days before",
        "lead: from the first alert to 30+ days past due; lower quarter, median, upper quarter",
        "A rule counts where an alert names it; one that joined an open episode silently is not seen here.",
        "In brackets: 95 % interval.",
        "",
        f"{exposure['cuts_of_later_bad']} cuts fell on cardholders who came to 60+ days past due later",
        f"they lower limits by {cut}; beyond what they leave, {saved} was drawn: exposure saved",
        f"harm: {_share(acted)} of {acted['cuts']} cuts fell on holders who stayed clean",
        f"control group: {_share(spared)} of {spared['cuts']} cuts that were not made would have",
    ]
    apart = harm["difference"]
    if apart is None:
        lines.append("No cut and control group can be compared: one of them is empty.")
    else:
        low, high = apart["interval_95"]
        lines.append(f"difference: {apart['value']:+.1%} [{low:+.1%}, {high:+.1%}]")
    return "\n".join(lines)


def _row(name: str, tally: Told) -> str:
    precision, recall, lead = tally["precision"], tally["recall"], tally["lead_days"]
    days = (
        "-"
        if lead is None
        else f"{lead['quarter']:.0f} / {lead['median']:.0f} / {lead['three_quarters']:.0f}"
    )
    of_alerts, of_bad = (
        f"{_share(precision)} of {precision['alerts']}",
        f"{_share(recall)} of {recall['bad']}",
    )
    return f"{name:<{_NAME}} {of_alerts:>26} {of_bad:>26} {days:>20}"


def _share(part: Told) -> str:
    if part["share"] is None:
        return "-"
    low, high = part["interval_95"]
    return f"{part['share']:.0%} [{low:.0%}, {high:.0%}]"
