"""RFC 3339 to the letter (contract 1.2), in both readers."""

from datetime import UTC, datetime, timedelta

import pytest

from features.inbound.batch import read_batch
from features.inbound.times import parse_date, parse_time
from tests.unit.inbound.samples import written

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

TIMES = {
    "1970-01-01T00:00:00Z": 0,
    "1970-01-01t00:00:01z": 1_000_000,
    "1969-12-31T23:59:59.9999999Z": -1,
    "1969-12-31T23:59:59.0000001Z": -1_000_000,
    "2000-02-29T12:00:00.5Z": 951_825_600_500_000,
    "2000-02-29T12:00:00.123456789012345678901234567890Z": 951_825_600_123_456,
    "2000-02-29T12:00:00+01:30": 951_820_200_000_000,
    "2000-02-29T12:00:00-23:59": 951_911_940_000_000,
    "2000-02-29T12:00:00.000001-00:00": 951_825_600_000_001,
    "0001-01-01T00:00:00Z": -62_135_596_800_000_000,
    "9999-12-31T23:59:59.999999Z": 253_402_300_799_999_999,
}

NO_TIMES = [
    "",
    "2000-02-29",
    "2000-02-29T12:00:00",
    "2000-02-29 12:00:00Z",
    "2000-02-29T12:00Z",
    "2000-02-29T12:00:00.Z",
    "2000-02-29T12:00:00,5Z",
    "2000-02-29T24:00:00Z",
    "2000-02-29T23:60:00Z",
    "2000-02-29T23:59:60Z",
    "2001-02-29T12:00:00Z",
    "1900-02-29T12:00:00Z",
    "2000-04-31T12:00:00Z",
    "2000-13-01T12:00:00Z",
    "2000-00-01T12:00:00Z",
    "2000-01-00T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "12000-01-01T00:00:00Z",
    "+2000-01-01T00:00:00Z",
    "2000-1-01T00:00:00Z",
    "2000-02-29T12:00:00+24:00",
    "2000-02-29T12:00:00+23:60",
    "2000-02-29T12:00:00+0100",
    "2000-02-29T12:00:00+01",
    "2000-02-29T12:00:00 Z",
    "2000-02-29T12:00:00Z ",
    "2000-02-29T12:00:00Z\n",
    "2000-02-29T12:00:00ZZ",
    "2000-02-29T12:00:00UTC",
    "2000-W09-2T12:00:00Z",
    "٢٠٠٠-02-29T12:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
]


@pytest.mark.parametrize("text", TIMES)
def test_time(text: str) -> None:
    assert parse_time(text) == TIMES[text]
    assert read_batch([written("tick", occurred_at=text)]).columns.occurred.tolist() == [TIMES[text]]


@pytest.mark.parametrize("text", NO_TIMES)
def test_no_time(text: str) -> None:
    assert parse_time(text) is None
    assert read_batch([written("tick", occurred_at=text)]).rejected[0][1].code == "schema"


def test_every_hour_of_two_centuries_agrees_with_datetime() -> None:
    time = datetime(1899, 12, 30, 0, 59, 59, 1, tzinfo=UTC)
    while time.year < 2101:
        assert parse_time(time.isoformat()) == (time - EPOCH) // timedelta(microseconds=1)
        time += timedelta(hours=171)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1970-01-01", 0),
        ("1969-12-31", -1),
        ("2024-02-29", 19_782),
        ("0001-01-01", -719_162),
        ("9999-12-31", 2_932_896),
        ("2023-02-29", None),
        ("2024-2-29", None),
        ("2024-02-29 ", None),
        ("20240229", None),
        ("0000-01-01", None),
    ],
)
def test_date(text: str, days: int | None) -> None:
    assert parse_date(text) == days
    batch = read_batch([written("statement_issued", due_on=text)])
    assert batch.columns.fields[:, 2].tolist() == ([] if days is None else [days])
