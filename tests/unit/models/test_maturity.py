import pytest

from models.maturity import BAD_DPD, CLEAN_DPD, OUTCOME_WINDOW_DAYS, label_of, ripen


def test_the_label_definition_in_numbers() -> None:
    assert (OUTCOME_WINDOW_DAYS, BAD_DPD, CLEAN_DPD) == (180, 60, 29)


@pytest.mark.parametrize(
    ("worst_dpd", "days_since", "label"),
    [
        (0, 0, None),
        (29, 179, None),
        (59, 179, None),
        (60, 60, "bad"),  # at once, not only when the window closes
        (60, 180, "bad"),
        (29, 180, "good"),
        (0, 400, "good"),
        (30, 180, "set_aside"),
        (59, 180, "set_aside"),
    ],
)
def test_an_observation_ripens(worst_dpd: int, days_since: int, label: str | None) -> None:
    assert ripen(worst_dpd, days_since) == label


@pytest.mark.parametrize(
    ("outcome", "label"),
    [("charged_off", "bad"), ("cured", "good"), ("false_alarm", "good"), ("fraud_confirmed", "set_aside")],
)
def test_an_outcome_record_labels(outcome: str, label: str) -> None:
    assert label_of(outcome) == label
