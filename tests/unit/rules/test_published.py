"""Rulebooks on their way to the lanes: the shelf, what is refused, and taking one up at a batch boundary."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from rules.evaluate import Evaluator
from rules.rulebook import RulebookError
from streams.adapters.memory_log import MemoryLog
from streams.adapters.memory_store import MemoryStore
from streams.lane.engine import LaneEngine
from streams.lane.runner import LaneRunner
from streams.lane.tuning import Tuning
from streams.rulebook.follower import Bookcase
from streams.rulebook.publishing import PublishingRefusedError, checked, records_of
from streams.rulebook.shelf import Shelf
from tests.integration.feed import STAMP, placed
from tests.unit.rules.stories import DEFAULT, Book, edited, evaluator

MILD = edited(("version: default-1\n", "version: mild-2\n"), ("halve: {share: 0.5", "halve: {share: 0.7"))


def publish(shelf: Shelf, text: str, at: str) -> int:
    """Append what publishing a text appends; how many records that were."""
    records = records_of(shelf, checked(text, "r.yaml"), text, by="officer", at=at)
    for key, value in records:
        shelf.take(key, value)
    return len(records)


def test_the_last_publication_counts_and_history_stays() -> None:
    shelf = Shelf()
    assert publish(shelf, DEFAULT, "2025-01-01T00:00:00Z") == 2
    assert publish(shelf, DEFAULT, "2025-01-02T00:00:00Z") == 0, "in force already"
    assert publish(shelf, MILD, "2025-01-03T00:00:00Z") == 2
    assert publish(shelf, DEFAULT, "2025-01-04T00:00:00Z") == 1, "going back needs no text"
    assert shelf.in_force is not None
    assert shelf.in_force.version == "default-1"
    assert [one.version for one in shelf.publications] == ["default-1", "mild-2", "default-1"]
    assert shelf.text_of("mild-2") == MILD


def test_a_version_means_one_text() -> None:
    shelf = Shelf()
    publish(shelf, DEFAULT, "2025-01-01T00:00:00Z")
    with pytest.raises(PublishingRefusedError, match="another text"):
        publish(shelf, DEFAULT + "# more\n", "2025-01-02T00:00:00Z")


def test_what_check_refuses_is_not_published() -> None:
    with pytest.raises(PublishingRefusedError, match="asks for block"):
        checked(edited(("facts: {days_past_due: 30}", "facts: {days_past_due: 32}")), "r.yaml")
    with pytest.raises(RulebookError, match="can never be hit"):
        checked(edited(("when: days_past_due >= 1\n", "when: days_past_due < 0\n")), "r.yaml")


def test_a_bookcase_passes_over_what_it_cannot_read() -> None:
    told: list[str] = []

    def tell(event: str, **_: Any) -> None:
        told.append(event)

    own = evaluator()
    books = Bookcase(own, tell)
    books.take(b"published:x", b"{")
    books.take(b"text:bad", b'{"version":"bad","digest":"d","text":"rules: ["}')
    books.take(b"published:x:bad", b'{"version":"bad","digest":"d","by":"o","at":"x"}')
    books.settle()
    assert books.current() is own
    assert told == ["rulebook_refused", "rulebook_refused"]
    assert books.named("default-1") is own
    assert books.named("never") is None


class Books:
    """In force by the number of batches taken."""

    def __init__(self, *order: Evaluator) -> None:
        self._order = list(order)

    def current(self) -> Evaluator:
        return self._order.pop(0) if len(self._order) > 1 else self._order[0]

    def named(self, version: str) -> Evaluator | None:
        return next((one for one in self._order if one.book.version == version), None)


def drain(log: MemoryLog, store: MemoryStore, books: Books, batch: int) -> None:
    runner = LaneRunner(
        0,
        log,
        store,
        partial(LaneEngine, evaluator=evaluator(), learns=False),
        rulebooks=books,
        tuning=Tuning(merge_idle=0.0, batch_records=batch, fill_share=1.0),
    )
    asyncio.run(runner.run(to_end=True))


def filled(book: Book) -> MemoryLog:
    log = MemoryLog(10)
    for record in placed(book.lines, 1):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    return log


def test_a_lane_takes_a_rulebook_up_between_batches_and_journals_it() -> None:
    first, second = Book(), Book()
    first.account("c1", 0)
    first.debt("c1", 1)
    for line in first.lines:
        second.lines.append(line)
    second.account("c3", 2)
    second.debt("c3", 3)
    log, store = filled(second), MemoryStore()
    drain(log, store, Books(evaluator(), evaluator(MILD)), batch=1)
    versions = [cut.rulebook for cut in asyncio.run(log.cuts(0, 0))]
    assert versions[0] == "default-1"
    assert versions[-1] == "mild-2"
    assert versions == sorted(versions)


def episode_rules(engine: LaneEngine) -> list[str]:
    return sorted(rule for case in engine.desk.cases.values() if case.episode for rule in case.episode.rules)


def reordered() -> str:
    """The rules in another order, one of them gone."""
    head, _, rest = DEFAULT.partition("  - id: small_loan_overdue")
    rules, _, policy = ("  - id: small_loan_overdue" + rest).partition("\npolicy:\n")
    parts = [f"  - id: {part}" for part in rules.split("  - id: ")[1:]]
    kept = [part for part in reversed(parts) if "id: empty_card" not in part.splitlines()[0]]
    policy, _, _ = policy.partition("# Examples of the whole")
    policy = policy.replace("minimum_payment, empty_card,", "minimum_payment,")
    head = head.replace("version: default-1", "version: turned-3")
    return head + "".join(part.rstrip() + "\n\n" for part in kept) + "policy:\n" + policy


def test_an_open_episode_keeps_its_rules_when_their_order_changes() -> None:
    """5.1: rules are remembered by id; one that is gone holds no episode open."""
    book = Book()
    book.account("c1", 0)
    book.debt("c1", 1)
    log, store = filled(book), MemoryStore()
    drain(log, store, Books(evaluator()), batch=100)
    book.put("bureau_report", "c1", 2, total_debt=0, total_limit=10, monthly_income=9)
    book.put("bureau_report", "c1", 20, total_debt=0, total_limit=10, monthly_income=9)
    book.put("bureau_report", "c1", 33, total_debt=0, total_limit=10, monthly_income=9)
    for record in placed(book.lines[2:], 1):
        log.append(record.topic, record.partition, record.value, record.key, STAMP)
    drain(log, store, Books(evaluator(reordered())), batch=100)
    states = [b'"state":"opened"' in (r.value or b"") for r in log.read("risk-decisions", 0)]
    last = log.read("risk-decisions", 0)[-1].value or b""
    assert states[0]
    assert b'"state":"resolved"' in last
    assert b'"reason_codes":["high_debt"]' in last
    assert b'"rulebook_version":"turned-3"' in last


def test_use_keeps_what_was_decided() -> None:
    engine = Book()
    engine.account("c1", 0)
    engine.debt("c1", 1)
    (lane,) = engine.judged().engines
    before = episode_rules(lane)
    lane.use(evaluator(reordered()))
    assert episode_rules(lane) == before == ["high_debt"]
