"""Parts of a data set: one to learn from, one to choose by, one to judge by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy
from bplib.data.rows import samples, take
from bplib.errors import DomainError, DTypeError, ShapeError, kind_of

FUZZ = 1e-9
"""Fractions are rounded numbers: 0.15 · 20 is 3, although in float64 it is not quite."""


def split(
    *arrays: Any,
    fractions: Sequence[float] = (0.7, 0.15, 0.15),
    rng: np.random.Generator,
    stratify: Array | None = None,
) -> list[tuple[Array, ...]]:
    """The samples in a random order, dealt into parts: every sample in exactly one of them.

    Part j gets m · fractions[j] samples, up or down to a whole number. With ``stratify`` this
    holds within every class, so that all parts have the same mixture.

        (X_train, y_train), (X_validation, y_validation), (X_test, y_test) = split(X, y, rng=rng)

    Arguments:
        *arrays: one or more arrays with m rows each; row i of every array is sample i. Pass
            np.arange(m) as one of them to know which sample went where.
        fractions: the share of each part, positive numbers that sum to 1.
        rng: the random generator to draw the order from.
        stratify: (m,) integer labels; each class is dealt out by itself.

    Returns:
        A list with one entry for each part: a tuple of fresh arrays, in the order given.

    Raises:
        ShapeError: for no array, an empty one, different numbers of rows, or labels that are not
            one for each sample.
        DTypeError: for something that is not an array, labels that are not integers, fractions
            that are not numbers, or an rng that is not a Generator.
        DomainError: for fractions that are not positive or do not sum to 1, or where there are
            too few samples, in all or of one class, for one in every part.
    """
    m = samples("split", arrays)
    shares = _shares(fractions)
    expect.generator("split", rng)
    if stratify is None:
        groups = [("", np.arange(m))]
    else:
        labels = _labels(stratify, m)
        classes = np.unique(labels)
        groups = [(f" of class {label}", np.flatnonzero(labels == label)) for label in classes]
    parts: list[list[np.ndarray]] = [[] for _ in shares]
    owed = np.zeros(len(shares))
    for which, members in groups:
        _enough(len(members), which, shares)
        counts = _counts(len(members), shares, owed)
        owed += len(members) * shares - counts
        ends = np.cumsum(counts)[:-1]
        for part, rows in zip(parts, np.split(rng.permutation(members), ends), strict=True):
            part.append(rows)
    return [take(arrays, rng.permutation(np.concatenate(part))) for part in parts]


def _counts(m: int, shares: np.ndarray, owed: np.ndarray) -> np.ndarray:
    """Whole numbers that sum to m, each m · share rounded up or down.

    What rounding down leaves goes to the parts that are owed most so far; never to a part whose
    share is whole already, and there are always enough others.
    """
    exact = m * shares
    counts = np.floor(exact + FUZZ)
    left = m - int(counts.sum())
    open_parts = exact - counts > FUZZ
    wanting = np.where(open_parts, owed + exact - counts, -np.inf)
    counts[np.argsort(-wanting, kind="stable")[:left]] += 1
    return counts.astype(int)


def _shares(fractions: Sequence[float]) -> np.ndarray:
    if isinstance(fractions, str) or not isinstance(fractions, Sequence | np.ndarray):
        raise DTypeError(f"split: fractions is {kind_of(fractions)}; a tuple of numbers is needed.")
    for value in fractions:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise DTypeError(f"split: fractions holds {kind_of(value)}; numbers are needed.")
        if not 0 < value <= 1:
            raise DomainError(f"split: fractions holds {value:g}; each is above 0 and at most 1.")
    total = math.fsum(fractions)
    if abs(total - 1) > FUZZ:
        raise DomainError(f"split: fractions sum to {total:g}; they must sum to 1.")
    return np.array(fractions, dtype=float) / total


def _labels(stratify: Any, m: int) -> np.ndarray:
    kind = getattr(getattr(stratify, "dtype", None), "kind", None)
    if kind is None:
        raise DTypeError(f"split: stratify is {kind_of(stratify)}; an array of labels is needed.")
    if kind not in "iu":
        raise DTypeError(f"split: stratify holds {stratify.dtype} values; integers are needed.")
    if stratify.shape != (m,):
        raise ShapeError(
            f"split: stratify has shape {stratify.shape}; one label for each of the "
            f"{m} samples is needed, ({m},)."
        )
    return to_numpy(stratify)


def _enough(m: int, which: str, shares: np.ndarray) -> None:
    smallest = shares.min()
    if m * smallest < 1 - FUZZ:
        needed = math.ceil(1 / smallest - FUZZ)
        raise DomainError(
            f"split: there {'is' if m == 1 else 'are'} {m} sample{'s' * (m != 1)}{which}; "
            f"a part of {smallest:g} needs at least {needed} to get one."
        )
