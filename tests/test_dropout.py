"""Dropout: what is left out, what is enlarged, and that one seed is one mask."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import ops, tape
from bplib.backend import to_numpy, xp_of
from bplib.tape import Tensor


def drop(x, rate, seed=0, **options):
    return ops.dropout(x, rate, np.random.default_rng(seed), **options)


@hypothesis.given(seed=st.integers(0, 1000), rate=st.floats(0, 0.95))
def test_left_out_or_enlarged(seed, rate):
    """Each number is 0 or x / (1 - rate), and the gradient passes where the number did."""
    rng = np.random.default_rng(seed)
    x, dy = rng.uniform(1, 2, (7, 5)), rng.uniform(1, 2, (7, 5))
    y, cache = drop(x, rate, seed)
    dx = ops.dropout_backward(dy, cache)
    kept = y != 0
    np.testing.assert_allclose(y, np.where(kept, x / (1 - rate), 0), rtol=1e-15)
    np.testing.assert_allclose(dx, np.where(kept, dy / (1 - rate), 0), rtol=1e-15)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_the_mean_stays(rate):
    """The share left out is the rate, and the mean is that of x, within four standard errors."""
    n = 400_000
    y, _ = drop(np.ones(n), rate)
    assert abs((y == 0).mean() - rate) < 4 * np.sqrt(rate * (1 - rate) / n)
    assert abs(y.mean() - 1) < 4 * np.sqrt(rate / (1 - rate) / n)


def test_one_seed_one_mask(xp):
    """The same for both dtypes and on every device; the next draw is another one."""
    x = np.ones((6, 5))
    expected = drop(x, 0.5, 9)[0] != 0
    drawn = np.random.default_rng(9).random(x.shape, dtype=np.float32)
    np.testing.assert_array_equal(expected, drawn >= 0.5)
    for dtype in (np.float32, np.float64):
        y, _ = drop(xp.asarray(x.astype(dtype)), 0.5, 9)
        assert xp_of(y) is xp and y.dtype == dtype
        np.testing.assert_array_equal(to_numpy(y) != 0, expected)
    rng = np.random.default_rng(9)
    first, second = (ops.dropout(x, 0.5, rng)[0] for _ in range(2))
    np.testing.assert_array_equal(first != 0, expected)
    assert (second != first).any()


def test_a_draw_that_is_just_the_rate_keeps():
    """A rate of 0 leaves nothing out, though a draw may be 0."""

    class Always(np.random.Generator):
        def random(self, size, dtype):
            return np.full(size, 0.25, dtype)

    y, _ = ops.dropout(np.ones(3), 0.25, Always(np.random.PCG64(0)))
    np.testing.assert_array_equal(y, np.full(3, 4 / 3))


def test_evaluation_is_the_identity_and_draws_nothing():
    rng = np.random.default_rng(5)
    x = np.arange(6.0).reshape(2, 3)
    y, cache = ops.dropout(x, 0.5, rng, training=False)
    dx = ops.dropout_backward(x + 1, cache)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(dx, x + 1)
    assert not np.shares_memory(y, x)
    assert rng.random() == np.random.default_rng(5).random()


def test_a_rate_of_zero_leaves_nothing_out():
    x = np.arange(1.0, 200.0)
    y, cache = drop(x, 0)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(ops.dropout_backward(x, cache), x)


def test_what_is_left_out_is_zero_even_of_infinity():
    y, cache = drop(np.full(50, np.inf), 0.5)
    assert set(y) == {0.0, np.inf}
    assert set(ops.dropout_backward(np.full(50, np.nan), cache)[y == 0]) == {0.0}


def test_a_number_alone():
    found = {drop(np.asarray(3.0), 0.5, seed)[0].item() for seed in range(20)}
    assert found == {0.0, 6.0}


def test_on_the_tape():
    x = Tensor(np.ones(8))
    y = tape.dropout(x, 0.5, np.random.default_rng(1))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.value)
    assert set(y.constants) == {"rate", "rng"}
