"""The dense layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bplib import expect, init, ops
from bplib.backend import Array
from bplib.errors import DTypeError, ShapeError, kind_of
from bplib.layers.base import Layer
from bplib.layers.parameter import Parameter


class Linear(Layer):
    """A dense layer: y = x W + b, with W and b learned.

    Arguments:
        n_in: number of inputs, at least 1.
        n_out: number of outputs, at least 1.
        rng: the random generator that the weights are drawn from.
        dtype: float32 or float64, what x has.
        weights: the function of `bplib.init` that makes W; the bias starts at zero.

    Attributes:
        W: Parameter, (n_in, n_out).
        b: Parameter, (n_out,).

    Raises:
        DomainError: where a size is below 1.
        DTypeError: for a size that is not whole, another dtype, an rng that is not a Generator, or
            weights that are no function.
        ShapeError: where weights makes an array of another shape.

    Source: D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986), Learning Representations by
        Back-propagating Errors, Nature 323, 533–536, equation 1.
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        dtype: type = np.float64,
        weights: Callable[..., Array] = init.lecun_normal,
    ) -> None:
        expect.count("Linear", "n_in", n_in)
        expect.count("Linear", "n_out", n_out)
        expect.generator("Linear", rng)
        expect.precision("Linear", dtype)
        self.W = Parameter(_made(weights, n_in, n_out, rng, dtype), "W")
        self.b = Parameter(init.zeros(n_out, dtype=dtype), "b")

    def forward(self, x: Array) -> Array:
        """The output for a batch: y = x W + b.

        Arguments:
            x: (m, n_in), float array, a batch of m rows.

        Returns:
            `y` (m, n_out).

        Raises:
            ShapeError: where the rank or the width of x does not fit.
            DTypeError: where x does not have the layer's dtype.
        """
        y, self._cache = ops.linear(x, self.W.value, self.b.value)
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient of the input, dx = dy Wᵀ; adds to `W.grad` and `b.grad`.

        Arguments:
            dy: (m, n_out), the upstream gradient.

        Returns:
            `dx` (m, n_in).

        Raises:
            NotReadyError: before the first forward pass.
            ShapeError: where dy does not have y's shape.
            DTypeError: where dy does not have the layer's dtype.
        """
        dx, dW, db = ops.linear_backward(dy, self._last_cache())
        self.W.accumulate(dW)
        self.b.accumulate(db)
        return dx

    def backward_parameters(self, dy: Array) -> None:
        """As `backward`, without dx and the matrix product that it costs."""
        wanted = False, True, True
        _, dW, db = ops.linear_backward(dy, self._last_cache(), wanted)
        self.W.accumulate(dW)
        self.b.accumulate(db)

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """One product of matrices forward, two backward; b is added, and db summed."""
        m, (n_in, n_out) = shape[0], self.W.value.shape
        product = 2 * m * n_in * n_out
        return product + m * n_out, 2 * product + m * n_out

    def own_parameters(self) -> list[Parameter]:
        """`W` and `b`."""
        return [self.W, self.b]

    def __repr__(self) -> str:
        n_in, n_out = self.W.value.shape
        return f"Linear({n_in} → {n_out}, {self.W.value.dtype})"


def _made(
    weights: Callable[..., Array], n_in: int, n_out: int, rng: np.random.Generator, dtype: type
) -> Array:
    if not callable(weights):
        raise DTypeError(f"Linear: {_no_function(weights)}")
    W = weights(n_in, n_out, rng=rng, dtype=dtype)
    if getattr(W, "shape", (n_in, n_out)) != (n_in, n_out):
        raise ShapeError(
            f"Linear: weights made an array of shape {W.shape}; W has shape {(n_in, n_out)}."
        )
    return W


def _no_function(weights: object) -> str:
    if isinstance(weights, str):
        import difflib  # here, because only a mistake needs it

        names = [name for name in init.__all__ if name not in ("constant", "zeros")]
        for close in difflib.get_close_matches(weights.lower(), names, n=1):
            return f"weights is the name '{weights}'; give the function itself, init.{close}."
    return (
        f"weights is {kind_of(weights)}; a function of bplib.init is needed, such as "
        "init.he_normal."
    )
