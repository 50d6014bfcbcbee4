"""Batches, splits, standardising and one-hot labels: every sample once, in the right row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplib import data
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError


def rows(m):
    """X whose first column is the sample's number, and y that is the number itself."""
    X = np.arange(3.0 * m).reshape(m, 3)
    X[:, 0] = np.arange(m)
    return X, np.arange(m)


# batches


@given(m=st.integers(1, 40), size=st.integers(1, 50), seed=st.none() | st.integers(0, 99))
def test_every_sample_is_in_one_batch_with_its_target(m, size, seed):
    X, y = rows(m)
    rng = None if seed is None else np.random.default_rng(seed)
    pieces = list(data.batches(X, y, batch_size=size, rng=rng))
    assert [len(b) for _, b in pieces] == [size] * (m // size) + [m % size] * (m % size > 0)
    for X_batch, y_batch in pieces:
        np.testing.assert_array_equal(X_batch[:, 0], y_batch)
    together = np.concatenate([y_batch for _, y_batch in pieces])
    np.testing.assert_array_equal(np.sort(together), y)
    if rng is None:
        np.testing.assert_array_equal(together, y)


def test_samples_are_shuffled_and_not_the_starts_of_batches(rng):
    _, y = rows(60)
    for (batch,) in data.batches(y, batch_size=10, rng=rng):
        assert (np.diff(batch) != 1).any()


def test_the_order_is_new_each_time_and_the_same_for_one_seed():
    _, y = rows(50)

    def orders(seed):
        rng = np.random.default_rng(seed)
        twice = [list(data.batches(y, batch_size=7, rng=rng)) for _ in range(2)]
        return [np.concatenate([batch for (batch,) in epoch]) for epoch in twice]

    first, again = orders(4), orders(4)
    np.testing.assert_array_equal(first, again)
    assert (first[0] != first[1]).any()


def test_the_order_is_drawn_at_the_call():
    """What the generator gives afterwards does not depend on how far the batches were read."""
    _, y = rows(30)
    read, unread = np.random.default_rng(1), np.random.default_rng(1)
    list(data.batches(y, batch_size=4, rng=read))
    data.batches(y, batch_size=4, rng=unread)
    assert read.random() == unread.random()


@pytest.mark.parametrize("shuffled", [False, True])
def test_batches_are_copies_on_the_device_of_the_data(xp, rng, shuffled):
    X = xp.asarray(np.arange(21.0, dtype=np.float32).reshape(7, 3))
    before = to_numpy(X).copy()
    for (batch,) in data.batches(X, batch_size=3, rng=rng if shuffled else None):
        assert type(batch) is type(X) and batch.dtype == np.float32
        batch *= 0
    np.testing.assert_array_equal(to_numpy(X), before)


# split


@given(
    m=st.integers(20, 300),
    cut=st.sampled_from([(0.7, 0.15, 0.15), (0.8, 0.2), (0.5, 0.3, 0.1, 0.1), (1.0,)]),
    seed=st.integers(0, 99),
)
def test_every_sample_is_in_one_part(m, cut, seed):
    X, y = rows(m)
    parts = data.split(X, y, fractions=cut, rng=np.random.default_rng(seed))
    assert len(parts) == len(cut)
    for (X_part, y_part), fraction in zip(parts, cut, strict=True):
        np.testing.assert_array_equal(X_part[:, 0], y_part)
        assert abs(len(y_part) - fraction * m) < 1
    np.testing.assert_array_equal(np.sort(np.concatenate([part for _, part in parts])), y)


@given(
    counts=st.lists(st.integers(10, 60), min_size=2, max_size=9),
    cut=st.sampled_from([(0.7, 0.15, 0.15), (0.8, 0.2), (0.5, 0.3, 0.1, 0.1)]),
    seed=st.integers(0, 99),
)
def test_every_class_is_dealt_out_by_itself(counts, cut, seed):
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(counts)) * 3 - 4, counts))
    m = len(labels)
    parts = data.split(np.arange(m), labels, fractions=cut, rng=rng, stratify=labels)
    np.testing.assert_array_equal(np.sort(np.concatenate([i for i, _ in parts])), np.arange(m))
    for (i, part), fraction in zip(parts, cut, strict=True):
        np.testing.assert_array_equal(labels[i], part)
        for label, count in zip(np.unique(labels), counts, strict=True):
            assert abs((part == label).sum() - fraction * count) < 1 - 1e-9 or np.isclose(
                (part == label).sum(), fraction * count
            )
        # What rounding leaves over is spread over the parts, not given to one of them.
        assert abs(len(part) - fraction * m) <= len(cut)


