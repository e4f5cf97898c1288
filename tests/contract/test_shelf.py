from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.ports.failures import LostError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_shelf_keeps_what_covers_most(store: Any, run: Callable[..., Any]) -> None:
    assert run(store.get("classroom")) is None
    assert run(store.put("classroom", 5, b"five"))
    assert not run(store.put("classroom", 4, b"four"))
    assert run(store.put("classroom", 5, b"again"))
    assert run(store.get("classroom")) == (5, b"again")
    assert run(store.get("other")) is None


def kept_of(store: Any, run: Callable[..., Any]) -> tuple[int, bytes, dict[str, bytes]]:
    found = run(store.get_pieces("classroom"))
    return found.covers, found.value, dict(found.pieces)


def test_a_value_is_kept_by_what_changed_of_it(store: Any, run: Callable[..., Any]) -> None:
    assert run(store.get_pieces("classroom")) is None
    first = run(store.put_pieces("classroom", 5, b"five", [("a:1", b"1"), ("a:2", b"2"), ("a:3", b"")], ""))
    assert kept_of(store, run) == (5, b"five", {"a:1": b"1", "a:2": b"2", "a:3": b""})
    assert run(store.get("classroom")) == (5, b"five")
    changes = [("a:2", b"two"), ("a:1", None), ("a:9", None), ("a:4", b"4")]
    second = run(store.put_pieces("classroom", 6, b"six", changes, first))
    assert run(store.get_pieces("classroom")).mark == second != first
    assert kept_of(store, run) == (6, b"six", {"a:2": b"two", "a:3": b"", "a:4": b"4"})
    run(store.put_pieces("classroom", 6, b"anew", [("b:1", b"1")], ""))
    assert kept_of(store, run) == (6, b"anew", {"b:1": b"1"})
    assert run(store.put("classroom", 7, b"alone"))
    assert kept_of(store, run) == (7, b"alone", {})


def test_what_builds_on_another_value_is_not_kept(store: Any, run: Callable[..., Any]) -> None:
    with pytest.raises(LostError):
        run(store.put_pieces("classroom", 1, b"one", [("a:1", b"1")], "never there"))
    assert run(store.get_pieces("classroom")) is None
    first = run(store.put_pieces("classroom", 5, b"five", [("a:1", b"1")], ""))
    second = run(store.put_pieces("classroom", 5, b"again", [("a:2", b"2")], first))
    with pytest.raises(LostError):
        run(store.put_pieces("classroom", 6, b"six", [("a:1", None)], first))
    for follows in (second, ""):
        assert run(store.put_pieces("classroom", 4, b"four", [("a:1", None)], follows)) is None
    assert kept_of(store, run) == (5, b"again", {"a:1": b"1", "a:2": b"2"})


def test_many_pieces_are_kept_at_once(store: Any, run: Callable[..., Any]) -> None:
    large = {f"a:{n}": bytes([n]) * 700_000 for n in range(5)}
    small = {f"b:{n}": b"x" for n in range(3_000)}
    first = run(store.put_pieces("classroom", 1, b"one", [*large.items(), *small.items()], ""))
    assert kept_of(store, run) == (1, b"one", large | small)
    changes = {f"a:{n}": bytes([n]) * 800_000 for n in range(3, 8)}
    gone = dict.fromkeys(small)
    second = run(store.put_pieces("classroom", 2, b"two", [*gone.items(), *changes.items()], first))
    assert kept_of(store, run) == (2, b"two", large | changes)
    with pytest.raises(LostError):
        run(store.put_pieces("classroom", 3, b"three", [*large.items()], first))
    assert run(store.put_pieces("classroom", 1, b"one", [*large.items()], second)) is None
    assert kept_of(store, run) == (2, b"two", large | changes)
