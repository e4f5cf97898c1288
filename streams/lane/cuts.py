"""What the journal says of a batch that has run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.ledger import NONE
from features.order import WATERMARK
from streams.lane.notices import model_name
from streams.ports.outbox import NOTHING_SENT, Cut, chained, counted, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.lane.engine import LaneEngine
    from streams.ports.outbox import Message


def cut_of(
    engine: LaneEngine,
    offsets: Sequence[int],
    messages: Sequence[Message],
    last: Cut | None,
    before: Cut | None,
) -> Cut:
    """The cut of the batch that an engine has just run; `offsets` are those after it.

    Counts go on from `last`, the batch taken before; number and chain from `before`, which is another one
    only where the journal lacks batches.
    """
    watermark = int(engine.clock[WATERMARK])
    cut = Cut(
        batch=(0 if before is None else before.batch) + 1,
        offsets=tuple(offsets),
        counts=counted(NOTHING_SENT if last is None else last.counts, messages),
        model=model_name(engine),
        verdict=None if engine.verdict is None else engine.verdict.name,
        panel=None if engine.panel is None else engine.panel.names,
        rulebook=engine.desk.evaluator.book.version,
        watermark=None if watermark == NONE else watermark,
        outputs=digest_of(messages),
    )
    return chained(cut, before)
