"""Targets beside the default: what is labelled how, and traced to which observation."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from features.catalogue import MODEL_NAMES
from models.faculty import Faculty
from models.histories import MOST_HELD, Histories, Settled
from models.lessons import Label, Observation, Verdict, features_of
from models.maturity import OUTCOME_WINDOW_DAYS
from models.snapshot import SnapshotRefusedError
from models.targets import DEFAULT, TARGETS

DAY_US = 86_400_000_000
USUAL = {"days_past_due": 0.0, "utilisation.now": 0.3, "spend.to_limit.30d": 0.1, "cash.share.30d": 0.0,
         "relayed_payments.certain": 0.0, "debt.to_limit": 0.2, "debt.to_income": 2.0}  # fmt: skip


def seen(day: int, statement: str, pd: float | None = None, **changed: float) -> Observation:
    """A statement of cardholder c; names with __ for dots."""
    values = USUAL | {name.replace("__", "."): value for name, value in changed.items()}
    row = np.array([values.get(name, math.nan) for name in MODEL_NAMES])
    return Observation("c", statement, day * DAY_US, features_of(row[None])[0], pd)


def label(statement: str, verdict: Verdict, because: str = "window_closed") -> Label:
    return Label("c", statement, verdict, 0, because)


def labels(*observations: Observation, told: Label | None = None) -> dict[str, int]:
    """Of the first observation, by target."""
    histories = Histories()
    first = observations[0]
    names = [target.id for target in TARGETS if target.concerns(first.vector())]
    settled: list[Settled] = []
    for n, observation in enumerate(observations):
        open_for: dict[str, float | None] = {}
        if n == 0:
            open_for |= dict.fromkeys([*names, DEFAULT], 0.5)
        settled += histories.observe(observation, open_for)
    settled += histories.mature(told or label(first.statement_id, "good"))
    assert {one.key for one in settled} <= {("c", first.statement_id)}
    assert all(one.features == first.features for one in settled)
    assert len({one.target for one in settled}) == len(settled)
    return {one.target: one.label for one in settled}


def months(**changed: float) -> list[Observation]:
    """A usual statement, then five that are changed."""
    return [seen(0, "s1"), *(seen(30 * n, f"s{n + 1}", **changed) for n in range(1, 6))]


def test_ten_targets_each_with_features_of_its_own() -> None:
    assert len(TARGETS) + 1 == 10
    assert len({target.features for target in TARGETS} | {MODEL_NAMES}) == 10
    assert all(set(target.features) <= set(MODEL_NAMES) for target in TARGETS)
    assert max(target.window_days for target in TARGETS) <= OUTCOME_WINDOW_DAYS


def test_a_usual_cardholder_is_0_everywhere() -> None:
    found = labels(*months())
    assert set(found) == {target.id for target in TARGETS} - {"cure"} | {DEFAULT}
    assert set(found.values()) == {0}


@pytest.mark.parametrize(
    ("changed", "hit"),
    [
        ({"days_past_due": 31.0}, {"roll_30"}),
        ({"days_past_due": 12.0, "utilisation__now": 0.95}, {"ability"}),
        ({"days_past_due": 12.0, "utilisation__now": 0.5}, {"willingness"}),
        ({"cash__share__30d": 0.9, "relayed_payments__certain": 2.0}, {"fraud_like"}),
        ({"relayed_payments__certain": 3.0}, {"third_party"}),
        ({"debt__to_limit": 0.8}, {"over_indebted"}),
        ({"debt__to_income": 25.0}, {"over_indebted"}),
        ({"utilisation__now": 0.0, "spend__to_limit__30d": 0.0}, {"attrition"}),
        ({"utilisation__now": 0.95, "days_past_due": 35.0}, {"bust_out", "ability", "roll_30"}),
    ],
)
def test_what_happens_is_1(changed: dict[str, float], hit: set[str]) -> None:
    found = labels(*months(**changed))
    assert {name for name, value in found.items() if value == 1} >= hit


@pytest.mark.parametrize(
    ("changed", "aside"),
    [
        ({"days_past_due": 20.0}, "roll_30"),
        ({"relayed_payments__certain": 2.0}, "third_party"),
        ({"debt__to_limit": 0.65}, "over_indebted"),
        ({"debt__to_limit": math.nan}, "over_indebted"),
        ({"cash__share__30d": 0.6, "relayed_payments__certain": 1.0}, "fraud_like"),
        ({"utilisation__now": 0.95, "days_past_due": 5.0}, "bust_out"),
    ],
)
def test_the_indeterminate_band_is_set_aside(changed: dict[str, float], aside: str) -> None:
    assert aside not in labels(*months(**changed))


def test_a_cure_is_asked_of_those_past_due() -> None:
    late = seen(0, "s1", days_past_due=5.0)
    later = [seen(30, "s2"), seen(60, "s3")]
    assert labels(late, *later)["cure"] == 1
    assert labels(late, *(seen(30 * n, f"s{n + 1}", days_past_due=9.0) for n in (1, 2)))["cure"] == 0


def test_what_comes_after_the_window_does_not_count() -> None:
    after = seen(91, "s2", days_past_due=60.0)
    assert "roll_30" not in labels(seen(0, "s1"), after)
    assert labels(seen(0, "s1"), seen(60, "s2"), seen(91, "s3", days_past_due=60.0))["roll_30"] == 0


def test_the_proxy_settles_at_the_first_statement_after_its_window() -> None:
    histories = Histories()
    histories.observe(seen(0, "s1"), {"roll_30": 0.2, "ability": 0.1})
    histories.observe(seen(40, "s2", days_past_due=33.0), {})
    (settled,) = histories.observe(seen(95, "s3"), {})
    assert (settled.target, settled.label, settled.pd, settled.key) == ("roll_30", 1, 0.2, ("c", "s1"))


@pytest.mark.parametrize(
    ("verdict", "fraud", "ability"), [("set_aside", 1, None), ("good", 0, 0), ("bad", 0, 1)]
)
def test_an_outcome_tells_more_than_the_statements(verdict: Verdict, fraud: int, ability: int | None) -> None:
    found = labels(*months()[:4], told=label("s1", verdict, "outcome"))
    assert found["fraud_like"] == fraud
    assert found.get("ability") == ability
    assert found.get(DEFAULT) == {"bad": 1, "good": 0}.get(verdict)


def test_redelivered_observations_and_labels_teach_nothing_twice() -> None:
    histories = Histories()
    given = months()
    for observation in (*given, *given):
        histories.observe(observation, {"attrition": None} if observation is given[0] else {})
    assert len(histories.mature(label("s1", "good"))) == 1
    assert histories.mature(label("s1", "good")) == []


def test_a_cardholder_holds_no_more_than_it_may() -> None:
    histories = Histories(limit=1)
    for n in range(MOST_HELD + 5):
        histories.observe(seen(0, f"s{n}"), {"cure": None})
    assert histories.mature(label("s0", "good")) == []
    assert len(msgspec.msgpack.decode(histories.held["c"], type=list[dict[str, object]])) == MOST_HELD
    histories.observe(Observation("d", "s1", 0, seen(0, "x").features), {})
    assert list(histories.held) == ["d"]
    assert histories.dropped == MOST_HELD


def book(count: int, seed: int) -> list[Observation | Label]:
    """Statements of many cardholders whose delay comes from their utilisation, and their default labels."""
    draw = np.random.default_rng(seed)
    given: list[Observation | Label] = []
    for n in range(count):
        use = float(draw.random())
        late = 40.0 if draw.random() < use * 0.4 else 0.0
        for k in range(5):
            one = seen(30 * k, f"s{k}", 0.1, utilisation__now=use, days_past_due=late * (k > 0))
            given.append(
                Observation(f"c{n}", one.statement_id, one.occurred_at_us, one.features, one.model_pd)
            )
        given += [Label(f"c{n}", f"s{k}", "bad" if late else "good", 0, "window_closed") for k in range(5)]
    return given


def feed(faculty: Faculty, given: list[Observation | Label]) -> None:
    for one in given:
        if isinstance(one, Observation):
            faculty.observe(one)
        else:
            faculty.mature(one)


def test_models_learn_side_by_side_and_go_on_from_what_was_kept() -> None:
    faculty = Faculty()
    feed(faculty, book(900, 1))
    again = Faculty.from_json(faculty.to_json())
    more = book(200, 2)
    feed(faculty, more)
    feed(again, more)
    assert again.to_json() == faculty.to_json()
    pupil = faculty.pupils["roll_30"]
    assert pupil.learner.lessons > 2_000
    figures = pupil.progressive.measured()
    assert (figures["auc"] or 0.0) > 0.6
    trace = pupil.traced[-1]
    assert trace.key[0].startswith("c")
    assert len(faculty.duel) > 500
    due = {snapshot.target: snapshot for snapshot in faculty.snapshots_due(np.zeros((200, len(MODEL_NAMES))))}
    assert {"roll_30", "bust_out", DEFAULT} <= set(due)
    assert due["roll_30"].feature_names == BY_TARGET["roll_30"]
    assert faculty.snapshots_due(np.zeros((1, len(MODEL_NAMES)))) == []
    with pytest.raises(SnapshotRefusedError, match="not a faculty"):
        Faculty.from_json(b"{}")
    with pytest.raises(SnapshotRefusedError, match="other features"):
        Faculty.from_json(faculty.to_json(), TARGETS[:3])


BY_TARGET = {target.id: target.features for target in TARGETS}
