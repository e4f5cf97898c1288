from __future__ import annotations

from pathlib import Path

import pytest

from features.catalogue import CATALOGUE, FAMILIES, NAMES, Feature
from features.catalogue.page import page
from features.inbound.layout import KINDS
from features.inbound.schema import SCHEMA

ROOT = Path(__file__).parents[3]
FIELDS = {f"{kind}.{field.name}" for kind, fields in zip(KINDS, SCHEMA, strict=True) for field in fields}


def test_there_are_hundreds_and_no_name_twice() -> None:
    assert len(NAMES) >= 300
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("feature", CATALOGUE, ids=NAMES)
def test_each_is_told_in_full(feature: Feature) -> None:
    assert feature.words
    assert feature.unknown
    assert feature.sources
    assert set(feature.sources) <= FIELDS


def test_each_family_has_its_file_on_both_sides() -> None:
    for family in FAMILIES:
        assert (ROOT / "features" / "catalogue" / f"{family}.py").exists()
        assert (ROOT / "features" / "vector" / f"{family}.py").exists()


def test_the_page_is_the_catalogue() -> None:
    assert (ROOT / "docs" / "features.md").read_text(encoding="utf-8") == page(), (
        "write it anew: python -m features.catalogue.page > docs/features.md"
    )
