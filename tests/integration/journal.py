"""What was sent while records came, held against the same batches run again along the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos.along import along_the_journal
from tests.chaos.compare import compare
from tests.chaos.found import found

if TYPE_CHECKING:
    from tests.integration.workers import Site


def check(site: Site) -> None:
    """Nothing lost, nothing doubled, nothing changed. Once all workers have left by themselves."""
    verdict = compare(along_the_journal(site), found(site))
    assert verdict.good, verdict.examples
    assert verdict.records > 0
