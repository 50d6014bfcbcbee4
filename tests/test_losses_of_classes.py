"""Losses of classes: by hand, by independent formulas, at extremes, and what they refuse."""

import math
import warnings

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import losses, tape
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.gradcheck import gradcheck

BCE = losses.binary_cross_entropy_with_logits
BCE_BACKWARD = losses.binary_cross_entropy_with_logits_backward
CE, CE_BACKWARD = losses.softmax_cross_entropy, losses.softmax_cross_entropy_backward
KL, KL_BACKWARD = losses.kl_divergence, losses.kl_divergence_backward
HINGE, HINGE_BACKWARD = losses.hinge, losses.hinge_backward

LN2, LN3 = math.log(2), math.log(3)


def one_hot(labels, k, dtype=np.float64):
    return np.eye(k, dtype=dtype)[labels]


def shares(rng, m, k):
    """Rows of probabilities."""
    return rng.dirichlet(np.ones(k), m)


def exactly(function, kind, sentence):
    with pytest.raises(kind) as caught:
        function()
    assert type(caught.value) is kind and str(caught.value) == sentence


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────


def test_binary_cross_entropy_by_hand():
    """At z = ln 3, p = ¾: -ln ¾ for yes, -ln ¼ for no; at z = 0 it is ln 2 whatever the label."""
    z, y = np.array([LN3, LN3, 0.0, 0.0]), np.array([1, 0, 1, 0])
    loss, cache = BCE(z, y)
    assert float(loss) == pytest.approx((2 * math.log(4) - LN3 + 2 * LN2) / 4, rel=1e-14)
    np.testing.assert_allclose(BCE_BACKWARD(cache), np.array([-1, 3, -2, 2]) / 16, rtol=1e-14)


def test_softmax_cross_entropy_by_hand():
    """Rows (ln 2, 0, 0) and zeros: p = (½, ¼, ¼) and thirds."""
    z = np.array([[LN2, 0.0, 0.0], [0.0, 0.0, 0.0]])
    loss, cache = CE(z, np.array([0, 2]))
    assert float(loss) == pytest.approx((LN2 + LN3) / 2, rel=1e-14)
    expected = np.array([[-1 / 2, 1 / 4, 1 / 4], [1 / 3, 1 / 3, -2 / 3]]) / 2
    np.testing.assert_allclose(CE_BACKWARD(cache), expected, rtol=1e-14)


def test_class_weights_by_hand():
    """Weights 3 and 1 for the two labels: a weighted mean, divided by 4 and not by 2."""
    z = np.array([[LN2, 0.0, 0.0], [0.0, 0.0, 0.0]])
    loss, cache = CE(z, np.array([0, 2]), class_weights=np.array([3.0, 100.0, 1.0]))
    assert float(loss) == pytest.approx((3 * LN2 + LN3) / 4, rel=1e-14)
    rows = np.array([[-1 / 2, 1 / 4, 1 / 4], [1 / 3, 1 / 3, -2 / 3]])
    np.testing.assert_allclose(CE_BACKWARD(cache), rows * [[3 / 4], [1 / 4]], rtol=1e-14)


def test_kl_divergence_by_hand():
    """From a certain target it is -ln p; from the prediction's own probabilities it is 0."""
    z = np.array([[LN2, 0.0, 0.0]])
    loss, cache = KL(z, np.array([[0.0, 1.0, 0.0]]))
    assert float(loss) == pytest.approx(2 * LN2, rel=1e-14)
    np.testing.assert_allclose(KL_BACKWARD(cache), [[0.5, -0.75, 0.25]], rtol=1e-14)
    loss, cache = KL(z, np.array([[0.5, 0.25, 0.25]]))
    assert abs(loss) < 1e-15 and abs(KL_BACKWARD(cache)).max() < 1e-15


