"""The cardholders of the file as records in order of time, and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.simulator.clock import DAY_SECONDS, Month, day_text, month_of, seconds_of_day
from streams.simulator.records import SimulatedRecord
from streams.taiwan.cycles import EARLY, ON_TIME, course
from streams.taiwan.reading import MONTHS, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from streams.taiwan.cycles import Course
    from streams.taiwan.reading import Cardholder

MINOR: Final = 100
"""Minor units in NT$ 1."""
STATEMENT_DAY, DUE_DAY = 5, 25
_HOUR: Final = 3600
_APRIL: Final[Month] = month_of(2005, 4)
_CALENDAR: Final = tuple(_APRIL.shifted(step) for step in range(MONTHS + 1))
"""April to October 2005."""
_TOPICS: Final = ("accounts", "repayments", "outcomes", "control")

_Line = tuple[int, int, int, SimulatedRecord]
"""(µs, topic, cardholder's number, record): sorts into global order of time."""


def taiwan_records(source: str | Path | Iterable[Mapping[str, str]]) -> Iterator[SimulatedRecord]:
    """Accounts, statements, payments, outcomes, daily ticks of the file (path or rows) in order of time."""
    lines: list[_Line] = list(_ticks())
    for cardholder in read(source):
        lines.extend(_lines(cardholder))
    lines.sort(key=lambda line: line[:3])
    for *_, record in lines:
        yield record


def labels(source: str | Path | Iterable[Mapping[str, str]]) -> dict[str, bool]:
    """Cardholder id, as in the records, to whether the cardholder defaulted in October 2005."""
    return {_key(cardholder.number): cardholder.defaulted for cardholder in read(source)}


def _key(number: int) -> str:
    return f"tw-{number:05d}"


def _lines(cardholder: Cardholder) -> Iterator[_Line]:
    """All records of a cardholder."""
    number, found = cardholder.number, course(cardholder)
    within_hour, at_night = number % _HOUR, number * 7919 % (6 * _HOUR)
    limit = f'"credit_limit":{cardholder.limit * MINOR},"status":"active","exemptions":[]'
    yield _line(number, "accounts", "account_updated", "a", _APRIL.begins + within_hour, limit)
    if found.opening_minimum:
        yield _opening(number, found)
    for month, cycle in enumerate(found.cycles):
        body = (
            f'"statement_id":"s{number}-{month}","balance":{cycle.balance * MINOR},'
            f'"minimum_due":{cycle.minimum * MINOR},"due_on":"{_date(_CALENDAR[month], DUE_DAY)}"'
        )
        issued = _second(month, STATEMENT_DAY) + at_night
        yield _line(number, "repayments", "statement_issued", f"s{month}-", issued, body)
        if cycle.paid:
            channel = ',"channel":"assumed"' if cycle.assumed else ""
            body = f'"amount":{cycle.paid * MINOR}{channel}'
            at = _paid_at(number, month, cycle.timing)
            yield _line(number, "repayments", "payment_posted", f"p{month}-", at, body)
    outcome = '"outcome":"charged_off"' if cardholder.defaulted else '"outcome":"cured"'
    noon = _CALENDAR[MONTHS].begins + 12 * _HOUR
    yield _line(number, "outcomes", "outcome", "o", noon + within_hour, outcome)


def _opening(number: int, found: Course) -> _Line:
    """The statement that was unpaid before April, handed over on the first day with its true due date."""
    body = (
        f'"statement_id":"s{number}-before","balance":{found.cycles[0].balance * MINOR},'
        f'"minimum_due":{found.opening_minimum * MINOR},'
        f'"due_on":"{_date(_APRIL.shifted(-found.opening_age), DUE_DAY)}"'
    )
    at = _APRIL.begins + 2 * _HOUR + number % _HOUR
    return _line(number, "repayments", "statement_issued", "sb-", at, body)


def _paid_at(number: int, month: int, timing: str) -> int:
    """A second that agrees with the timing; days are spread by the cardholder's number, not by chance."""
    of_day = 8 * _HOUR + number * 104_729 % (14 * _HOUR)
    if timing == ON_TIME:
        return _second(month, 8 + (number * 31 + month * 7) % 17) + of_day
    return _second(month if timing == EARLY else month + 1, 1 + (number + month) % 4) + of_day


def _second(month: int, day: int) -> int:
    """First second of a day of a month (0 is April 2005)."""
    return _CALENDAR[month].begins + (day - 1) * DAY_SECONDS


def _date(month: Month, day: int) -> str:
    return day_text(month.first_day + day - 1)


def _ticks() -> Iterator[_Line]:
    """One a day, up to the day of the outcomes."""
    for number, day in enumerate(range(_APRIL.first_day, _CALENDAR[MONTHS].first_day + 1)):
        at = day * DAY_SECONDS * 1_000_000
        text = f'{{"kind":"tick","event_id":"c{number}","occurred_at":"{day_text(day)}T00:00:00Z"}}'
        yield at, _TOPICS.index("control"), 0, SimulatedRecord("control", "", at, text.encode())


def _line(number: int, topic: str, kind: str, letter: str, at: int, body: str) -> _Line:
    """A record at a second, with what it is sorted by."""
    key, (day, second) = _key(number), divmod(at, DAY_SECONDS)
    text = (
        f'{{"kind":"{kind}","event_id":"{letter}{number}","cardholder_id":"{key}",'
        f'"occurred_at":"{day_text(day)}{seconds_of_day()[second]}",{body}}}'
    )
    record = SimulatedRecord(topic, key, at * 1_000_000, text.encode())
    return record.occurred_us, _TOPICS.index(topic), number, record
