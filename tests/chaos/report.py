"""What a run was and what came of it, as build/chaos.json and as lines to read."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.chaos.compare import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.driver import Round


@dataclass
class Report:
    """Sums over the rounds of a run."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)
    variants: Counter[str] = field(default_factory=Counter)
    """Rounds of each."""
    minutes: float = 0.0
    unfinished: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        return self.verdict.good and not self.unfinished and self.verdict.records > 0

    @property
    def rounds(self) -> int:
        return self.variants.total()

    def add(self, variant: str, done: Round, verdict: Verdict, repeats: int) -> None:
        """Count one round; `repeats`: duplicated sends that its backlog had."""
        self.variants[variant] += 1
        self.faults += done.faults
        if repeats:
            self.faults["duplicated_sends"] += repeats
        self.verdict += verdict
        self.ended += done.ended
        self.said.update(done.said)
        if done.unfinished is not None:
            self.unfinished.append(f"round {self.rounds}: {done.unfinished}")

    def as_json(self) -> dict[str, Any]:
        verdict = self.verdict
        return {
            "seed": self.seed,
            "faults": dict(sorted(self.faults.items())),
            "faults_in_all": self.faults.total(),
            "records": verdict.records,
            "lost": verdict.lost,
            "doubled": verdict.doubled,
            "differing": verdict.differing,
            "states": verdict.states,
            "states_differing": verdict.states_differing,
            "examples": verdict.examples,
            "rounds": dict(self.variants),
            "minutes": round(self.minutes, 1),
            "unfinished": self.unfinished,
            "workers_ended_badly": self.ended,
            "workers_said": dict(sorted(self.said.items())),
        }

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.as_json(), indent=2) + "\n", encoding="utf-8")

    def line(self) -> str:
        """The outcome in a line."""
        verdict = self.verdict
        return (
            f"seed {self.seed}: {self.faults.total()} faults in {self.rounds} rounds, "
            f"{verdict.records} records: "
            f"{verdict.lost} lost, {verdict.doubled} doubled, {verdict.differing} differing; "
            f"{verdict.states} states, {verdict.states_differing} differing"
        )
