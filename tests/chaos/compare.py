"""Compares what came of a log with what must come of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from features.order import LAST_TICK_STAMP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.chaos.undisturbed import Outcome, Sent

EXAMPLES = 20
_OF_A_BATCH = 2
"""So many counts of a lane are those of its last batch (features.update)."""


@dataclass
class Verdict:
    """All zero: nothing lost, nothing doubled, nothing changed."""

    records: int = 0
    """Decisions and dead letters that must come out."""
    lost: int = 0
    doubled: int = 0
    differing: int = 0
    """Records with other bytes, or not to be at all, or out of their order."""
    states: int = 0
    """Cardholders and lanes whose state was compared."""
    states_differing: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.differing or self.states_differing)

    def note(self, what: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(what)

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(
            self.records + other.records,
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.differing + other.differing,
            self.states + other.states,
            self.states_differing + other.states_differing,
            (self.examples + other.examples)[:EXAMPLES],
        )


def compare(wanted: Sequence[Outcome], came: Sequence[Outcome]) -> Verdict:
    """Lane by lane."""
    verdict = Verdict()
    for lane, (must, did) in enumerate(zip(wanted, came, strict=True)):
        _compare_records(verdict, f"decisions {lane}", must.decisions, did.decisions, _decision)
        _compare_records(verdict, f"dead letters {lane}", must.dead_letters, did.dead_letters, _place)
        _compare_states(verdict, lane, must, did)
    return verdict


def _decision(record: Sent) -> str:
    """What a decision is known by: no two of a log share it (contract 7.3)."""
    told: dict[str, Any] = msgspec.json.decode(record.value or b"null")
    return f"{told['kind']} {told['id']} {told.get('state') or told.get('status')}"


def _place(record: Sent) -> str:
    """What a dead letter is known by: where it was read."""
    told = dict(record.headers)
    return " ".join(told[f"source_{name}"].decode() for name in ("topic", "partition", "offset"))


def _compare_records(
    verdict: Verdict, where: str, wanted: list[Sent], came: list[Sent], known_by: Any
) -> None:
    must = {known_by(record): record for record in wanted}
    names = [known_by(record) for record in came]
    times = Counter(names)
    verdict.records += len(wanted)
    for name in must.keys() - times.keys():
        verdict.lost += 1
        verdict.note(f"{where}: lost {name}")
    for name, count in times.items():
        if count > 1:
            verdict.doubled += 1
            verdict.note(f"{where}: {count} times {name}")
    first: dict[str, Sent] = {}
    for name, record in zip(names, came, strict=True):
        kept = first.setdefault(name, record)
        if name not in must:
            verdict.differing += kept is record
            verdict.note(f"{where}: nobody asked for {name}")
        elif record != must[name]:
            verdict.differing += 1
            verdict.note(f"{where}: {name} is {record}, not {must[name]}")
    if list(first) != [name for name in must if name in first] and set(first) <= set(must):
        verdict.differing += 1
        verdict.note(f"{where}: out of order from {_first_apart(first, must)} on")


def _first_apart(first: Iterable[str], second: Iterable[str]) -> str:
    return next(
        (f"{one} (not {other})" for one, other in zip(first, second, strict=False) if one != other), ""
    )


def _compare_states(verdict: Verdict, lane: int, must: Outcome, did: Outcome) -> None:
    verdict.states += len(must.rows) + 1
    was, now = _known(must.state), _known(did.state)
    if was != now:
        verdict.states_differing += 1
        apart = {name: (was.get(name), now.get(name)) for name in was | now if was.get(name) != now.get(name)}
        verdict.note(f"lane {lane}: its state is another one (what it must be, what it is): {apart}")
    for cardholder in sorted(must.rows.keys() | did.rows.keys()):
        if must.rows.get(cardholder) != did.rows.get(cardholder):
            verdict.states_differing += 1
            verdict.note(f"lane {lane}: the state of {cardholder} is another one")


def _known(state: bytes | None) -> dict[str, Any]:
    """A lane's state, but for what only Kafka can tell (when it took the last tick) and what is a batch's."""
    if state is None:
        return {}
    told: dict[str, Any] = msgspec.msgpack.decode(state)
    told["counts"] = told["counts"][_OF_A_BATCH:]
    told["clock"] = [at for place, at in enumerate(told["clock"]) if place != LAST_TICK_STAMP]
    return told