def test_hinge_by_hand():
    """Right and far, right but near, at the corner, wrong: 0, ½, 0 and 3."""
    scores, labels = np.array([1.5, 0.5, -1.0, 2.0]), np.array([1, 1, -1, -1])
    loss, cache = HINGE(scores, labels)
    assert float(loss) == 3.5 / 4
    np.testing.assert_array_equal(HINGE_BACKWARD(cache), [0, -0.25, 0, 0.25])


# ── by another way to the same number ────────────────────────────────────────────────────────────


@hypothesis.given(seed=st.integers(0, 10**6), m=st.integers(1, 8), k=st.integers(1, 7))
def test_class_numbers_are_one_hot_rows(seed, m, k):
    """With smoothing and weights too."""
    rng = np.random.default_rng(seed)
    z, labels = 3 * rng.standard_normal((m, k)), rng.integers(k, size=m)
    for settings in (
        {},
        {"label_smoothing": 0.1},
        {"class_weights": rng.uniform(0.5, 2, k)},
        {"label_smoothing": 0.3, "class_weights": rng.uniform(0.5, 2, k)},
    ):
        by_number, cache = CE(z, labels, **settings)
        by_row, cache_row = CE(z, one_hot(labels, k), **settings)
        np.testing.assert_allclose(by_number, by_row, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(CE_BACKWARD(cache), CE_BACKWARD(cache_row), atol=1e-15)


@hypothesis.given(seed=st.integers(0, 10**6), m=st.integers(1, 8), k=st.integers(2, 7))
def test_gradients_sum_to_zero_over_the_classes(seed, m, k):
    """A number added to all logits of a row changes no probability, hence no loss."""
    rng = np.random.default_rng(seed)
    z, labels, rows = 5 * rng.standard_normal((m, k)), rng.integers(k, size=m), shares(rng, m, k)
    weights, up = rng.uniform(0.1, 3, k), float(rng.standard_normal())
    for loss, backward, given in (
        (CE, CE_BACKWARD, (labels,)),
        (CE, CE_BACKWARD, (rows,)),
        (CE, CE_BACKWARD, (labels, 0.2, weights)),
        (CE, CE_BACKWARD, (rows, 0.2, weights)),
        (KL, KL_BACKWARD, (rows,)),
    ):
        value, cache = loss(z, *given)
        np.testing.assert_allclose(backward(cache, up).sum(axis=1), 0, atol=1e-15 * max(1, abs(up)))
        shifted, _ = loss(z + rng.standard_normal((m, 1)), *given)
        np.testing.assert_allclose(shifted, value, rtol=1e-10, atol=1e-13)


@hypothesis.given(seed=st.integers(0, 10**6))
def test_two_classes_are_one_logit(seed):
    """Softmax over (0, z) is the sigmoid of z: the two losses meet."""
    rng = np.random.default_rng(seed)
    z, labels = 4 * rng.standard_normal(6), rng.integers(2, size=6)
    binary, cache = BCE(z, labels)
    pairs, cache_pairs = CE(np.stack([np.zeros(6), z], axis=1), labels)
    np.testing.assert_allclose(binary, pairs, rtol=1e-12)
    np.testing.assert_allclose(BCE_BACKWARD(cache), CE_BACKWARD(cache_pairs)[:, 1], rtol=1e-9)


@hypothesis.given(seed=st.integers(0, 10**6), m=st.integers(1, 6), k=st.integers(2, 6))
def test_divergence_is_cross_entropy_less_entropy(seed, m, k):
    rng = np.random.default_rng(seed)
    z, target = rng.standard_normal((m, k)), shares(rng, m, k)
    divergence, cache = KL(z, target)
    crossed, cache_crossed = CE(z, target)
    entropy = -(target * np.log(target)).sum(axis=1).mean()
    np.testing.assert_allclose(divergence, crossed - entropy, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(KL_BACKWARD(cache), CE_BACKWARD(cache_crossed), atol=1e-15)
    assert divergence > -1e-15


def test_plain_formulas(rng):
    z, y = rng.standard_normal((5, 3)), rng.random((5, 3))
    p = 1 / (1 + np.exp(-z))
    plain = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    np.testing.assert_allclose(BCE(z, y)[0], plain, rtol=1e-13)
    np.testing.assert_allclose(BCE_BACKWARD(BCE(z, y)[1]), (p - y) / 15, rtol=1e-12)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    labels, w, epsilon = np.array([0, 2, 1, 1, 0]), np.array([0.5, 2.0, 1.5]), 0.2
    q = (1 - epsilon) * one_hot(labels, 3) + epsilon / 3
    plain = -(w * q * np.log(p)).sum() / w[labels].sum()
    np.testing.assert_allclose(CE(z, labels, epsilon, w)[0], plain, rtol=1e-13)
    signs = rng.choice([-1.0, 1.0], (5, 3))
    plain = np.where(signs * z < 1, 1 - signs * z, 0).mean()
    np.testing.assert_allclose(HINGE(z, signs)[0], plain, rtol=1e-13)


def test_smoothing_all_the_way_forgets_the_label(rng):
    z, labels = rng.standard_normal((6, 4)), rng.integers(4, size=6)
    assert CE(z, labels, 1)[0] == CE(z, (labels + 1) % 4, 1)[0]


def test_weights_of_one_and_no_smoothing_change_nothing(rng):
    z, labels = rng.standard_normal((6, 4)), rng.integers(4, size=6)
    plain, _ = CE(z, labels)
    np.testing.assert_allclose(CE(z, labels, 0, np.ones(4))[0], plain, rtol=1e-14)
    np.testing.assert_allclose(CE(z, labels, class_weights=np.full(4, 7.0))[0], plain, rtol=1e-14)
    # a class of weight 0 is as if its samples were not there
    w = np.array([1.0, 0.0, 1.0, 1.0])
    labels = np.array([0, 1, 2, 3, 1, 0])
    kept = labels != 1
    np.testing.assert_allclose(CE(z, labels, 0.0, w)[0], CE(z[kept], labels[kept])[0], rtol=1e-14)


@pytest.mark.parametrize("method", ["directions", "complex"])
def test_gradcheck(method, rng):
    z, rows, k = rng.standard_normal((5, 4)), shares(rng, 5, 4), 4
    for f, backward, given in (
        (BCE, BCE_BACKWARD, (rng.random((5, 4)),)),
        (CE, CE_BACKWARD, (rng.integers(k, size=5),)),
        (CE, CE_BACKWARD, (rows, 0.1, rng.uniform(0.5, 2, k))),
        (KL, KL_BACKWARD, (rows,)),
    ):
        report = gradcheck(
            lambda z, f=f, given=given: f(z, *given),
            [z],
            backward=backward,
            method=method,
            tolerance=1e-12 if method == "complex" else 1e-7,
        )
        assert report.ok, report


# ── extremes ─────────────────────────────────────────────────────────────────────────────────────

HUGE = {np.float64: (1e300, 1000.0, 40.0, 1e-300), np.float32: (1e37, 1000.0, 20.0, 1e-37)}


@pytest.mark.parametrize("dtype", HUGE)
def test_binary_cross_entropy_at_extremes(dtype):
    """|z| for the wrong side, exp(-|z|) for the right one: never log(0), and no warning."""
    for size in HUGE[dtype]:
        for sign in (1, -1):
            z = np.array([sign * size], dtype)
            for y in (0, 1):
                loss, cache = BCE(z, np.array([y]))
                right = (sign > 0) == (y == 1)
                expected = np.log1p(np.exp(np.float64(-size))) + (0 if right else size)
                np.testing.assert_allclose(loss, expected, rtol=4 * np.finfo(dtype).eps)
                small = np.exp(np.float64(-size)) / (1 + np.exp(np.float64(-size)))
                slope = (small if right else 1 - small) * (1 if y == 0 else -1)
                tiny = np.finfo(dtype).tiny
                np.testing.assert_allclose(BCE_BACKWARD(cache), [slope], rtol=1e-6, atol=tiny)


@pytest.mark.parametrize("dtype", HUGE)
def test_cross_entropies_at_extremes(dtype):
    for size in HUGE[dtype]:
        z = np.array([[size, -size, 0.0], [-size, 0.0, size]], dtype)
        for labels in (np.array([0, 2]), one_hot([0, 2], 3, dtype)):
            loss, cache = CE(z, labels)  # both right
            gap = np.float64(size)
            expected = np.log1p(np.exp(-gap) + np.exp(-2 * gap))
            np.testing.assert_allclose(loss, expected, rtol=1e-6, atol=1e-7)
            assert np.isfinite(CE_BACKWARD(cache)).all()
        for labels in (np.array([1, 0]), one_hot([1, 0], 3, dtype)):
            loss, cache = CE(z, labels)  # both as wrong as can be
            np.testing.assert_allclose(loss, expected + 2 * gap, rtol=1e-6)
            slopes = CE_BACKWARD(cache)
            assert np.isfinite(slopes).all() and slopes.dtype == dtype
            np.testing.assert_allclose(slopes.sum(axis=1), 0, atol=1e-7)
        target = np.array([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5]], dtype)
        loss, cache = KL(z, target)
        assert np.isfinite(loss) and np.isfinite(KL_BACKWARD(cache)).all()
        loss, cache = HINGE(z, np.array([[1, 1, -1], [-1, 1, -1]]))
        assert np.isfinite(loss) and np.isfinite(HINGE_BACKWARD(cache)).all()


def test_tiny_probabilities():
    """A target of 10⁻³⁰⁰ and one of 0 both count as what they are."""
    z, target = np.array([[0.0, -690.0, -1000.0]]), np.array([[1.0, 1e-300, 0.0]])
    loss, _ = KL(z, target)
    assert float(loss) == pytest.approx(0.0, abs=1e-290)
    assert float(CE(z, target)[0]) == pytest.approx(690e-300, abs=1e-290)


def test_a_ruled_out_class():
    """A logit of -inf is a probability of 0: no gradient, and no NaN from 0 · inf."""
    z = np.array([[0.0, -np.inf, 0.0]])
    for labels in (np.array([0]), np.array([[1.0, 0.0, 0.0]])):
        loss, cache = CE(z, labels)
        assert float(loss) == pytest.approx(LN2)
        np.testing.assert_allclose(CE_BACKWARD(cache), [[-0.5, 0, 0.5]])


def test_confident_and_right_keeps_its_digits():
    """σ(40) rounds to 1, and the slope σ(40) - 1 is still -4·10⁻¹⁸."""
    _, cache = BCE(np.array([40.0]), np.array([1]))
    np.testing.assert_allclose(BCE_BACKWARD(cache), [-math.exp(-40)], rtol=1e-14)


# ── what is taken and what is refused ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["int8", "uint8", "int64", "bool", "float64"])
def test_kinds_of_binary_labels(kind, rng):
    z = rng.standard_normal(5)
    labels = np.array([0, 1, 1, 0, 1])
    assert BCE(z, labels.astype(kind))[0] == BCE(z, labels)[0]
    if kind in ("int8", "int64", "float64"):
        assert HINGE(z, (2 * labels - 1).astype(kind))[0] == HINGE(z, 2 * labels - 1)[0]
    if kind in ("int8", "uint8", "int64"):
        z = rng.standard_normal((5, 3))
        assert CE(z, labels.astype(kind))[0] == CE(z, labels)[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_and_untouched_arguments(dtype, rng):
    z, rows = rng.standard_normal((5, 4)).astype(dtype), shares(rng, 5, 4).astype(dtype)
    weights, numbers = np.array([1, 2, 3, 4], dtype), rng.integers(4, size=5)
    signs = rng.choice([-1, 1], (5, 4)).astype(dtype)
    given = (z, rows, weights, numbers, signs)
    before = [x.copy() for x in given]
    for x in given:
        x.flags.writeable = False
    for name, others in (
        ("binary_cross_entropy_with_logits", (rows,)),
        ("softmax_cross_entropy", (numbers,)),
        ("softmax_cross_entropy", (numbers, 0.1, weights)),
        ("softmax_cross_entropy", (rows, 0.1, weights)),
        ("kl_divergence", (rows,)),
        ("hinge", (signs,)),
    ):
        loss, cache = getattr(losses, name)(z, *others)
        backward = getattr(losses, f"{name}_backward")
        first = backward(cache, dtype(3))
        assert loss.dtype == first.dtype == dtype and first.shape == z.shape
        np.testing.assert_allclose(first, 3 * backward(cache), rtol=1e-6)
    for x, x_before in zip(given, before, strict=True):
        np.testing.assert_array_equal(x, x_before)


def test_class_weights_on_every_device(xp, rng):
    z, labels, w = rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 0]), np.array([1.0, 2.0, 0.5])
    here, cache = CE(z, labels, 0.1, w)
    there, cache_there = CE(*map(xp.asarray, (z, labels)), 0.1, xp.asarray(w))
    np.testing.assert_allclose(to_numpy(there), here, rtol=1e-14)
    np.testing.assert_allclose(
        to_numpy(CE_BACKWARD(cache_there)), CE_BACKWARD(cache), rtol=1e-12, atol=1e-16
    )


