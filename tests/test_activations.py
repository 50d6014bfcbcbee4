"""What activations and softmax promise: their limits, their symmetries, their last digit."""

import math

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import ops
from bplib.ops.special import normal

ACTIVATIONS = ["relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "softplus"]
numbers = st.floats(-60, 60)
rows = st.lists(st.floats(-800, 800), min_size=1, max_size=7).map(np.array)


def both(name, x, *constants):
    """The value and the slope at every entry."""
    x = np.asarray(x, dtype=float)
    y, cache = getattr(ops, name)(x, *constants)
    return y, getattr(ops, f"{name}_backward")(np.ones_like(y), cache)


# Corners and limits.


def test_the_corner_of_relu_is_flat():
    y, slope = both("relu", [-2.0, -0.0, 0.0, 5e-324, 3.0])
    np.testing.assert_array_equal(y, [0, 0, 0, 5e-324, 3])
    np.testing.assert_array_equal(slope, [0, 0, 0, 1, 1])


def test_the_other_corners_take_the_slope_of_the_left():
    assert both("leaky_relu", [0.0])[1] == 0.01
    assert both("leaky_relu", [0.0], 0.3)[1] == 0.3
    assert both("elu", [0.0], 0.7)[1] == 0.7


@pytest.mark.parametrize("slope, same", [(0.0, "relu"), (1.0, "negative")])
def test_the_ends_of_leaky_relu(slope, same, rng):
    x = rng.standard_normal(20)
    found, expected = both("leaky_relu", x, slope), both(same, x)
    sign = -1 if same == "negative" else 1
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, sign * b)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype, huge", [(np.float64, 1e300), (np.float32, 1e37)])
def test_far_out_nothing_breaks(name, dtype, huge):
    """Finite from -1e300 to 1e300, each at the limit that its formula has there."""
    x = np.array([-huge, -1000, 1000, huge], dtype)
    y, cache = getattr(ops, name)(x)
    slope = getattr(ops, f"{name}_backward")(np.ones_like(y), cache)
    assert y.dtype == slope.dtype == dtype
    left, right = {"sigmoid": (0, 1), "tanh": (-1, 1), "elu": (-1, x)}.get(name, (0, x))
    left = dtype(0.01) * x if name == "leaky_relu" else left
    np.testing.assert_allclose(y, np.where(x < 0, left, right), rtol=1e-6)
    flat = name in ("sigmoid", "tanh")
    low = 0.01 if name == "leaky_relu" else 0
    np.testing.assert_allclose(slope, [low, low, 1 - flat, 1 - flat], rtol=1e-6)


def test_gelu_by_tanh_far_out():
    y, slope = both("gelu", [-1e300, -1000.0, -20.0, 20.0, 1000.0, 1e300], True)
    np.testing.assert_allclose(y, [0, 0, 0, 20, 1000, 1e300], atol=1e-200)
    np.testing.assert_allclose(slope, [0, 0, 0, 1, 1, 1], atol=1e-200)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_tiny_numbers(name):
    x = np.array([-1e-300, 1e-300])
    y, slope = both(name, x)
    if name in ("sigmoid", "softplus"):
        np.testing.assert_allclose(y, 0.5 if name == "sigmoid" else math.log(2), rtol=1e-15)
        np.testing.assert_allclose(slope, 0.25 if name == "sigmoid" else 0.5, rtol=1e-15)
    else:
        left, right = {"relu": (0, 1), "leaky_relu": (0.01, 1), "gelu": (0.5, 0.5)}.get(
            name, (1, 1)
        )
        np.testing.assert_allclose(slope, [left, right], rtol=1e-15)
        np.testing.assert_allclose(y, x * slope, rtol=1e-15)


# What theory says, at any number.


@hypothesis.given(numbers)
def test_two_sides_of_the_sigmoid(x):
    (right, left), slope = both("sigmoid", [x, -x])
    assert left == pytest.approx(1 - right, abs=2.3e-16)
    np.testing.assert_allclose(slope[0], slope[1], atol=2e-16)
    # small values keep their digits: they are not made as 1 - (nearly 1)
    assert min(left, right) == pytest.approx(
        math.exp(-abs(x)) / (1 + math.exp(-abs(x))), rel=2e-15, abs=0
    )


@hypothesis.given(numbers)
def test_tanh_is_a_sigmoid(x):
    y, slope = both("tanh", [x])
    s, s_slope = both("sigmoid", [2 * x])
    np.testing.assert_allclose(y, 2 * s - 1, atol=1e-15)
    np.testing.assert_allclose(slope, 4 * s_slope, rtol=1e-12, atol=1e-15)


