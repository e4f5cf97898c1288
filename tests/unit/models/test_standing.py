"""Which model lanes score with, as snapshots and verdicts come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from models.logistic import LogisticLearner
from models.monitoring.verdict import Verdict
from models.snapshot import Snapshot, SnapshotRefusedError
from models.standing import Standing, is_verdict

if TYPE_CHECKING:
    from models.monitoring.monitor import State
    from models.monitoring.verdict import Fallback


def snapshot(lessons: int) -> Snapshot:
    return msgspec.structs.replace(LogisticLearner(("a",)).snapshot(), lessons=lessons, version=lessons)


def verdict(at: int, state: State, fallback: Fallback = "rules") -> Verdict:
    return Verdict(
        model_id="m", at=at, at_us=at, state=state, because=("x",), fallback=fallback, figures={"auc": None}
    )


def version(standing: Standing) -> int | None:
    return None if standing.champion is None else standing.champion.snapshot.version


def test_unstable_is_rules_alone_until_it_is_not() -> None:
    standing = Standing()
    standing.take_snapshot(snapshot(400))
    assert version(standing) is None
    standing.take_snapshot(snapshot(600))
    assert version(standing) == 600
    assert standing.take_verdict(verdict(10, "unstable"))
    standing.take_snapshot(snapshot(700))
    assert version(standing) is None
    assert standing.verdict == verdict(10, "unstable")
    assert standing.take_verdict(verdict(20, "watch"))
    assert version(standing) == 700
    assert standing.verdict is None


def test_the_last_stable_snapshot_scores_on() -> None:
    standing = Standing()
    standing.take_snapshot(snapshot(600))
    standing.take_verdict(verdict(10, "unstable", "last_stable"))
    standing.take_snapshot(snapshot(700))
    assert version(standing) == 600
    standing.take_verdict(verdict(20, "stable", "last_stable"))
    assert version(standing) == 700
    standing.take_verdict(verdict(30, "unstable", "last_stable"))
    standing.take_snapshot(snapshot(800))
    assert version(standing) == 700


def test_who_goes_on_with_an_unstable_model_says_so() -> None:
    standing = Standing()
    standing.take_snapshot(snapshot(600))
    standing.take_verdict(verdict(10, "unstable"))
    standing.take_verdict(verdict(10, "unstable", "keep"))
    assert (version(standing), standing.verdict) == (600, None)


def test_a_verdict_told_again_changes_nothing() -> None:
    standing = Standing()
    standing.take_snapshot(snapshot(600))
    standing.take_verdict(verdict(10, "unstable"))
    standing.take_verdict(verdict(20, "stable"))
    assert not standing.take_verdict(verdict(10, "unstable"))
    assert version(standing) == 600
    assert standing.named("verdict.m.10") == verdict(10, "unstable")


def test_a_verdict_is_read_as_it_was_written() -> None:
    given = verdict(7, "watch")
    assert Verdict.from_json(given.to_json()) == given
    assert is_verdict(given.name.encode())
    assert not is_verdict(b"default-logistic.600")
    assert not is_verdict(None)
    with pytest.raises(SnapshotRefusedError, match="not a verdict"):
        Verdict.from_json(b"{}")
    with pytest.raises(SnapshotRefusedError, match="format 9"):
        Verdict.from_json(given.to_json().replace(b'"verdict_format":1', b'"verdict_format":9'))
