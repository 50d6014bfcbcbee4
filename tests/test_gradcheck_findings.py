"""What a gradient check says of functions that cannot be measured, and in which forms it asks."""

from functools import partial

import numpy as np
import pytest

from bplib import Layer, Linear, losses, ops
from bplib.errors import DTypeError, NotReadyError
from bplib.gradcheck import gradcheck

CHANGES_X = "  ✗ forward changes x, which belongs to whoever called it; let it write into a copy"


@pytest.fixture
def x():
    return np.array([1.0, 2.0, 3.0])


class Halved(Layer):
    def forward(self, x):
        x /= 2
        return x

    def backward(self, dy):
        return dy


class Counting(Layer):
    calls = 0

    def forward(self, x):
        self.calls += 1
        return x * self.calls

    def backward(self, dy):
        return 50 * dy


def test_a_layer_that_changes_its_input(x):
    report = gradcheck(Halved(), x)
    assert not report.ok and not report.arguments[0].ok
    assert report.findings == (CHANGES_X[4:],)
    assert str(report).startswith(f"gradcheck of Halved(): the gradients DISAGREE\n{CHANGES_X}\n")
    np.testing.assert_array_equal(x, [1, 2, 3])


@pytest.mark.parametrize("method", ["directions", "entries", "complex"])
@pytest.mark.parametrize("k", [2, 100, -7])
def test_a_pair_that_writes_into_its_input(method, k, x):
    def twice(x):
        return np.multiply(x, 2, out=x), None

    report = gradcheck((twice, lambda dy, cache: k * dy), x, method=method)
    assert not report.ok and report.arguments[0].ok == (k == 2)
    lines = str(report).splitlines()
    assert lines[1] == CHANGES_X
    if k == 2:
        assert lines[0] == "gradcheck of twice: the gradients agree, but the check fails"


def test_one_input_of_several_is_changed(x):
    def f(x, y):
        y += 1
        return x * y, (x, y)

    report = gradcheck((f, ops.multiply_backward), [x, x])
    assert not report.ok and [argument.ok for argument in report.arguments] == [True, True]
    assert report.findings == (CHANGES_X[4:].replace(" x,", " y,"),)


def test_a_backward_that_changes_its_upstream_gradient(x):
    def backward(dy, cache):
        dy *= 2
        return dy

    report = gradcheck((lambda x: (2 * x, None), backward), x)
    assert not report.ok and report.arguments[0].ok
    assert report.findings == (
        "backward changes dy, which belongs to whoever called it; let it write into a copy",
    )


def test_a_function_that_is_another_one_each_time(x):
    report = gradcheck(Counting(), x)
    assert not report.ok and report.arguments == ()
    assert str(report) == (
        "gradcheck of Counting(): there is nothing to measure\n"
        "  ✗ forward is not deterministic: with the same inputs it returned 1, and then 2, at "
        "index (0,); let it draw from a Generator that is passed in or listed in own_generators, "
        "and remember in own_buffers"
    )
    sizes = iter((3, 2, 1))
    report = gradcheck((lambda x: (x[: next(sizes)], None), lambda dy, cache: dy), x)
    assert "it returned shape (3,), and then (2,);" in str(report)


def test_what_is_returned_again_with_other_numbers(x):
    """A function that reuses its result's memory is compared with what it returned first."""
    result, calls = np.zeros(3), iter(range(9))

    def f(x):
        np.multiply(x, next(calls), out=result)
        return result, None

    assert "not deterministic" in str(gradcheck((f, lambda dy, cache: dy), x))


def test_rounding_is_no_difference(x):
    """Threads may add up in another order; a difference in the last digit is theirs."""
    orders = iter([1, -1] * 50)

    def total(x):
        return x[:: next(orders)].cumsum()[-1], x

    many = np.random.default_rng(0).standard_normal(999)
    assert gradcheck((total, lambda dy, x: dy * np.ones_like(x)), many[:30]).ok


def test_generators_start_again_with_each_call(x):
    rng = np.random.default_rng(3)
    state = rng.bit_generator.state
    report = gradcheck(partial(ops.dropout, rate=0.4, rng=rng), np.ones((4, 5)))
    assert report.ok and report.what == "dropout"
    assert rng.bit_generator.state == state
    other = partial(ops.dropout, rate=0.4, rng=rng), lambda dy, cache: dy
    assert not gradcheck(other, np.ones((4, 5))).ok


# Jumps, and steps that are too long.


@pytest.mark.parametrize("slope", [0, 123, -1e6])
def test_a_jump_is_no_corner(slope, x):
    report = gradcheck((lambda x: (np.floor(x), None), lambda dy, cache: slope * dy), x)
    assert not report.ok and "DISAGREE" in str(report)
    (argument,) = report.arguments
    assert [kink.index for kink in argument.kinks] == [(0,), (1,), (2,)]
    assert all(kink.jump and kink.right == 0 for kink in argument.kinks)
    assert str(argument.kinks[0]) == (
        "entry (0,) sits at a jump: slopes that grow as the step shrinks, "
        f"{argument.kinks[0].left:.6g} to the left, 0 to the right; no gradient is right there"
    )
    assert gradcheck((lambda x: (np.floor(x), None), lambda dy, cache: 0 * dy), x + 0.5).ok