def test_the_parts_are_not_ordered_by_class(rng):
    labels = np.repeat([0, 1, 2], 40)
    for (part,) in data.split(labels, rng=rng, stratify=labels):
        assert (np.diff(part) < 0).any()


def test_split_keeps_the_device_and_the_dtype(xp, rng):
    X = xp.asarray(np.ones((20, 3), np.float32))
    labels = xp.asarray(np.arange(20) % 2)
    for X_part, y_part in data.split(X, labels, rng=rng, fractions=(0.5, 0.5), stratify=labels):
        assert type(X_part) is type(X) and X_part.dtype == np.float32
        assert to_numpy(y_part).sum() == 5


def test_a_split_can_be_repeated():
    _, y = rows(40)
    first, again = (data.split(y, rng=np.random.default_rng(6)) for _ in range(2))
    for (a,), (b,) in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)


# one_hot


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [np.int64, np.uint8])
def test_one_hot(xp, dtype, kind):
    labels = xp.asarray(np.array([3, 0, 4, 3], kind))
    Y = data.one_hot(labels, 5, dtype)
    assert type(Y) is type(labels) and Y.dtype == dtype
    np.testing.assert_array_equal(to_numpy(Y), np.eye(5)[[3, 0, 4, 3]])


def test_one_hot_of_a_grid():
    labels = np.array([[0, 2, 1], [1, 1, 0]])
    Y = data.one_hot(labels, 3)
    assert Y.shape == (2, 3, 3) and Y.dtype == np.float64
    np.testing.assert_array_equal(Y.argmax(axis=-1), labels)
    np.testing.assert_array_equal(Y.sum(axis=-1), 1)


# Standardiser


@pytest.mark.parametrize("dtype, close", [(np.float32, 2e-6), (np.float64, 1e-13)])
def test_standardised_columns_have_mean_0_and_deviation_1(xp, rng, dtype, close):
    X = xp.asarray((rng.normal(size=(40, 5)) * [1, 10, 0.1, 3, 7] + 4).astype(dtype))
    standardiser = data.Standardiser().fit(X)
    Z = standardiser.transform(X)
    assert type(Z) is type(X) and Z.dtype == standardiser.mean.dtype == dtype
    Z_host = to_numpy(Z).astype(np.float64)
    assert np.abs(Z_host.mean(axis=0)).max() < 100 * close
    np.testing.assert_allclose(Z_host.std(axis=0), 1, rtol=close * 100)
    back = standardiser.inverse(Z)
    assert back.dtype == dtype
    np.testing.assert_allclose(to_numpy(back), to_numpy(X), rtol=close * 10, atol=close * 10)


def test_the_same_as_scikit_learn(rng):
    from sklearn.preprocessing import StandardScaler

    X, X_test = rng.normal(3, 5, size=(2, 30, 4))
    ours = data.Standardiser().fit(X)
    theirs = StandardScaler().fit(X)
    np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-13)
    np.testing.assert_allclose(ours.scale, theirs.scale_, rtol=1e-13)
    np.testing.assert_allclose(ours.transform(X_test), theirs.transform(X_test), rtol=1e-12)


def test_the_test_set_is_moved_by_the_numbers_of_the_training_set(rng):
    X, X_test = rng.normal(size=(20, 3)), rng.normal(size=(9, 3)) + 100
    standardiser = data.Standardiser().fit(X)
    before = X_test.copy()
    np.testing.assert_allclose(
        standardiser.transform(X_test), (X_test - X.mean(axis=0)) / X.std(axis=0)
    )
    np.testing.assert_array_equal(X_test, before)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3e200])
