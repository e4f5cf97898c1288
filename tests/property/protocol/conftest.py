from __future__ import annotations

import pytest

from streams.lane import engine


@pytest.fixture(autouse=True)
def _small_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines come and go; this bounds their matrices, and changes no outcome."""
    monkeypatch.setattr(engine, "MOST_ROWS", 256)
