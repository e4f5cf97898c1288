from hypothesis import given
from hypothesis import strategies as st

from models.joiner import Joiner
from models.lessons import Key, Label, Lesson, Observation, Verdict

_KEYS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("123")), unique=True, max_size=8)
_VERDICTS: st.SearchStrategy[Verdict] = st.sampled_from(("bad", "good", "set_aside"))


@st.composite
def _deliveries(draw: st.DrawFn) -> tuple[list[Observation | Label], dict[Key, int]]:
    """Records of some statements, each delivered at least once, in any order; and the lessons in them."""
    records: list[Observation | Label] = []
    taught: dict[Key, int] = {}
    for cardholder, statement in draw(_KEYS):
        verdict = draw(st.none() | _VERDICTS)
        seen = draw(st.booleans())
        if seen:
            records.append(Observation(cardholder, statement, 0, (draw(st.none() | st.floats(-9, 9)),)))
        if verdict is not None:
            records.append(Label(cardholder, statement, verdict, 1, "drawn"))
        if seen and verdict in {"bad", "good"}:
            taught[cardholder, statement] = int(verdict == "bad")
    again = draw(st.lists(st.sampled_from(records), max_size=12)) if records else []
    return draw(st.permutations(records + again)), taught


def _deliver(joiner: Joiner, record: Observation | Label) -> Lesson | None:
    return joiner.observe(record) if isinstance(record, Observation) else joiner.mature(record)


@given(_deliveries())
def test_each_pair_teaches_once_in_any_order(case: tuple[list[Observation | Label], dict[Key, int]]) -> None:
    deliveries, taught = case
    joiner = Joiner()
    lessons = [lesson for record in deliveries if (lesson := _deliver(joiner, record)) is not None]
    assert len(lessons) == len(taught)
    assert {lesson.label.key: lesson.target for lesson in lessons} == taught
    assert all(lesson.observation.key == lesson.label.key for lesson in lessons)


@given(_deliveries(), st.integers(0, 30), st.integers(1, 5))
def test_a_restart_changes_nothing(
    case: tuple[list[Observation | Label], dict[Key, int]],
    cut: int,
    limit: int,
) -> None:
    deliveries, _ = case
    straight, restarted = Joiner(limit), Joiner(limit)
    for index, record in enumerate(deliveries):
        if index == cut:
            restarted = Joiner.from_json(restarted.to_json())
        assert _deliver(straight, record) == _deliver(restarted, record)
    assert straight.to_json() == restarted.to_json()
