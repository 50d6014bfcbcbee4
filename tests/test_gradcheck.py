"""The gradient check itself: it must find what is wrong, and be quiet about what is right."""

import numpy as np
import pytest

from bplib import losses, ops
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, UnknownNameError
from bplib.gradcheck import gradcheck, numerical_gradient
from bplib.layers import Linear


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True).real)
    s = e / e.sum(axis=1, keepdims=True)
    return s, s


def softmax_backward(ds, cache):
    return cache * (ds - (ds * cache).sum(axis=1, keepdims=True))


def relu(x):
    return np.maximum(x, 0), x


def relu_backward(dy, cache):
    return dy * (cache > 0)


METHODS = ["directions", "entries", "complex"]


@pytest.fixture
def x(rng):
    return rng.standard_normal((3, 4))


@pytest.mark.parametrize("method", METHODS)
def test_right_gradients_pass(method, x, rng):
    W, b = rng.standard_normal((4, 5)), rng.standard_normal(5)
    report = gradcheck(ops.linear, [x, W, b], method=method)
    assert report.ok and bool(report) and len(report.arguments) == 3
    assert [a.name for a in report.arguments] == ["x", "W", "b"]
    assert all(a.relative_error < 1e-8 for a in report.arguments)
    assert gradcheck(softmax, x, method=method).ok
    assert gradcheck(ops.power, x, method=method, exponent=3).ok
    assert gradcheck(ops.mean, x, method=method, axis=0, keepdims=True).ok


def test_a_loss_is_checked_for_its_prediction(rng):
    prediction, target = rng.standard_normal((2, 5, 3))
    for loss in (losses.mse, losses.half_mse, losses.mae):
        report = gradcheck(loss, [prediction, target])
        assert report.ok and [a.name for a in report.arguments] == ["prediction"]
    assert gradcheck(losses.huber, [prediction, target], delta=0.7).ok


def test_a_function_with_its_gradient(x):
    report = gradcheck(lambda a: (a**3).sum(), x, gradient=lambda a: 3 * a**2)
    assert report.ok, report
    report = gradcheck(lambda a: (a**3).sum(), x, gradient=lambda a: 2 * a**2)
    assert not report.ok


def test_a_function_of_several_inputs(rng):
    a, b = rng.standard_normal((2, 4))
    report = gradcheck(
        lambda a, b: (a * b * b).sum(), [a, b], gradient=lambda a, b: (b * b, 2 * a * b)
    )
    assert report.ok and [r.name for r in report.arguments] == ["a", "b"]


@pytest.mark.parametrize("method", METHODS)
def test_on_every_device(method, xp, rng):
    inputs = [xp.asarray(rng.standard_normal(shape)) for shape in ((3, 4), (4, 5), (5,))]
    assert gradcheck(ops.linear, inputs, method=method).ok
    wrong = linear_with(lambda x, W, dy: (dy @ W.T, 2 * (x.T @ dy), dy.sum(0)))
    report = gradcheck((ops.linear, wrong), inputs, method=method)
    assert [argument.ok for argument in report.arguments] == [True, False, True]
    assert "worst entry" in str(report)
    layer = Linear(4, 3, rng=rng)
    for parameter in layer.parameters():
        parameter.value = xp.asarray(parameter.value)
    assert gradcheck(layer, inputs[0], method=method).ok
    a = inputs[2]
    assert gradcheck(lambda a: (a**3).sum(), a, gradient=lambda a: 3 * a**2, method=method).ok
    slopes = numerical_gradient(lambda v: (v**3).sum(), a)
    np.testing.assert_allclose(to_numpy(slopes), 3 * to_numpy(a) ** 2, rtol=1e-7, atol=1e-9)


# Planted mistakes: pairs that are wrong in the ways of traps known from books and courses.


def linear_with(change):
    def backward(dy, cache):
        x, W = cache
        return change(x, W, dy)

    return backward


