"""Metrics of classes equal scikit-learn's and plain counting, and refuse what has no answer."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from sklearn import calibration as their_calibration
from sklearn import metrics as theirs

from bplib import metrics
from bplib.errors import DomainError, DTypeError, ShapeError, UnknownNameError

seeds = st.integers(0, 10**6)
AVERAGED = {
    "precision": theirs.precision_score,
    "recall": theirs.recall_score,
    "f1": theirs.f1_score,
}


def classes(rng, m, k):
    """Labels, and predictions that are right more often than not."""
    labels = rng.integers(k, size=m)
    return np.where(rng.random(m) < 0.6, labels, rng.integers(k, size=m)), labels


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────


def test_worked_by_hand(xp):
    """Six samples of three classes; class 1 is predicted once too often, class 2 never right."""
    labels, prediction = xp.asarray([0, 0, 0, 1, 1, 2]), xp.asarray([0, 0, 1, 1, 1, 0])
    assert metrics.accuracy(prediction, labels) == pytest.approx(4 / 6)
    C = metrics.confusion_matrix(prediction, labels)
    assert type(C) is np.ndarray and C.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    for metric, each in (
        (metrics.precision, [2 / 3, 2 / 3, 0]),
        (metrics.recall, [2 / 3, 1, 0]),
        (metrics.f1, [2 / 3, 4 / 5, 0]),
    ):
        found = metric(prediction, labels, average=None)
        assert type(found) is np.ndarray
        np.testing.assert_allclose(found, each, rtol=1e-15)
        assert metric(prediction, labels) == pytest.approx(np.mean(each))
        assert metric(prediction, labels, average="micro") == pytest.approx(4 / 6)
        assert type(metric(prediction, labels)) is float


def test_curve_by_hand(xp):
    """Scores 0.9 (1), 0.8 (0), 0.8 (1), 0.1 (0): 3½ of the four pairs are in order."""
    scores, labels = xp.asarray([0.8, 0.9, 0.1, 0.8]), xp.asarray([0, 1, 0, 1])
    curve = metrics.roc_curve(scores, labels)
    assert curve.false_positive_rate.tolist() == [0, 0, 0.5, 1]
    assert curve.true_positive_rate.tolist() == [0, 0.5, 1, 1]
    assert curve.threshold.tolist() == [np.inf, 0.9, 0.8, 0.1]
    assert metrics.auc(scores, labels) == 3.5 / 4


def test_scores_stand_for_their_largest(xp):
    scores = xp.asarray([[0.1, 0.7, 0.2], [0.5, 0.5, 0.0], [0.3, 0.3, 0.4], [0.2, 0.3, 0.5]])
    labels = xp.asarray([1, 0, 2, 1])
    assert metrics.accuracy(scores, labels) == 0.75
    assert metrics.top_k_accuracy(scores, labels, k=1) == 0.75
    assert metrics.top_k_accuracy(scores, labels, k=2) == 1.0
    assert metrics.confusion_matrix(scores, labels).tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]


def test_calibration_by_hand(xp):
    """Two bins: said 0.3 and one of two right, 0.2 apart; said 0.9 and all right, 0.1 apart."""
    said, labels = xp.asarray([0.2, 0.4, 0.9, 0.9]), xp.asarray([0, 1, 1, 1])
    assert metrics.calibration_error(said, labels, n_bins=2) == pytest.approx(0.15)
    rows = xp.asarray([[0.6, 0.4], [0.1, 0.9]])
    # confidences 0.6 and 0.9 in one bin of (0.5, 1]: said 0.75, right one time of two
    error = metrics.calibration_error(rows, xp.asarray([1, 1]), n_bins=2)
    assert error == pytest.approx(0.25) and type(error) is float


# ── by scikit-learn ──────────────────────────────────────────────────────────────────────────────


@hypothesis.given(seed=seeds, m=st.integers(1, 40), k=st.integers(2, 6))
@hypothesis.settings(max_examples=20)
def test_counts_equal_to_scikit_learn(seed, m, k):
    """Also where a class has no samples, or is never predicted."""
    rng = np.random.default_rng(seed)
    prediction, labels = classes(rng, m, k)
    everything = list(range(k))
    assert metrics.accuracy(prediction, labels) == theirs.accuracy_score(labels, prediction)
    np.testing.assert_array_equal(
        metrics.confusion_matrix(prediction, labels, n_classes=k),
        theirs.confusion_matrix(labels, prediction, labels=everything),
    )
    for name, other in AVERAGED.items():
        ours = getattr(metrics, name)
        for average in ("macro", "micro"):
            found, expected = (
                ours(prediction, labels, average),
                other(labels, prediction, average=average, zero_division=0),
            )
            assert found == pytest.approx(expected, rel=1e-13)
        each = ours(prediction, labels, None)
        expected = other(labels, prediction, average=None, labels=everything, zero_division=0)
        np.testing.assert_allclose(each, expected[: len(each)], rtol=1e-13)
        assert not expected[len(each) :].any()


@hypothesis.given(seed=seeds, m=st.integers(2, 40), distinct=st.integers(1, 50))
def test_curve_equal_to_scikit_learn(seed, m, distinct):
    rng = np.random.default_rng(seed)
    scores, labels = rng.integers(distinct, size=m) / 8, rng.integers(2, size=m)
    labels[:2] = 0, 1
    ours = metrics.roc_curve(scores, labels)
    expected = theirs.roc_curve(labels, scores, drop_intermediate=False)
    for mine, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-14)
    assert metrics.auc(scores, labels) == pytest.approx(theirs.roc_auc_score(labels, scores))
    assert metrics.auc(scores, labels == 1) == metrics.auc(scores, labels)


@hypothesis.given(seed=seeds, m=st.integers(1, 30), k=st.integers(3, 7))
def test_top_k_equal_to_scikit_learn(seed, m, k):
    rng = np.random.default_rng(seed)
    scores, labels = rng.standard_normal((m, k)), rng.integers(k, size=m)
    for top in range(1, k + 1):
        expected = theirs.top_k_accuracy_score(labels, scores, k=top, labels=range(k)) if (
            top < k  # scikit-learn warns that the answer is 1
        ) else 1.0  # fmt: skip
        assert metrics.top_k_accuracy(scores, labels, k=top) == pytest.approx(expected)


@hypothesis.given(seed=seeds, m=st.integers(5, 60), n=st.integers(1, 12))
def test_calibration_equal_to_scikit_learn(seed, m, n):
    """The curve of scikit-learn has the same bins; what it lacks is how many fall in each."""
    rng = np.random.default_rng(seed)
    said = np.round(rng.random(m), 1) if seed % 2 else rng.random(m)
    labels = (rng.random(m) < said).astype(int)
    true, mean = their_calibration.calibration_curve(labels, said, n_bins=n)
    filled = np.searchsorted(np.linspace(0, 1, n + 1)[1:-1], said)
    counts = np.bincount(filled, minlength=n)
    expected = (counts[counts > 0] * abs(true - mean)).sum() / m
    assert metrics.calibration_error(said, labels, n_bins=n) == pytest.approx(expected, abs=1e-13)
    rows = rng.dirichlet(np.ones(4), m)
    labels = rng.integers(4, size=m)
    found = metrics.calibration_error(rows, labels, n)
    both = metrics.calibration_error(rows.max(axis=1), rows.argmax(axis=1) == labels, n)
    assert found == pytest.approx(both, abs=1e-15)


# ── by theory ────────────────────────────────────────────────────────────────────────────────────


@hypothesis.given(seed=seeds, m=st.integers(2, 30), distinct=st.integers(1, 40))
def test_area_is_the_chance_to_outrank(seed, m, distinct):
    """Every pair of a 1 and a 0, counted: in order 1, level ½."""
    rng = np.random.default_rng(seed)
    scores, labels = rng.integers(distinct, size=m).astype(float), rng.integers(2, size=m)
    labels[:2] = 0, 1
    gaps = scores[labels == 1][:, None] - scores[labels == 0]
    expected = ((gaps > 0) + (gaps == 0) / 2).mean()
    area = metrics.auc(scores, labels)
    assert area == pytest.approx(expected, abs=1e-14)
    # only the order counts, and a turned order turns the area
    assert metrics.auc(np.exp(scores / 10) - 7, labels) == pytest.approx(area, abs=1e-14)
    assert metrics.auc(-scores, labels) == pytest.approx(1 - area, abs=1e-14)
    assert metrics.auc(scores, 1 - labels) == pytest.approx(1 - area, abs=1e-14)


@hypothesis.given(seed=seeds, m=st.integers(1, 40), k=st.integers(1, 6))
def test_one_set_of_counts(seed, m, k):
    """Everything can be read off the confusion matrix."""
    rng = np.random.default_rng(seed)
    prediction, labels = classes(rng, m, k)
    C = metrics.confusion_matrix(prediction, labels)
    assert C.sum() == m and np.trace(C) / m == pytest.approx(metrics.accuracy(prediction, labels))
    for axis, name in ((0, "precision"), (1, "recall")):
        each = np.diagonal(C) / np.maximum(C.sum(axis=axis), 1)
        np.testing.assert_allclose(getattr(metrics, name)(prediction, labels, None), each)
    p, r = metrics.precision(prediction, labels, None), metrics.recall(prediction, labels, None)
    harmonic = np.where(p + r > 0, 2 * p * r / np.where(p + r > 0, p + r, 1), 0)
    np.testing.assert_allclose(metrics.f1(prediction, labels, None), harmonic, rtol=1e-13)
    # labels and predictions change places: so do precision and recall
    np.testing.assert_array_equal(metrics.recall(labels, prediction, None), p)
    assert metrics.precision(labels, labels) == metrics.f1(labels, labels, "micro") == 1


def test_a_class_that_does_not_occur():
    """It is 0 by itself, and no part of the mean."""
    prediction, labels = np.array([0, 3]), np.array([0, 3])
    for metric in (metrics.precision, metrics.recall, metrics.f1):
        assert metric(prediction, labels, None).tolist() == [1, 0, 0, 1]
        assert metric(prediction, labels) == 1
    # predicted, and never right: 0, and part of the mean
    assert metrics.precision(np.array([0, 1]), np.array([0, 0])) == 0.5


def test_equal_scores_earn_nothing():
    """A network that says the same of every class names the first ones only."""
    scores, labels = np.zeros((10, 10)), np.arange(10)
    for k in (1, 3, 10):
        assert metrics.top_k_accuracy(scores, labels, k=k) == k / 10
    assert metrics.auc(np.zeros(10), labels % 2) == 0.5


def test_a_calibrated_guess_has_a_small_error():
    rng = np.random.default_rng(0)
    said = rng.random(200_000)
    labels = rng.random(200_000) < said
    assert metrics.calibration_error(said, labels) < 0.005
    assert metrics.calibration_error(said**2, labels) > 0.1
    assert metrics.calibration_error(np.ones(4), np.ones(4, int)) == 0
    assert metrics.calibration_error(np.zeros(4), np.ones(4, int)) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_and_inputs_are_not_changed(dtype, rng):
    rows = rng.dirichlet(np.ones(4), 20).astype(dtype)
    labels, two = rng.integers(4, size=20), rng.integers(2, size=20)
    for x in (rows, labels, two):
        x.flags.writeable = False
    for found in (
        metrics.accuracy(rows, labels),
        metrics.top_k_accuracy(rows, labels, 2),
        metrics.f1(rows, labels),
        metrics.auc(rows[:, 0], two),
        metrics.calibration_error(rows, labels),
        metrics.calibration_error(rows[:, 0], two),
    ):
        assert type(found) is float and 0 <= found <= 1
    assert all(x.dtype == np.float64 for x in metrics.roc_curve(rows[:, 0], two))


@pytest.mark.parametrize("kind", ["int8", "uint8", "int64", "uint64"])
def test_kinds_of_class_numbers(kind, rng):
    prediction, labels = classes(rng, 50, 100)
    C = metrics.confusion_matrix(prediction.astype(kind), labels.astype(kind), 100)
    np.testing.assert_array_equal(C, metrics.confusion_matrix(prediction, labels, 100))


# ── what is refused ──────────────────────────────────────────────────────────────────────────────

I4, F4, S43 = np.array([0, 1, 2, 0]), np.zeros(4), np.zeros((4, 3))
TWO = np.array([0, 1, 1, 0])
REFUSED = [
    (metrics.accuracy, (F4, I4), DTypeError,
     "accuracy: prediction has shape (4,) and dtype float64; class numbers are whole, as in "
     "(p > 0.5).astype(int), and scores have shape (m, k)."),
    (metrics.accuracy, ([0, 1], I4), DTypeError,
     "accuracy: prediction is a list; an array is needed, of class numbers (m,) or scores (m, k)."),
    (metrics.accuracy, (I4, F4), DTypeError,
     "accuracy: labels holds float64 values; integers are needed, for example labels.astype(int)."),
    (metrics.accuracy, (I4, [0, 1, 2, 0]), DTypeError,
     "accuracy: labels is a list; an array of integers is needed."),
    (metrics.accuracy, (S43, np.eye(3)[I4]), ShapeError,
     "accuracy: labels has shape (4, 3); it needs (m,); labels.argmax(axis=1) finds the ones of "
     "one-hot rows."),
    (metrics.accuracy, (I4[:, None], I4), ShapeError,
     "accuracy: prediction has shape (4, 1); it needs (m,), as prediction[:, 0] has."),
    (metrics.accuracy, (F4[:, None], I4[:, None]), ShapeError,
     "accuracy: prediction has shape (4, 1), and its only column always wins; "
     "(prediction[:, 0] > 0).astype(int) are the classes of logits, > 0.5 of probabilities."),
    (metrics.accuracy, (I4, I4[:, None]), ShapeError,
     "accuracy: labels has shape (4, 1); it needs (m,), as labels[:, 0] has."),
    (metrics.accuracy, (S43, np.ma.array(I4, mask=I4 > 1)), DTypeError,
     "accuracy: labels is a masked array, and nothing here leaves entries out; fill it first, for "
     "example labels.filled(0)."),
    (metrics.f1, (F4[:, None], I4), ShapeError,
     "f1: prediction has shape (4, 1), and its only column always wins; "
     "(prediction[:, 0] > 0).astype(int) are the classes of logits, > 0.5 of probabilities."),
    (metrics.top_k_accuracy, (F4[:, None], I4, 1), ShapeError,
     "top_k_accuracy: scores has shape (4, 1), and its only column always wins; "
     "(scores[:, 0] > 0).astype(int) are the classes of logits, > 0.5 of probabilities."),
    (metrics.auc, (F4[:, None], TWO), ShapeError,
     "auc: scores has shape (4, 1); it needs (m,), as scores[:, 0] has."),
    (metrics.calibration_error, (F4[:, None], TWO), ShapeError,
     "calibration_error: probabilities has shape (4, 1); for the probability of class 1 it needs "
     "(m,), as probabilities[:, 0] has."),
    (metrics.accuracy, (I4, I4[:3]), ShapeError,
     "accuracy: prediction holds 4 samples, but there are 3 labels."),
    (metrics.accuracy, (I4[:0], I4[:0]), ShapeError,
     "accuracy: prediction is empty, its shape is (0,)."),
    (metrics.accuracy, (S43, I4 + 1), DomainError,
     "accuracy: labels holds 3 at index 2; 3 classes have the numbers 0 to 2."),
    (metrics.accuracy, (I4, I4 - 1), DomainError,
     "accuracy: labels holds -1 at index 0; classes are numbered from 0."),
    (metrics.accuracy, (S43 + np.nan, I4), DomainError,
     "accuracy: prediction holds nan at index (0, 0); such a score has no place in an order."),
    (metrics.confusion_matrix, (I4, I4, 2), DomainError,
     "confusion_matrix: prediction holds 2 at index 2; 2 classes have the numbers 0 to 1."),
    (metrics.confusion_matrix, (S43, I4, 4), ShapeError,
     "confusion_matrix: n_classes is 4, but prediction has 3 columns."),
    (metrics.confusion_matrix, (I4, I4, 0), DomainError,
     "confusion_matrix: n_classes is 0; it must be at least 1."),
    (metrics.f1, (I4, I4, "weighted"), UnknownNameError,
     "there is no average of f1 'weighted'; there is macro, micro."),
    (metrics.precision, (I4, I4, "marco"), UnknownNameError,
     "there is no average of precision 'marco'; did you mean 'macro'?"),
    (metrics.top_k_accuracy, (S43, I4, 4), DomainError,
     "top_k_accuracy: k is 4, but scores has 3 columns."),
    (metrics.top_k_accuracy, (S43, I4, 1.5), DTypeError,
     "top_k_accuracy: k is a float; a whole number is needed."),
    (metrics.top_k_accuracy, (F4, I4, 1), ShapeError,
     "top_k_accuracy: scores has shape (4,); it needs (m, k)."),
    (metrics.top_k_accuracy, (I4, I4, 1), DTypeError,
     "top_k_accuracy: scores holds int64 values; floats are needed, for example "
     "scores.astype(float)."),
    (metrics.auc, (F4, I4), DomainError,
     "auc: labels holds 2 at index 2; 2 classes have the numbers 0 to 1."),
    (metrics.auc, (F4, np.zeros(4, int)), DomainError,
     "auc: no label is 1; an order needs both classes."),
    (metrics.roc_curve, (F4, np.ones(4, int)), DomainError,
     "roc_curve: no label is 0; an order needs both classes."),
    (metrics.roc_curve, (S43, TWO), ShapeError,
     "roc_curve: scores has shape (4, 3); it needs (m,)."),
    (metrics.auc, (F4[:3], TWO), ShapeError,
     "auc: scores holds 3 samples, but there are 4 labels."),
    (metrics.auc, (np.array([1.0, np.inf, 0.0, 2.0]), TWO), DomainError,
     "auc: scores holds inf at index 1; scores are finite."),
    (metrics.auc, (F4, TWO.astype(float)), DTypeError,
     "auc: labels holds float64 values; integers are needed, for example labels.astype(int)."),
    (metrics.calibration_error, (F4 + 2, TWO), DomainError,
     "calibration_error: probabilities holds 2 at index 0; each lies between 0 and 1."),
    (metrics.calibration_error, (S43, I4), DomainError,
     "calibration_error: row 0 of probabilities sums to 0; the probabilities of a row sum to 1."),
    (metrics.calibration_error, (F4, TWO, 0), DomainError,
     "calibration_error: n_bins is 0; it must be at least 1."),
    (metrics.calibration_error, (F4[None, None], TWO), ShapeError,
     "calibration_error: probabilities has shape (1, 1, 4); it needs (m, k), or (m,) for the "
     "probability of class 1."),
    (metrics.calibration_error, (F4, TWO[:2]), ShapeError,
     "calibration_error: probabilities holds 4 samples, but there are 2 labels."),
]  # fmt: skip


@pytest.mark.parametrize("metric, arguments, kind, sentence", REFUSED)
def test_what_is_refused(metric, arguments, kind, sentence):
    with pytest.raises(kind) as caught:
        metric(*arguments)
    assert type(caught.value) is kind and str(caught.value) == sentence


def test_mixed_devices_get_a_sentence(xp):
    if xp is np:
        return
    for metric, first, labels in (
        (metrics.accuracy, I4, I4),
        (metrics.top_k_accuracy, np.eye(6)[:4], I4),
        (metrics.auc, F4, TWO),
        (metrics.calibration_error, F4, TWO),
    ):
        with pytest.raises(DTypeError, match="live in different places"):
            metric(xp.asarray(first), labels)
