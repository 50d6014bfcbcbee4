"""What normalisation means, worked out without its code."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import ops, tape
from bplib.backend import to_numpy, xp_of
from bplib.errors import DTypeError
from bplib.ops.normalisation import batch_statistics
from bplib.tape import Tensor

seeds = hypothesis.given(seed=st.integers(0, 10_000), m=st.integers(3, 9), n=st.integers(3, 7))


def example(seed, m, n):
    """x, gamma, beta, dy: columns of very different means and spreads."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((m, n)) * rng.uniform(0.1, 100, n) + 100 * rng.standard_normal(n)
    return x, rng.uniform(0.5, 2, n), rng.standard_normal(n), rng.standard_normal((m, n))


@seeds
def test_columns_have_mean_0_and_variance_1(seed, m, n):
    x, gamma, beta, _ = example(seed, m, n)
    x_hat, _ = ops.batch_norm(x, np.ones(n), np.zeros(n), eps=1e-12)
    np.testing.assert_allclose(x_hat.mean(axis=0), 0, atol=1e-11)
    np.testing.assert_allclose(x_hat.var(axis=0), 1, atol=1e-6)
    y, _ = ops.batch_norm(x, gamma, beta, eps=0.3)
    np.testing.assert_allclose(y.mean(axis=0), beta, atol=1e-11)
    np.testing.assert_allclose(y.var(axis=0), gamma**2 * x.var(0) / (x.var(0) + 0.3), rtol=1e-10)


@seeds
def test_a_shift_and_a_stretch_cannot_be_seen(seed, m, n):
    """So the gradient has no part along ones, and along x̂ only the one that ε leaves."""
    x, gamma, beta, dy = example(seed, m, n)
    y, cache = ops.batch_norm(x, gamma, beta, eps=1e-13)
    moved, _ = ops.batch_norm(7 * x - 5, gamma, beta, eps=1e-13)
    np.testing.assert_allclose(moved, y, rtol=1e-7, atol=1e-7)
    dx, _, _ = ops.batch_norm_backward(dy, cache)
    x_hat = (x - x.mean(axis=0)) / x.std(axis=0)
    scale = np.abs(dx).sum(axis=0)
    assert (np.abs(dx.sum(axis=0)) <= 1e-12 * scale).all()
    assert (np.abs((dx * x_hat).sum(axis=0)) <= 1e-7 * scale + 1e-12).all()
    # with a large ε that part is γ dγ ε / (variance + ε)
    eps, centred = 2.0, x - x.mean(axis=0)
    _, cache = ops.batch_norm(x, gamma, beta, eps=eps)
    dx, dgamma, _ = ops.batch_norm_backward(dy, cache)
    expected = gamma * dgamma * eps / (x.var(axis=0) + eps)
    np.testing.assert_allclose((dx * centred).sum(axis=0), expected, rtol=1e-7, atol=1e-9)


@seeds
def test_the_same_from_small_steps_on_the_tape(seed, m, n):
    """Mean, variance, root and quotient one by one: the tape finds the three paths by itself."""
    x, gamma, beta, dy = example(seed, m, n)
    for axis, op in ((0, ops.batch_norm), (-1, ops.layer_norm)):
        back = ops.batch_norm_backward if axis == 0 else ops.layer_norm_backward
        leaves = [Tensor(a) for a in (x, gamma, beta)]
        t = leaves[0] - leaves[0].mean(axis, keepdims=True)
        root = (leaves[0].var(axis, keepdims=True) + 1e-5) ** 0.5
        z = t / root * leaves[1] + leaves[2]
        z.backward(dy)
        y, cache = op(x, gamma, beta)
        np.testing.assert_allclose(y, z.value, rtol=1e-11, atol=1e-11)
        for found, leaf in zip(back(dy, cache), leaves, strict=True):
            np.testing.assert_allclose(found, leaf.grad, rtol=1e-8, atol=1e-10)


@seeds
def test_a_layer_is_a_batch_lying_down(seed, m, n):
    x, _, _, dy = example(seed, m, n)
    y, cache = ops.layer_norm(x, np.ones(n), np.zeros(n))
    turned, turned_cache = ops.batch_norm(x.T.copy(), np.ones(m), np.zeros(m))
    np.testing.assert_allclose(y, turned.T, rtol=1e-12, atol=1e-12)
    dx, _, _ = ops.layer_norm_backward(dy, cache)
    d_turned, _, _ = ops.batch_norm_backward(dy.T.copy(), turned_cache)
    np.testing.assert_allclose(dx, d_turned.T, rtol=1e-9, atol=1e-11)


