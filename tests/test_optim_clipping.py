"""Clipping: shorter gradients in fresh arrays, the norm before it, and what is no gradient."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from bplib import optim
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, NotReadyError

CLIPS = [optim.clip_by_value, optim.clip_by_global_norm]


def parameter(grad, name="W"):
    value = None if grad is None else grad
    return SimpleNamespace(value=np.ones(3) if value is None else value, grad=grad, name=name)


def test_the_norm_is_that_of_all_gradients_together(xp):
    a, b = parameter(xp.asarray([[3.0, 0.0]])), parameter(xp.asarray([0.0, -4.0, 12.0]))
    assert optim.clip_by_global_norm([a, b], 6.5) == 13.0
    np.testing.assert_array_equal(to_numpy(a.grad), [[1.5, 0.0]])
    np.testing.assert_array_equal(to_numpy(b.grad), [0.0, -2.0, 6.0])
    assert optim.clip_by_global_norm([a, b], 7.0) == 6.5


def test_by_value_entry_by_entry(xp):
    a, b = parameter(xp.asarray([[3.0, -0.5]])), parameter(xp.asarray(-4.0))
    assert optim.clip_by_value([a, b], 2.0) == 4.0
    np.testing.assert_array_equal(to_numpy(a.grad), [[2.0, -0.5]])
    np.testing.assert_array_equal(to_numpy(b.grad), -2.0)
    assert b.grad.shape == ()


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipped_gradients_are_fresh_and_others_the_same(clip, dtype, rng):
    """Two parameters may hold one array: it is not shortened, let alone twice."""
    shared = rng.standard_normal((3, 4)).astype(dtype)
    before = shared.copy()
    a, b = parameter(shared), parameter(shared)
    clip([a, b], 0.1)
    np.testing.assert_array_equal(shared, before)
    assert a.grad is not shared and b.grad is not shared and a.grad is not b.grad
    assert a.grad.dtype == dtype and a.grad.shape == shared.shape
    np.testing.assert_array_equal(a.grad, b.grad)
    small = parameter(shared)
    clip([small], 1000)
    assert small.grad is shared


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", ["huge", "tiny", "mixed", "zero", "plain"])
def test_right_where_squares_overflow_or_vanish(dtype, scale, rng):
    limits = np.finfo(dtype)
    sizes = {
        "huge": [float(limits.max) / 100] * 2,
        "tiny": [float(limits.tiny) * 100] * 2,
        "mixed": [float(limits.max) / 100, float(limits.tiny)],
        "zero": [0.0, 0.0],
        "plain": [1.0, 1e-3],
    }[scale]
    shapes = (5, 7), (3,)
    grads = [
        (rng.uniform(0.5, 1, shape) * size).astype(dtype)
        for shape, size in zip(shapes, sizes, strict=True)
    ]
    expected = math.hypot(*[float(g) for grad in grads for g in grad.flat])
    parameters = [parameter(grad) for grad in grads]
    limit = expected / 3 if expected else 1.0
    norm = optim.clip_by_global_norm(parameters, limit)
    assert norm == pytest.approx(expected, rel=4 * float(limits.eps), abs=0)
    after = math.hypot(*[float(g) for one in parameters for g in one.grad.flat])
    assert after == pytest.approx(expected / 3, rel=1e-6, abs=0)
    for one, grad in zip(parameters, grads, strict=True):
        assert one.grad.dtype == dtype
        np.testing.assert_allclose(
            one.grad, grad / dtype(3), rtol=1e-6, atol=2 * float(limits.smallest_subnormal)
        )


def test_a_factor_too_small_for_the_dtype(rng):
    """From a norm of about 10³⁸ to 10⁻³: float32 does not hold 10⁻⁴¹ to more than four digits."""
    grad = (rng.uniform(0.5, 1, 6) * 1e38).astype(np.float32)
    one = parameter(grad)
    norm = optim.clip_by_global_norm([one], 1e-3)
    np.testing.assert_allclose(one.grad, grad.astype(np.float64) * (1e-3 / norm), rtol=1e-6)


def test_directions_stay(rng):
    grads = [rng.standard_normal((4, 3)), rng.standard_normal(5)]
    parameters = [parameter(grad) for grad in grads]
    norm = optim.clip_by_global_norm(parameters, 0.5)
    for one, grad in zip(parameters, grads, strict=True):
        np.testing.assert_allclose(one.grad, grad * 0.5 / norm, rtol=1e-14)


def test_gradients_in_any_memory_order(rng):
    grad = rng.standard_normal((4, 6)).T
    one = parameter(grad)
    assert optim.clip_by_global_norm([one], 0.1) == pytest.approx(np.linalg.norm(grad), rel=1e-14)
    np.testing.assert_allclose(one.grad, grad * 0.1 / np.linalg.norm(grad))


W, missing = parameter(np.ones((2, 3))), parameter(None, "b")
BAD_CALLS = [
    (([W, missing], 1.0), NotReadyError, "b has no gradient yet; call backward first."),
    (([W], 0), DomainError, "limit is 0; it must be positive and finite."),
    (([W], math.inf), DomainError, "limit is inf; it must be positive and finite."),
    (([W], "1"), DTypeError, "limit is a str; a number is needed."),
    (([], 1.0), DomainError, "parameters is empty; there is nothing to move."),
    (
        ([W, W], 1.0),
        DomainError,
        "W is in the list of parameters twice; it would move twice in a step.",
    ),
    (
        ([W, parameter(np.array([[1.0, 2.0], [np.nan, np.inf]]), "V")], 1.0),
        DomainError,
        "the gradient of V holds nan at index (1, 0); no clipping makes that a direction.",
    ),
    (
        ([W, parameter(np.array([1.0, -np.inf]), "b")], 1.0),
        DomainError,
        "the gradient of b holds -inf at index 1; no clipping makes that a direction.",
    ),
    (
        ([W, parameter(np.array(np.nan), "c")], 1.0),
        DomainError,
        "the gradient of c holds nan; no clipping makes that a direction.",
    ),
]


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("arguments, kind, sentence", BAD_CALLS)
def test_bad_calls_change_nothing(clip, arguments, kind, sentence):
    before = W.grad
    with pytest.raises(kind) as caught:
        clip(*arguments)
    assert str(caught.value) == f"{clip.__name__}: {sentence}"
    assert W.grad is before
