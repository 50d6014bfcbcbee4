"""The largest entry and the variance; sums and means are in test_pairs_by_hand.py."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import ops
from bplib.tape import Tensor

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def some_axes(data, shape):
    """None, one axis, or several of them from the front and from the back, in any order."""
    places = st.sampled_from(range(-len(shape), len(shape)))
    several = st.lists(places, unique_by=lambda a: a % len(shape)).map(tuple)
    return data.draw(st.one_of(st.none(), places, several))


def as_tuple(axis, shape):
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted(a % len(shape) for a in axes))


@hypothesis.given(shape=shapes, data=st.data(), seed=st.integers(0, 1000))
@hypothesis.settings(max_examples=150)
def test_the_first_of_the_largest_wins(shape, data, seed):
    """Entries of 0, 1 and 2 have many ties; the winner is found here one entry at a time."""
    rng = np.random.default_rng(seed)
    axis, keepdims = some_axes(data, shape), data.draw(st.booleans())
    x = rng.integers(0, 3, shape).astype(float)
    y, cache = ops.max(x, axis, keepdims)
    np.testing.assert_array_equal(y, x.max(axis=axis, keepdims=keepdims))
    assert y.shape == x.max(axis=axis, keepdims=keepdims).shape
    dy = np.asarray(rng.standard_normal(y.shape))
    axes = as_tuple(axis, shape)
    kept = dy.reshape([1 if a in axes else n for a, n in enumerate(shape)])
    expected, best = np.zeros(shape), {}
    for place in np.ndindex(shape):
        group = tuple(0 if a in axes else i for a, i in enumerate(place))
        if group not in best or x[place] > x[best[group]]:
            best[group] = place
    for group, place in best.items():
        expected[place] = kept[group]
    np.testing.assert_array_equal(ops.max_backward(dy, cache), expected)


@hypothesis.given(shape=shapes, data=st.data(), seed=st.integers(0, 1000))
@hypothesis.settings(max_examples=100)
def test_variance_against_numpy_and_theory(shape, data, seed):
    rng = np.random.default_rng(seed)
    axis, keepdims = some_axes(data, shape), data.draw(st.booleans())
    axes = as_tuple(axis, shape)
    n = int(np.prod([shape[a] for a in axes]))
    ddof = data.draw(st.integers(0, min(n - 1, 2)))
    x = 100 + rng.standard_normal(shape)
    y, cache = ops.var(x, axis, keepdims, ddof)
    np.testing.assert_allclose(y, x.var(axis=axis, keepdims=keepdims, ddof=ddof), atol=1e-14)
    dy = np.asarray(rng.standard_normal(y.shape))
    dx = ops.var_backward(dy, cache)
    # a shift of all entries changes no spread; a stretch by s changes it by s²
    np.testing.assert_allclose(dx.sum(axis=axes), 0, atol=1e-12)
    np.testing.assert_allclose((dx * x).sum(), 2 * (dy * y).sum(), atol=1e-10)


def test_worked_by_hand():
    x = np.array([[1.0, 4.0, 4.0], [3.0, 3.0, 3.0]])
    y, cache = ops.max(x, axis=1)
    np.testing.assert_array_equal(y, [4, 3])
    dx = ops.max_backward(np.array([10.0, 20.0]), cache)
    np.testing.assert_array_equal(dx, [[0, 10, 0], [20, 0, 0]])
    y, cache = ops.var(x, axis=1)
    np.testing.assert_array_equal(y, [2, 0])
    dx = ops.var_backward(np.array([3.0, 30.0]), cache)
    np.testing.assert_array_equal(dx, [[-4, 2, 2], [0, 0, 0]])
    assert ops.var(x[0], ddof=1)[0] == 3


def test_a_number_and_a_nan():
    y, cache = ops.max(np.asarray(7.0))
    assert y == 7 and ops.max_backward(np.asarray(3.0), cache) == 3
    assert ops.var(np.asarray(7.0))[0] == 0
    y, cache = ops.max(np.array([5.0, np.nan, 9.0, np.nan]))
    assert np.isnan(y)
    np.testing.assert_array_equal(ops.max_backward(np.asarray(1.0), cache), [0, 1, 0, 0])


@pytest.mark.parametrize("far", [1e8, -1e12])
def test_the_variance_of_numbers_far_from_zero(far):
    """Mean of squares minus square of the mean would lose every digit here."""
    assert ops.var(far + np.array([0.0, 1.0, 2.0, 3.0]))[0] == 1.25


def test_on_the_tape(rng):
    array = rng.standard_normal((3, 4, 5))
    for method, pair in (
        (lambda x: x.max(), ops.max(array)),
        (lambda x: x.max((0, 2), keepdims=True), ops.max(array, (0, 2), True)),
        (lambda x: x.var(axis=1), ops.var(array, 1)),
        (lambda x: x.var(-1, True, ddof=1), ops.var(array, -1, True, 1)),
    ):
        x = Tensor(array)
        y = method(x)
        np.testing.assert_array_equal(y.value, pair[0])
        dy = np.asarray(rng.standard_normal(y.shape))
        y.backward(dy)
        backward = ops.max_backward if y.operation == "max" else ops.var_backward
        assert x.grad.tobytes() == backward(dy, pair[1]).tobytes()
