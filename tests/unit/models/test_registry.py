import msgspec
import pytest

from models.cards import as_text, card
from models.figures import Figures
from models.registry import (
    SLACK,
    Change,
    Entry,
    PromotionRefusedError,
    Registry,
    compared,
)


def _figures(**changes: object) -> Figures:
    usual = {"labels": "a#1", "count": 5_000, "bads": 500, "auc": 0.78, "ks": 0.42, "ece": 0.01, "brier": 0.1}
    return Figures(**{**usual, "psi": 0.02, **changes})  # type: ignore[arg-type]


def _entry(name: str, figures: Figures | None = None, target: str = "default") -> Entry:
    return Entry(name, 9_000, "scorecard", target, f"{name}.json", figures, (Change("draft", "x", 1, ""),))


def _promoted(registry: Registry, name: str, times: int) -> Registry:
    for _ in range(times):
        registry = registry.promote(name, "A. Lee", 2, "review")
    return registry


def test_a_life_goes_from_draft_to_champion_and_out() -> None:
    registry = _promoted(Registry().add(_entry("m", _figures())), "m", 3)
    assert [change.stage for change in registry.find("m").history] == [
        "draft",
        "shadow",
        "challenger",
        "champion",
    ]
    assert registry.champion("default") == registry.find("m@9000")
    retired = registry.retire("m", "A. Lee", 3, "old")
    assert retired.champion("default") is None
    with pytest.raises(PromotionRefusedError, match="nothing above"):
        retired.promote("m", "A. Lee", 4)


def test_a_new_champion_retires_the_old_one_of_its_target() -> None:
    registry = _promoted(Registry().add(_entry("old", _figures())), "old", 3)
    registry = _promoted(registry.add(_entry("other", _figures(), "roll30")), "other", 3)
    registry = _promoted(registry.add(_entry("new", _figures(auc=0.79))), "new", 3)
    assert registry.champion("default") == registry.find("new")
    assert registry.find("old").history[-1].because == "replaced by new@9000"
    assert registry.champion("roll30") == registry.find("other")


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        (None, "no figures"),
        (_figures(bads=49), "rest on 49 bads"),
        (_figures(ece=0.05), "calibration error"),
        (_figures(psi=0.3), "unstable"),
    ],
)
def test_beyond_shadow_a_model_needs_figures(figures: Figures | None, why: str) -> None:
    registry = _promoted(Registry().add(_entry("m", figures)), "m", 1)
    with pytest.raises(PromotionRefusedError, match=why):
        registry.promote("m", "A. Lee", 3)


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        (_figures(auc=0.78 - SLACK - 0.001), "AUC"),
        (_figures(ks=0.40), "KS"),
        (_figures(labels="b#2"), "rest on b#2"),
        (_figures(psi=None), "stability of its score was not measured"),
    ],
)
def test_a_champion_is_beaten_on_its_own_labels_only(figures: Figures, why: str) -> None:
    registry = _promoted(Registry().add(_entry("old", _figures())), "old", 3)
    registry = _promoted(registry.add(_entry("new", figures)), "new", 2)
    with pytest.raises(PromotionRefusedError, match=why):
        registry.promote("new", "A. Lee", 3)


def test_a_named_person_approves() -> None:
    registry = Registry().add(_entry("m", _figures()))
    with pytest.raises(PromotionRefusedError, match="named person"):
        registry.promote("m", " ", 2)
    with pytest.raises(PromotionRefusedError, match="reason"):
        registry.retire("m", "A. Lee", 2, "")


def test_names_are_taken_once_and_found_by_newest_version() -> None:
    registry = Registry().add(_entry("m", _figures()))
    with pytest.raises(ValueError, match="registered already"):
        registry.add(_entry("m"))
    newer = registry.add(msgspec.structs.replace(_entry("m"), version=9_500))
    assert newer.find("m").version == 9_500
    assert newer.find("m@9000").version == 9_000
    with pytest.raises(LookupError, match="no model 'x'"):
        newer.find("x")


def test_figures_of_different_labels_are_not_compared() -> None:
    rows = dict(compared(_entry("a", _figures()), _entry("b", None)))
    assert rows["auc"] == [0.78, None]
    with pytest.raises(ValueError, match="different labels"):
        compared(_entry("a", _figures()), _entry("b", _figures(labels="b#2")))


def test_a_card_tells_everything_and_survives_json() -> None:
    entry = _entry("m", _figures())
    made = card(
        entry,
        rows=9_000,
        bads=900,
        source="book.csv",
        labels="60 days late within half a year",
        iv={"a": 0.1, "b": 0.4},
        drift={"score": 0.02},
        span=("2025-01-01", "2025-06-30"),
    )
    assert [line.name for line in made.features] == ["b", "a"]
    assert msgspec.json.decode(made.to_json(), type=type(made)) == made
    text = as_text(made)
    for part in ("9,000 labels of book.csv", "2025-01-01 to 2025-06-30", "0.7800", "| b | 0.400 |", "limits"):
        assert part in text