@hypothesis.given(st.floats(-700, 700))
def test_the_slope_of_softplus_is_the_sigmoid(x):
    (y,), (slope,) = both("softplus", [x])
    assert slope == pytest.approx(ops.sigmoid(np.array([x]))[0][0], rel=2e-15, abs=0)
    assert y >= max(x, 0) and y - max(x, 0) <= math.log(2) * (1 + 1e-15)
    mirrored = both("softplus", [-x])[0][0]
    assert y - mirrored == pytest.approx(x, abs=1e-13 + 1e-15 * abs(x))


@hypothesis.given(st.floats(-700, 700), st.floats(0.01, 50))
def test_the_slope_of_elu_is_an_exponential(x, alpha):
    (y,), (slope,) = both("elu", [x], alpha)
    assert y == pytest.approx(x if x > 0 else alpha * math.expm1(x), rel=1e-15, abs=0)
    assert slope == pytest.approx(1 if x > 0 else alpha * math.exp(x), abs=1e-15 * alpha)


@hypothesis.given(numbers)
def test_gelu_and_its_mirror(x):
    """x Φ(x) - (-x) Φ(-x) = x, since Φ(x) + Φ(-x) = 1; and it lies between x and relu."""
    for approximate in (False, True):
        (right, left), slope = both("gelu", [x, -x], approximate)
        assert right - left == pytest.approx(x, rel=1e-15, abs=0)
        assert slope.sum() == pytest.approx(1, rel=1e-14)
        assert min(0, x) - 0.2 < right <= max(0, x)


def test_gelu_worked_out_with_the_error_function(rng):
    x = np.concatenate([4 * rng.standard_normal(300), np.linspace(-6, 6, 101)])
    y, slope = both("gelu", x)
    for number, value, steepness in zip(x, y, slope, strict=True):
        share = math.erfc(-number / math.sqrt(2)) / 2
        density = math.exp(-number * number / 2) / math.sqrt(2 * math.pi)
        assert value == pytest.approx(number * share, rel=1e-13, abs=0)
        assert steepness == pytest.approx(share + number * density, rel=1e-13, abs=1e-16)


def test_the_approximate_gelu_is_as_near_as_its_page_says():
    x = np.linspace(-8, 8, 4001)
    error = abs(both("gelu", x)[0] - both("gelu", x, True)[0]).max()
    assert 0.0004 < error < 0.0005
    u = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    np.testing.assert_allclose(both("gelu", x, True)[0], 0.5 * x * (1 + np.tanh(u)), atol=1e-15)


# The normal distribution behind it. Values by mpmath with 40 digits; x is a float64 exactly.
EXACT = {
    -37.5: 4.6053530095819548438e-308,
    -30.125: 1.1402279408523476434e-199,
    -20.0: 2.7536241186062336951e-89,
    -10.3: 3.5230650789264125919e-25,
    -5.0: 2.8665157187919391167e-7,
    -2.5: 6.2096653257761351670e-3,
    -1.0: 0.15865525393145705141,
    -0.5: 0.30853753872598689636,
    0.0: 0.5,
    1e-8: 0.50000000398942280401,
    1.0: 0.84134474606854294859,
    8.0: 0.99999999999999937790,
}


def test_the_normal_distribution_to_its_last_digit():
    share, density = normal(np.array(list(EXACT)))
    np.testing.assert_allclose(share, list(EXACT.values()), rtol=1e-15)
    expected = [math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in EXACT]
    np.testing.assert_allclose(density[1:], expected[1:], rtol=2e-13)


def test_the_normal_distribution_everywhere(rng):
    x = np.concatenate([rng.uniform(-37, 9, 3000), rng.standard_normal(500)])
    expected = np.array([math.erfc(-number / math.sqrt(2)) / 2 for number in x])
    # The rounding of x/√2 costs the reference x² units in its last place, not ours.
    share, density = normal(x)
    assert (abs(share - expected) <= (3 + x * x) * 3e-16 * expected).all()
    single, density_single = normal(x[x > -12].astype(np.float32))
    again = normal(x[x > -12].astype(np.float32).astype(float))
    assert single.dtype == density_single.dtype == np.float32
    np.testing.assert_allclose(single, again[0], rtol=1e-6)
    np.testing.assert_allclose(density_single, again[1], rtol=1e-6)


