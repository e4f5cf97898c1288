"""The implementations that the stories are told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle import engine, run

if TYPE_CHECKING:
    from collections.abc import Callable

IMPLEMENTATIONS = {"engine": engine.assess, "oracle": run.assess}


@pytest.fixture(params=sorted(IMPLEMENTATIONS))
def assess(
    request: pytest.FixtureRequest,
) -> Callable[..., tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """(lines, lanes, prefix) to (decisions, dead letters)."""
    return IMPLEMENTATIONS[request.param]
