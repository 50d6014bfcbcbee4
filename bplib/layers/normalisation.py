"""Normalisation with its learned scale and shift."""

from __future__ import annotations

import numpy as np

from bplib import expect, ops
from bplib.backend import Array
from bplib.errors import DomainError
from bplib.layers.base import Layer
from bplib.layers.parameter import Parameter


class LayerNorm(Layer):
    """Normalise each sample over its last axis, then scale and shift; see `bplib.ops.layer_norm`.

    y = γ x̂ + β, with γ = 1 and β = 0 at the start. Training and evaluation are the same.

    Arguments:
        n: the length of the last axis, at least 2.
        eps: ε, a positive number that is added to the variance.
        dtype: float32 or float64, what x has.

    Attributes:
        gamma: Parameter, (n,).
        beta: Parameter, (n,).
        eps: as given.

    Raises:
        DomainError: where n is below 2, or eps is not positive.
        DTypeError: where n is not whole, eps is no number, or for another dtype.

    Source: J. L. Ba, J. R. Kiros, G. E. Hinton (2016), Layer Normalization, equation 3.
    """

    def __init__(self, n: int, *, eps: float = 1e-5, dtype: type = np.float64) -> None:
        if expect.count("LayerNorm", "n", n) < 2:
            raise DomainError("LayerNorm: n is 1; one number alone has no variance.")
        expect.precision("LayerNorm", dtype)
        self.eps = expect.positive("LayerNorm", "eps", eps)
        self.gamma = Parameter(np.ones(n, dtype), "gamma")
        self.beta = Parameter(np.zeros(n, dtype), "beta")

    def forward(self, x: Array) -> Array:
        """The output for a batch: `y`, shaped as the float array `x` (…, n)."""
        y, self._cache = ops.layer_norm(x, self.gamma.value, self.beta.value, self.eps)
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient of the input, `dx`; adds to `gamma.grad` and `beta.grad`."""
        dx, dgamma, dbeta = ops.layer_norm_backward(dy, self._last_cache())
        self.gamma.accumulate(dgamma)
        self.beta.accumulate(dbeta)
        return dx

    def parameters(self) -> list[Parameter]:
        """`gamma` and `beta`."""
        return [self.gamma, self.beta]

    def __repr__(self) -> str:
        return f"LayerNorm({len(self.gamma.value)}, {self.gamma.value.dtype})"