LINEAR_MISTAKES = {
    "sign of dx": (lambda x, W, dy: (-dy @ W.T, x.T @ dy, dy.sum(0)), [False, True, True]),
    "dW twice": (lambda x, W, dy: (dy @ W.T, 2 * x.T @ dy, dy.sum(0)), [True, False, True]),
    "db is the mean": (lambda x, W, dy: (dy @ W.T, x.T @ dy, dy.mean(0)), [True, True, False]),
    "1/m in dW": (lambda x, W, dy: (dy @ W.T, x.T @ dy / len(x), dy.sum(0)), [True, False, True]),
    "db not summed": (lambda x, W, dy: (dy @ W.T, x.T @ dy, dy[0]), [True, True, False]),
    "W not transposed": (lambda x, W, dy: (dy @ W, x.T @ dy, dy.sum(0)), [False, True, True]),
    "dW transposed": (lambda x, W, dy: (dy @ W.T, dy.T @ x, dy.sum(0)), [True, False, True]),
    "x forgotten": (
        lambda x, W, dy: (dy @ W.T, np.ones_like(x).T @ dy, dy.sum(0)),
        [True, False, True],
    ),
    "one entry of dW off by 1 %": (
        lambda x, W, dy: (dy @ W.T, x.T @ dy * (1 + 0.01 * (np.indices(W.shape).sum(0) == 3)),
                          dy.sum(0)),
        [True, False, True],
    ),
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mistake", LINEAR_MISTAKES)
def test_planted_mistakes_are_found(mistake, method, rng):
    """Square shapes, where a wrong transpose has the right shape."""
    change, expected = LINEAR_MISTAKES[mistake]
    inputs = [rng.standard_normal((4, 4)), rng.standard_normal((4, 4)), rng.standard_normal(4)]
    report = gradcheck((ops.linear, linear_with(change)), inputs, method=method)
    assert [a.ok for a in report.arguments] == expected
    assert not report.ok and "DISAGREE" in str(report)


@pytest.mark.parametrize("method", METHODS)
def test_a_softmax_whose_backward_is_zero(method, x):
    """Its rows sum to one, so an upstream gradient of ones would find nothing wrong."""
    report = gradcheck((softmax, lambda ds, cache: 0 * ds), x, method=method)
    assert not report.ok


@pytest.mark.parametrize("method", METHODS)
def test_the_diagonal_of_softmax_alone(method, x):
    report = gradcheck((softmax, lambda ds, s: ds * s * (1 - s)), x, method=method)
    assert not report.ok


@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e-3, 1e3, 1e9])
@pytest.mark.parametrize("method", METHODS)
def test_a_factor_of_two_at_any_scale(size, method, rng):
    """An absolute floor would wave through a wrong gradient that is small."""
    x = rng.standard_normal((3, 4))

    def scaled(x):
        return size * x**2, x

    def right(dy, cache):
        return 2 * size * cache * dy

    def wrong(dy, cache):
        return size * cache * dy

    for at in (x, size * x):
        assert gradcheck((scaled, right), at, method=method).ok
        assert not gradcheck((scaled, wrong), at, method=method).ok


@pytest.mark.parametrize("size", [1e-9, 1e-4, 1e9])
def test_the_step_has_the_size_of_the_input(size, rng):
    """A step of 1e-5 from a value of 1e-9 would leave the domain of the logarithm."""
    x = size * rng.uniform(1, 2, (3, 4))
    for method in METHODS:
        assert gradcheck(ops.log, x, method=method).ok
        assert gradcheck(ops.power, x, method=method, exponent=-1.5).ok


def test_what_cannot_be_measured_is_not_waved_through(x):
    """Values so large that rounding hides the slope: nothing was shown to be right."""

    def f(x):
        return 1e12 + 1e-6 * x, x

    for method in ("directions", "entries"):
        report = gradcheck((f, lambda dy, cache: 5e-6 * dy), x, method=method)
        assert "not shown wrong, but not measured either" in str(report)
    assert not gradcheck((f, lambda dy, cache: 5e-6 * dy), x, method="complex").ok
    # a slope that is zero, and said to be zero, needs no such note
    report = gradcheck((lambda x: (1e12 + 0 * x, x), lambda dy, cache: 0 * dy), x)
    assert report.ok and "measured" not in str(report)


def test_the_worst_entry_is_named(x):
    def backward(dy, cache):
        dx = ops.exp_backward(dy, cache)
        dx[2, 1] *= 3
        return dx

    report = gradcheck((ops.exp, backward), x, names=["z"])
    (found,) = report.arguments
    assert not found.ok and found.name == "z" and found.worst == (2, 1)
    assert found.analytic == pytest.approx(3 * found.numeric)
    assert found.relative_error == pytest.approx(2 / 3)
    text = str(report)
    assert "✗ z" in text and "(2, 1)" in text and "backward says" in text


