"""Corners, ends and choices of the functions that work entry by entry."""

import math

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import ops, tape
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.tape import Tensor

ENTRIES = np.array([-math.inf, -1e300, -2.0, -1e-300, 0.0, 1e-300, 2.0, 1e300, math.inf])


def slopes(name, x, *constants):
    y, cache = getattr(ops, name)(x, *constants)
    return y, getattr(ops, f"{name}_backward")(np.ones_like(y), cache)


def test_square_root_from_tiny_to_huge():
    x = np.array([0.0, 5e-324, 1e-300, 4.0, 1e300])
    y, dx = slopes("sqrt", x)
    np.testing.assert_allclose(y, [math.sqrt(number) for number in x], rtol=1e-15)
    np.testing.assert_allclose(dx[1:], [0.5 / math.sqrt(number) for number in x[1:]], rtol=1e-15)
    assert dx[0] == math.inf
    _, cache = ops.sqrt(x)
    assert ops.sqrt_backward(-np.ones(5), cache)[0] == -math.inf
    assert np.isnan(ops.sqrt_backward(np.zeros(5), cache)[0])


@pytest.mark.parametrize("bad", [-1e-300, math.nan])
def test_square_root_where_there_is_none(bad):
    with pytest.raises(DomainError, match="sqrt needs x ≥ 0"):
        ops.sqrt(np.array([1.0, bad]))


@hypothesis.given(st.integers(0, 10_000))
def test_square_root_is_a_power(seed):
    x = np.random.default_rng(seed).uniform(0.01, 50, (4, 3))
    for ours, other in zip(slopes("sqrt", x), slopes("power", x, 0.5), strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-14)


def test_absolute_value_and_its_corner():
    y, dx = slopes("abs", ENTRIES)
    np.testing.assert_array_equal(y, [abs(number) for number in ENTRIES])
    np.testing.assert_array_equal(dx, [-1, -1, -1, -1, 0, 1, 1, 1, 1])


def test_clip_and_its_ends():
    x = np.array([-3.0, -1.0, -0.5, 2.0, 2.0000001])
    y, dx = slopes("clip", x, -1, 2)
    np.testing.assert_array_equal(y, [-1, -1, -0.5, 2, 2])
    np.testing.assert_array_equal(dx, [0, 1, 1, 1, 0])


@pytest.mark.parametrize("low, high", [(-math.inf, 0.5), (-1.0, math.inf), (0.5, 0.5), (-9, 1e300)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clip_at_unusual_ends(low, high, dtype):
    x = np.array([-2.0, 0.5, 3.0], dtype)
    y, dx = slopes("clip", x, low, high)
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(y, [min(max(number, low), high) for number in x.tolist()])
    np.testing.assert_array_equal(dx, [low <= number <= high for number in x.tolist()])


def test_clip_refuses_ends_that_are_no_numbers():
    for low, high in ((math.nan, 1.0), (0.0, math.nan)):
        with pytest.raises(DomainError, match="low ≤ high is needed"):
            ops.clip(np.ones(3), low, high)
    for wrong in ("1", True, np.zeros(3), 1j):
        with pytest.raises(DTypeError, match="a number is needed"):
            ops.clip(np.ones(3), 0, wrong)


def test_clip_is_two_choices(rng):
    """The same function made of maximum and minimum: -max(-max(x, low), -high)."""
    x = Tensor(3 * rng.standard_normal((5, 4)))
    dy = rng.standard_normal((5, 4))
    y = -tape.maximum(-tape.maximum(x, -1.25), -0.75)
    y.backward(dy)
    _, cache = ops.clip(x.value, -1.25, 0.75)
    np.testing.assert_array_equal(ops.clip_backward(dy, cache), x.grad)


# The shapes of condition, x, y and result.
CHOICES = [
    ((3, 4), (3, 4), (3, 4), (3, 4)),
    ((3, 4), (), (), (3, 4)),
    ((3, 4), (4,), (), (3, 4)),
    ((3, 1), (3, 4), (4,), (3, 4)),
    ((), (3, 4), (3, 1), (3, 4)),
    ((4,), (4,), (3, 4), (3, 4)),
    ((3, 4), (4,), (3, 1), (3, 4)),
]


@pytest.mark.parametrize("shapes", CHOICES, ids=str)
def test_where_stretches_the_smaller_ones(shapes, rng, xp):
    condition = np.asarray(rng.random(shapes[0]) < 0.5)
    x, y = (np.asarray(rng.standard_normal(shape)) for shape in shapes[1:3])
    z, cache = ops.where(*map(xp.asarray, (condition, x, y)))
    np.testing.assert_array_equal(to_numpy(z), np.where(condition, x, y))
    assert z.shape == shapes[3]
    dx, dy = ops.where_backward(xp.asarray(np.ones(z.shape)), cache)
    assert dx.shape == x.shape and dy.shape == y.shape
    wide = np.broadcast_to(condition, z.shape)
    assert to_numpy(dx).sum() == wide.sum() and to_numpy(dy).sum() == (~wide).sum()


@pytest.mark.parametrize(
    "shapes", [((3, 1), (4,), (4,)), ((4,), (3, 1), (4,)), ((3,), (4,), (4,)), ((3,), (3, 1), ())]
)
def test_where_refuses_shapes_that_meet_in_a_new_one(shapes):
    with pytest.raises(ShapeError, match="^where: "):
        ops.where(np.ones(shapes[0], bool), np.ones(shapes[1]), np.ones(shapes[2]))


def test_where_takes_numbers_and_keeps_the_precision():
    x = np.array([-1.0, 2.0], np.float32)
    z, cache = ops.where(x > 0, x, 0.5)
    np.testing.assert_array_equal(z, np.array([0.5, 2.0], np.float32))
    dx, dy = ops.where_backward(np.array([3.0, 5.0], np.float32), cache)
    assert z.dtype == dx.dtype == dy.dtype == np.float32
    np.testing.assert_array_equal(dx, [0, 5])
    assert dy.shape == () and dy == 3


def test_a_branch_that_was_not_chosen_sends_nothing_back():
    """The trap: where(x > 0, √x, 0) computes √x at 0 too, and 0 times its slope inf is NaN.

    The way out is to choose a harmless number before the root as well.
    """
    for inner, expected in ((lambda x: x, np.nan), (lambda x: tape.where(x.value > 0, x, 1.0), 0)):
        x = Tensor(np.array([0.0, 4.0]))
        y = tape.where(x.value > 0, tape.sqrt(inner(x)), 0.0)
        y.backward(np.ones(2))
        np.testing.assert_array_equal(x.grad, [expected, 0.25])


def test_where_on_the_tape_by_position_and_by_name():
    x, y = Tensor(np.array([1.0, 2.0])), Tensor(np.array([3.0, 4.0]))
    condition = np.array([True, False])
    for z in (tape.where(condition, x, y), tape.where(condition=condition, x=x, y=y)):
        np.testing.assert_array_equal(z.value, [1.0, 4.0])
        assert z.parents == (x, y)
        z.backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [2.0, 0.0])
    np.testing.assert_array_equal(y.grad, [0.0, 2.0])
