"""The alert rules name metrics, labels and states that there are."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from streams.health.metrics import METRICS
from streams.lane.condition import STATES

RULES = Path(__file__).resolve().parents[3] / "deploy" / "prometheus" / "alerts.yaml"


def test_alert_rules() -> None:
    rules = [
        rule
        for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]
    assert len({rule["alert"] for rule in rules}) == len(rules) == 5
    known = {metric.name: set(metric.labels) for metric in METRICS}
    for rule in rules:
        named = re.findall(r"(postloan_\w+)(?:\{(\w+)=\"(\w+)\"\})?", rule["expr"])
        assert named
        for name, label, value in named:
            assert not label or label in known[name]
            assert label != "state" or value in STATES
            assert name in known
