"""Metrics equal scikit-learn's, and refuse what they cannot answer."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from sklearn import metrics as theirs

from bplib import metrics
from bplib.errors import DomainError, DTypeError, ShapeError


@pytest.mark.parametrize("shape", [(37,), (37, 1), (37, 4)])
def test_equal_to_scikit_learn(shape, rng):
    target = 5.0 + 3.0 * rng.standard_normal(shape)
    prediction = target + rng.standard_normal(shape)
    np.testing.assert_allclose(
        metrics.r2(prediction, target), theirs.r2_score(target, prediction), rtol=1e-12
    )
    np.testing.assert_allclose(
        metrics.rmse(prediction, target),
        theirs.root_mean_squared_error(target.ravel(), prediction.ravel()),
        rtol=1e-12,
    )


@hypothesis.given(seed=st.integers(0, 10_000), m=st.integers(3, 40), scale=st.floats(1e-3, 1e3))
def test_r2_properties(seed, m, scale):
    rng = np.random.default_rng(seed)
    target, prediction = rng.standard_normal(m), rng.standard_normal(m)
    r2 = metrics.r2(prediction, target)
    assert r2 <= 1
    # a change of unit or of zero changes nothing; rmse keeps the unit
    assert metrics.r2(scale * prediction + 7, scale * target + 7) == pytest.approx(r2, rel=1e-6)
    assert metrics.rmse(scale * prediction, scale * target) == pytest.approx(
        scale * metrics.rmse(prediction, target)
    )
    assert metrics.r2(np.full(m, target.mean()), target) == pytest.approx(0.0, abs=1e-12)


def test_worked_by_hand(xp):
    target, prediction = xp.asarray([1.0, 2.0, 6.0]), xp.asarray([2.0, 2.0, 5.0])
    # errors 1, 0, -1: two squares; the targets about their mean 3: 4 + 1 + 9
    r2, rmse = metrics.r2(prediction, target), metrics.rmse(prediction, target)
    assert r2 == pytest.approx(1 - 2 / 14) and rmse == pytest.approx((2 / 3) ** 0.5)
    assert type(r2) is type(rmse) is float


def test_perfect_is_exact(xp, rng):
    target = xp.asarray(rng.standard_normal((11, 3)))
    assert metrics.r2(target, target) == 1.0 and metrics.rmse(target, target) == 0.0


def test_rmse_takes_any_rank(rng):
    a, b = rng.standard_normal((2, 3, 4, 5))
    assert metrics.rmse(a, b) == pytest.approx(np.sqrt(((a - b) ** 2).mean()))


def test_inputs_are_not_changed(rng):
    prediction, target = rng.standard_normal((2, 9))
    prediction.flags.writeable = target.flags.writeable = False
    metrics.r2(prediction, target)
    metrics.rmse(prediction, target)


m3, m31 = np.array([1.0, 2.0, 4.0]), np.array([[1.0], [2.0], [4.0]])
BAD = [
    (
        metrics.r2,
        (m3, m31),
        ShapeError,
        "r2: prediction has shape (3,), but target has shape (3, 1); the two must be equal.",
    ),
    (
        metrics.rmse,
        (m31, m3),
        ShapeError,
        "rmse: prediction has shape (3, 1), but target has shape (3,); the two must be equal.",
    ),
    (
        metrics.r2,
        (m3, np.full(3, 0.1)),
        DomainError,
        "r2: target is constant, so there is no spread to explain.",
    ),
    (
        metrics.r2,
        (np.ones((3, 2)), np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])),
        DomainError,
        "r2: column 1 of target is constant, so there is no spread to explain.",
    ),
    (
        metrics.r2,
        (m3[:1], m3[:1]),
        ShapeError,
        "r2: target has shape (1,); a spread needs at least two targets.",
    ),
    (
        metrics.r2,
        (np.ones((3, 2, 2)), np.ones((3, 2, 2))),
        ShapeError,
        "r2: target has shape (3, 2, 2); it must be (m,) or (m, k).",
    ),
    (
        metrics.r2,
        (np.float64(1), np.float64(1)),
        ShapeError,
        "r2: target has shape (); it must be (m,) or (m, k).",
    ),
    (
        metrics.rmse,
        (np.empty(0), np.empty(0)),
        ShapeError,
        "rmse: prediction is empty, its shape is (0,).",
    ),
    (
        metrics.rmse,
        (np.array([1, 2]), np.array([1.0, 2.0])),
        DTypeError,
        "rmse: prediction holds int64 values; floats are needed, "
        "for example prediction.astype(float).",
    ),
    (
        metrics.rmse,
        (m3, m3.astype(np.float32)),
        DTypeError,
        "rmse: target is float32, but prediction is float64; give both one dtype.",
    ),
    (
        metrics.rmse,
        ([1.0], [1.0]),
        DTypeError,
        "rmse: prediction is a list; an array of floats is needed.",
    ),
]


@pytest.mark.parametrize("function, arguments, kind, sentence", BAD)
def test_bad_arguments(function, arguments, kind, sentence):
    with pytest.raises(kind) as caught:
        function(*arguments)
    assert str(caught.value) == sentence
