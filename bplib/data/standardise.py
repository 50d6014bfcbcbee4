"""Standardising: every column with mean 0 and standard deviation 1, by the training set's numbers.

    standardiser = Standardiser().fit(X_train)
    Z_train = standardiser.transform(X_train)
    Z_test = standardiser.transform(X_test)     # by the mean and spread of the training set

Fitted on all of the data, it would tell the network about the test set before the test.
"""

from __future__ import annotations

import numpy as np

from bplib import expect
from bplib.backend import Array, quiet, to_numpy, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError

LARGEST = 1e300
"""Sums and differences of numbers up to this are finite."""


class Standardiser:
    """Shifts and scales every column, and back again: Z = (X − mean) / scale.

    `fit` takes mean and scale from the training set; `transform` uses them on anything. A column
    that is constant there has no spread to divide by: its scale is 1, so that it becomes 0, and
    `constant` says which columns these are.

    Attributes:
        mean: the mean of every column over the samples, of shape X.shape[1:]; None before fit.
        scale: the standard deviation of every column (of the population: the sum of squares is
            divided by m), 1 for a constant column; None before fit.
        constant: the places of the constant columns, a tuple of ints (of tuples of ints where a
            sample has several axes); empty before fit.

    Source: B. Efron, T. Hastie (2016), Computer Age Statistical Inference, section 7.3, where
        predictors are standardised; Y. LeCun, L. Bottou, G. Orr, K.-R. Müller (1998), Efficient
        BackProp, section 4.3, on why a network learns faster from such inputs.
    """

    def __init__(self) -> None:
        self.mean: Array | None = None
        self.scale: Array | None = None
        self.constant: tuple = ()

    def fit(self, X: Array) -> Standardiser:
        """Take mean and scale from the training set: its column means and standard deviations.

        Arguments:
            X: (m, …), float array with m ≥ 2 samples, each with the same features; (m,) for a
                single one, such as a target.

        Returns:
            The standardiser itself.

        Raises:
            ShapeError: for an empty array or fewer than 2 samples.
            DTypeError: where X is not a float array, or is complex.
            DomainError: where an entry is infinite, NaN or beyond ±1e300.
        """
        self._check("Standardiser.fit", X)
        if len(X) < 2:
            raise ShapeError(
                f"Standardiser.fit: X has shape {X.shape}; a spread needs at least two samples."
            )
        xp = xp_of(X)
        high, low = X.max(axis=0), X.min(axis=0)
        largest = min(LARGEST, float(np.finfo(X.dtype).max))
        if not to_numpy((high <= largest).all() & (low >= -largest).all()):
            allowed = xp.abs(X) <= largest
            expect.everywhere("Standardiser.fit", "X", X, allowed, "|x| ≤ 1e300 is needed")
        # Sums are taken in float64, whatever X is, and of squares that are at most 1.
        mean = X.mean(axis=0, dtype="float64")
        distance = X - mean
        farthest = xp.maximum(distance.max(axis=0), -distance.min(axis=0))
        farthest = xp.where(farthest == 0, 1.0, farthest)
        distance /= farthest
        distance *= distance
        spread = (farthest * xp.sqrt(distance.mean(axis=0))).astype(X.dtype)
        # The mean of equal numbers may differ from them in its last digit: compare the numbers.
        constant = (high == low) | (spread == 0)
        self.mean = xp.where(high == low, high, mean.astype(X.dtype))
        self.scale = xp.where(constant, xp.ones_like(spread), spread)
        rows = np.argwhere(np.atleast_1d(to_numpy(constant))).tolist()
        self.constant = tuple(row[0] if len(row) == 1 else tuple(row) for row in rows)
        return self

    def transform(self, X: Array) -> Array:
        """Into the standardised scale: Z = (X − mean) / scale.

        Arguments:
            X: (k, …), samples with the features of the training set, of its dtype.

        Returns:
            Z, a fresh array of X's shape and dtype.

        Raises:
            NotReadyError: before fit.
            ShapeError: where the features are not those of fit, or X is empty.
            DTypeError: where X does not have the dtype of fit.
        """
        mean, scale = self._fitted("Standardiser.transform", "X", X)
        with quiet():
            return (X - mean) / scale

    def inverse(self, Z: Array) -> Array:
        """Back to the units of the training set: X = Z · scale + mean.

        Arguments:
            Z: (k, …), standardised samples.

        Returns:
            X, a fresh array of Z's shape and dtype.

        Raises:
            NotReadyError: before fit.
            ShapeError: where the features are not those of fit, or Z is empty.
            DTypeError: where Z does not have the dtype of fit.
        """
        mean, scale = self._fitted("Standardiser.inverse", "Z", Z)
        with quiet():
            return Z * scale + mean

    def _fitted(self, op: str, name: str, values: Array) -> tuple[Array, Array]:
        if self.mean is None or self.scale is None:
            raise NotReadyError(f"{op}: there is no mean and scale yet; call fit(X_train) first.")
        self._check(op, values, name)
        if values.shape[1:] != self.mean.shape:
            raise ShapeError(
                f"{op}: a sample of {name} has shape {values.shape[1:]}, "
                f"but in fit it had shape {self.mean.shape}."
            )
        if values.dtype != self.mean.dtype:
            raise DTypeError(
                f"{op}: {name} is {values.dtype}, but in fit it was {self.mean.dtype}; "
                "give both one dtype."
            )
        xp_of(values, self.mean)
        return self.mean, self.scale

    @staticmethod
    def _check(op: str, values: Array, name: str = "X") -> None:
        expect.reals(op, **{name: values})
        if values.ndim == 0:
            raise ShapeError(f"{op}: {name} has shape (); it needs an axis of samples.")

    def __repr__(self) -> str:
        if self.mean is None:
            return "Standardiser(not fitted yet)"
        shape = ", ".join(map(str, self.mean.shape))
        said = f"Standardiser(({shape}) features, {self.mean.dtype}"
        if self.constant:
            named = ", ".join(map(str, self.constant[:6])) + (" …" if self.constant[6:] else "")
            said += f"; constant, so shifted to 0 and not scaled: {named}"
        return f"{said})"