@seeds
def test_evaluation_with_the_statistics_of_the_batch(seed, m, n):
    """The same y, but mean and variance are constants now: the gradient has one path alone."""
    x, gamma, beta, dy = example(seed, m, n)
    y, cache = ops.batch_norm(x, gamma, beta)
    mean, variance = batch_statistics(cache)
    np.testing.assert_allclose(mean, x.mean(axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(variance, x.var(axis=0), rtol=1e-12)
    same, evaluation = ops.batch_norm(x, gamma, beta, mean, variance)
    np.testing.assert_array_equal(same, y)
    dx, dgamma, dbeta = ops.batch_norm_backward(dy, evaluation)
    np.testing.assert_allclose(dx, dy * gamma / np.sqrt(variance + 1e-5), rtol=1e-12)
    np.testing.assert_allclose(dgamma, ((y - beta) / gamma * dy).sum(axis=0), atol=1e-10)
    np.testing.assert_allclose(dbeta, dy.sum(axis=0), atol=1e-13)
    assert batch_statistics(evaluation)[0] is mean


def test_a_column_that_never_varied_is_evaluated():
    """Its variance is 0, which is no mistake: ε alone is under the root."""
    y, _ = ops.batch_norm(
        np.array([[3.0]]), np.ones(1), np.zeros(1), np.ones(1), np.zeros(1), eps=0.25
    )
    np.testing.assert_array_equal(y, [[4.0]])


def test_evaluation_takes_a_single_row():
    y, cache = ops.batch_norm(
        np.array([[3.0, 10.0]]), np.array([2.0, 1.0]), np.array([0.0, 5.0]),
        np.array([1.0, 4.0]), np.array([4.0, 9.0]), eps=1e-12,
    )  # fmt: skip
    np.testing.assert_allclose(y, [[2.0, 7.0]])
    dx, _, _ = ops.batch_norm_backward(np.array([[1.0, 30.0]]), cache)
    np.testing.assert_allclose(dx, [[1.0, 10.0]])


@pytest.mark.parametrize("dtype, far", [(np.float64, 1e8), (np.float32, 1000.0)])
def test_numbers_far_from_zero(dtype, far, xp):
    """Mean of squares minus square of the mean would lose every digit here."""
    x = xp.asarray(np.array([[far - 1, 0], [far, 3], [far + 1, 6]], dtype))
    ones, zeros = xp.asarray(np.ones(2, dtype)), xp.asarray(np.zeros(2, dtype))
    y, _ = ops.batch_norm(x, ones, zeros)
    assert xp_of(y) is xp and y.dtype == dtype
    side = 1.5**0.5
    np.testing.assert_allclose(to_numpy(y), [[-side, -side], [0, 0], [side, side]], atol=2e-5)


def test_a_constant_column():
    """It has no spread to divide by: ε stands in, x̂ is 0, and the gradient is large but finite."""
    x = np.array([[5.0, 1.0], [5.0, 2.0], [5.0, 4.0]])
    y, cache = ops.batch_norm(x, np.ones(2), np.array([7.0, 0.0]))
    np.testing.assert_array_equal(y[:, 0], 7)
    dx, dgamma, _ = ops.batch_norm_backward(np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), cache)
    np.testing.assert_allclose(dx[:, 0], np.array([2, -1, -1]) / 3 / np.sqrt(1e-5))
    assert dgamma[0] == 0


@pytest.mark.parametrize("size", [1e-300, 1e-30, 1e30, 1e150])
def test_from_tiny_to_huge(size):
    x = np.array([[-1.0, 2.0], [0.0, 4.0], [1.0, 9.0]]) * size
    y, cache = ops.batch_norm(x, np.ones(2), np.zeros(2))
    gradients = ops.batch_norm_backward(np.ones((3, 2)), cache)
    for result in (y, *gradients):
        assert np.isfinite(result).all()
    if size > 1:
        np.testing.assert_allclose(y.var(axis=0), 1)


def test_on_the_tape_statistics_are_settings(rng):
    x, mean, variance = rng.standard_normal((5, 3)), rng.standard_normal(3), rng.uniform(1, 2, 3)
    gamma = Tensor(np.ones(3))
    for y in (
        tape.batch_norm(x, gamma, np.zeros(3), mean, variance),
        tape.batch_norm(x, gamma, np.zeros(3), variance=variance, mean=mean),
    ):
        assert len(y.parents) == 3 and y.constants["mean"] is mean
        y.sum().backward()
    assert gamma.grad is not None
    with pytest.raises(DTypeError, match="variance is a Tensor"):
        tape.batch_norm(x, gamma, np.zeros(3), mean, Tensor(variance))
