"""What is on trial looks on: by whatever it reads, what is decided stays the same to the byte."""

from __future__ import annotations

import json
from importlib.resources import files

import msgspec
import numpy as np
import pytest

from features.catalogue import MODEL_NAMES, NAMES
from features.inbound.deadletters import file_line
from features.inbound.layout import TOPICS
from models.logistic import LogisticLearner
from models.score import Scorer
from rules.evaluate import Evaluator
from rules.facts import FACTS
from rules.records import encode
from rules.rulebook import read_rulebook
from streams.assess import assess
from streams.lane.engine import LaneEngine
from tests.lanes import log_of, put
from tests.oracle.books import book_lanes, story_book
from tests.oracle.run import assess as reference
from tests.property.lane.test_equals_oracle import comparable

_DEFAULT = files("rules").joinpath("default.yaml").read_text(encoding="utf-8")
_TRIAL = """
  - id: on_trial_{number}
    title: Reads a good deal
    shadow: true
    when: {when}
    action: block
    severity: P1
"""
MANY = 40
"""Terms of one rule's condition."""
PIECES = 40


def with_trials() -> Evaluator:
    """The default rulebook, and rules on trial by all features there are: hit, and not hit."""
    known = {fact.name for fact in FACTS}
    names = [name for name in NAMES if name in known]
    rules = "".join(
        _TRIAL.format(number=start, when=" or ".join(f"{name} >= 1" for name in names[start : start + MANY]))
        for start in range(0, len(names), MANY)
    )
    head, policy, tail = _DEFAULT.partition("\npolicy:")
    challenger = "\nchallenger: {of_ten_thousand: 5000, policy: {version: other, cooldown_days: 2}}"
    return Evaluator(read_rulebook(head + rules + challenger + policy + tail))


def a_model(engine: LaneEngine) -> None:
    """Its scores go with the dates, and stand on both sides of its worst band."""
    bare = LogisticLearner(MODEL_NAMES).snapshot()
    weights = dict.fromkeys(MODEL_NAMES, 0.0) | {
        "report.age": 0.4,
        "account.age": -0.3,
        "cash.share.30d": 2.0,
    }
    engine.scorer = Scorer(
        msgspec.structs.replace(
            bare,
            lessons=10**6,
            worst_band_pd=0.5,
            means=(1.0,) * len(weights),
            variances=(1.0,) * len(weights),
            intercept=0.0,
            weights=(*weights.values(), *bare.weights[len(weights) :]),
        )
    )


def decided(lines: list[bytes], evaluator: Evaluator) -> tuple[list[bytes], int]:
    """All decisions, and how many reports there are of what is on trial."""
    outputs = assess(lines, evaluator, lanes=2, learns=False, prepare=a_model).lanes
    return [encode(record) for lane in outputs for record in lane.decisions], sum(
        len(lane.reports) for lane in outputs
    )


@pytest.mark.parametrize("seed", range(3))
def test_decides_nothing_and_renews_no_score(seed: int, evaluator: Evaluator) -> None:
    lines = story_book(seed, 30, 9)
    alone, none = decided(lines, evaluator)
    beside, reports = decided(lines, with_trials())
    assert (none, reports > 0) == (0, True)
    scores = {json.dumps(json.loads(record)["score"]) for record in alone if b'"score":{' in record}
    assert len(scores) > 10
    assert beside == alone


def test_a_rule_may_read_a_late_feature_beside_the_score(evaluator: Evaluator) -> None:
    """Lines of features are wide then; what is decided by narrow ones stays the same."""
    lines, score = story_book(3, 30, 9), "when: score.pd >= score.worst_band\n"
    assert _DEFAULT.count(score) == 1
    always = "limit.raises >= 0 or score.pd >= 0"
    wide = Evaluator(read_rulebook(_DEFAULT.replace(score, f"{score.rstrip()} and ({always})\n")))
    assert wide.width > evaluator.width
    decisions, _ = decided(lines, wide)
    assert any(b'"model_score"' in record for record in decisions)
    assert decisions == decided(lines, evaluator)[0]


def test_the_reference_knows_of_no_trial() -> None:
    lines = story_book(7, 30, 9)
    outputs = assess(lines, with_trials(), lanes=book_lanes(7), learns=False)
    got = [json.loads(encode(record)) for lane in outputs.lanes for record in lane.decisions]
    letters = [json.loads(file_line(letter)) for letter in outputs.dead_letters]
    assert comparable((got, letters)) == comparable(reference(lines, book_lanes(7)))


def test_taken_up_and_given_up_between_batches(evaluator: Evaluator) -> None:
    """Nobody is judged at the next midnight because something is on trial from now on."""
    trials = with_trials()
    logs = log_of(story_book(11, 20, 8))

    def run(*books: Evaluator) -> list[bytes]:
        engine = LaneEngine(0, books[0], learns=False)
        a_model(engine)
        decisions = []
        for number in range(PIECES):
            for topic, values in enumerate(logs):
                first, last = (len(values) * n // PIECES for n in (number, number + 1))
                if first < last:
                    put(engine, topic, first, list(values[first:last]))
            engine.use(books[number % len(books)])
            engine.begin(np.array([number < PIECES - 1] * len(TOPICS)))
            decisions += [encode(record) for record in engine.run().decisions]
        return decisions

    assert run(evaluator, trials) == run(evaluator)
