from models.joiner import Joiner
from models.lessons import Label, Observation


def _observation(cardholder: int, statement: int = 1) -> Observation:
    return Observation(f"c{cardholder}", f"s{statement}", statement, (1.0, None))


def _bad(cardholder: int, statement: int = 1) -> Label:
    return Label(f"c{cardholder}", f"s{statement}", "bad", 9, "window_closed")


def test_a_label_joins_its_observation_once() -> None:
    joiner = Joiner()
    assert joiner.observe(_observation(1)) is None
    lesson = joiner.mature(_bad(1))
    assert lesson is not None
    assert (lesson.observation, lesson.label) == (_observation(1), _bad(1))
    assert joiner.mature(_bad(1)) is None
    assert joiner.observe(_observation(1)) is None
    assert joiner.mature(_bad(1)) is None


def test_a_label_waits_for_its_observation() -> None:
    joiner = Joiner()
    assert joiner.mature(_bad(1)) is None
    lesson = joiner.observe(_observation(1))
    assert lesson is not None
    assert lesson.target == 1


def test_what_is_set_aside_is_settled_without_a_lesson() -> None:
    joiner = Joiner()
    joiner.observe(_observation(1))
    assert joiner.mature(Label("c1", "s1", "set_aside", 9, "fraud_confirmed")) is None
    assert joiner.mature(_bad(1)) is None
    assert len(joiner) == 0


def test_statements_of_one_cardholder_are_apart() -> None:
    joiner = Joiner()
    joiner.observe(_observation(1, 1))
    joiner.observe(_observation(1, 2))
    lesson = joiner.mature(_bad(1, 2))
    assert lesson is not None
    assert lesson.observation == _observation(1, 2)
    assert len(joiner) == 1


def test_the_oldest_gives_way_at_the_limit() -> None:
    joiner = Joiner(limit=2)
    for cardholder in (1, 2, 3):
        joiner.observe(_observation(cardholder))
    assert (len(joiner), joiner.dropped) == (2, 1)
    assert joiner.mature(_bad(1)) is None
    assert joiner.mature(_bad(3)) is not None


def test_it_goes_on_from_json() -> None:
    joiner = Joiner(limit=5)
    for cardholder in range(4):
        joiner.observe(_observation(cardholder))
    joiner.mature(_bad(0))
    joiner.mature(_bad(9))
    again = Joiner.from_json(joiner.to_json())
    assert again.to_json() == joiner.to_json()
    assert again.mature(_bad(0)) is None
    assert again.mature(_bad(1)) is not None
    assert again.observe(_observation(9)) is not None
