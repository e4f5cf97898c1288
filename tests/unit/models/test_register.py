"""The registry as records of a topic, and the school's drafts."""

from __future__ import annotations

import msgspec
import pytest

from features.catalogue import MODEL_NAMES
from models.cards import card
from models.classroom import Classroom
from models.faculty import Faculty
from models.figures import Figures, figures_of
from models.logistic import LogisticLearner
from models.register import Register, Registered, entry_record, figures_record, step_records
from models.registry import Change, Entry, PromotionRefusedError
from models.score import Scorer
from models.standing import Standing
from models.targets import DEFAULT
from streams.worker.drafts import Drafts

FIGURES = Figures("x", 1000, 80, 0.75, 0.4, 0.01, 0.05, 0.02)


def draft(version: int, figures: Figures | None = FIGURES) -> Registered:
    history = (Change("draft", "postloan", 0, ""),)
    entry = Entry("default-scorecard", version, "scorecard", DEFAULT, "", figures, history)
    made = card(entry, rows=1000, bads=80, source="learning@9", labels="bad", iv={"a": 0.2}, drift={})
    return Registered(entry, made)


def promote(register: Register, name: str, times: int, at_us: int) -> None:
    for n in range(times):
        before = register.registry()
        for key, value in step_records(before, before.promote(name, "A. Lee", at_us + n, "why")):
            assert register.take(key, value)


def test_a_life_is_told_by_records() -> None:
    register = Register()
    assert register.take(*entry_record(draft(500)))
    assert not register.take(b"default-logistic.600", b"{}")
    assert not register.take(None, b"{}")
    promote(register, "default-scorecard@500", 3, 100)
    champion = register.registry().champion(DEFAULT)
    assert champion is not None
    assert [step.stage for step in champion.history] == ["draft", "shadow", "challenger", "champion"]
    assert register.card("default-scorecard").stage == "champion"
    with pytest.raises(msgspec.MsgspecError):
        register.take(b"life.1", b"{}")


def test_who_replaces_the_champion_retires_it_on_the_same_labels() -> None:
    register = Register()
    register.take(*entry_record(draft(500)))
    promote(register, "default-scorecard@500", 3, 100)
    newer = msgspec.structs.replace(FIGURES, labels="y", auc=0.76)
    register.take(*entry_record(draft(1_000, newer)))
    promote(register, "default-scorecard@1000", 2, 200)
    with pytest.raises(PromotionRefusedError, match="rest on y"):
        promote(register, "default-scorecard@1000", 1, 300)
    older = msgspec.structs.replace(FIGURES, labels="y", auc=0.75)
    register.take(*figures_record("default-scorecard@500", older))
    promote(register, "default-scorecard@1000", 1, 300)
    stages = {entry.version: entry.stage for entry in register.registry().entries}
    assert stages == {500: "retired", 1000: "champion"}
    assert register.card("default-scorecard@500").figures == older


def test_lanes_score_with_the_one_promoted_until_it_retires() -> None:
    standing = Standing()
    bare = LogisticLearner(("a",)).snapshot()

    def ready(version: int) -> Scorer:
        return Scorer(msgspec.structs.replace(bare, version=version, lessons=version))

    standing.take_snapshot(ready(600).snapshot)
    standing.promote(ready(900))
    standing.take_snapshot(ready(1000).snapshot)
    assert standing.champion is not None
    assert standing.champion.snapshot.version == 900
    standing.promote(None)
    assert standing.champion.snapshot.version == 1000


def test_figures_need_both_classes() -> None:
    assert figures_of([(0.1, 0), (0.2, 0)], "x", None) is None
    found = figures_of([(0.1, 0), (0.2, 1)], "x", 0.1)
    assert found is not None
    assert (found.auc, found.count, found.bads, found.psi) == (1.0, 2, 1, 0.1)


def test_a_draft_without_labels_has_no_figures() -> None:
    classroom = Classroom(MODEL_NAMES)
    made = Drafts(classroom, Faculty(), "learning@5").of(classroom.snapshot())
    assert made.entry.figures is None
    assert (made.entry.name, made.entry.stage) == ("default-logistic@0", "draft")
    assert made.card.source == "learning@5"
