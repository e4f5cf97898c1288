"""Looks on while one cardholder is judged, and writes down how each decision came about."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

from features.calendar import time_text
from rules.because import filled
from rules.case import Case
from rules.deliberation import policy_told, rule_told
from rules.facts import FACTS
from rules.outcome import HIT, OUTCOMES
from streams.explain.contributions import base_points, contributions

if TYPE_CHECKING:
    from rules.case import Fuse
    from rules.judgement import Judgement
    from rules.records import Record
    from streams.lane.engine import LaneEngine

Told = dict[str, Any]


class Witness:
    """One for the lane of the cardholder; `stories` are the judgements of which something came."""

    def __init__(self, cardholder: str, engine: LaneEngine) -> None:
        self.cardholder = cardholder
        self.stories: list[Told] = []
        self.judged = 0
        """Judgements that were looked at; the others changed nothing and were skipped."""
        self.last: Told | None = None
        """The latest of these, whatever came of it."""
        self._engine = engine
        self._policy: Told | None = None

    def before(self, judgement: Judgement, case: Case, fuse: Fuse) -> None:
        if judgement.cardholder == self.cardholder:
            copy = msgspec.msgpack.decode(msgspec.msgpack.encode(case), type=Case)
            self._policy = policy_told(copy, judgement, self._engine.desk.evaluator, fuse)

    def after(self, judgement: Judgement, records: list[Record]) -> None:
        if judgement.cardholder != self.cardholder:
            return
        self.judged += 1
        self.last = self._told(judgement, records)
        if records:
            self.stories.append(self.last)

    def _told(self, judgement: Judgement, records: list[Record]) -> Told:
        book = self._engine.desk.evaluator
        written = {rule.id: rule for rule in book.book.rules}
        trigger = judgement.trigger
        rules = []
        for rule in book.rules:
            told = rule_told(rule, written[rule.id], judgement)
            told["sentences"] = self._sentences(rule.place, judgement)
            rules.append(told)
        return {
            "as_of": time_text(judgement.now_us),
            "trigger": {
                "topic": trigger.topic,
                "partition": trigger.partition,
                "offset": trigger.offset,
                "event_id": trigger.event_id,
                "occurred_at": time_text(trigger.occurred_us),
            },
            "rulebook_version": book.book.version,
            "facts": facts_told(judgement.row),
            "rules": rules,
            "unknown": [
                rule.id
                for rule in book.rules
                if OUTCOMES[judgement.verdict.outcomes[rule.place]] == "insufficient"
            ],
            "score": self._score(judgement),
            "policy": self._policy,
            "records": records,
        }

    def _sentences(self, place: int, judgement: Judgement) -> Told:
        """What the rulebook says of a hit, in each language it knows."""
        book = self._engine.desk.evaluator
        rule = book.rules[place]
        because = next(one.because for one in book.book.rules if one.id == rule.id)
        if because is None or judgement.verdict.outcomes[place] != HIT:
            return {}
        level = rule.levels[judgement.verdict.levels[place]]
        shown = level.shown.first_true(judgement.row) or 0
        term, number = level.shown.terms[shown], shown if level.shown is rule.condition else 0
        found: Told = {}
        for language in ("en", "zh"):
            template = because.sentence(number, language)
            if template is not None:
                window = level.windows[number] if number < len(level.windows) else None
                trace = term.trace(judgement.row)
                found[language] = filled(template, trace, term.observed, window, judgement.row, language)
        return found

    def _score(self, judgement: Judgement) -> Told | None:
        score, scorer = judgement.score, self._engine.scorer
        if score is None or scorer is None:
            return None
        return {
            "points": score.points,
            "pd": round(score.pd, 6),
            "model_id": score.model_id,
            "model_version": score.model_version,
            "base": base_points(scorer),
            "contributions": contributions(scorer, judgement.row),
        }


def facts_told(row: list[float] | Any) -> Told:
    """All facts by name; None is unknown."""
    told: Told = {}
    for fact, number in zip(FACTS, row, strict=True):
        known = not math.isnan(number)
        told[fact.name] = (int(number) if fact.whole else round(number, 6)) if known else None
    return told
