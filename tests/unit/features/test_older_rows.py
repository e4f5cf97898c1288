"""Rows written by older releases are read: each file was made with the release that wrote such rows."""

from __future__ import annotations

import base64
import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.catalogue import COLUMN
from features.inbound.layout import TOPICS
from features.packing.form import VERSION
from rules.evaluate import Evaluator
from rules.records import encode
from streams.lane.engine import LaneEngine
from streams.lane.persistence import lane_state, restore, rows_of
from streams.lookup import features_of
from tests.lanes import put

ROWS = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module", params=range(1, VERSION))
def book(request: pytest.FixtureRequest) -> dict[str, Any]:
    version: int = request.param
    packed = (ROWS / f"rows-v{version}" / "book.json.gz").read_bytes()
    found: dict[str, Any] = json.loads(gzip.decompress(packed))
    assert {base64.b64decode(row)[0] for _, row in found["rows"]} == {version}
    return found


def taken_over(book: dict[str, Any], evaluator: Evaluator) -> LaneEngine:
    engine = LaneEngine(0, evaluator, learns=False)
    rows = [(name, base64.b64decode(row)) for name, row in book["rows"]]
    restore(engine, base64.b64decode(book["lane_state"]), rows)
    return engine


def test_every_feature_of_then_is_as_it_was(book: dict[str, Any], evaluator: Evaluator) -> None:
    engine = taken_over(book, evaluator)
    assert len(book["features"]) > 50
    for holder, values in book["features"].items():
        line = features_of(engine.ledger, engine.ledger.slots[holder], book["day"])
        for name, wanted in zip(book["names"], values, strict=True):
            got = line[COLUMN[name]]
            assert math.isnan(got) if wanted is None else got == wanted, (holder, name)


def test_what_follows_is_decided_as_it_was(book: dict[str, Any], evaluator: Evaluator) -> None:
    engine = taken_over(book, evaluator)
    for topic, values in enumerate(book["rest"]):
        if values:
            put(engine, topic, book["offsets"][topic], [base64.b64decode(value) for value in values])
    engine.begin(np.zeros(len(TOPICS), np.bool_))
    assert [encode(record).decode() for record in engine.run().decisions] == book["decisions"]


def test_written_anew_they_are_of_the_newest_version_and_stay(
    book: dict[str, Any], evaluator: Evaluator
) -> None:
    engine = taken_over(book, evaluator)
    written = rows_of(engine, range(len(engine.ledger)))
    assert {row[0] for _, row in written} == {VERSION}
    again = LaneEngine(0, evaluator, learns=False)
    restore(again, lane_state(engine), written)
    assert list(rows_of(again, range(len(again.ledger)))) == list(written)