def test_a_constant_column_becomes_zero_and_is_named(rng, value):
    X = rng.normal(size=(10, 4))
    X[:, 2] = value
    standardiser = data.Standardiser().fit(X)
    assert standardiser.constant == (2,)
    assert repr(standardiser) == (
        "Standardiser((4) features, float64; constant, so shifted to 0 and not scaled: 2)"
    )
    Z = standardiser.transform(X)
    np.testing.assert_array_equal(Z[:, 2], 0)
    np.testing.assert_array_equal(standardiser.inverse(Z)[:, 2], value)


def test_images_and_single_columns(rng):
    images = rng.normal(size=(12, 3, 4))
    images[:, 1, 2] = 5
    standardiser = data.Standardiser().fit(images)
    assert standardiser.mean.shape == (3, 4) and standardiser.constant == ((1, 2),)
    target = rng.normal(size=12) * 3 + 70
    Z = data.Standardiser().fit(target).transform(target)
    assert Z.shape == (12,) and abs(Z.mean()) < 1e-13 and np.isclose(Z.std(), 1)
    assert data.Standardiser().fit(np.full(5, 0.1)).constant == (0,)
    assert repr(data.Standardiser()) == "Standardiser(not fitted yet)"


@pytest.mark.parametrize("size", [1e-300, 1e-150, 1e150, 1e300])
def test_extreme_columns(size, rng):
    x = rng.uniform(-1, 1, size=(50, 2))
    Z = data.Standardiser().fit(x * size).transform(x * size)
    np.testing.assert_allclose(Z, data.Standardiser().fit(x).transform(x), rtol=1e-10)


def test_a_spread_that_float32_cannot_hold_counts_as_none():
    X = np.zeros((9, 1), np.float32)
    X[0] = np.finfo(np.float32).smallest_subnormal
    standardiser = data.Standardiser().fit(X)
    assert standardiser.constant == (0,) and np.isfinite(standardiser.transform(X)).all()


# bad input

X7 = np.zeros((7, 3))


def some():
    return np.random.default_rng(0)


