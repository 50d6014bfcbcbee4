"""Chapter 5: its figure of a dense layer, and gradients of exercises that declare no loss."""

import numpy as np
import pytest

from bplib import draw
from bplib.author.promises.written import finite_differences
from bplib.checks import run_check
from bplib.checks.decide import make_cases
from bplib.checks.exercises import ch05_empty_page, ch05_network, ch05_softmax
from bplib.draw.figure import alt_of, svg_of
from bplib.errors import ShapeError, UnknownNameError

LAYER = [1, 2, 3], [[1, -1], [4, 1], [-1, 2]], [-1, 2], [2, -1]


# ── the figure ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("focus", "said"),
    [
        (None, "weights 2, −1; 4, −2; 6, −3."),
        (("z", 0), "Marked: what makes z₁."),
        (("x", 1), "Marked: what makes the gradient of x₂."),
        (("W", 2, 1), "Marked: what makes the gradient of W₃₂."),
        (("b", 0), "Marked: what makes the gradient of b₁."),
    ],
)
def test_the_figure_says_what_it_shows(focus, said):
    words = alt_of(draw.dense_layer(*LAYER, focus=focus))
    assert words.endswith(said)
    assert "Forward it gives 5, 9." in words and "the inputs receive 3, 7, −4" in words


MARK = "#f6e6ef"  # the fill of a marked cell


@pytest.mark.parametrize(
    ("focus", "marked"),
    [
        (None, 0),
        (("z", 0), 3 + 3 + 1 + 1),  # x, a column of W, a bias, the sum
        (("x", 1), 2 + 2 + 1),  # delta, a row of W, the gradient
        (("W", 2, 1), 1 + 1 + 1),
        (("b", 1), 1),
    ],
)
def test_as_many_cells_are_marked_as_take_part(focus, marked):
    assert svg_of(draw.dense_layer(*LAYER, focus=focus)).count(MARK) == marked


def test_the_same_figure_every_time():
    first, second = (svg_of(draw.dense_layer(*LAYER, focus=("x", 0))) for _ in range(2))
    assert first == second


def test_one_of_each():
    assert "Forward it gives 7." in alt_of(draw.dense_layer([2], [[3]], [1], [0.5]))


@pytest.mark.parametrize(
    ("change", "problem", "said"),
    [
        ({"x": [1, 2]}, ShapeError, r"^draw.dense_layer: x \(2,\), W \(3, 2\), b \(2,\) and "),
        ({"delta": [[2, -1]]}, ShapeError, r"delta \(1, 2\) do not fit; they are "),
        ({"focus": ("W", 2, 2)}, ShapeError, r"focus is \('W', 2, 2\); W has shape \(3, 2\)\.$"),
        ({"focus": ("x", 3)}, ShapeError, r"x has shape \(3,\)\.$"),
        ({"focus": ("z",)}, ShapeError, r"z has shape \(2,\)\.$"),
        ({"focus": ("V", 0)}, UnknownNameError, "there is no focus 'V'"),
    ],
)
def test_what_does_not_fit_is_said(change, problem, said):
    given = {**dict(zip(("x", "W", "b", "delta"), LAYER, strict=True)), **change}
    with pytest.raises(problem, match=said):
        draw.dense_layer(**given)


# ── references that declare no loss ──────────────────────────────────────────────────────────────


def test_the_gradients_of_a_network_are_slopes():
    exercise = ch05_network.any_depth_gradients
    for X, labels, parameters in make_cases(exercise, 1):
        found = exercise.reference(X, labels, parameters)
        assert list(found) and set(found) == {"d" + name for name in parameters}
        for name in parameters:

            def loss(value, name=name, given=(X, labels, parameters)):
                return ch05_network.network_loss(*given[:2], {**given[2], name: value})

            slopes = finite_differences(loss, (parameters[name],), 0)
            assert np.allclose(found["d" + name], slopes, rtol=1e-5, atol=1e-9)


def test_the_gradient_of_the_cross_entropy_is_its_slope():
    exercise = ch05_softmax.cross_entropy_gradient
    for place, (z, labels) in enumerate(make_cases(exercise, 1)):
        if place == 3:  # scores of ±1000: nudges see no difference of two large numbers
            continue
        slopes = finite_differences(ch05_softmax._cross_entropy, (z, labels), 0)
        assert np.allclose(exercise.reference(z, labels), slopes, rtol=1e-6, atol=1e-10)


def test_the_empty_page_from_the_four_equations():
    """The steps as a reader of the chapter alone would write them."""
    rng = np.random.default_rng(7)
    X, labels = rng.normal(size=(7, 4)), np.array([2, 0, 1, 1, 2, 0, 1])
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in ((4, 5), 5, (5, 3), 3))
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    p = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
    y = np.zeros((7, 3))
    for i in range(7):
        y[i, labels[i]] = 1
    loss = -np.sum(y * np.log(p)) / 7
    delta2 = (p - y) / 7
    dW2, db2, da1 = a1.T @ delta2, delta2.sum(axis=0), delta2 @ W2.T
    delta1 = da1 * (1 - np.tanh(z1) ** 2)
    dW1, db1 = X.T @ delta1, delta1.sum(axis=0)
    values = dict(locals())
    assert run_check("the_empty_page", values).passed

    def loss_of(W1):
        scores = np.tanh(X @ W1 + b1) @ W2 + b2
        return np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(7), labels])

    slopes = finite_differences(loss_of, (W1,), 0)
    assert np.allclose(dW1, slopes, rtol=1e-6, atol=1e-9)
    assert [step[0] for step in ch05_empty_page.the_empty_page.steps][-1] == "db1"


def test_a_later_case_that_is_not_finite_does_not_make_the_earlier_ones_right():
    """NaN is told first, wherever it is; the values before it may be wrong, and not named right."""

    def one_sum_for_all(z):
        return np.exp(z) / np.exp(z).sum()

    text = run_check("softmax_rows", one_sum_for_all).text
    assert "case 4 of 6" in text and "NaN" in text and "are right" not in text

    def naive(z):
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    assert "Cases 1 to 3 are right." in run_check("softmax_rows", naive).text
