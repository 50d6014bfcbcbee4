"""Initial weights. Every random one takes its generator: same seed, same numbers."""

from __future__ import annotations

import numpy as np

from bplib import expect

__all__ = ["lecun_normal", "zeros"]


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
        DTypeError: where a size is not a whole number.

    Source: I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, section 8.4.
    """
    return np.zeros([expect.count("zeros", "shape", n) for n in shape], dtype=dtype)


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
        DTypeError: for a size that is not a whole number, or an rng that is not a Generator.

    Source: Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller (1998), Efficient BackProp, section 4.6.
    """
    n_in = expect.count("lecun_normal", "n_in", n_in)
    n_out = expect.count("lecun_normal", "n_out", n_out)
    rng = expect.generator("lecun_normal", rng)
    return (rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)).astype(dtype)
