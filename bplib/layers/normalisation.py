"""Normalisation with its learned scale and shift, and with what it remembers of the batches."""

from __future__ import annotations

import math

import numpy as np

from bplib import expect, ops
from bplib.backend import Array, quiet
from bplib.errors import DomainError
from bplib.layers.base import Layer
from bplib.layers.parameter import Buffer, Parameter
from bplib.ops.normalisation import batch_statistics


class BatchNorm(Layer):
    """Normalise each column over the batch, then scale and shift; see `bplib.ops.batch_norm`.

    y = γ x̂ + β, with γ = 1 and β = 0 at the start. In training mode, mean and variance are those
    of the batch, and each forward pass moves the running ones towards them:

        running = (1 - momentum) · running + momentum · batch

    After `eval()` the running ones take their place. As elsewhere, x̂ is made with the biased
    variance Σ (x - mean)² / m, and the running variance remembers the unbiased one, with m - 1,
    which is right on average for data that the batch is drawn from.

    Arguments:
        n: the number of columns, at least 1.
        momentum: the weight of the newest batch in the running values, from 0 to 1.
        eps: ε, a positive number that is added to the variance.
        dtype: float32 or float64, what x has.

    Attributes:
        gamma: Parameter, (n,).
        beta: Parameter, (n,).
        running_mean: Buffer, (n,), zeros at the start.
        running_variance: Buffer, (n,), ones at the start.
        momentum, eps: as given.

    Raises:
        DomainError: where n is below 1, momentum not between 0 and 1, or eps not positive.
        DTypeError: where n is not whole, momentum or eps is no number, or for another dtype.

    Source: S. Ioffe, C. Szegedy (2015), Batch Normalization: Accelerating Deep Network Training by
        Reducing Internal Covariate Shift, algorithms 1 and 2.
    """

    def __init__(
        self, n: int, *, momentum: float = 0.1, eps: float = 1e-5, dtype: type = np.float64
    ) -> None:
        expect.count("BatchNorm", "n", n)
        expect.precision("BatchNorm", dtype)
        self.momentum = expect.fraction("BatchNorm", "momentum", momentum)
        self.eps = expect.positive("BatchNorm", "eps", eps)
        self.gamma = Parameter(np.ones(n, dtype), "gamma")
        self.beta = Parameter(np.zeros(n, dtype), "beta")
        self.running_mean = Buffer(np.zeros(n, dtype), "running_mean")
        self.running_variance = Buffer(np.ones(n, dtype), "running_variance")

    def forward(self, x: Array) -> Array:
        """The output for a batch: `y` (m, n) for the float array `x` (m, n), m ≥ 2 in training."""
        fixed = {}
        if not self.training:
            fixed["mean"] = self.running_mean.value
            fixed["variance"] = self.running_variance.value
        gamma, beta = self.gamma.value, self.beta.value
        y, self._cache = ops.batch_norm(x, gamma, beta, eps=self.eps, **fixed)
        if self.training:
            self._remember(len(x))
        return y

    def _remember(self, m: int) -> None:
        mean, variance = batch_statistics(self._cache)
        with quiet():
            for running, batch in (
                (self.running_mean.value, mean),
                (self.running_variance.value, variance * (m / (m - 1))),
            ):
                running *= 1 - self.momentum
                running += self.momentum * batch

    def backward(self, dy: Array) -> Array:
        """The gradient of the input, `dx`; adds to `gamma.grad` and `beta.grad`."""
        dx, dgamma, dbeta = ops.batch_norm_backward(dy, self._last_cache())
        self.gamma.accumulate(dgamma)
        self.beta.accumulate(dbeta)
        return dx

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """On each entry: two sums, x - mean, its square, two factors and β; seven backward too."""
        each = 7 if self.training else 4
        return each * math.prod(shape), each * math.prod(shape)

    def own_parameters(self) -> list[Parameter]:
        """`gamma` and `beta`."""
        return [self.gamma, self.beta]

    def own_buffers(self) -> list[Buffer]:
        """`running_mean` and `running_variance`."""
        return [self.running_mean, self.running_variance]

    def __repr__(self) -> str:
        own = {"momentum": (self.momentum, 0.1), "eps": (self.eps, 1e-5)}
        return f"BatchNorm({len(self.gamma.value)}{_unusual(own)}, {self.gamma.value.dtype})"


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

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """On each entry: two sums, x - mean, its square, two factors and β; eleven backward."""
        return 7 * math.prod(shape), 11 * math.prod(shape)

    def own_parameters(self) -> list[Parameter]:
        """`gamma` and `beta`."""
        return [self.gamma, self.beta]

    def __repr__(self) -> str:
        own = _unusual({"eps": (self.eps, 1e-5)})
        return f"LayerNorm({len(self.gamma.value)}{own}, {self.gamma.value.dtype})"


def _unusual(settings: dict[str, tuple[float, float]]) -> str:
    """Those that are not what they are unless said, as they are given."""
    return "".join(f", {name}={own!r}" for name, (own, usual) in settings.items() if own != usual)
