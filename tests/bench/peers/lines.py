"""The book as the flat events that the peers take, and what work.py finds in them."""

from __future__ import annotations

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from tests.bench.happenings import REPORT, TRANSACTION, draw
from tests.bench.load import lanes_of
from tests.bench.peers.work import THRESHOLD, Event, State, assess, new_state
from tests.bench.records import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.bench.happenings import Happenings
    from tests.bench.load import Laid

SLICE: Final = 100_000

Hit = tuple[int, str, list[str], float]
"""Offset, event id, rules, score."""


def events(book: Happenings, places: NDArray[np.int64]) -> Iterator[Event]:
    """The events at some places of the book."""
    rows = zip(
        places.tolist(),
        book.kind[places].tolist(),
        book.holder[places].tolist(),
        book.at_ms[places].tolist(),
        book.amount[places].tolist(),
        book.cash[places].tolist(),
        book.merchant[places].tolist(),
        book.minimum[places].tolist(),
        strict=True,
    )
    for n, kind, holder, at, amount, cash, merchant, minimum in rows:
        event: Event = {"event_id": f"e{n:09d}", "cardholder_id": name_of(holder), "ts": at}
        if kind == TRANSACTION:
            event |= {
                "kind": "transaction",
                "type": "cash" if cash else "purchase",
                "amount": amount,
                "currency": "CNY",
                "merchant_id": f"m{merchant:05d}",
                "mcc": "5411",
                "channel": "pos",
                "country": "CN",
                "city": "Shenzhen",
            }
        elif kind == REPORT:
            event |= {
                "kind": "bureau",
                "inquiries_3m": int(book.inquiries[n]),
                "small_loan_overdue": int(book.overdue[n]),
                "total_debt": amount,
                "income": int(book.income[n]),
                "bureau": "pbc",
            }
        else:
            event |= {
                "kind": "repayment",
                "amount": amount,
                "min_due": minimum,
                "currency": "CNY",
                "payer": "self",
                "channel": "bank",
            }
        yield event


def laid(book: Happenings, topic: str, lanes: int) -> Iterator[Laid]:
    """All events with their topic and partition."""
    lane_of_holder = lanes_of(book.cardholders, lanes)
    encode = msgspec.json.Encoder().encode
    for start in range(0, len(book), SLICE):
        places = np.arange(start, min(len(book), start + SLICE))
        for place, event in zip(places, events(book, places), strict=True):
            holder = int(book.holder[place])
            yield topic, lane_of_holder[holder], event["cardholder_id"].encode(), encode(event)


def hits_of(count: int, cardholders: int, lanes: int, store: Path) -> list[list[Hit]]:
    """What work.py finds, by lane. Slow, so it is kept in `store` for the next time."""
    file = store / f"hits-{count}-{cardholders}-{lanes}.json"
    if not file.is_file():
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            found = [pool.submit(_hits, count, cardholders, lanes, lane) for lane in range(lanes)]
            text = json.dumps([one.result() for one in found])
        file.write_text(text, encoding="utf-8")
    lanes_hits: list[list[Any]] = json.loads(file.read_text(encoding="utf-8"))
    return [[(offset, event, rules, score) for offset, event, rules, score in hits] for hits in lanes_hits]


def _hits(count: int, cardholders: int, lanes: int, lane: int) -> list[Hit]:
    book = draw(count, cardholders)
    mine = np.array(lanes_of(cardholders, lanes))[book.holder] == lane
    states: dict[str, State] = {}
    found: list[Hit] = []
    for offset, event in enumerate(events(book, np.flatnonzero(mine))):
        state = states.get(event["cardholder_id"])
        if state is None:
            state = states[event["cardholder_id"]] = new_state()
        rules, points = assess(state, event)
        if rules or points > THRESHOLD:
            found.append((offset, event["event_id"], rules, points))
    return found