def test_the_normal_distribution_has_ends():
    x = np.array([-np.inf, -1e308, -40.0, 40.0, 1e308, np.inf])
    for dtype in (np.float64, np.float32):
        with np.errstate(over="ignore"):
            share, density = normal(x.astype(dtype))
        np.testing.assert_array_equal(share, [0, 0, 0, 1, 1, 1])
        np.testing.assert_array_equal(density, np.zeros(6))
    assert np.isnan(normal(np.array([np.nan]))[0])


# Softmax.


@hypothesis.given(rows)
def test_a_softmax_row_sums_to_one(x):
    s, _ = ops.softmax(x)
    assert (s >= 0).all() and s.sum() == pytest.approx(1, rel=1e-14)
    y, _ = ops.log_softmax(x)
    np.testing.assert_allclose(np.exp(y), s, rtol=1e-12, atol=1e-300)
    assert (y <= 0).all() and np.isfinite(y).all()


@hypothesis.given(rows, st.integers(-(10**6), 10**6))
def test_a_shift_of_all_scores_changes_nothing(x, shift):
    x = np.round(x * 1024) / 1024  # so that adding the shift does not round
    for pair in (ops.softmax, ops.log_softmax):
        np.testing.assert_array_equal(pair(x + shift)[0], pair(x)[0])


@hypothesis.given(rows, st.integers(0, 10_000))
def test_softmax_gradients_sum_to_zero(x, seed):
    """The same invariance, said of the gradient; and a constant upstream moves nothing."""
    dy = np.random.default_rng(seed).standard_normal(x.shape)
    for name in ("softmax", "log_softmax"):
        _, cache = getattr(ops, name)(x)
        dx = getattr(ops, f"{name}_backward")(dy, cache)
        assert dx.sum() == pytest.approx(0, abs=1e-13)
    _, cache = ops.softmax(x)
    np.testing.assert_allclose(ops.softmax_backward(np.ones_like(x), cache), 0, atol=1e-15)


def test_the_whole_jacobian_of_softmax(rng):
    """J = diag(s) - s sᵀ, entry by entry; s (1 - s) alone is only its diagonal."""
    x = rng.standard_normal(5)
    s, cache = ops.softmax(x)
    J = np.array([ops.softmax_backward(dy, cache) for dy in np.eye(5)])
    for i, j in np.ndindex(5, 5):
        assert J[i, j] == pytest.approx(s[i] * ((i == j) - s[j]), rel=1e-13)
    assert abs(J - np.diag(s * (1 - s))).max() > 0.01
    _, cache = ops.log_softmax(x)
    J = np.array([ops.log_softmax_backward(dy, cache) for dy in np.eye(5)])
    np.testing.assert_allclose(J, np.eye(5) - s, rtol=1e-13)


@pytest.mark.parametrize(
    "x, expected",
    [
        ([-1000.0, 0.0, 1000.0], [-2000, -1000, 0]),
        ([1e300, -1e300, 0.0], [0, -2e300, -1e300]),
        ([1e-300, -1e-300], [-math.log(2), -math.log(2)]),
        ([-1e300, -1e300], [-math.log(2), -math.log(2)]),
    ],
)
def test_scores_from_tiny_to_huge(x, expected):
    y, cache = ops.log_softmax(np.array(x))
    np.testing.assert_allclose(y, expected, rtol=1e-15)
    assert np.isfinite(ops.log_softmax_backward(np.ones(len(x)), cache)).all()
    s, cache = ops.softmax(np.array(x))
    np.testing.assert_allclose(s, np.exp(expected), rtol=1e-15)
    assert np.isfinite(ops.softmax_backward(np.arange(1.0, len(x) + 1), cache)).all()


def test_two_scores_are_a_sigmoid(rng):
    x = rng.standard_normal((20, 2))
    s, cache = ops.softmax(x)
    y, slope = both("sigmoid", x[:, 0] - x[:, 1])
    np.testing.assert_allclose(s[:, 0], y, rtol=1e-14)
    dx = ops.softmax_backward(np.tile([1.0, 0.0], (20, 1)), cache)
    np.testing.assert_allclose(dx, np.stack([slope, -slope], axis=1), rtol=1e-12)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "softplus", "softmax", "log_softmax"])
def test_the_cache_holds_the_output_and_no_second_array(name, rng):
    """Where the slope can be said from the output, nothing else is kept alive."""
    y, cache = getattr(ops, name)(rng.standard_normal((4, 3)))
    held, *settings = cache if isinstance(cache, tuple) else (cache,)
    assert held is y and not [each for each in settings if hasattr(each, "nbytes")]
