"""How long ago everything last happened."""

from __future__ import annotations

from typing import Final

from features.catalogue.feature import Feature
from features.measures import MEASURES

FEATURES: Final = (
    *(
        Feature(
            f"{measure.name}.recency",
            "days",
            f"date - latest date with {measure.words}",
            "none seen yet",
            sources=(f"{measure.sources[0].split('.')[0]}.occurred_at", *measure.sources),
            moves=True,
        )
        for measure in MEASURES
    ),
    Feature(
        "statement.recency",
        "days",
        "date - date of the last statement",
        "no statement yet",
        sources=("statement_issued.occurred_at",),
        moves=True,
    ),
)