def test_on_the_tape(rng):
    """Labels are a setting: whole numbers pass, and only the logits get a gradient."""
    z, labels = rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 0])
    logits = tape.Tensor(z)
    y = tape.softmax_cross_entropy(logits * 2.0, labels, label_smoothing=0.1)
    y.backward()
    _, cache = CE(2 * z, labels, 0.1)
    np.testing.assert_array_equal(logits.grad, 2 * CE_BACKWARD(cache))
    for pair in (tape.hinge, tape.binary_cross_entropy_with_logits):
        logits.zero_grad()
        pair(logits, np.ones((5, 3), int)).backward()
        assert logits.grad.shape == (5, 3)
    for labels in (tape.Tensor(np.zeros(5)), [0, 2, 1, 1, 0], None):
        with pytest.raises(DTypeError, match="softmax_cross_entropy: labels is "):
            tape.softmax_cross_entropy(logits, labels)


def test_a_fresh_gradient_each_time(rng):
    _, cache = CE(rng.standard_normal((4, 3)), np.array([0, 1, 2, 0]))
    first = CE_BACKWARD(cache)
    kept = first.copy()
    first += 1
    np.testing.assert_array_equal(CE_BACKWARD(cache), kept)


def test_nothing_warns_on_overflow():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        z = np.array([[1.7e308, -1.7e308]])
        loss, cache = CE(z, np.array([1]))
        assert loss == np.inf and np.isfinite(CE_BACKWARD(cache)).all()
        assert CE(z, np.array([0]))[0] == CE(z, np.array([[1.0, 0.0]]))[0] == 0
        assert KL(z, np.array([[1.0, 0.0]]))[0] == 0


