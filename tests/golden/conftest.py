"""Expected outputs are files; `make golden` (pytest tests/golden --rewrite-golden) writes them anew."""

from collections.abc import Callable
from pathlib import Path

import pytest

OPTION = "--rewrite-golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="write the expected files anew")


@pytest.fixture(name="golden")
def _golden(request: pytest.FixtureRequest) -> Callable[[Path, bytes], None]:
    """Hold bytes against an expected file, or write it."""
    rewrite = request.config.getoption(OPTION, default=False)

    def compare(file: Path, found: bytes) -> None:
        if rewrite:
            file.write_bytes(found)
            return
        assert file.is_file(), f"{file} is missing: make golden"
        assert found.decode().splitlines() == file.read_bytes().decode().splitlines(), (
            "make golden, and review"
        )
        assert found == file.read_bytes()

    return compare
