from __future__ import annotations

from dataclasses import fields

from streams.lane.batch import Outputs


def test_nothing_that_a_step_gives_is_left_out_of_the_whole() -> None:
    whole, step = Outputs(), Outputs()
    for field in fields(step):
        getattr(step, field.name).append(field.name)
    whole.add(step)
    whole.add(step)
    assert {field.name: getattr(whole, field.name) for field in fields(whole)} == {
        field.name: [field.name, field.name] for field in fields(whole)
    }
