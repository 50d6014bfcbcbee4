"""Initial weights. Every random one takes its generator: same seed, same numbers."""

from __future__ import annotations

import numpy as np

from bplib import expect

__all__ = ["lecun_normal", "zeros"]


def zeros(*shape: int, dtype: type = np.float64) -> np.ndarray:
    """Zeros, the usual start for biases; as weights they would keep all units alike.

    Formula: every entry is 0.
    Arguments: `shape`, the sizes; `dtype`, float32 or float64. Returns an array of that shape.
    Raises `DomainError` for a size below 1. Source: chapter 2.
    """
    return np.zeros([expect.count("zeros", "shape", n) for n in shape], dtype=dtype)


def lecun_normal(
    n_in: int, n_out: int, *, rng: np.random.Generator, dtype: type = np.float64
) -> np.ndarray:
    """Normal weights with variance 1/n_in, which keep the size of a signal through a linear map.

    Formula: W ~ N(0, 1/n_in).
    Arguments: `n_in`, `n_out`, numbers of inputs and outputs; `rng`, a numpy.random.Generator;
    `dtype`, float32 or float64. Returns `W` (n_in, n_out).
    Raises `DomainError` for a size below 1, `DTypeError` when `rng` is no Generator.
    Source: LeCun, Bottou, Orr, Müller (1998), "Efficient BackProp", equation 16.
    """
    n_in = expect.count("lecun_normal", "n_in", n_in)
    n_out = expect.count("lecun_normal", "n_out", n_out)
    rng = expect.generator("lecun_normal", rng)
    return (rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)).astype(dtype)
