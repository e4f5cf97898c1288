import math

import numpy as np

from models.inputs import SHAPE, signed_log1p, spread, squash, to_known


def test_tails_are_drawn_in_and_the_sign_is_kept() -> None:
    raw = np.array([0.0, 1.0, -1.0, 1e6, np.inf, -np.inf, np.nan])
    top = math.log(1.0 + SHAPE.cap)
    expected = [0.0, math.log(2.0), -math.log(2.0), math.log(1e6 + 1.0), top, -top, np.nan]
    np.testing.assert_allclose(squash(raw, SHAPE.cap), expected, rtol=1e-15)
    assert signed_log1p(1.0, SHAPE.cap) == math.log(2.0)


def test_the_inputs_of_known_and_unknown_values() -> None:
    inputs = spread(np.array([0.2, 9.0, np.nan, -9.0]), clip=3.0, knot=0.5)
    z, bends, unknown, constant = inputs[:4], inputs[4:8], inputs[8:12], inputs[12:]
    np.testing.assert_array_equal(z, [0.2, 3.0, 0.0, -3.0])
    np.testing.assert_array_equal(bends, [0.0, 2.5, 0.0, 0.0])
    np.testing.assert_array_equal(unknown, [0.0, 0.0, 1.0, 0.0])
    np.testing.assert_array_equal(constant, [1.0])


def test_river_sees_the_known_values_only() -> None:
    assert to_known(("a", "b"), np.array([np.nan, 0.0]), SHAPE) == {"b": 0.0}