def test_a_corner_is_no_jump():
    report = gradcheck(ops.relu, np.array([0.0, 1.0, -2.0]))
    assert report.ok and not report.arguments[0].kinks[0].jump
    assert "sits at a corner" in str(report)


def fast(turns, off=0):
    def sine(x):
        return np.sin(turns * x) / turns, x

    return sine, lambda dy, x: dy * np.cos((turns + off) * x)


def test_a_function_that_bends_within_a_step(x):
    """A central difference is off by (1000 h)²/6 here, which is the difference's own mistake."""
    for method in ("directions", "entries"):
        assert gradcheck(fast(1000), x, method=method).ok
        assert not gradcheck(fast(1000, off=1), x, method=method).ok
        assert "DISAGREE" in str(gradcheck(fast(1000, off=1), x, method=method))


def test_where_the_step_is_the_limit_the_report_says_so(x):
    report = gradcheck(fast(1e5), x)
    (argument,) = report.arguments
    assert not report.ok and argument.uncertain
    lines = str(report).splitlines()
    assert lines[0] == "gradcheck of sine: the slopes were not measured well enough to tell"
    assert lines[1].startswith("  ? x ")
    assert lines[3].strip() == (
        "nothing is shown either way: steps of 1e-05 of x's size and shorter ones measure slopes "
        "that differ by as much; try a smaller h, such as 1e-07, or method='complex'"
    )
    for right in (gradcheck(fast(1e5), x, h=1e-7), gradcheck(fast(1e5), x, method="complex")):
        assert right.ok and not right.arguments[0].uncertain
    wrong = gradcheck(fast(1e5, off=1), x, h=1e-7)
    assert not wrong.ok and not wrong.arguments[0].uncertain


# Losses, in the forms that `fit` takes.


def cross_entropy(logits, labels):
    loss, cache = losses.softmax_cross_entropy(logits, labels)
    return float(loss), cache


def cache_alone(cache):
    return losses.softmax_cross_entropy_backward(cache)


def scaled(kept, dloss=1.0):
    return losses.softmax_cross_entropy_backward(kept, dloss)


@pytest.mark.parametrize("backward", [cache_alone, scaled])
@pytest.mark.parametrize("method", ["directions", "entries"])
def test_a_loss_of_ones_own(backward, method, rng):
    logits, labels = rng.standard_normal((3, 4)), np.array([0, 3, 1])
    report = gradcheck((cross_entropy, backward), logits, labels=labels, method=method)
    assert report.ok and [argument.name for argument in report.arguments] == ["logits"]
    wrong = (cross_entropy, lambda cache: 2 * backward(cache))
    assert not gradcheck(wrong, logits, labels=labels, method=method).ok


def test_a_loss_with_its_settings(rng):
    prediction, target = rng.standard_normal((2, 5, 3))
    report = gradcheck(partial(losses.huber, delta=0.7), [prediction, target])
    assert report.ok and report.what == "huber"
    assert [argument.name for argument in report.arguments] == ["prediction"]


BAD = {
    "the wrong way round": (
        lambda x: gradcheck(x, ops.relu),
        "gradcheck: what is checked comes first, gradcheck(relu, inputs).",
    ),
    "inputs": (
        lambda x: gradcheck(ops.relu, 3.0),
        "gradcheck: inputs is a float; an array or a list of arrays is needed.",
    ),
    "half a pair": (
        lambda x: gradcheck((ops.relu,), x),
        "gradcheck: f is a tuple of 1; a pair has two functions.",
    ),
    "backward": (
        lambda x: gradcheck((ops.relu, 3), x),
        "gradcheck: backward is an int; a function is needed.",
    ),
    "no cache": (
        lambda x: gradcheck((lambda x: 2 * x, lambda dy, cache: 2 * dy), x, names=["x"]),
        "gradcheck: <lambda> returned an ndarray; the forward half of a pair returns two things, "
        "its value and the cache.",
    ),
    "no array": (
        lambda x: gradcheck((lambda x: ([1, 2], None), lambda dy, cache: dy), x),
        "gradcheck: <lambda> returned a list; an array of floats or a number is needed.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_calls(case, x):
    call, sentence = BAD[case]
    with pytest.raises(DTypeError) as caught:
        call(x)
    assert str(caught.value) == sentence


def test_a_layer_forgets_the_nudged_pass(rng):
    """A backward afterwards would belong to numbers that nobody passed forward."""
    layer = Linear(4, 3, rng=rng)
    layer.forward(rng.standard_normal((5, 4)))
    assert gradcheck(layer, rng.standard_normal((6, 4))).ok
    with pytest.raises(NotReadyError):
        layer.backward(np.ones((5, 3)))
