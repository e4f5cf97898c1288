"""Dead letters and their masks (contract 2.7)."""

import json

import pytest

from features.inbound.deadletters import DeadLetter, file_line, headers, masked

UNTOUCHED = [
    b"",
    b"\xff\xfe",
    b"411111111111",  # 12 digits
    b"4111111111111112",  # no Luhn
    b"14111111111111111",  # begins with 1
    b"41111111111111110000",  # 20 digits
    b"4111 1111 1111 1111",
    rb'"\\u0034111111111111111"',  # a backslash, then text
    rb'"\u00304111111111111111"',  # 04111111111111111
    rb'"\u00344111111111111111"',
    b"\xd9\xa4111111111111111",
]

MASKED = [
    (b"4111111111111111", b"411111******1111"),
    (b"4222222222222", b"422222***2222"),
    (b"6304000000000000000", b"630400*********0000"),
    (b'{"amount":4111111111111111}', b'{"amount":411111******1111}'),
    (b"x4111111111111111,5105105105105100y", b"x411111******1111,510510******5100y"),
    (b"\xff4111111111111111\xff", b"\xff411111******1111\xff"),
    (rb'"\n4111111111111111"', rb'"\n411111******1111"'),
    (rb'"\u0034111111111111111"', b'"411111******1111"'),
    (rb'"411111\u0031111111111"', b'"411111******1111"'),
    (rb'"411111111111111\u0031"', b'"411111******1111"'),
    (rb'{"\u0034111111111111111":1}', b'{"411111******1111":1}'),
    (rb'"\u00e94111111111111111"', rb'"\u00e9411111******1111"'),
    (rb'"\u00e94111111111111111', rb'"\u00e9411111******1111'),  # broken JSON
    (b'\xff"\\u0034111111111111111', b'\xff"411111******1111'),
    (rb'"\\\u0034111111111111111"', rb'"\\411111******1111"'),
    (rb'"\\4111111111111111"', rb'"\\411111******1111"'),
]


@pytest.mark.parametrize("value", UNTOUCHED)
def test_untouched(value: bytes) -> None:
    assert masked(value) == value


@pytest.mark.parametrize(("value", "expected"), MASKED)
def test_masked(value: bytes, expected: bytes) -> None:
    assert masked(value) == expected


def letter(value: bytes, detail: str = "amount: missing", topic: str | None = None) -> DeadLetter:
    return DeadLetter(
        error_code="schema",
        error_detail=detail,
        source_topic=topic,
        source_partition=None if topic is None else 7,
        source_offset=12,
        value=value,
    )


def test_file_line() -> None:
    line = file_line(letter('{"city":"Zürich 4111111111111111"}'.encode(), topic="postloan.transactions"))
    assert b"\n" not in line
    assert json.loads(line) == {
        "error_code": "schema",
        "error_detail": "amount: missing",
        "source_topic": "postloan.transactions",
        "source_partition": 7,
        "source_offset": 12,
        "value": '{"city":"Zürich 411111******1111"}',
    }


def test_file_line_of_what_is_no_text() -> None:
    found = json.loads(file_line(letter(b"\xff\x004111111111111111", detail="4111111111111111")))
    assert found["value"] == "\ufffd\x00411111******1111"
    assert found["error_detail"] == "411111******1111"
    assert found["source_topic"] is None
    assert found["source_partition"] is None


def test_headers() -> None:
    assert headers(letter(b"", topic="postloan.transactions")) == [
        ("error_code", b"schema"),
        ("error_detail", b"amount: missing"),
        ("source_topic", b"postloan.transactions"),
        ("source_partition", b"7"),
        ("source_offset", b"12"),
    ]
    assert headers(letter(b"", detail="4111111111111111"))[1:4] == [
        ("error_detail", b"411111******1111"),
        ("source_topic", b""),
        ("source_partition", b""),
    ]
