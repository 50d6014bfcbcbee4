"""Losses by hand, by independent formulas, and at their corners."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import losses
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.gradcheck import gradcheck

NAMES = ["mse", "half_mse", "mae", "huber"]
every_loss = pytest.mark.parametrize("name", NAMES)


def pair(name):
    return getattr(losses, name), getattr(losses, f"{name}_backward")


def test_worked_by_hand():
    """Errors 1, -2, 0.5 and 0: sums of squares 5.25, of sizes 3.5."""
    target = np.array([1.0, 2.0, 3.0, 4.0])
    prediction = target + np.array([1.0, -2.0, 0.5, 0.0])
    expected = {
        "mse": (5.25 / 4, [0.5, -1.0, 0.25, 0.0]),
        "half_mse": (5.25 / 8, [0.25, -0.5, 0.125, 0.0]),
        "mae": (3.5 / 4, [0.25, -0.25, 0.25, 0.0]),
        # |error| ≤ 1 is squared and halved: 0.5, 0.125, 0; beyond it is |error| - 0.5: 1.5
        "huber": ((0.5 + 1.5 + 0.125) / 4, [0.25, -0.25, 0.125, 0.0]),
    }
    for name, (value, gradient) in expected.items():
        loss, backward = pair(name)
        found, cache = loss(prediction, target)
        assert float(found) == value
        np.testing.assert_array_equal(backward(cache), gradient)


@every_loss
@pytest.mark.parametrize("shape", [(7,), (7, 1), (7, 3), (3, 4, 5)])
def test_mean_over_all_entries(name, shape, rng):
    """The loss of a batch is the mean of the losses of its entries: 1/m once, not twice."""
    prediction, target = rng.standard_normal((2, *shape))
    loss, backward = pair(name)
    whole, cache = loss(prediction, target)
    entries = zip(prediction.reshape(-1, 1), target.reshape(-1, 1), strict=True)
    single = [loss(p, t) for p, t in entries]
    assert whole.shape == ()
    np.testing.assert_allclose(whole, np.mean([value for value, _ in single]), rtol=1e-13)
    gradients = np.array([backward(c) for _, c in single]).reshape(shape) / prediction.size
    np.testing.assert_allclose(backward(cache), gradients, rtol=1e-13)


@every_loss
@hypothesis.given(seed=st.integers(0, 10**6), m=st.integers(3, 20))
def test_a_batch_twice_over(name, seed, m):
    """The same samples twice: the same loss, and each copy gets half of the gradient."""
    prediction, target = np.random.default_rng(seed).standard_normal((2, m))
    loss, backward = pair(name)
    once, cache = loss(prediction, target)
    twice, cache_twice = loss(np.tile(prediction, 2), np.tile(target, 2))
    np.testing.assert_allclose(twice, once, rtol=1e-12)
    np.testing.assert_allclose(backward(cache_twice), np.tile(backward(cache), 2) / 2, rtol=1e-12)


@every_loss
def test_prediction_and_target_change_places(name, rng):
    prediction, target = rng.standard_normal((2, 5, 3))
    loss, backward = pair(name)
    there, cache = loss(prediction, target)
    back, cache_back = loss(target, prediction)
    assert there == back
    np.testing.assert_array_equal(backward(cache), -backward(cache_back))


@every_loss
def test_right_predictions_cost_nothing(name, rng):
    target = rng.standard_normal((4, 3))
    loss, backward = pair(name)
    value, cache = loss(target.copy(), target)
    assert value == 0
    np.testing.assert_array_equal(backward(cache), np.zeros((4, 3)))


@pytest.mark.parametrize("name", ["mse", "half_mse"])
def test_complex_step(name, rng):
    target = rng.standard_normal((5, 3))
    loss, backward = pair(name)
    report = gradcheck(
        (lambda p: loss(p, target), lambda dloss, cache: backward(cache, dloss)),
        rng.standard_normal((5, 3)),
        method="complex",
        tolerance=1e-13,
        names=["prediction"],
    )
    assert report.ok, report


def test_half_is_half(rng):
    prediction, target = rng.standard_normal((2, 6))
    (full, cache), (half, cache_half) = (
        pair(n)[0](prediction, target) for n in ("mse", "half_mse")
    )
    assert half == full / 2
    np.testing.assert_array_equal(
        losses.half_mse_backward(cache_half), losses.mse_backward(cache) / 2
    )


@pytest.mark.parametrize("delta", [0.3, 1.0, 2.5])
def test_huber_piece_by_piece(delta, rng):
    prediction, target = 3 * rng.standard_normal((2, 200))
    d = prediction - target
    near = np.abs(d) <= delta
    value, cache = losses.huber(prediction, target, delta)
    pieces = np.where(near, d**2 / 2, delta * (np.abs(d) - delta / 2))
    np.testing.assert_allclose(value, pieces.mean(), rtol=1e-13)
    slopes = np.where(near, d, delta * np.sign(d)) / 200
    np.testing.assert_allclose(losses.huber_backward(cache), slopes, rtol=1e-13)
    assert near.any() and not near.all()


def test_huber_at_its_joints():
    """At |d| = δ both pieces agree in value and slope, so there is no corner."""
    d = np.array([-0.5, 0.5, 0.0])
    value, cache = losses.huber(d, np.zeros(3), delta=0.5)
    assert float(value) == pytest.approx((0.125 + 0.125) / 3)
    np.testing.assert_allclose(losses.huber_backward(cache), [-0.5 / 3, 0.5 / 3, 0])


def test_huber_between_mse_and_mae(rng):
    prediction, target = rng.standard_normal((2, 50))
    wide, _ = losses.huber(prediction, target, delta=1e6)
    assert wide == pytest.approx(losses.half_mse(prediction, target)[0])
    narrow, _ = losses.huber(prediction, target, delta=1e-6)
    assert narrow / 1e-6 == pytest.approx(losses.mae(prediction, target)[0], rel=1e-5)


def test_the_corner_of_mae_has_slope_zero():
    _, cache = losses.mae(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0]))
    np.testing.assert_array_equal(losses.mae_backward(cache), [-1 / 3, 0, 1 / 3])


def test_what_each_loss_asks_for(rng):
    """One number for all: mse is flat at the mean of the targets, mae at their median."""
    target = rng.exponential(size=31)
    _, cache = losses.mse(np.full(31, target.mean()), target)
    assert abs(losses.mse_backward(cache).sum()) < 1e-15
    _, cache = losses.mae(np.full(31, np.median(target)), target)
    assert abs(losses.mae_backward(cache).sum()) < 1e-15


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_kind_of_upstream_number(name, dtype, rng):
    prediction, target = rng.standard_normal((2, 4)).astype(dtype)
    loss, backward = pair(name)
    value, cache = loss(prediction, target)
    assert value.dtype == dtype
    one = backward(cache)
    for dloss in (3, 3.0, dtype(3), np.float64(3), np.asarray(3, dtype)):
        found = backward(cache, dloss)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, 3 * one, rtol=1e-6)


def test_a_complex_upstream_belongs_to_a_complex_loss(rng):
    prediction, target = rng.standard_normal((2, 4))
    _, cache = losses.mse(prediction + 1j * target, target)
    expected = 2j * losses.mse_backward(cache)
    np.testing.assert_allclose(losses.mse_backward(cache, np.complex128(2j)), expected, rtol=1e-14)
    _, real = losses.mse(prediction, target)
    for dloss, of in ((np.complex128(1), real), (np.asarray(1), cache), (np.asarray(1), real)):
        with pytest.raises(DTypeError, match="a float is needed"):
            losses.mse_backward(of, dloss)


@every_loss
def test_bad_calls(name):
    loss, backward = pair(name)
    three = np.ones(3)
    with pytest.raises(ShapeError) as caught:
        loss(three, np.ones((3, 1)))
    assert str(caught.value) == (
        f"{name}: prediction has shape (3,), but target has shape (3, 1); the two must be equal."
    )
    for wrong in (np.ones(4), np.ones((1, 3)), np.float64(1.0)):
        with pytest.raises(ShapeError, match=f"^{name}: "):
            loss(three, wrong)
    with pytest.raises(ShapeError, match=f"^{name}: prediction is empty"):
        loss(np.empty((0, 2)), np.empty((0, 2)))
    with pytest.raises(DTypeError, match=f"^{name}: target holds int64 values"):
        loss(three, np.array([1, 2, 3]))
    _, cache = loss(three, np.zeros(3))
    with pytest.raises(ShapeError, match=r"dloss has shape \(3,\); one number is needed"):
        backward(cache, np.ones(3))
    for wrong in ([1.0], "1", None, True):
        with pytest.raises(DTypeError, match=f"^{name}_backward: dloss is .*one number is needed"):
            backward(cache, wrong)
    with pytest.raises(DTypeError, match=f"^{name}_backward: dloss is int64"):
        backward(cache, np.asarray(1))


def test_bad_delta():
    for delta, kind in ((0, DomainError), (-1.0, DomainError), (np.inf, DomainError), ("1", None)):
        with pytest.raises(kind or DTypeError, match="^huber: delta is "):
            losses.huber(np.ones(3), np.ones(3), delta)
