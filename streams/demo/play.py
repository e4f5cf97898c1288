"""A simulated book, day by day, through the monitor and back through the bank."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from features.calendar import DAY_US, day_number
from features.inbound.layout import CONTROL_TOPIC, TOPICS
from streams.demo.bank import Bank
from streams.demo.monitor import Monitor
from streams.simulator import SimulatedRecord, simulate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from rules.evaluate import Evaluator
    from rules.records import Record

LANES: Final = 4
TRANSACTIONS_PER_MONTH: Final = 8.0
_CONTROL: Final = TOPICS[CONTROL_TOPIC]


@dataclass(slots=True)
class Played:
    """A book's life as it was seen and decided."""

    monitor: Monitor
    bank: Bank
    records: Counter[str] = field(default_factory=Counter)
    """Input records by kind; the bank's answers are among them."""
    decisions: list[Record] = field(default_factory=list)
    inputs: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """Input records of each cardholder, in order of arrival."""
    days: int = 0


def play(
    evaluator: Evaluator,
    cardholders: int,
    months: int,
    seed: int,
    start: dt.date,
    progress: Callable[[str, int, int], None],
) -> Played:
    """Run the book. `progress` is called with a stage, the days done, and how many there are."""
    bank = Bank()
    played = Played(Monitor(evaluator, LANES), bank)
    last = _months_later(start, months)
    total = day_number(last) - day_number(start)
    book = simulate(cardholders, months, seed, start, TRANSACTIONS_PER_MONTH)
    for day, records in _days(book):
        batch = bank.answers(day) + [bank.passes_on(record) for record in records]
        for record in batch:
            played.records[_kind(record)] += 1
            if record.key:
                played.inputs[record.key].append(record.value)
        for decision in played.monitor.take(batch):
            played.decisions.append(decision)
            bank.receives(decision)
        played.days += 1
        progress("play", played.days, total)
    return played


def _days(records: Iterable[SimulatedRecord]) -> Iterator[tuple[int, list[SimulatedRecord]]]:
    """Day number and arrivals of each day: one tick opens it (what comes before the first belongs to it)."""
    day, arrived = None, list[SimulatedRecord]()
    for record in records:
        if record.topic == _CONTROL and b'"tick"' in record.value:
            if day is not None:
                yield day, arrived
                arrived = []
            day = record.occurred_us // DAY_US
        arrived.append(record)
    if day is not None:
        yield day, arrived


def _kind(record: SimulatedRecord) -> str:
    """The simulator and the bank write `kind` first."""
    return record.value[9 : record.value.index(b'"', 9)].decode()


def _months_later(start: dt.date, months: int) -> dt.date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(year=year, month=month + 1)
