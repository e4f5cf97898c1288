"""`postloan dead-letters`: what was refused is listed, shown, and sent again once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from streams.cli.app import app
from streams.partition import lane_of
from tests.integration.feed import Placed
from tests.integration.workers import until

if TYPE_CHECKING:
    from tests.integration.workers import Site

pytestmark = pytest.mark.integration

HOLDER = "c1"


def spent(event: str, **more: Any) -> bytes:
    told = {
        "kind": "transaction",
        "event_id": event,
        "cardholder_id": HOLDER,
        "type": "purchase",
        "amount": 1,
    }
    return json.dumps(told | {"occurred_at": "2024-03-01T00:00:00Z"} | more).encode()


class Cli:
    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, *words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["dead-letters", *words], env=self.site.environment())
        assert result.exit_code == code, (result.output, result.exception)
        return result.stdout

    def listed(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self("list", "--json", *words).splitlines()]


@pytest.fixture
def cli(site: Site) -> Cli:
    """Five dead letters of one lane and one of another topic."""
    lane = lane_of(HOLDER, site.lanes)
    values: list[bytes | None] = [
        spent("ok"),
        spent("unknown", type="gift"),
        spent("holds", city="4111111111111111", amount=-1),
        None,
        b"",
        b'{"cut',
    ]
    rows = [Placed("transactions", lane, HOLDER.encode(), value) for value in values]
    rows.append(Placed("repayments", lane, None, b"[]"))
    site.produce(rows)
    with site.worker() as worker:
        site.wait_until_done()
        assert worker.stop() == 0
    return Cli(site)


def test_listed_shown_and_sent_again(cli: Cli) -> None:
    site = cli.site
    lane = lane_of(HOLDER, site.lanes)
    everything = cli.listed()
    assert {(found["source_offset"], found["error_code"]) for found in everything} == {
        (1, "schema"),
        (2, "schema"),
        (3, "invalid_json"),
        (4, "invalid_json"),
        (5, "invalid_json"),
        (0, "schema"),
    }
    assert all(found["source_partition"] == lane and not found["retried"] for found in everything)
    by_offset = {found["source_offset"]: found for found in everything}
    assert [found["bytes"] for found in (by_offset[3], by_offset[4])] == [None, 0]
    assert [offset for offset, found in by_offset.items() if found["masked"]] == [2]

    assert cli.listed("--code", "schema", "--topic", "repayments") == [by_offset[0]]
    assert cli.listed("--since", "1d", "--partition", str(lane)) == everything
    assert cli.listed("--since", "2100-01-01T00:00:00Z") == []
    assert cli.listed("--limit", "2") == everything[-2:]
    table = cli("list", "--code", "invalid_json").splitlines()
    assert len(table) == 4
    assert table[0].startswith("place")

    shown = json.loads(cli("show", by_offset[2]["place"], "--json"))
    assert "411111******1111" in shown["value"]
    assert shown["key"] == HOLDER
    assert "value             (null)" in cli("show", by_offset[3]["place"])
    cli("show", f"{lane}:{len(everything) + 99}", code=1)
    cli("show", "here", code=2)

    ends = site.ends()
    told = cli("retry", by_offset[1]["place"], by_offset[3]["place"])
    assert "would be sent again (--yes does it): 2" in told
    assert site.ends() == ends, "a dry run sends nothing"
    told = cli("retry", by_offset[1]["place"], by_offset[2]["place"], by_offset[3]["place"], "--yes", code=1)
    assert "sent again: 2\n" in told
    assert "cannot be sent again: 1\n" in told
    told = cli("retry", "--topic", "transactions", "--yes", code=1)
    assert "sent again: 2\n" in told
    assert "sent again before: 2\n" in told
    assert "cannot be sent again: 1\n" in told
    retried = {found["source_offset"] for found in cli.listed("--topic", "transactions") if found["retried"]}
    assert retried == {1, 3, 4, 5}

    again = site.read("transactions", lane)[6:]
    assert [(record.key, record.value) for record in again] == [
        (HOLDER.encode(), spent("unknown", type="gift")),
        (HOLDER.encode(), None),
        (HOLDER.encode(), b""),
        (HOLDER.encode(), b'{"cut'),
    ]
    assert [record.headers for record in again] == [
        [("retried_from", by_offset[number]["place"].encode())] for number in (1, 3, 4, 5)
    ]
    with site.worker() as worker:  # refused again, as new dead letters
        until(lambda: len(site.dead(lane)) == 10, 60, site.logs)
        assert worker.stop() == 0
    assert len(cli.listed("--topic", "transactions")) == 9
    cli("retry", code=2)
    cli("retry", "--code", "too_late", code=2)
    cli("retry", by_offset[1]["place"], "--code", "schema", code=2)
