"""What theory says of every pair, asked of random cases: other shapes and settings each time."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from pairs import TABLE
from random_cases import EACH, GENERATORS, Case, backward, forward, random_case

from bplib import losses, ops

every_pair = pytest.mark.parametrize("name", sorted(GENERATORS))
numbers = st.integers(1000, 10**6)
"""Numbers of cases beyond those that are measured."""

STEP = 2e-3
TOLERANCE = 1e-7


def dy_like(y, rng):
    return np.asarray(rng.standard_normal(np.shape(y)), dtype=np.asarray(y).dtype)


def in_precision(dtype, case):
    """The case with every array of floats in that precision."""

    def cast(value):
        floats = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        return value.astype(dtype) if floats else value

    settings = {name: cast(value) for name, value in case.settings.items()}
    return Case(tuple(map(cast, case.inputs)), settings, case.names)


def test_every_pair_has_its_generator():
    """A new pair needs one line in random_cases.py, beside its row in pairs.py."""
    pairs = [n for module in (ops, losses) for n in module.__all__ if not n.endswith("_backward")]
    assert sorted(GENERATORS) == sorted(pairs) == sorted({row.name for row in TABLE})


def test_the_cases_differ():
    for name in GENERATORS:
        cases = [random_case(name, number)[0] for number in range(EACH)]
        assert len({tuple(x.shape for x in case.inputs) for case in cases}) >= 8, name
        assert len({x.tobytes() for case in cases for x in case.inputs}) >= EACH * 0.8, name


# Finite differences.


def slope_along(name, case, dy, i, v):
    """⟨dy, J v⟩ for input i, from central differences with two steps.

    The error of a central difference is c h² + O(h⁴); four times the one with half the step, less
    the one with the whole step, is three times the slope without the c: Richardson extrapolation.
    """

    def loss(h):
        moved = [x + h * v if j == i else x for j, x in enumerate(case.inputs)]
        return float((dy * forward(name, case, moved)[0]).sum())

    whole = (loss(STEP) - loss(-STEP)) / (2 * STEP)
    half = (loss(STEP / 2) - loss(-STEP / 2)) / STEP
    return (4 * half - whole) / 3


@every_pair
def test_finite_differences_in_random_directions(name):
    """⟨Jᵀ dy, v⟩ = ⟨dy, J v⟩ to a relative error of 1e-7, one input at a time, in 200 cases.

    A slope that nearly cancels cannot be measured better than the sum is rounded; 1 in 100 may.
    """
    hidden = measured = 0
    for number in range(EACH):
        case, rng = random_case(name, number)
        y, cache = forward(name, case, case.inputs)
        dy = dy_like(y, rng)
        rounding = 8 * np.finfo(float).eps * float(abs(dy * y).sum()) / STEP
        gradients = backward(name, dy, cache)
        for i, (x, dx) in enumerate(zip(case.inputs, gradients, strict=True)):
            v = np.asarray(rng.standard_normal(x.shape))
            v /= np.sqrt((v * v).sum())
            said, found = float((dx * v).sum()), slope_along(name, case, dy, i, v)
            off, size = abs(said - found), max(abs(said), abs(found))
            measured += 1
            hidden += off > TOLERANCE * size
            assert off <= max(TOLERANCE * size, rounding), (
                f"{name}, case {number} (random_case({name!r}, {number})), input {i} of shapes "
                f"{[x.shape for x in case.inputs]}: the slope is {found!r}, not {said!r}"
            )
    assert hidden <= 0.01 * measured


def test_a_gradient_that_is_wrong_now_and_then_is_found(monkeypatch):
    """Here is one: right but for a batch of a single sample."""
    right = ops.linear_backward

    def wrong(dy, cache):
        dx, dW, db = right(dy, cache)
        return dx, dW * (2 if len(dy) == 1 else 1), db

    monkeypatch.setattr(ops, "linear_backward", wrong)
    with pytest.raises(AssertionError, match=r"linear, case \d+ .*, input 1 of shapes \[\(1, "):
        test_finite_differences_in_random_directions("linear")


# What holds for all of them.


@every_pair
@hypothesis.given(number=numbers, a=st.floats(-3, 3), b=st.floats(-3, 3))
@hypothesis.settings(max_examples=15)
def test_backward_is_linear_in_dy(name, number, a, b):
    case, rng = random_case(name, number)
    y, cache = forward(name, case, case.inputs)
    first, second = dy_like(y, rng), dy_like(y, rng)
    one, other = backward(name, first, cache), backward(name, second, cache)
    both = backward(name, np.asarray(a * first + b * second), cache)
    for dx, g, h in zip(both, one, other, strict=True):
        size = abs(a) * abs(g).max() + abs(b) * abs(h).max()
        np.testing.assert_allclose(dx, a * g + b * h, rtol=1e-11, atol=1e-13 * (1 + size))
    for dx in backward(name, np.zeros_like(first), cache):
        assert not dx.any()


@every_pair
@hypothesis.given(number=numbers)
@hypothesis.settings(max_examples=15)
def test_shapes_precisions_and_untouched_arrays(name, number):
    exact, rng = random_case(name, number)
    results = {}
    for dtype in (np.float32, np.float64):
        case = in_precision(dtype, in_precision(np.float32, exact))
        held = [*case.inputs, *(v for v in case.settings.values() if isinstance(v, np.ndarray))]
        before = [array.copy() for array in held]
        y, cache = forward(name, case, case.inputs)
        dy = np.asarray(dy_like(y, np.random.default_rng(number)), dtype)
        dy_before = dy.copy()
        gradients = backward(name, dy, cache)
        assert y.dtype == dtype and len(gradients) == len(case.inputs)
        for x, dx in zip(case.inputs, gradients, strict=True):
            assert dx.shape == x.shape and dx.dtype == dtype
        for array, was in zip([*held, dy], [*before, dy_before], strict=True):
            np.testing.assert_array_equal(array, was)
        results[dtype] = (y, *gradients)
    for single, double in zip(results[np.float32], results[np.float64], strict=True):
        np.testing.assert_allclose(single, double, rtol=1e-3, atol=2e-4 * (1 + abs(double).max()))


# Rows are samples.

ROW_BY_ROW = sorted(
    {"abs", "clip", "elu", "exp", "gelu", "leaky_relu", "log", "negative", "power", "relu"}
    | {"sigmoid", "softplus", "sqrt", "tanh", "softmax", "log_softmax"}
    | {"linear", "batch_norm", "layer_norm"}
)
LOSSES = sorted(name for name in GENERATORS if name in losses.__all__)


@pytest.mark.parametrize("name", ROW_BY_ROW + LOSSES)
@hypothesis.given(number=numbers)
@hypothesis.settings(max_examples=15)
def test_another_order_of_the_samples_is_another_order_of_the_gradients(name, number):
    """What has one gradient for the whole batch keeps it: weights, scales, and the loss itself."""
    case, rng = random_case(name, number)
    x = case.inputs[0]
    hypothesis.assume(x.ndim > (name == "layer_norm"))  # where one axis is one sample
    order = rng.permutation(len(x))
    per_sample = {k: v[order] for k, v in case.settings.items() if k in ("labels", "target")}
    inputs = (x[order], *case.inputs[1:])
    mixed = Case(inputs, {**case.settings, **per_sample}, case.names)
    (y, cache), (y_mixed, cache_mixed) = (forward(name, c, c.inputs) for c in (case, mixed))
    of_loss = name in losses.__all__
    dy = dy_like(y, rng)
    np.testing.assert_allclose(y_mixed, y if of_loss else y[order], rtol=1e-12, atol=1e-13)
    dx, *rest = backward(name, dy, cache)
    dx_mixed, *rest_mixed = backward(name, dy if of_loss else dy[order], cache_mixed)
    np.testing.assert_allclose(dx_mixed, dx[order], rtol=1e-9, atol=1e-12)
    for one, other in zip(rest, rest_mixed, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
@hypothesis.given(number=numbers)
@hypothesis.settings(max_examples=20)
def test_a_loss_is_the_mean_over_its_samples(name, number):
    """And its gradient holds each sample's own, divided by m; class weights weigh that mean."""
    case, _ = random_case(name, number)
    x, m = case.inputs[0], len(case.inputs[0])
    loss, cache = forward(name, case, case.inputs)
    (dx,) = backward(name, np.float64(1), cache)
    weights = case.settings.get("class_weights")
    shares = np.full(m, 1 / m)
    if weights is not None:
        labels = case.settings["labels"]
        shares = weights[labels] if labels.ndim == 1 else labels @ weights
        shares = shares / shares.sum()
    total = 0.0
    for i in range(m):
        one = {k: v[i : i + 1] for k, v in case.settings.items() if k in ("labels", "target")}
        single = Case((x[i : i + 1],), {**case.settings, **one})
        value, cache = forward(name, single, single.inputs)
        total += shares[i] * value
        (dx_single,) = backward(name, np.float64(1), cache)
        np.testing.assert_allclose(dx[i], shares[i] * dx_single[0], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(loss, total, rtol=1e-12, atol=1e-15)


# The least a loss can be.


@pytest.mark.parametrize("name", LOSSES)
@hypothesis.given(number=numbers)
@hypothesis.settings(max_examples=20)
def test_a_loss_is_never_negative(name, number):
    case, _ = random_case(name, number)
    assert forward(name, case, case.inputs)[0] >= -1e-15


@hypothesis.given(number=numbers)
@hypothesis.settings(max_examples=20)
def test_at_the_true_chances_the_cross_entropies_are_flat_and_least(number):
    """There they are the entropy of the labels, and a step any way costs more."""
    rng = np.random.default_rng(number)
    z = 2 * rng.standard_normal((4, 3))
    p, _ = ops.softmax(z)
    s, _ = ops.sigmoid(z)
    for name, labels, entropy in (
        ("softmax_cross_entropy", p, -(p * np.log(p)).sum(axis=1).mean()),
        ("kl_divergence", p, 0.0),
        (
            "binary_cross_entropy_with_logits",
            s,
            -(s * np.log(s) + (1 - s) * np.log(1 - s)).mean(),
        ),
    ):
        loss, cache = getattr(losses, name)(z, labels)
        np.testing.assert_allclose(loss, entropy, rtol=1e-12, atol=1e-15)
        (dx,) = backward(name, np.float64(1), cache)
        np.testing.assert_allclose(dx, 0, atol=1e-16)
        assert getattr(losses, name)(z + 0.1 * rng.standard_normal(z.shape), labels)[0] > loss


@hypothesis.given(number=numbers)
@hypothesis.settings(max_examples=20)
def test_right_by_more_than_the_margin_costs_nothing(number):
    rng = np.random.default_rng(number)
    labels = rng.choice([-1, 1], (5, 3))
    loss, cache = losses.hinge(labels * rng.uniform(1.001, 9, (5, 3)), labels)
    assert loss == 0 and not losses.hinge_backward(cache).any()


# Scale.

DEGREES = {
    **dict.fromkeys(("abs", "negative", "relu", "leaky_relu", "dropout", "embedding"), (1,)),
    **dict.fromkeys(("sum", "mean", "max", "reshape", "transpose", "getitem"), (1,)),
    **dict.fromkeys(("add", "subtract", "maximum", "where", "concatenate"), (1, ...)),
    "multiply": (1, 1),
    "matmul": (1, 1),
    "divide": (1, -1),
    "sqrt": (0.5,),
    "var": (2,),
    "power": None,
}
"""By what power of a factor the result grows when each input alone, or all together, grow by it."""


@pytest.mark.parametrize("name", sorted(DEGREES))
@hypothesis.given(number=numbers, factor=st.floats(0.1, 10))
@hypothesis.settings(max_examples=15)
def test_what_grows_with_its_input(name, number, factor):
    """f(a x) = aᵏ f(x), and what follows for the slope, Euler's theorem: ⟨x, dx⟩ = k ⟨dy, y⟩."""
    case, rng = random_case(name, number)
    degrees = DEGREES[name] or (case.settings["exponent"],)
    y, cache = forward(name, case, case.inputs)
    dy = dy_like(y, rng)
    gradients = backward(name, dy, cache)
    by_input = [float((x * dx).sum()) for x, dx in zip(case.inputs, gradients, strict=True)]
    size = sum(
        float((abs(x) * abs(dx)).sum()) for x, dx in zip(case.inputs, gradients, strict=True)
    )
    together = ... in degrees
    for i, k in enumerate(degrees[:1] if together else degrees):
        grown = [x * factor if together or j == i else x for j, x in enumerate(case.inputs)]
        np.testing.assert_allclose(
            forward(name, case, grown)[0], factor**k * y, rtol=1e-11, atol=1e-12 * factor**k
        )
        slope = sum(by_input) if together else by_input[i]
        assert slope == pytest.approx(k * float((dy * y).sum()), rel=1e-11, abs=1e-12 * (1 + size))


@hypothesis.given(number=numbers, factor=st.floats(0.1, 10))
@hypothesis.settings(max_examples=20)
def test_losses_in_another_unit(number, factor):
    """Metres or millimetres: a squared loss grows by the square, an absolute one by the factor."""
    rng = np.random.default_rng(number)
    p, t = rng.standard_normal((2, 5, 3))
    for name, k in (("mse", 2), ("half_mse", 2), ("mae", 1)):
        loss, cache = getattr(losses, name)(p, t)
        grown, grown_cache = getattr(losses, name)(factor * p, factor * t)
        np.testing.assert_allclose(grown, factor**k * loss, rtol=1e-12)
        (dp,), (dp_grown,) = (backward(name, np.float64(1), c) for c in (cache, grown_cache))
        np.testing.assert_allclose(dp_grown, factor ** (k - 1) * dp, rtol=1e-10)
    loss, cache = losses.huber(p, t, delta=0.7)
    grown, grown_cache = losses.huber(factor * p, factor * t, delta=0.7 * factor)
    np.testing.assert_allclose(grown, factor**2 * loss, rtol=1e-12)
    dp, dp_grown = losses.huber_backward(cache), losses.huber_backward(grown_cache)
    np.testing.assert_allclose(dp_grown, factor * dp, rtol=1e-10)


@hypothesis.given(number=numbers)
@hypothesis.settings(max_examples=30)
def test_a_normalised_sample_sees_neither_shift_nor_stretch(number):
    """So its gradient has no part along ones; nor along x̂, but for what ε leaves."""
    case, rng = random_case("layer_norm", number)
    x, gamma, beta = case.inputs
    y, cache = ops.layer_norm(x, gamma, beta, eps=1e-13)
    np.testing.assert_allclose(
        ops.layer_norm(7 * x - 5, gamma, beta, eps=1e-13)[0], y, rtol=1e-8, atol=1e-8
    )
    dx, dgamma, dbeta = ops.layer_norm_backward(dy_like(y, rng), cache)
    scale = 1 + abs(dx).max()
    np.testing.assert_allclose(dx.sum(axis=-1), 0, atol=1e-12 * scale)
    np.testing.assert_allclose((dx * x).sum(axis=-1), 0, atol=1e-9 * scale * abs(x).max())
