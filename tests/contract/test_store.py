from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from streams.ports.failures import FencedError, LostError
from streams.ports.lines import lines_of
from tests.contract.batches import all_rows, commit, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.ports.store import Claimed, Lease, Store


def batches(claimed: Claimed) -> list[int]:
    return [entry.cut.batch for entry in claimed.outbox]


def test_an_unknown_lane_is_empty(store: Store, run: Callable[..., Any]) -> None:
    claimed = run(store.claim(3))
    assert (claimed.lease.epoch, claimed.cut, claimed.state, claimed.outbox) == (1, None, None, [])
    assert run(all_rows(store, 3)) == {}


def test_what_was_committed_is_there_for_the_next_owner(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    run(store.commit(lease, commit(1, {"a": b"1", "b": b"\x00\xff"}), 0))
    run(store.commit(lease, commit(2, {"a": b"2", "é": b""}), 0))
    claimed = run(store.claim(0))
    assert claimed.lease.epoch == lease.epoch + 1
    assert (claimed.cut, claimed.state) == (cut(2), b"state2")
    assert claimed.outbox == [commit(1, {}).entry, commit(2, {}).entry]
    assert run(all_rows(store, 0)) == {"a": b"2", "b": b"\x00\xff", "é": b""}


def test_lanes_do_not_touch_each_other(store: Store, run: Callable[..., Any]) -> None:
    first, second = run(store.claim(0)).lease, run(store.claim(1)).lease
    run(store.commit(first, commit(1, {"a": b"1"}), 0))
    assert run(all_rows(store, 1)) == {}
    run(store.commit(second, commit(1, {"b": b"1"}), 0))
    assert run(store.claim(0)).lease.epoch == 2
    run(store.commit(second, commit(2, {"b": b"2"}), 0))


def test_an_old_owner_is_fenced(store: Store, run: Callable[..., Any]) -> None:
    old = run(store.claim(0)).lease
    run(store.commit(old, commit(1, {"a": b"1"}), 0))
    new = run(store.claim(0)).lease
    with pytest.raises(FencedError):
        run(store.commit(old, commit(2, {"a": b"old"}), 1))
    with pytest.raises(FencedError):
        run(store.trim(old, 1))
    claimed = run(store.claim(0))
    assert claimed.cut == cut(1)
    assert batches(claimed) == [1]
    assert run(all_rows(store, 0)) == {"a": b"1"}
    with pytest.raises(FencedError):
        run(store.commit(new, commit(2, {}), 0))


def test_a_repeated_commit_changes_nothing(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    for _ in range(3):
        run(store.commit(lease, commit(1, {"a": b"1"}), 0))
    assert batches(run(store.claim(0))) == [1]


def test_a_commit_that_does_not_follow_tells_a_loss(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    with pytest.raises(LostError):
        run(store.commit(lease, commit(7, {"a": b"1"}), 0))
    assert run(store.claim(0)).cut is None
    assert run(all_rows(store, 0)) == {}


def test_an_unknown_claim_tells_a_loss(store: Store, run: Callable[..., Any]) -> None:
    lease: Lease = run(store.claim(0)).lease
    ahead = replace(lease, epoch=lease.epoch + 5)
    with pytest.raises(LostError):
        run(store.commit(ahead, commit(1, {}), 0))
    with pytest.raises(FencedError):  # the store lost a claim, and gave its epoch to another
        run(store.commit(replace(lease, token="another"), commit(1, {}), 0))


def test_batch_numbers_may_jump(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    run(store.commit(lease, commit(9, {"a": b"1"}, follows=0), 8))
    run(store.commit(lease, commit(10, {"a": b"2"}), 8))
    claimed = run(store.claim(0))
    assert claimed.cut == cut(10)
    assert batches(claimed) == [9, 10]
    run(store.commit(claimed.lease, commit(11, {}), 9))
    assert batches(run(store.claim(0))) == [10, 11]


@pytest.mark.parametrize("sent", [0, 1, 2, 3, 9])
def test_what_was_sent_is_trimmed(store: Store, run: Callable[..., Any], sent: int) -> None:
    lease = run(store.claim(0)).lease
    for batch in (1, 2, 3):
        run(store.commit(lease, commit(batch, {}), 0))
    run(store.trim(lease, sent))
    left = [batch for batch in (1, 2, 3) if batch > sent]
    claimed = run(store.claim(0))
    assert batches(claimed) == left
    run(store.commit(claimed.lease, commit(4, {}), sent))
    assert batches(run(store.claim(0))) == [batch for batch in (*left, 4) if batch > sent or batch == 4]


def test_a_commit_trims_too(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    for batch in range(1, 30):
        run(store.commit(lease, commit(batch, {}), max(0, batch - 3)))
    assert batches(run(store.claim(0))) == [27, 28, 29]


def test_a_replayed_batch_sends_nothing(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    run(store.commit(lease, commit(1, {"a": b"1"}, sends=False), 2))
    run(store.commit(lease, commit(2, {"a": b"2"}, sends=False), 2))
    run(store.commit(lease, commit(3, {"a": b"3"}), 2))
    run(store.commit(lease, commit(4, {"a": b"4"}), 3))
    assert batches(run(store.claim(0))) == [4]


def test_many_rows_are_one_batch_too(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    many = {f"c{number}": b"x" * (number % 50) for number in range(5_000)}
    run(store.commit(lease, commit(1, many), 0))
    few = {f"c{number}": b"y" for number in range(0, 5_000, 100)}
    run(store.commit(lease, commit(2, few), 1))
    run(store.commit(lease, commit(3, many), 2))
    run(store.commit(lease, commit(3, many), 2))
    run(store.commit(lease, commit(4, few), 2))
    claimed = run(store.claim(0))
    assert (claimed.cut, batches(claimed)) == (cut(4), [3, 4])
    assert run(all_rows(store, 0)) == many | few


def test_many_rows_of_an_old_owner_are_refused(store: Store, run: Callable[..., Any]) -> None:
    old = run(store.claim(0)).lease
    many = {f"c{number}": b"old" for number in range(500)}
    new = run(store.claim(0)).lease
    with pytest.raises(FencedError):
        run(store.commit(old, commit(1, many), 0))
    run(store.commit(new, commit(1, {"c1": b"new"}), 0))
    run(store.claim(0))
    assert run(all_rows(store, 0)) == {"c1": b"new"}


def test_some_rows_are_read(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    assert run(store.read(lease, [])) == []
    assert run(store.read(lease, ["a", "b"])) == [None, None]
    many = {f"c{number}": b"x" * (number % 50) for number in range(4_999)}
    run(store.commit(lease, commit(1, many), 0))
    wanted = [*(f"c{number}" for number in range(4_998, -1, -7)), "nobody", "c3", "c3"]
    assert run(store.read(lease, wanted)) == [many.get(name) for name in wanted]


def test_rows_on_their_way_are_read_too(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    many = {f"c{number}": b"1" for number in range(5_000)}
    run(store.commit(lease, commit(1, many), 0))
    run(store.commit(lease, commit(2, {"c1": b"2"}), 0))
    assert run(store.read(lease, ["c1", "c2"])) == [b"2", b"1"]


def test_only_the_owner_reads(store: Store, run: Callable[..., Any]) -> None:
    old = run(store.claim(0)).lease
    new = run(store.claim(0)).lease
    for lease, error in ((old, FencedError), (replace(new, epoch=new.epoch + 1), LostError)):
        with pytest.raises(error):
            run(store.read(lease, ["a"]))
        with pytest.raises(error):
            run(store.due(lease, [1]))
    with pytest.raises(FencedError):
        run(store.read(replace(new, token="another"), ["a"]))


def test_who_stands_under_a_date(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    assert run(store.due(lease, [])) == []
    assert run(store.due(lease, [-3, 20_000])) == [[], []]
    first = replace(
        commit(1, {"a": b"1"}), due={20_000: lines_of("ab"), 20_001: lines_of("é"), -3: lines_of("a"), 7: b""}
    )
    run(store.commit(lease, first, 0))
    run(store.commit(lease, first, 0))  # repeated
    run(store.commit(lease, replace(commit(2, {}), due={20_000: lines_of("a")}, passed=[-3, 5]), 0))
    assert run(store.due(lease, [20_001, -3, 20_000, 7])) == [["é"], [], ["a", "b", "a"], []]
    run(store.commit(lease, replace(commit(3, {}), due={20_002: lines_of("b")}, passed=[20_000, 20_001]), 0))
    assert run(store.due(lease, range(20_000, 20_003))) == [[], [], ["b"]]
    assert run(store.due(run(store.claim(1)).lease, [20_002])) == [[]]


def test_dates_of_a_batch_with_many_rows(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    many = {f"c{number}": b"x" for number in range(3_000)}
    run(store.commit(lease, replace(commit(1, many), due={5: lines_of(many), 6: lines_of(["c7"])}), 0))
    assert run(store.due(lease, [5, 6])) == [list(many), ["c7"]]


def test_a_refused_commit_moves_no_dates(store: Store, run: Callable[..., Any]) -> None:
    old = run(store.claim(0)).lease
    run(store.commit(old, replace(commit(1, {}), due={5: lines_of("a")}), 0))
    new = run(store.claim(0)).lease
    with pytest.raises(FencedError):
        run(store.commit(old, replace(commit(2, {}), due={6: lines_of("a")}, passed=[5]), 0))
    assert run(store.due(new, [5, 6])) == [["a"], []]


def test_a_claim_tells_how_much_there_is_and_who_was_before(store: Store, run: Callable[..., Any]) -> None:
    first = run(store.claim(0))
    assert (first.rows, first.indexed, first.before) == (0, False, "")
    run(store.commit(first.lease, commit(1, {"a": b"1"}), 0))
    second = run(store.claim(0))
    assert (second.rows, second.indexed, second.before) == (1, False, first.lease.token)
    many = {f"c{number}": b"x" for number in range(3_000)}
    run(store.commit(second.lease, replace(commit(2, many), indexed=True), 0))
    run(store.commit(second.lease, commit(3, {}), 0))  # once it holds it goes on to hold
    third = run(store.claim(0))
    assert (third.rows, third.indexed, third.before) == (3_001, True, second.lease.token)


def test_the_owner_learns_whether_a_batch_is_there(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    run(store.holds(lease, 0))
    with pytest.raises(LostError):
        run(store.holds(lease, 1))
    run(store.commit(lease, commit(1, {}), 0))
    run(store.commit(lease, commit(2, {}), 0))
    for batch in (1, 2):
        run(store.holds(lease, batch))
    with pytest.raises(LostError):
        run(store.holds(replace(lease, epoch=lease.epoch + 1), 1))
    run(store.claim(0))
    with pytest.raises(FencedError):
        run(store.holds(lease, 1))


def test_rows_from_elsewhere_stand_under_no_date(store: Store, run: Callable[..., Any]) -> None:
    lease = run(store.claim(0)).lease
    run(store.commit(lease, replace(commit(1, {"a": b"1"}), indexed=True), 0))
    assert run(store.claim(0)).indexed
    claimed = run(store.claim(0))
    many = {f"c{number}": b"x" for number in range(200)}
    run(store.commit(claimed.lease, replace(commit(9, many, follows=1, sends=False), reindex=True), 9))
    again = run(store.claim(0))
    assert (again.indexed, again.cut, again.outbox) == (False, cut(9), [])
    assert run(all_rows(store, 0)) == {"a": b"1"} | many
