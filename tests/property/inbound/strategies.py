"""Record bytes of every sort: good, odd, broken."""

import json
import string
from typing import Any

from hypothesis import strategies as st

from features.inbound import schema
from features.inbound.layout import KINDS
from features.inbound.schema import SCHEMA, Field

_ID_LETTERS = string.ascii_letters + string.digits + "_-.:"

ids = st.one_of(
    st.text(_ID_LETTERS, min_size=1, max_size=64),
    st.text(string.digits, min_size=10, max_size=24),
    st.sampled_from(
        ["4111111111111111", "x4111111111111111", "54111111111111111", "a" * 64, "a" * 65, "", "a b", "ä"]
    ),
)
texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["Berlin", "Zürich", "東京", "DE", "5411", "0000", "541a", "٠١٢٣", '"', "\\", "😀", "\u0000"]
    ),
)
_two = st.integers(0, 61).map("{:02d}".format)
dates = st.one_of(
    st.dates().map(str),
    st.builds("{:04d}-{}-{}".format, st.integers(0, 9999), _two, _two),
    st.sampled_from(
        ["2024-02-29", "2023-02-29", "2000-02-29", "1900-02-29", "0000-01-01", "0001-01-01", "2024-2-9"]
    ),
)
times = st.builds(
    "{}{}{}:{}:{}{}{}".format,
    dates,
    st.sampled_from(["T"] * 8 + ["t", " ", "", "T "]),
    st.integers(0, 25).map("{:02d}".format),
    _two,
    _two,
    st.one_of(st.just(""), st.text(string.digits, max_size=12).map(".{}".format), st.just(",5")),
    st.sampled_from(
        ["Z"] * 6
        + ["z", "", "+00:00", "-00:00", "+23:59", "-12:30", "+24:00", "+01:60", "+0100", "Z ", "+1:00", "ZZ"]
    ),
)
_NUMBERS = """
    0 -0 00 01 -1 +1 - --1 1.0 1. .5 1.5e 0.1e5 1e3 1E3 1e999 -1e999 1e-999 NaN Infinity -Infinity 0x1 1_0
    1000000000000000 1000000000000001 999999999999999999 1234567890123456789 9223372036854775808
"""
_VALUES = r"""
    null true false nul [] {} [1] [,] [1,] [[[]]] [} {"a"} {"a":} {"a":1} {"a":"b"} {"a":1e999} ["dispute"]
    {"a":"x","a":1} {"a":1,"a":"x"} {"a":[{"b":[null,true,-1.5,"x"]}]} {"\ud800":1} "\ud800" ["x"]
    "\ud83d\ude00" "\ude00\ud83d" "\ud83d\u0041" "\u00e9" "\x" "\u12g4" "\/\b\f\n\r\t\"\\"
"""
_SPACED_VALUES = [
    '"\t"',
    '{"a" : [ ] , "b" : { } }',
    '{ "a" : "b" , "c" : "d" }',
    '[ "dispute" , "fraud_case","dispute" ]',
]

numbers = st.one_of(
    st.integers(0, 10**15).map(str),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    st.sampled_from([*_NUMBERS.split(), "9" * 25, "9" * 400, "9" * 400 + ".0"]),
)
odd_values = st.one_of(
    numbers,
    texts.map(json.dumps),
    st.sampled_from([*_VALUES.split(), *_SPACED_VALUES, '"' + "x" * 70 + '"', "[" * 70]),
    st.sampled_from([59, 60, 61, 511, 512]).map(lambda depth: "[" * depth + "]" * depth),
)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Mostly good values of a field."""
    if field.rule in {schema.COUNT, schema.AMOUNT}:
        return st.integers(field.rule == schema.AMOUNT, 10**15)
    if field.rule == schema.CHOICE:
        return st.sampled_from(field.choices)
    if field.rule == schema.FLAGS:
        return st.lists(st.sampled_from(field.choices), max_size=4)
    if field.rule == schema.TAGS:
        return st.dictionaries(texts, texts, max_size=3)
    good: dict[int, st.SearchStrategy[Any]] = {
        schema.ID: st.text(_ID_LETTERS, min_size=1, max_size=20),
        schema.TIME: st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
        schema.DATE: st.dates().map(str),
        schema.TEXT: texts,
        schema.MCC: st.one_of(st.just("5411"), texts),
    }
    return good[field.rule]


@st.composite
def _escaped(draw: st.DrawFn, text: str) -> str:
    """The text as a JSON string, some of its characters behind escapes."""
    plain = json.dumps(text, ensure_ascii=draw(st.booleans()))
    if draw(st.integers(0, 9)) or not text:
        return plain
    place = draw(st.integers(0, len(text) - 1))
    units = text[place].encode("utf-16-be", "surrogatepass").hex()
    hidden = "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
    return json.dumps(text[:place])[:-1] + hidden + json.dumps(text[place + 1 :])[1:]


@st.composite
def records(draw: st.DrawFn) -> list[tuple[str, str]]:
    """The members of a good record: names and values as JSON."""
    code = draw(st.integers(0, len(KINDS) - 1))
    members = [('"kind"', f'"{KINDS[code]}"')]
    for field in SCHEMA[code]:
        if not field.required and draw(st.booleans()):
            if draw(st.booleans()):
                members.append((f'"{field.name}"', "null"))
            continue
        value = draw(values_of(field))
        written = draw(_escaped(value)) if isinstance(value, str) else json.dumps(value)
        members.append((f'"{field.name}"', written))
    return members


@st.composite
def odd_records(draw: st.DrawFn) -> bytes:
    """Records with a few oddities, as bytes."""
    members = draw(records())
    names = [name for name, _ in members]
    for _ in range(draw(st.integers(0, 2))):
        name = draw(
            st.one_of(st.sampled_from(names), st.sampled_from(['"x"', '"é"', '""', '"kin\\u0064"', '"by"']))
        )
        fitting = {"occurred_at": times, "opened_on": dates, "due_on": dates, "kind": st.sampled_from(KINDS)}
        strings = fitting.get(name[1:-1], ids).map(json.dumps)
        member = (name, draw(st.one_of(strings, odd_values)))
        place = draw(st.integers(0, len(members)))
        if draw(st.booleans()):
            members.insert(place, member)
        elif name in names:
            members[names.index(name)] = member
    if draw(st.booleans()):
        members = draw(st.permutations(members))
    space = draw(st.sampled_from(["", "", " ", "\n\t\r "]))
    body = ",".join(f"{space}{name}{space}:{space}{value}{space}" for name, value in members)
    return f"{space}{{{body}}}{space}".encode(errors="surrogatepass")


@st.composite
def broken_records(draw: st.DrawFn) -> bytes:
    """Records with bytes deleted, inserted and replaced."""
    value = bytearray(draw(odd_records()))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(value)))
        change = draw(
            st.one_of(
                st.binary(max_size=2), st.sampled_from([b'"', b"\\", b",", b"}", b"{", b"0", b"\xef\xbb\xbf"])
            )
        )
        value[place : place + draw(st.integers(0, 2))] = change
    return bytes(value)