def test_a_gradient_of_the_wrong_shape(x):
    report = gradcheck((ops.exp, lambda dy, cache: (dy * cache).sum(0)), x)
    assert not report.ok
    assert "the gradient has shape (4,), x has (3, 4)" in str(report)
    report = gradcheck((ops.exp, lambda dy, cache: None), x)
    assert not report.ok


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("method", METHODS)
def test_a_gradient_that_is_no_number(bad, method, x):
    def backward(dy, cache):
        dx = dy * cache
        dx[0, 0] = bad
        return dx

    assert not gradcheck((ops.exp, backward), x, method=method).ok


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("method", ["directions", "entries"])
def test_a_value_that_is_no_number(bad, method, x):
    """NaN is never larger than the tolerance: it must not pass for agreement."""

    def f(x):
        y = x * 1.0
        y[0, 0] = bad
        return y, x

    assert not gradcheck((f, lambda dy, cache: dy), x, method=method).ok


def test_a_missing_gradient(rng):
    a, b = rng.standard_normal((2, 3))
    report = gradcheck((ops.multiply, lambda dz, cache: dz * cache[1]), [a, b])
    assert [argument.ok for argument in report.arguments] == [True, False]
    assert "no gradient was returned" in str(report)


def test_a_gradient_too_many(x):
    with pytest.raises(ShapeError, match="^gradcheck: exp has 1 input, but 2 gradients came back"):
        gradcheck((ops.exp, lambda dy, cache: (dy * cache, dy)), x)


# Corners.


def test_a_corner_is_said_and_its_convention_accepted():
    x = np.array([1.0, 0.0, -2.0])
    report = gradcheck(relu, x)
    assert report.ok
    (argument,) = report.arguments
    assert [kink.index for kink in argument.kinks] == [(1,)]
    kink = argument.kinks[0]
    assert kink.analytic == 0 and min(abs(kink.left), abs(kink.right)) < 1e-6
    assert "sits at a corner" in str(report)


@pytest.mark.parametrize("slope, ok", [(0.0, True), (1.0, True), (0.5, True), (-1.0, False)])
def test_a_slope_at_a_corner_must_lie_between_its_sides(slope, ok):
    def backward(dy, cache):
        return dy * np.where(cache == 0, slope, cache > 0)

    assert gradcheck((relu, backward), np.array([1.0, 0.0, -2.0, 0.0])).ok == ok


def test_a_mistake_elsewhere_is_not_excused_by_a_corner():
    def backward(dy, cache):
        return dy * np.where(cache < 0, 0.5, cache > 0)

    report = gradcheck((relu, backward), np.array([1.0, 0.0, -2.0]))
    assert not report.ok and report.arguments[0].worst == (2,)


def test_mae_at_its_corner():
    target = np.array([1.0, 2.0, 3.0])
    report = gradcheck(losses.mae, [np.array([1.0, 2.5, 2.0]), target])
    assert report.ok and len(report.arguments[0].kinks) == 1


def test_a_strong_curve_is_no_corner(rng):
    def f(x):
        return np.exp(30 * x), x

    x = rng.standard_normal(5) * 0.1
    report = gradcheck((f, lambda dy, x: 29 * np.exp(30 * x) * dy), x)
    assert not report.ok and report.arguments[0].kinks == ()


def test_the_complex_step_says_where_it_does_not_reach(x):
    with pytest.raises(DTypeError) as caught:
        gradcheck(losses.mae, [x, x + 1], method="complex")
    assert str(caught.value) == (
        "gradcheck: the complex step does not reach the result of mae; use method='directions'."
    )


# Manners.


def test_inputs_stay_as_they_are_and_may_be_read_only(rng):
    inputs = [rng.standard_normal(s).astype(np.float32) for s in ((3, 4), (4, 5), (5,))]
    before = [x.copy() for x in inputs]
    for x in inputs:
        x.flags.writeable = False
    assert gradcheck(ops.linear, inputs).ok  # in float64, whatever came in
    for x, was in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, was)


def test_a_forward_that_changes_its_input_does_not_reach_the_caller(x):
    before = x.copy()

    def f(x):
        x *= 2
        return x.copy(), x

    gradcheck((f, lambda dy, cache: 2 * dy), x)
    np.testing.assert_array_equal(x, before)


