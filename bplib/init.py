"""Initial weights. Every random one takes its generator: same seed, same numbers.

W is (n_in, n_out): every column is a unit that adds up n_in inputs (its fan-in), and every row is
an input that feeds n_out units (its fan-out). A sum of n_in terms grows as √n_in, and weights that
are smaller by this factor keep a signal at its size:

    LeCun     variance 1/n_in                 the signal going forward, for identity and tanh
    Glorot    variance 2/(n_in + n_out)       between forward and backward
    He        variance 2/n_in                 forward through ReLU, which keeps half of the signal

Normal weights have that variance; uniform ones have it too, between bounds of √3 times its root.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bplib import expect
from bplib.errors import DomainError, misspelt

__all__ = [
    "constant",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "orthogonal",
    "zeros",
]

if not TYPE_CHECKING:  # with it, a checker of types would let every name pass
    __getattr__ = misspelt("init", __all__)


def zeros(*shape: int, dtype: type = np.float64) -> np.ndarray:
    """Zeros, the usual start for biases; as weights they would keep all units alike.

    Formula: every entry is 0.

    Arguments:
        shape: the sizes, whole numbers of at least 1.
        dtype: float32 or float64.

    Returns:
        An array of that shape.

    Raises:
        DomainError: where a size is below 1.
        DTypeError: where a size is not a whole number, or for another dtype.

    Source: I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, section 8.4.
    """
    return np.zeros(_sizes("zeros", shape), dtype=expect.precision("zeros", dtype))


def constant(*shape: int, value: float, dtype: type = np.float64) -> np.ndarray:
    """One number everywhere: 1 for a scale, or a small one for the biases of ReLU units.

    Formula: every entry is `value`.

    Arguments:
        shape: the sizes, whole numbers of at least 1.
        value: the number, finite.
        dtype: float32 or float64.

    Returns:
        An array of that shape.

    Raises:
        DomainError: where a size is below 1, or value is not finite.
        DTypeError: where a size is not a whole number, value is no number, or for another dtype.

    Source: I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, section 8.4, on biases.
    """
    number = expect.number("constant", "value", value)
    if not np.isfinite(number):
        raise DomainError(f"constant: value is {number:g}; it must be finite.")
    return np.full(_sizes("constant", shape), number, dtype=expect.precision("constant", dtype))


def lecun_normal(
    n_in: int, n_out: int, *, rng: np.random.Generator, dtype: type = np.float64
) -> np.ndarray:
    """Normal weights with variance 1/n_in, which keep the size of a signal through a linear map.

    W ~ N(0, 1/n_in), every entry by itself.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator to draw from.
        dtype: float32 or float64.

    Returns:
        `W` (n_in, n_out).

    Raises:
        DomainError: where a size is below 1.
        DTypeError: for a size that is not whole, another dtype, or an rng that is no Generator.

    Source: Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller (1998), Efficient BackProp, section 4.6.
    """
    n_in, n_out, precision = _checked("lecun_normal", n_in, n_out, rng, dtype)
    return (rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)).astype(precision)


def lecun_uniform(
    n_in: int, n_out: int, *, rng: np.random.Generator, dtype: type = np.float64
) -> np.ndarray:
    """Uniform weights with variance 1/n_in, which keep the size of a signal through a linear map.

    W ~ U(-c, c) with c = √(3/n_in), every entry by itself.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator to draw from.
        dtype: float32 or float64.

    Returns:
        `W` (n_in, n_out).

    Raises:
        DomainError: where a size is below 1.
        DTypeError: for a size that is not whole, another dtype, or an rng that is no Generator.

    Source: Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller (1998), Efficient BackProp, section 4.6.
    """
    n_in, n_out, precision = _checked("lecun_uniform", n_in, n_out, rng, dtype)
    return _uniform(np.sqrt(3 / n_in), n_in, n_out, rng).astype(precision)


def glorot_normal(
    n_in: int,
    n_out: int,
    *,
    rng: np.random.Generator,
    dtype: type = np.float64,
    gain: float = 1.0,
) -> np.ndarray:
    """Normal weights between what the signal and what the gradient asks for; also named Xavier.

    W ~ N(0, σ²) with σ = gain √(2/(n_in + n_out)), every entry by itself.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator to draw from.
        dtype: float32 or float64.
        gain: a positive number that makes up for what the activation shrinks.

    Returns:
        `W` (n_in, n_out).

    Raises:
        DomainError: where a size is below 1, or gain is not positive.
        DTypeError: for a size that is not whole, another dtype, or an rng that is no Generator.

    Source: X. Glorot, Y. Bengio (2010), Understanding the difficulty of training deep feedforward
        neural networks, equation 12.
    """
    n_in, n_out, precision = _checked("glorot_normal", n_in, n_out, rng, dtype)
    deviation = expect.positive("glorot_normal", "gain", gain) * np.sqrt(2 / (n_in + n_out))
    return (deviation * rng.standard_normal((n_in, n_out))).astype(precision)


def glorot_uniform(
    n_in: int,
    n_out: int,
    *,
    rng: np.random.Generator,
    dtype: type = np.float64,
    gain: float = 1.0,
) -> np.ndarray:
    """Uniform weights between what the signal and what the gradient asks for; also named Xavier.

    W ~ U(-c, c) with c = gain √(6/(n_in + n_out)), every entry by itself.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator to draw from.
        dtype: float32 or float64.
        gain: a positive number that makes up for what the activation shrinks.

    Returns:
        `W` (n_in, n_out).

    Raises:
        DomainError: where a size is below 1, or gain is not positive.
        DTypeError: for a size that is not whole, another dtype, or an rng that is no Generator.

    Source: X. Glorot, Y. Bengio (2010), Understanding the difficulty of training deep feedforward
        neural networks, equation 16.
    """
    n_in, n_out, precision = _checked("glorot_uniform", n_in, n_out, rng, dtype)
    bound = expect.positive("glorot_uniform", "gain", gain) * np.sqrt(6 / (n_in + n_out))
    return _uniform(bound, n_in, n_out, rng).astype(precision)


def he_normal(
    n_in: int,
    n_out: int,
    *,
    rng: np.random.Generator,
    dtype: type = np.float64,
    slope: float = 0.0,
) -> np.ndarray:
    """Normal weights with variance 2/n_in, for ReLU; also named Kaiming.

    W ~ N(0, 2/((1 + a²) n_in)), every entry by itself, with a = 0 for ReLU and the slope of the
    left side for a leaky one. ReLU lets half of the signal's square through, and the 2 gives it
    back.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator to draw from.
        dtype: float32 or float64.
        slope: a, of the leaky ReLU that follows, from 0 to 1; 0 for ReLU itself.

    Returns:
        `W` (n_in, n_out).

    Raises:
        DomainError: where a size is below 1, or slope is below 0 or above 1.
        DTypeError: for a size that is not whole, another dtype, an rng that is no Generator, or a
            slope that is no number.

    Source: K. He, X. Zhang, S. Ren, J. Sun (2015), Delving Deep into Rectifiers, equations 10
        and 15.
    """
    n_in, n_out, precision = _checked("he_normal", n_in, n_out, rng, dtype)
    return (_he_root("he_normal", n_in, slope) * rng.standard_normal((n_in, n_out))).astype(
        precision
    )


def he_uniform(
    n_in: int,
    n_out: int,
    *,
    rng: np.random.Generator,
    dtype: type = np.float64,
    slope: float = 0.0,
) -> np.ndarray:
    """Uniform weights with variance 2/n_in, for ReLU; also named Kaiming.

    W ~ U(-c, c) with c = √(6/((1 + a²) n_in)), every entry by itself, with a = 0 for ReLU and the
    slope of the left side for a leaky one.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator to draw from.
        dtype: float32 or float64.
        slope: a, of the leaky ReLU that follows, from 0 to 1; 0 for ReLU itself.

    Returns:
        `W` (n_in, n_out).

    Raises:
        DomainError: where a size is below 1, or slope is below 0 or above 1.
        DTypeError: for a size that is not whole, another dtype, an rng that is no Generator, or a
            slope that is no number.

    Source: K. He, X. Zhang, S. Ren, J. Sun (2015), Delving Deep into Rectifiers, equations 10
        and 15, which give the variance; the bounds are √3 times its root.
    """
    n_in, n_out, precision = _checked("he_uniform", n_in, n_out, rng, dtype)
    bound = math.sqrt(3) * _he_root("he_uniform", n_in, slope)
    return _uniform(bound, n_in, n_out, rng).astype(precision)


def orthogonal(
    n_in: int,
    n_out: int,
    *,
    rng: np.random.Generator,
    dtype: type = np.float64,
    gain: float = 1.0,
) -> np.ndarray:
    """Weights that turn a signal without stretching it, drawn evenly from all that do.

    Wᵀ W = gain² I where n_in ≥ n_out, and W Wᵀ = gain² I where n_in ≤ n_out. W is the Q of a random
    normal matrix Q R, with the signs that make the diagonal of R positive: without these, not
    every rotation would be equally likely.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator to draw from.
        dtype: float32 or float64.
        gain: a positive number that makes up for what the activation shrinks.

    Returns:
        `W` (n_in, n_out).

    Raises:
        DomainError: where a size is below 1, or gain is not positive.
        DTypeError: for a size that is not whole, another dtype, or an rng that is no Generator.

    Source: A. M. Saxe, J. L. McClelland, S. Ganguli (2014), Exact solutions to the nonlinear
        dynamics of learning in deep linear neural networks; F. Mezzadri (2007), How to generate
        random matrices from the classical compact groups, section 5, for the signs.
    """
    n_in, n_out, precision = _checked("orthogonal", n_in, n_out, rng, dtype)
    gain = expect.positive("orthogonal", "gain", gain)
    Q, R = np.linalg.qr(rng.standard_normal((max(n_in, n_out), min(n_in, n_out))))
    Q = Q * np.where(np.diagonal(R) < 0, -gain, gain)
    return np.ascontiguousarray(Q if n_in >= n_out else Q.T, dtype=precision)


def _uniform(bound: float, n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-bound, bound, (n_in, n_out))


def _he_root(function: str, n_in: int, slope: float) -> float:
    """The root of the variance that a (leaky) ReLU brings back to that of the signal."""
    slope = expect.fraction(function, "slope", slope)
    return math.sqrt(2 / ((1 + slope**2) * n_in))


def _checked(
    function: str, n_in: int, n_out: int, rng: np.random.Generator, dtype: type
) -> tuple[int, int, np.dtype]:
    # Counts as Python's own: the sum of two small integers of NumPy's may overflow.
    n_in, n_out = expect.count(function, "n_in", n_in), expect.count(function, "n_out", n_out)
    expect.generator(function, rng)
    return n_in, n_out, expect.precision(function, dtype)


def _sizes(function: str, shape: tuple[int, ...]) -> list[int]:
    return [expect.count(function, "shape", n) for n in shape]
