"""Synthetic data sets: small worlds in which the right answer is known.

Each is a formula with noise, drawn from the random generator that is passed in. Row i belongs to
class i mod (number of classes), so the classes are as even as n allows and the first rows of the
data already hold all of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bplib import expect
from bplib.errors import DomainError


def line(
    n: int,
    *,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 0.1,
    rng: np.random.Generator,
    dtype: Any = np.float64,
) -> tuple[np.ndarray, np.ndarray]:
    """Points scattered about a straight line.

    y = slope · x + intercept + noise · ε, with x uniform in [−1, 1) and ε normal (mean 0,
    standard deviation 1), drawn in this order.

    Arguments:
        n: number of points, at least 1.
        slope: how far y rises for one unit of x.
        intercept: y at x = 0.
        noise: standard deviation of y about the line, at least 0.
        rng: the random generator to draw from.
        dtype: float32 or float64, the dtype of X and y.

    Returns:
        X (n, 1) and y (n,).

    Raises:
        DomainError: for n below 1, a negative noise, or a number that is not finite.
        DTypeError: for an n that is not an int, an rng that is not a Generator, another dtype.

    Source: chapter 2, "A line we know".
    """
    n, noise, dtype = _check("line", n, noise, rng, dtype)
    slope = _number("line", "slope", slope)
    intercept = _number("line", "intercept", intercept)
    X = rng.uniform(-1.0, 1.0, size=(n, 1))
    y = slope * X[:, 0] + intercept + noise * rng.standard_normal(n)
    return X.astype(dtype, copy=False), y.astype(dtype, copy=False)


def moons(
    n: int, *, noise: float = 0.1, rng: np.random.Generator, dtype: Any = np.float64
) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that reach into one another: no straight line separates them.

    X = (cos t, sin t) in class 0, X = (1 − cos t, ½ − sin t) in class 1, with t uniform in [0, π);
    noise · ε is added to both coordinates, ε normal (mean 0, standard deviation 1).

    Arguments:
        n: number of points, at least 1; row i belongs to class i mod 2.
        noise: standard deviation of each coordinate about the half circles, at least 0.
        rng: the random generator to draw from.
        dtype: float32 or float64, the dtype of X.

    Returns:
        X (n, 2) and the labels y (n,), int64, 0 or 1.

    Raises:
        DomainError: for n below 1, a negative noise, or a number that is not finite.
        DTypeError: for an n that is not an int, an rng that is not a Generator, another dtype.

    Source: the shape is that of scikit-learn's ``make_moons``.
    """
    n, noise, dtype = _check("moons", n, noise, rng, dtype)
    y = np.arange(n) % 2
    t = rng.uniform(0.0, np.pi, size=n)
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    lower = np.stack([1.0 - np.cos(t), 0.5 - np.sin(t)], axis=1)
    X = np.where(y[:, None] == 0, upper, lower)
    return _scatter(X, noise, rng, dtype), y.astype(np.int64, copy=False)


def xor(
    n: int, *, noise: float = 0.1, rng: np.random.Generator, dtype: Any = np.float64
) -> tuple[np.ndarray, np.ndarray]:
    """Exclusive or: 1 where exactly one of two bits is set; what a single neuron cannot learn.

    X = (a, b) + noise · ε and y = a xor b; the bits (a, b) go through (0, 0), (0, 1), (1, 0),
    (1, 1) again and again, ε is normal (mean 0, standard deviation 1). So n=4 with noise=0 is
    the truth table.

    Arguments:
        n: number of points, at least 1; row i has a = (i // 2) mod 2 and b = i mod 2.
        noise: standard deviation of each coordinate about its corner, at least 0.
        rng: the random generator to draw from.
        dtype: float32 or float64, the dtype of X.

    Returns:
        X (n, 2) and the labels y (n,), int64, 0 or 1.

    Raises:
        DomainError: for n below 1, a negative noise, or a number that is not finite.
        DTypeError: for an n that is not an int, an rng that is not a Generator, another dtype.

    Source: M. Minsky, S. Papert (1969), Perceptrons, on what one neuron cannot learn.
    """
    n, noise, dtype = _check("xor", n, noise, rng, dtype)
    i = np.arange(n)
    bits = np.stack([(i // 2) % 2, i % 2], axis=1)
    y = bits[:, 0] ^ bits[:, 1]
    return _scatter(bits.astype(np.float64), noise, rng, dtype), y.astype(np.int64, copy=False)


def spiral(
    n: int,
    *,
    classes: int = 3,
    noise: float = 0.02,
    rng: np.random.Generator,
    dtype: Any = np.float64,
) -> tuple[np.ndarray, np.ndarray]:
    """Arms that wind out of a common centre, one for each class.

    Class k is t · (cos φ, sin φ) with φ = 2π k / classes + 4 t and t uniform in [0, 1); noise · ε
    is added to both coordinates, ε normal (mean 0, standard deviation 1).

    Arguments:
        n: number of points, at least 1; row i belongs to class i mod classes.
        classes: number of arms, at least 2.
        noise: standard deviation of each coordinate about its arm, at least 0.
        rng: the random generator to draw from.
        dtype: float32 or float64, the dtype of X.

    Returns:
        X (n, 2) and the labels y (n,), int64, from 0 to classes − 1.

    Raises:
        DomainError: for n below 1, fewer than 2 classes, a negative noise, or a number that is
            not finite.
        DTypeError: for an n or classes that is not an int, an rng that is not a Generator,
            another dtype.

    Source: the shape is that of the toy data in Stanford's CS231n notes, "Putting it together:
        minimal neural network case study".
    """
    n, noise, dtype = _check("spiral", n, noise, rng, dtype)
    if expect.count("spiral", "classes", classes) < 2:
        raise DomainError("spiral: classes is 1; it must be at least 2.")
    y = np.arange(n) % classes
    t = rng.uniform(0.0, 1.0, size=n)
    angle = 2.0 * np.pi * y / classes + 4.0 * t
    X = t[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _scatter(X, noise, rng, dtype), y.astype(np.int64, copy=False)


def _scatter(X: np.ndarray, noise: float, rng: np.random.Generator, dtype: Any) -> np.ndarray:
    return (X + noise * rng.standard_normal(X.shape)).astype(dtype, copy=False)


def _check(op: str, n: int, noise: float, rng: object, dtype: Any) -> tuple[int, float, np.dtype]:
    """What all four functions have in common, in the order of their arguments."""
    n = expect.count(op, "n", n)
    noise = _number(op, "noise", noise)
    if noise < 0:
        raise DomainError(f"{op}: noise is {noise:g}; a standard deviation is at least 0.")
    expect.generator(op, rng)
    return n, noise, expect.precision(op, dtype)


def _number(op: str, name: str, value: float) -> float:
    value = expect.number(op, name, value)
    if not math.isfinite(value):
        raise DomainError(f"{op}: {name} is {value:g}; it must be finite.")
    return value
