from __future__ import annotations

from collections.abc import Iterable

from features.inbound.spans import Spans
from features.ledger import PAYMENT, Ledger, Pool


def ids(names: Iterable[str]) -> Spans:
    return Spans.of([name.encode() for name in names])


def test_a_pool_hands_out_each_entry_once() -> None:
    pool = Pool(PAYMENT)
    pool.reserve(10)
    pool.reserve(3_000)
    seen: list[int] = []
    node = int(pool.free[0])
    while node >= 0 and node < len(pool.entries) and len(seen) <= len(pool.entries):
        seen.append(node)
        node = int(pool.entries["next"][node])
    assert len(seen) == len(set(seen)) == int(pool.free[1]) == len(pool.entries)


def test_ids_keep_their_slots_while_the_ledger_grows() -> None:
    ledger = Ledger()
    first = ledger.intern(ids(f"c{n}" for n in range(500))).tolist()
    assert first == list(range(500))
    ledger.rows[7]["limit"] = 42
    assert ledger.intern(ids(["c7", "", "new", "new"])).tolist() == [7, -1, 500, 500]
    ledger.intern(ids(f"d{n}" for n in range(5_000)))
    assert int(ledger.rows[7]["limit"]) == 42
    assert int(ledger.rows[5_000]["payments"]) == -1, "a new row is blank"
