from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from features.byte_order import byte_order
from features.inbound.spans import Spans

LETTERS = st.sampled_from("Aab09_-.:")
IDS = st.lists(st.text(LETTERS, min_size=1, max_size=20), unique=True, max_size=60)


@settings(deadline=None)  # the first one may be compiled
@given(IDS)
@example(["c0000002", "c0000001"])
@example(["cardholder-2", "cardholder-10", "cardholder", "cardholder-1"])
@example([])
def test_as_bytes_are_ordered(ids: list[str]) -> None:
    order = byte_order(Spans.of([name.encode() for name in ids])).tolist()
    assert [ids[place] for place in order] == sorted(ids)


def test_ids_of_any_character_and_the_greatest_length() -> None:
    ids = ["\xe9" * 32, "\xe9" * 31 + "z", "z" * 64, "z" * 63, "\U0001f600"]
    order = byte_order(Spans.of([name.encode() for name in ids])).tolist()
    assert [ids[place] for place in order] == sorted(ids)