BAD = [
    (lambda: data.batches(batch_size=3), ShapeError,
     "batches: no array was given; name at least one, such as X."),
    (lambda: data.batches(X7, [1, 2], batch_size=3), DTypeError,
     "batches: argument 2 is a list; an array is needed."),
    (lambda: data.batches(X7, 3, batch_size=3), DTypeError,
     "batches: argument 2 is an int; an array is needed."),
    (lambda: data.batches(np.zeros((0, 3)), batch_size=3), ShapeError,
     "batches: argument 1 has shape (0, 3); it holds no samples."),
    (lambda: data.batches(X7, np.zeros(6), batch_size=3), ShapeError,
     "batches: argument 2 has 6 samples, but argument 1 has 7."),
    (lambda: data.batches(X7, batch_size=0), DomainError,
     "batches: batch_size is 0; it must be at least 1."),
    (lambda: data.batches(X7, batch_size=2.0), DTypeError,
     "batches: batch_size is a float; a whole number is needed."),
    (lambda: data.batches(X7, batch_size=2, rng=True), DTypeError,
     "batches: rng is a bool; a numpy.random.Generator is needed, "
     "for example numpy.random.default_rng(0)."),
    (lambda: data.split(X7, rng=None), DTypeError,
     "split: rng is None; a numpy.random.Generator is needed, "
     "for example numpy.random.default_rng(0)."),
    (lambda: data.split(X7, fractions=(0.7, 0.2), rng=some()), DomainError,
     "split: fractions sum to 0.9; they must sum to 1."),
    (lambda: data.split(X7, fractions=(1.2, -0.2), rng=some()), DomainError,
     "split: fractions holds 1.2; each is above 0 and at most 1."),
    (lambda: data.split(X7, fractions=(1.0, float("nan")), rng=some()), DomainError,
     "split: fractions holds nan; each is above 0 and at most 1."),
    (lambda: data.split(X7, fractions=0.2, rng=some()), DTypeError,
     "split: fractions is a float; a tuple of numbers is needed."),
    (lambda: data.split(X7, fractions=("0.8", 0.2), rng=some()), DTypeError,
     "split: fractions holds a str; numbers are needed."),
    (lambda: data.split(X7, fractions=(), rng=some()), DomainError,
     "split: fractions sum to 0; they must sum to 1."),
    (lambda: data.split(X7[:5], rng=some()), DomainError,
     "split: there are 5 samples; a part of 0.15 needs at least 7 to get one."),
    (lambda: data.split(X7, rng=some(), stratify=np.arange(7) // 6), DomainError,
     "split: there are 6 samples of class 0; a part of 0.15 needs at least 7 to get one."),
    (lambda: data.split(X7, rng=some(), fractions=(0.5, 0.5), stratify=np.arange(7) // 6),
     DomainError,
     "split: there is 1 sample of class 1; a part of 0.5 needs at least 2 to get one."),
    (lambda: data.split(X7, rng=some(), stratify=np.zeros(7)), DTypeError,
     "split: stratify holds float64 values; integers are needed."),
    (lambda: data.split(X7, rng=some(), stratify=[0] * 7), DTypeError,
     "split: stratify is a list; an array of labels is needed."),
    (lambda: data.split(X7, rng=some(), stratify=np.zeros((7, 1), int)), ShapeError,
     "split: stratify has shape (7, 1); one label for each of the 7 samples is needed, (7,)."),
    (lambda: data.one_hot(np.array([0.0, 1.0]), 2), DTypeError,
     "one_hot: labels holds float64 values; integers are needed, for example labels.astype(int)."),
    (lambda: data.one_hot([0, 1], 2), DTypeError,
     "one_hot: labels is a list; an array of integers is needed."),
    (lambda: data.one_hot(np.array([0, 5, -1]), 5), DomainError,
     "one_hot: labels holds 5 at index 1; n_classes=5 needs labels from 0 to 4."),
    (lambda: data.one_hot(np.array([[0, 4], [-1, 2]]), 5), DomainError,
     "one_hot: labels holds -1 at index (1, 0); n_classes=5 needs labels from 0 to 4."),
    (lambda: data.one_hot(np.zeros(0, int), 5), ShapeError,
     "one_hot: labels is empty, its shape is (0,)."),
    (lambda: data.one_hot(np.array([0]), 0), DomainError,
     "one_hot: n_classes is 0; it must be at least 1."),
    (lambda: data.one_hot(np.array([0]), 2, int), DTypeError,
     "one_hot: dtype is int64; it must be float32 or float64."),
    (lambda: data.Standardiser().transform(X7), NotReadyError,
     "Standardiser.transform: there is no mean and scale yet; call fit(X_train) first."),
    (lambda: data.Standardiser().inverse(X7), NotReadyError,
     "Standardiser.inverse: there is no mean and scale yet; call fit(X_train) first."),
    (lambda: data.Standardiser().fit(X7[:1]), ShapeError,
     "Standardiser.fit: X has shape (1, 3); a spread needs at least two samples."),
    (lambda: data.Standardiser().fit(np.array(3.0)), ShapeError,
     "Standardiser.fit: X has shape (); it needs an axis of samples."),
    (lambda: data.Standardiser().fit(np.arange(6)), DTypeError,
     "Standardiser.fit: X holds int64 values; floats are needed, for example X.astype(float)."),
    (lambda: data.Standardiser().fit(X7 + 1j), DTypeError,
     "Standardiser.fit: X holds complex128 values; real numbers are needed."),
    (lambda: data.Standardiser().fit(np.array([[1.0, 2.0], [3.0, np.nan]])), DomainError,
     "Standardiser.fit: X holds nan at index (1, 1); |x| ≤ 1e300 is needed."),
    (lambda: data.Standardiser().fit(np.array([1.0, -np.inf])), DomainError,
     "Standardiser.fit: X holds -inf at index 1; |x| ≤ 1e300 is needed."),
    (lambda: data.Standardiser().fit(X7).transform(X7[:, :2]), ShapeError,
     "Standardiser.transform: a sample of X has shape (2,), but in fit it had shape (3,)."),
    (lambda: data.Standardiser().fit(X7).inverse(X7.astype(np.float32)), DTypeError,
     "Standardiser.inverse: Z is float32, but in fit it was float64; give both one dtype."),
]  # fmt: skip


@pytest.mark.parametrize("call, kind, sentence", BAD, ids=lambda v: v if type(v) is str else "")
def test_bad_input_gets_one_sentence(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind and str(caught.value) == sentence
