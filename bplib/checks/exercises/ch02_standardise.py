"""Chapter 2: the statistics of the training set, for everybody."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _split_cases(rng, i):
    m, k, n = ((7, 5, 3), (11, 4, 6), (9, 7, 5), (8, 3, 4), (13, 6, 7), (10, 9, 8))[i % 6]
    centre = rng.normal(0.0, 30.0, size=n)
    spread = 10.0 ** rng.uniform(-1.0, 2.0, size=n)
    return (
        centre + spread * rng.normal(size=(m, n)),
        centre + spread * rng.normal(0.4, 1.3, size=(k, n)),
    )


def _standardise(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


def _standardise_columns(X_train, X_test):
    Z_train, Z_test = np.empty_like(X_train), np.empty_like(X_test)
    for j in range(X_train.shape[1]):
        mean = X_train[:, j].sum() / X_train.shape[0]
        std = np.sqrt(np.mean((X_train[:, j] - mean) ** 2))
        Z_train[:, j] = (X_train[:, j] - mean) / std
        Z_test[:, j] = (X_test[:, j] - mean) / std
    return Z_train, Z_test


def _standardise_moments(X_train, X_test):
    ones = np.full(len(X_train), 1.0 / len(X_train))
    mean = ones @ X_train
    centred = X_train - mean
    std = np.sqrt(np.einsum("ij,ij->j", centred, centred) / len(X_train))
    return centred / std, (X_test - mean) / std


def _standardise_affine(X_train, X_test):
    scale = 1.0 / np.var(X_train, axis=0) ** 0.5
    shift = -np.average(X_train, axis=0) * scale
    return X_train * scale + shift, X_test * scale + shift


def _standardise_together(X_train, X_test):
    both = np.concatenate([X_train, X_test])
    Z = (both - both.mean(axis=0)) / both.std(axis=0)
    return Z[: len(X_train)], Z[len(X_train) :]


def _standardise_with(centre, spread):
    """Standardise with other statistics of the training rows."""

    def standardise(X_train, X_test):
        mean, std = centre(X_train), spread(X_train)
        return (X_train - mean) / std, (X_test - mean) / std

    return standardise


standardise = Exercise(
    name="standardise",
    chapter=2,
    statement=(
        "Return (Z_train, Z_test): every column minus its mean, divided by its standard deviation "
        "(population form, divided by m), where mean and deviation are those of the training "
        "rows alone. X_train (m, n), X_test (k, n) -> arrays of the same shapes."
    ),
    minutes=8,
    reference=_standardise,
    cases=_split_cases,
    returns=("Z_train", "Z_test"),
    equivalents=(_standardise_columns, _standardise_moments, _standardise_affine),
    misconceptions=(
        Misconception(
            "test-with-its-own-statistics",
            "the training part is right; the test part was standardised with its own mean and "
            "deviation, so the same person would get another z in another test set.",
            lambda A, B: (_standardise(A, A)[0], _standardise(B, B)[0]),
        ),
        Misconception(
            "statistics-of-both",
            "mean and deviation were taken over training and test rows together: "
            "the test set has leaked into the training.",
            _standardise_together,
        ),
        Misconception(
            "one-mean-for-all",
            "one mean and one deviation were used for the whole table; "
            "each column has its own unit, so each needs its own (axis=0).",
            _standardise_with(np.mean, np.std),
        ),
        Misconception(
            "sample-deviation",
            "the deviation divides by m - 1 (ddof=1); the one asked for divides by m.",
            _standardise_with(lambda A: A.mean(axis=0), lambda A: A.std(axis=0, ddof=1)),
        ),
        Misconception(
            "variance-for-deviation",
            "the columns are divided by their variance; the deviation is its root.",
            _standardise_with(lambda A: A.mean(axis=0), lambda A: A.var(axis=0)),
        ),
        Misconception(
            "not-centred",
            "the columns are divided by their deviation, but their mean is not subtracted.",
            _standardise_with(lambda A: 0.0, lambda A: A.std(axis=0)),
        ),
        Misconception(
            "not-scaled",
            "the mean is subtracted, but the division by the deviation is missing.",
            _standardise_with(lambda A: A.mean(axis=0), lambda A: 1.0),
        ),
        Misconception(
            "min-max-scaling",
            "this scales each column to lie between 0 and 1, another kind of scaling; "
            "here mean and deviation are asked for.",
            _standardise_with(lambda A: A.min(axis=0), lambda A: np.ptp(A, axis=0)),
        ),
        Misconception(
            "test-untouched",
            "the training part is right; the test part is unchanged, as it also is when its "
            "statistics are read from X_train after X_train itself was standardised.",
            lambda A, B: (_standardise(A, A)[0], B.copy()),
        ),
        Misconception(
            "brackets-missing",
            "without brackets only the mean is divided by the deviation: (X - mean) / std.",
            lambda A, B: (
                A - A.mean(axis=0) / A.std(axis=0),
                B - A.mean(axis=0) / A.std(axis=0),
            ),
        ),
        Misconception(
            "mean-added",
            "the mean is added where it should be subtracted.",
            _standardise_with(lambda A: -A.mean(axis=0), lambda A: A.std(axis=0)),
        ),
        Misconception(
            "statistics-of-the-test-rows",
            "mean and deviation are those of the test rows; while a model is trained, the test "
            "people are not there yet.",
            lambda A, B: tuple((X - B.mean(axis=0)) / B.std(axis=0) for X in (A, B)),
        ),
        Misconception(
            "multiplied-by-the-deviation",
            "the columns are multiplied by their deviation; dividing counts in deviations.",
            lambda A, B: tuple((X - A.mean(axis=0)) * A.std(axis=0) for X in (A, B)),
        ),
        Misconception(
            "row-by-row",
            "mean and deviation were taken along each row, across one person's different units; "
            "axis=0 runs down a column.",
            lambda A, B: (_standardise(A.T, A.T)[0].T, _standardise(B.T, B.T)[0].T),
        ),
        Misconception(
            "deviation-of-the-test-rows",
            "the training part is right; the test part has the mean of the training rows and its "
            "own deviation.",
            lambda A, B: (_standardise(A, A)[0], (B - A.mean(axis=0)) / B.std(axis=0)),
        ),
    ),
    hints=(
        "Imagine the test people arrive one at a time, next year, after training is over. "
        "What do you know by then?",
        "Two rows of statistics, one mean and one deviation a column, both of shape (n,), "
        "both from one of the two tables. Then both tables get the same treatment.",
        "`X_train.mean(axis=0)` and its sibling for the deviation are the only statistics. "
        "Subtract and divide in X_test with those very numbers.",
    ),
    another="""
def standardise(X_train, X_test):
    centre, width = np.mean(X_train, axis=0), np.sqrt(np.var(X_train, axis=0))
    both = (np.concatenate([X_train, X_test]) - centre) / width
    return both[: len(X_train)], both[len(X_train) :]
""",
    after=(
        "The test columns do not come out with mean 0 and deviation 1, and they should not; "
        "`X * scale + shift` with two stored rows does the same to anybody who arrives later."
    ),
)
