from __future__ import annotations

import numpy as np
import pytest

from features.inbound.spans import Spans, differ, joined

VALUES = [b"one", None, b"", b"three", None, b"\x00\xff"]


def test_values_come_back_as_they_were() -> None:
    spans = Spans.of(VALUES)
    assert list(spans) == [spans[place] for place in range(len(spans))] == VALUES
    assert spans.sizes.tolist() == [3, 0, 0, 5, 0, 2]
    assert list(Spans.of([])) == []
    assert list(Spans.of([None])) == [None]


def test_parts_and_choices() -> None:
    spans = Spans.of(VALUES)
    assert list(spans.part(1, 4)) == VALUES[1:4]
    assert list(spans.take(np.array([3, 1, 3, 5]))) == [b"three", None, b"three", b"\x00\xff"]
    assert list(spans.take(np.array([], np.int64))) == []
    assert list(spans) == VALUES, "a choice has places of its own"


def test_lines() -> None:
    spans = Spans.of(VALUES)
    lines = spans.lines()
    assert list(lines) == [value if value is None else value + b"\n" for value in VALUES]
    assert lines.text.tobytes() == b"one\n\nthree\n\x00\xff\n"
    assert list(spans) == VALUES
    assert list(Spans.of([]).lines()) == []


@pytest.mark.parametrize(
    "parts",
    [
        [VALUES, VALUES],
        [[None], [b"x"], [None, None]],
        [[b""], [], [b"a", b""]],
        [[], []],
        [[b"y"]],
        [],
    ],
)
def test_joined(parts: list[list[bytes | None]]) -> None:
    assert list(joined([Spans.of(part) for part in parts])) == [value for part in parts for value in part]


def test_joining_parts_leaves_out_the_text_around_them() -> None:
    whole = Spans.of([b"a" * 1000, b"b", None, b"c", b"d" * 1000])
    both = joined([whole.part(1, 4), whole.part(3, 4)])
    assert list(both) == [b"b", None, b"c", b"c"]
    assert len(both.text) == 3


def test_texts_are_never_writeable() -> None:
    spans = Spans.of(VALUES)
    for made in (spans, joined([spans, spans]), spans.take(np.array([0]))):
        assert not made.text.flags.writeable


def test_differ() -> None:
    first = Spans.of([b"a", b"a", None, None, b"", b"abc", b"abc", b"ab"])
    second = Spans.of([b"a", b"b", None, b"", None, b"abd", b"abc", b"abc"])
    wanted = [one != other for one, other in zip(first, second, strict=True)]
    assert differ(first, second).tolist() == wanted
    assert differ(second, first).tolist() == wanted