def test_a_backward_that_writes_into_its_upstream_gradient(x):
    """The check keeps its own dy: doubling the one that was handed over hides nothing."""

    def backward(dy, y):
        dy *= 2
        return dy * y

    assert not gradcheck((ops.exp, backward), x).ok


def test_same_directions_every_time(x):
    errors = {gradcheck(ops.exp, x).arguments[0].relative_error for _ in range(3)}
    assert len(errors) == 1
    other = gradcheck(ops.exp, x, rng=np.random.default_rng(99)).arguments[0].relative_error
    assert other not in errors or other == 0


def test_a_layer_survives_an_error(rng):
    layer = Linear(4, 3, rng=rng)
    W = layer.W.value
    with pytest.raises(ShapeError):
        gradcheck(layer, rng.standard_normal((5, 7)))
    assert layer.W.value is W and layer.W.grad is None


def test_many_entries_are_sampled(rng):
    x = rng.standard_normal((40, 30))
    report = gradcheck(ops.exp, x, method="entries")
    assert report.ok and "1000 entries measured, 200 left out" in str(report)


def test_inputs_of_zeros_are_nudged_too():
    assert gradcheck(ops.exp, np.zeros((3, 4))).ok
    assert not gradcheck((ops.exp, lambda dy, y: 2 * dy * y), np.zeros((3, 4))).ok


def test_numbers_without_axes():
    assert gradcheck(ops.multiply, [np.array(3.0), np.array(4.0)]).ok
    assert gradcheck(ops.multiply, [np.array(3.0), np.array(4.0)], method="entries").ok


def test_numerical_gradient(rng):
    x = rng.standard_normal((3, 4))
    before = x.copy()
    found = numerical_gradient(lambda v: float((v**3).sum()), x)
    np.testing.assert_allclose(found, 3 * x**2, rtol=1e-8, atol=1e-9)
    assert found.dtype == np.float64 and found.shape == x.shape
    np.testing.assert_array_equal(x, before)
    single = numerical_gradient(lambda v: float((v**3).sum()), x.astype(np.float32))
    np.testing.assert_allclose(single, 3 * x**2, rtol=1e-5, atol=1e-5)
    assert numerical_gradient(lambda v: v**2, np.array(3.0)) == pytest.approx(6.0)


def test_numerical_gradient_of_integers_is_refused():
    """x² at (3, 4), nudged as integers, would give (25000, 35000)."""
    with pytest.raises(DTypeError) as caught:
        numerical_gradient(lambda v: (v * v).sum(), np.array([3, 4]))
    assert str(caught.value) == (
        "numerical_gradient: x holds int64 values; floats are needed, for example x.astype(float)."
    )


def no_backward(x):
    return x, x


BAD = {
    "method": (
        lambda x: gradcheck(ops.exp, x, method="direction"),
        UnknownNameError,
        "there is no method of gradcheck 'direction'; did you mean 'directions'?",
    ),
    "no backward": (
        lambda x: gradcheck(no_backward, x),
        NotReadyError,
        "gradcheck: no no_backward_backward stands beside no_backward; "
        "pass backward=…, or gradient=… for a function that returns one number.",
    ),
    "integers": (
        lambda x: gradcheck(ops.exp, np.array([1, 2])),
        DTypeError,
        "gradcheck: x holds int64 values; floats are needed, for example x.astype(float).",
    ),
    "no function": (
        lambda x: gradcheck(3, x),
        DTypeError,
        "gradcheck: f is an int; a function, a pair of functions or a Layer is needed.",
    ),
    "tolerance": (
        lambda x: gradcheck(ops.exp, x, tolerance=0),
        DomainError,
        "gradcheck: tolerance is 0; it must be positive and finite.",
    ),
    "names": (
        lambda x: gradcheck(ops.exp, x, names=["a", "b"]),
        ShapeError,
        "gradcheck: the inputs are 1, but the names 2.",
    ),
    "step": (
        lambda x: numerical_gradient(np.sum, x, h=-1e-5),
        DomainError,
        "numerical_gradient: h is -1e-05; it must be positive and finite.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_calls(case, x):
    call, kind, sentence = BAD[case]
    with pytest.raises(kind) as caught:
        call(x)
    assert str(caught.value) == sentence