Z, M = np.zeros((4, 3)), np.zeros(4)
REFUSED = [
    (CE, (M, M.astype(int)), ShapeError,
     "softmax_cross_entropy: logits has shape (4,); it needs two axes, (m, k); one single sample "
     "is logits[None, :]."),
    (CE, (Z[None], M.astype(int)), ShapeError,
     "softmax_cross_entropy: logits has shape (1, 4, 3); it needs two axes, (m, k)."),
    (CE, (Z[:0], M[:0].astype(int)), ShapeError,
     "softmax_cross_entropy: logits is empty, its shape is (0, 3)."),
    (CE, (Z, np.array([0, 1, 3, 2])), DomainError,
     "softmax_cross_entropy: labels holds 3 at index 2; 3 classes have the numbers 0 to 2."),
    (CE, (Z, np.array([0, 1, -1, 2])), DomainError,
     "softmax_cross_entropy: labels holds -1 at index 2; 3 classes have the numbers 0 to 2."),
    (CE, (Z, M), DTypeError,
     "softmax_cross_entropy: labels has shape (4,) and dtype float64; class numbers are whole, as "
     "in labels.astype(int), and probabilities have shape (4, 3)."),
    (CE, (Z, M > 0), DTypeError,
     "softmax_cross_entropy: labels has shape (4,) and dtype bool; class numbers are whole, as "
     "in labels.astype(int), and probabilities have shape (4, 3)."),
    (CE, (Z, np.zeros(5, int)), ShapeError,
     "softmax_cross_entropy: logits has 4 rows, but there are 5 labels; each row needs one."),
    (CE, (Z, np.zeros((4, 1), int)), ShapeError,
     "softmax_cross_entropy: labels has shape (4, 1); class numbers have shape (m,), as "
     "labels.ravel() has."),
    (CE, (Z, np.ma.array([0, 1, 2, 0], mask=[0, 0, 1, 0])), DTypeError,
     "softmax_cross_entropy: labels is a masked array, and nothing here leaves entries out; fill "
     "it first, for example labels.filled(0)."),
    (CE, (Z, np.zeros((4, 1))), ShapeError,
     "softmax_cross_entropy: logits has shape (4, 3), but labels has shape (4, 1); the two must "
     "be equal."),
    (CE, (Z, np.zeros((4, 3, 1))), ShapeError,
     "softmax_cross_entropy: labels has shape (4, 3, 1); it needs (m,) for class numbers or "
     "(m, k) for probabilities."),
    (CE, (Z, np.float64(1)), ShapeError,
     "softmax_cross_entropy: labels has shape (); it needs (m,) for class numbers or (m, k) for "
     "probabilities."),
    (CE, (Z, [0, 1, 2, 0]), DTypeError,
     "softmax_cross_entropy: labels is a list; an array is needed, of class numbers (m,) or "
     "probabilities (m, k)."),
    (CE, (Z, np.full((4, 3), 0.3)), DomainError,
     "softmax_cross_entropy: row 0 of labels sums to 0.9; the probabilities of a row sum to 1."),
    (CE, (Z, np.array([[0, 1, 0], [0.5, 0.75, -0.25], [1, 0, 0], [0, 0, 1]])), DomainError,
     "softmax_cross_entropy: labels holds -0.25 at index (1, 2); a probability is at least 0."),
    (CE, (Z, np.full((4, 3), np.nan)), DomainError,
     "softmax_cross_entropy: labels holds nan at index (0, 0); a probability is at least 0."),
    (CE, (Z, np.full((4, 3), 1 / 3) + 0j), DTypeError,
     "softmax_cross_entropy: labels holds complex128 values; real numbers are needed."),
    (CE, (Z, np.full((4, 3), 1 / 3, np.float32)), DTypeError,
     "softmax_cross_entropy: labels is float32, but logits is float64; give both one dtype."),
    (CE, (Z, np.zeros(4, int), 1.5), DomainError,
     "softmax_cross_entropy: label_smoothing is 1.5; it must be between 0 and 1."),
    (CE, (Z, np.zeros(4, int), "much"), DTypeError,
     "softmax_cross_entropy: label_smoothing is a str; a number is needed."),
    (CE, (Z, np.zeros(4, int), 0.0, np.ones(4)), ShapeError,
     "softmax_cross_entropy: class_weights has shape (4,), but logits has 3 columns; one weight "
     "for each class is needed, (3,)."),
    (CE, (Z, np.zeros(4, int), 0.0, [1.0, 1.0, 1.0]), DTypeError,
     "softmax_cross_entropy: class_weights is a list; an array of floats is needed."),
    (CE, (Z, np.zeros(4, int), 0.0, np.array([1.0, -1.0, 1.0])), DomainError,
     "softmax_cross_entropy: class_weights holds -1 at index 1; a weight is finite and at least "
     "0."),
    (CE, (Z, np.zeros(4, int), 0.0, np.array([0.0, 1.0, 1.0])), DomainError,
     "softmax_cross_entropy: the class_weights of all labels in the batch are 0; there is nothing "
     "to average."),
    (CE, (Z, np.zeros(3, int)), ShapeError,
     "softmax_cross_entropy: logits has 4 rows, but there are 3 labels; each row needs one."),
    (CE, (Z, np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1.001], [1, 0, 0]])), DomainError,
     "softmax_cross_entropy: row 2 of labels sums to 1.001; the probabilities of a row sum to 1."),
    (CE, (Z, np.zeros(4, int), 0.0, np.array([1.0, 1.0, np.inf])), DomainError,
     "softmax_cross_entropy: class_weights holds inf at index 2; a weight is finite and at least "
     "0."),
    (KL, (M, M), ShapeError,
     "kl_divergence: logits has shape (4,); it needs two axes, (m, k); one single sample is "
     "logits[None, :]."),
    (KL, (Z, np.ones((4, 3), int)), DTypeError,
     "kl_divergence: target holds int64 values; floats are needed, for example "
     "target.astype(float)."),
    (KL, (Z, Z), DomainError,
     "kl_divergence: row 0 of target sums to 0; the probabilities of a row sum to 1."),
    (BCE, (M, np.zeros((4, 1))), ShapeError,
     "binary_cross_entropy_with_logits: logits has shape (4,), but labels has shape (4, 1); the "
     "two must be equal."),
    (BCE, (M, np.array([0, 1, 2, 1])), DomainError,
     "binary_cross_entropy_with_logits: labels holds 2 at index 2; labels lie between 0 and 1."),
    (BCE, (M, np.array([0.5, -0.1, 1, 1])), DomainError,
     "binary_cross_entropy_with_logits: labels holds -0.1 at index 1; labels lie between 0 and "
     "1."),
    (BCE, (M, [0, 1, 1, 1]), DTypeError,
     "binary_cross_entropy_with_logits: labels is a list; an array of labels is needed."),
    (BCE, (M, np.array(list("abcd"))), DTypeError,
     "binary_cross_entropy_with_logits: labels holds <U1 values; real numbers are needed."),
    (BCE, (M, M + 0j), DTypeError,
     "binary_cross_entropy_with_logits: labels holds complex128 values; real numbers are needed."),
    (BCE, (M, M.astype(np.float32)), DTypeError,
     "binary_cross_entropy_with_logits: labels is float32, but logits is float64; give both one "
     "dtype."),
    (HINGE, (M, np.array([0, 1, 1, 1])), DomainError,
     "hinge: labels holds 0 at index 0; its labels are -1 and 1."),
    (HINGE, (M, M > 0), DomainError,
     "hinge: labels holds 0 at index 0; its labels are -1 and 1."),
    (HINGE, (M + 0j, M + 1), DTypeError,
     "hinge: scores holds complex128 values; real numbers are needed."),
    (HINGE, (M.astype(int), M.astype(int)), DTypeError,
     "hinge: scores holds int64 values; floats are needed, for example scores.astype(float)."),
]  # fmt: skip


@pytest.mark.parametrize("loss, arguments, kind, sentence", REFUSED)
def test_what_is_refused(loss, arguments, kind, sentence):
    exactly(lambda: loss(*arguments), kind, sentence)


def test_rows_need_not_sum_to_the_last_digit(rng):
    """What a softmax in float32 makes of a thousand classes is taken."""
    z = rng.standard_normal((5, 1000)).astype(np.float32)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.isfinite(CE(z, p)[0]) and abs(KL(np.log(p), p)[0]) < 1e-5


def test_mixed_devices_get_a_sentence(xp):
    if xp is np:
        return
    for loss, given in ((CE, np.zeros(4, int)), (CE, np.full((4, 3), 1 / 3)), (HINGE, Z + 1)):
        with pytest.raises(DTypeError, match="live in different places"):
            loss(xp.asarray(Z), given)
