"""A lane run again along its journal gives what it gave, however the batches were cut."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from features.calendar import time_text
from streams.adapters.memory_log import MemoryLog, Stored
from streams.adapters.memory_store import MemoryStore
from streams.adapters.topics import JOURNAL
from streams.checkpoint.depot import Depot
from streams.checkpoint.form import Trailer, Writer
from streams.lane.persistence import lane_state
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.ports.failures import UnusableError
from streams.ports.outbox import chained, cut_from_json, cut_to_json
from streams.replay.comparison import compare
from streams.replay.lanes import OpenLane
from streams.replay.places import PlaceError, batch_at
from streams.replay.walk import Walk, journal_of, replayed
from streams.replay.words import told_in_words
from tests.integration.feed import STAMP, engine_maker, placed
from tests.oracle.books import story_book

if TYPE_CHECKING:
    from pathlib import Path

    from streams.ports.outbox import Cut
    from streams.replay.comparison import Comparison
    from streams.replay.walk import Step

LANES = 2
LANE = 0


@pytest.fixture(name="past", scope="module")
def _past() -> tuple[MemoryLog, MemoryStore]:
    """A lane that was fed in six parts, so that only the journal knows the order it took."""
    log, store = MemoryLog(fetch_most=20), MemoryStore()
    lines = story_book(4, 30, 8)
    sixth = len(lines) // 6 + 1
    for start in range(0, len(lines), sixth):
        for record in placed(lines[start : start + sixth], LANES):
            log.append(record.topic, record.partition, record.value, record.key, STAMP)
        drain(log, store)
    return log, store


def drain(log: MemoryLog, store: MemoryStore, **more: Any) -> None:
    tuning = Tuning(merge_idle=0.0, batch_records=30, quiet_batches=4)
    asyncio.run(LaneRunner(LANE, log, store, engine_maker(), tuning=tuning, **more).run(to_end=True))


def copy_of(log: MemoryLog) -> MemoryLog:
    copy = MemoryLog(log.fetch_most)
    copy._partitions = {place: list(records) for place, records in log._partitions.items()}
    return copy


def compared(log: MemoryLog, first: int = 1, **more: Any) -> Comparison:
    async def run() -> Comparison:
        cuts = await journal_of(log, LANE)
        return await compare(log, Walk(log, engine_maker()(LANE), **more), cuts, first, lambda *_: None)

    return asyncio.run(run())


def test_the_same_comes_out_and_is_known_at_the_end(past: tuple[MemoryLog, MemoryStore]) -> None:
    log, store = past
    messages, walk = asyncio.run(replayed(log, engine_maker()(LANE)))
    for flow, topic in enumerate(("risk-decisions", "dead-letters")):
        sent = [(record.key, record.value, record.headers) for record in log.read(topic, LANE)]
        assert len(sent) > 10
        assert [(m.key, m.value, m.headers) for m in messages if m.flow == flow] == sent
    held = store.lanes[LANE]
    assert dict(walk.rows()) == held.rows
    assert lane_state(walk.engine) == held.state


def test_all_batches_are_the_same(past: tuple[MemoryLog, MemoryStore]) -> None:
    log, _ = past
    found = compared(log)
    assert found.differing is None
    assert found.batches == len(log.read(JOURNAL, LANE)) > 20
    assert "the same, bit for bit" in told_in_words(found)
    assert found.told()["same"] is True
    some = compared(log, first=found.last - 4)
    assert (some.batches, some.first) == (5, found.last - 4)


def test_a_journal_of_six_flows_is_followed(past: tuple[MemoryLog, MemoryStore]) -> None:
    log = copy_of(past[0])
    journal = log.read(JOURNAL, LANE)
    for place, record in enumerate(journal):
        cut = msgspec.json.decode(record.value or b"")
        assert cut["counts"].pop() == 0
        journal[place] = replace(record, value=msgspec.json.encode(cut))
    assert compared(log).differing is None


def rechain(journal: list[Stored]) -> None:
    """Make a forged journal one past again."""
    before = None
    for place, record in enumerate(journal):
        before = chained(cut_from_json(record.value or b""), before)
        journal[place] = replace(record, value=cut_to_json(before))


def test_a_cut_from_another_past_shows(past: tuple[MemoryLog, MemoryStore]) -> None:
    log = copy_of(past[0])
    journal = log.read(JOURNAL, LANE)
    cut = msgspec.structs.replace(cut_from_json(journal[9].value or b""), chain="cd")
    journal[9] = replace(journal[9], value=cut_to_json(cut))
    found = compared(log)
    assert found.told()["differs"]["first"] == {
        "flow": "chain",
        "topic": "lane-journal",
        "was": "cd",
        "now": cut_from_json(past[0].read(JOURNAL, LANE)[9].value or b"").chain,
    }


def first_batch_that_decides(log: MemoryLog) -> int:
    cuts = [cut_from_json(record.value or b"") for record in log.read(JOURNAL, LANE)]
    return next(cut.batch for cut in cuts if cut.counts[0] > 3)


def test_a_decision_that_was_forged_is_named(past: tuple[MemoryLog, MemoryStore]) -> None:
    """The record on the topic and its digest were changed; the log of the inputs was not."""
    log = copy_of(past[0])
    batch = first_batch_that_decides(log)
    sent, journal = log.read("risk-decisions", LANE), log.read(JOURNAL, LANE)
    was = sent[3]
    forged = (was.value or b"").replace(b'"occurred_at":"2', b'"occurred_at":"1')
    assert forged != was.value
    sent[3] = replace(was, value=forged)
    cut = cut_from_json(journal[batch - 1].value or b"")
    journal[batch - 1] = replace(
        journal[batch - 1], value=cut_to_json(msgspec.structs.replace(cut, outputs="ab"))
    )
    rechain(journal)
    found = compared(log)
    assert found.differing is not None
    assert found.differing.was.batch == batch == found.batches
    told = found.told()["differs"]
    assert told["digest"]["was"] == "ab"
    assert told["first"]["flow"] == "decisions"
    assert told["first"]["was"]["record"]["occurred_at"].startswith("1")
    assert told["first"]["now"]["record"]["occurred_at"].startswith("2")
    assert f"differs at batch {batch}" in told_in_words(found)
    assert compared(log, first=batch + 1).differing is None, "what lies before --from is only run"


def test_an_input_that_was_changed_shows_at_its_batch(past: tuple[MemoryLog, MemoryStore]) -> None:
    log = copy_of(past[0])
    batch = first_batch_that_decides(log)
    cuts = asyncio.run(journal_of(log, LANE))
    for topic in ("accounts", "bureau-queries", "repayments", "transactions"):  # all of them are refused now
        records = log.read(topic, LANE)
        records[:] = [replace(record, value=b"{") for record in records]
    found = compared(log)
    assert found.differing is not None
    assert found.differing.was.batch <= batch
    assert found.differing.was.batch == next(c.batch for c in cuts if any(c.offsets[:4]))
    assert found.finding is not None
    assert found.finding["flow"] in {"decisions", "dead letters"}


def test_what_is_missing_is_named(past: tuple[MemoryLog, MemoryStore]) -> None:
    log = copy_of(past[0])
    journal = log.read(JOURNAL, LANE)
    kept = journal[:]
    del journal[4:6]
    with pytest.raises(UnusableError, match="lacks the batches 5 to 6"):
        compared(log)
    journal[:] = kept[3:]
    with pytest.raises(UnusableError, match="begins with batch 4"):
        compared(log)
    journal[:] = []
    with pytest.raises(UnusableError, match="journal is empty"):
        compared(log)
    cut = cut_from_json(kept[2].value or b"")
    for change, message in (
        ({"model": "forest.7"}, "batch 3 was scored by model forest.7"),
        ({"rulebook": "2019-01"}, "batch 3 was judged by rulebook 2019-01"),
    ):
        journal[:] = kept
        value = cut_to_json(msgspec.structs.replace(cut, **change))
        journal[2] = replace(kept[2], value=value)
        with pytest.raises(UnusableError, match=message):
            compared(log)


def test_from_a_checkpoint_the_same_comes_out(past: tuple[MemoryLog, MemoryStore], tmp_path: Path) -> None:
    """The digests are the same from there on, and what is known at the end."""
    log, depot = copy_of(past[0]), Depot(str(tmp_path), "here")
    cuts = asyncio.run(journal_of(log, LANE))
    middle = cuts[len(cuts) // 2]
    taken = Walk(log, engine_maker()(LANE))
    whole = asyncio.run(steps(taken, cuts[: middle.batch]))
    assert all(step.same for step in whole)
    part = depot.begin(LANE)
    writer = Writer(part.file)
    writer.page(list(taken.rows()))
    writer.finish(Trailer(LANE, middle, lane_state(taken.engine)))
    depot.keep(part, LANE, middle)
    lane = OpenLane(log, cuts, Walk(log, engine_maker()(LANE)), depot)
    asyncio.run(lane.skip_to(middle.batch, silent))
    assert lane.up_to(middle.batch) == cuts[: middle.batch], "that batch itself is to be run"
    asyncio.run(lane.skip_to(cuts[-1].batch, silent))
    rest = lane.up_to(cuts[-1].batch)
    assert [cut.batch for cut in rest] == list(range(middle.batch + 1, cuts[-1].batch + 1))
    found = asyncio.run(compare(log, lane.walk, rest, cuts[-1].batch, silent))
    assert found.differing is None
    assert found.checkpoint == middle.batch
    assert f"from the checkpoint of batch {middle.batch}" in told_in_words(found)
    held = past[1].lanes[LANE]
    assert dict(lane.walk.rows()) == held.rows
    assert lane_state(lane.walk.engine) == held.state


async def steps(walk: Walk, cuts: list[Cut]) -> list[Step]:
    return [step async for step in walk.along(cuts)]


def silent(*_: object, **__: object) -> None: ...


def test_places(past: tuple[MemoryLog, MemoryStore]) -> None:
    cuts = asyncio.run(journal_of(past[0], LANE))
    middle = cuts[len(cuts) // 2]
    assert batch_at(str(middle.batch), cuts) == middle.batch
    topic = max(range(6), key=lambda number: middle.offsets[number])
    name = ("accounts", "bureau-queries", "repayments", "transactions", "action-results", "outcomes")[topic]
    taking = next(cut.batch for cut in cuts if cut.offsets[topic] >= middle.offsets[topic])
    assert batch_at(f"{name}:{middle.offsets[topic] - 1}", cuts) == taking
    assert batch_at("1970-01-01T00:00:00Z", cuts) == 1
    assert batch_at("9999-01-01T00:00:00+08:00", cuts) == cuts[-1].batch
    marks = [cut.watermark or 0 for cut in cuts]
    assert marks == sorted(marks)
    place = next(n for n in range(len(cuts) // 2, len(cuts)) if marks[n] > marks[n - 1])
    assert batch_at(time_text(marks[place]), cuts) == cuts[place].batch
    assert batch_at(time_text(marks[place - 1] + 1), cuts) == cuts[place].batch
    for nonsense in (
        "0",
        str(cuts[-1].batch + 1),
        "accounts:x",
        "accounts:999999",
        "soon",
        "2024-03-01T00:00:00",
    ):
        with pytest.raises(PlaceError):
            batch_at(nonsense, cuts)


def test_a_rebuild_says_which_batch_differs(past: tuple[MemoryLog, MemoryStore]) -> None:
    """The lane goes on from what was sent, and a later rebuild finds it again."""
    log, told = copy_of(past[0]), []
    journal = log.read(JOURNAL, LANE)
    cut = cut_from_json(journal[6].value or b"")
    journal[6] = replace(
        journal[6], value=cut_to_json(msgspec.structs.replace(cut, outputs="ab", chain="cd"))
    )
    before = len(log.read("risk-decisions", LANE))
    store = MemoryStore()
    drain(log, store, tell=lambda event, **facts: told.append((event, facts.get("batch"))))
    assert ("replay_differs", 7) in told
    assert len(log.read("risk-decisions", LANE)) == before
    held = store.lanes[LANE].cut
    assert held is not None
    assert held.chain == cut_from_json(journal[-1].value or b"").chain
