"""No card number leaves through the dead letters, in the bytes or behind escapes (contract 2.7)."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from features.inbound.deadletters import masked
from features.inbound.pan import holds_pan

pieces = st.one_of(
    st.text("0123456789", max_size=17),
    st.sampled_from(
        ["4111111111111111", "5105105105105100", "411111111", "1111111", "x", "*", "\\\\", "\\n"]
    ),
    st.sampled_from(["\\u0034", "\\u0031", "\\u00e9", "\\u00a2", "\\u0035111", "\\u003a", "é"]),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(pieces, max_size=8).map("".join))
def test_none_is_left(text: str) -> None:
    value = f'{{"{text}":["{text}"]}}'.encode()
    ((name, (item,)),) = json.loads(value).items()
    assert name == item
    found = masked(value)
    ((new_name, (new_item,)),) = json.loads(found).items()
    assert new_name == new_item
    assert not holds_pan(found)
    assert not holds_pan(new_name.encode())
    assert len(new_name) == len(name)
    if not holds_pan(value) and not holds_pan(name.encode()):
        assert found == value


@given(st.binary(max_size=60), st.lists(pieces, max_size=4).map("".join))
def test_any_bytes(noise: bytes, text: str) -> None:
    found = masked(noise + text.encode() + noise)
    assert not holds_pan(found)
    assert masked(found) == found
