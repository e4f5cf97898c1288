"""The figures of models that look on in the lanes: on the labels of what they scored there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.registry import LEAST_BADS
from models.targets import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models.figures import Figures
    from models.registry import Entry, Registry
    from models.tally import Tally

EVERY: Final = 100
"""Labels of a target between two figures of its models."""


class LiveFigures:
    """Tells newer figures of registered models. acting: who acts for the default if none was promoted."""

    def __init__(self, registry: Callable[[], Registry], acting: str) -> None:
        self._registry = registry
        self._acting = acting
        self._told: dict[str, int] = {}

    def due(self, tally_of: Callable[[str], Tally | None], source: str) -> Iterator[tuple[str, Figures]]:
        """Of each live model whose target had EVERY labels since the last ones, once there are bads enough.

        tally_of: by target. source: the topic of the labels, and up to which offset.
        """
        registry = self._registry()
        live = list(registry.live())
        for target in {entry.target: None for entry in live}:
            tally = tally_of(target)
            if tally is None or tally.taken(target) - self._told.get(target, 0) < EVERY:
                continue
            self._told[target] = tally.taken(target)
            for entry in live:
                if entry.target == target:
                    found = tally.figures(target, scored_as(entry), source, self._rival(registry, entry))
                    if found is not None and found.bads >= LEAST_BADS:
                        yield entry.name, found

    def _rival(self, registry: Registry, entry: Entry) -> tuple[str, str] | None:
        champion = registry.champion(entry.target)
        if champion is not None:
            return None if champion.name == entry.name else (champion.name, scored_as(champion))
        return (self._acting, self._acting) if entry.target == DEFAULT else None


def scored_as(entry: Entry) -> str:
    """An entry's name in the journal and among scores."""
    return f"{entry.model_id}.{entry.version}"
