"""What bears a checkpoint's name is whole, in a folder as in object storage."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from streams.checkpoint.depot import Depot
from streams.checkpoint.form import CheckpointError, Trailer, Writer
from streams.ports.outbox import Cut


@pytest.fixture(name="depot", params=["folder", "memory"])
def _depot(request: pytest.FixtureRequest, tmp_path: Path) -> Depot:
    url = str(tmp_path / "kept") if request.param == "folder" else f"memory://{uuid.uuid4().hex}"
    return Depot(url, "here")


def put(depot: Depot, lane: int, batch: int, chain: str = "0123456789abcdef") -> None:
    part = depot.begin(lane)
    writer = Writer(part.file)
    writer.page([("a", b"%d" % batch)])
    cut = Cut(batch, (batch,) * 7, chain=chain)
    writer.finish(Trailer(lane, cut, b""))
    depot.keep(part, lane, cut)


def test_the_newest_comes_first_and_old_ones_go(depot: Depot) -> None:
    assert depot.kept(1) == []
    for batch in (3, 12, 7):
        put(depot, 1, batch)
    put(depot, 2, 5)
    assert [kept.batch for kept in depot.kept(1)] == [12, 7, 3]
    assert depot.read(depot.kept(1)[1], 1).rows == {"a": b"7"}
    assert depot.kept(1)[0].size > 50
    depot.prune(1, 2)
    assert [kept.batch for kept in depot.kept(1)] == [12, 7]
    assert [kept.batch for kept in depot.kept(2)] == [5]


def test_what_is_not_whole_is_none(depot: Depot) -> None:
    part = depot.begin(1)
    Writer(part.file).page([("a", b"1")])
    assert depot.kept(1) == []
    depot.drop(part)
    depot.drop(part)
    assert depot._files.ls(depot._folder(1)) == []


def test_another_lanes_is_refused(depot: Depot) -> None:
    put(depot, 1, 4)
    with pytest.raises(CheckpointError, match="its name"):
        depot.read(depot.kept(1)[0], 2)
