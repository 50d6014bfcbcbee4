"""Layers: an operation together with its parameters and the cache of its last forward pass.

    y = layer.forward(x)        # calls the pair's forward function and keeps its cache
    dx = layer.backward(dy)     # calls the pair's backward function; parameters get their .grad

`backward` adds to `.grad`, here and on the tape: a parameter that is used twice, or a batch that
is processed in pieces, sums its gradients. Call `zero_grad()` before each new step.
"""

from __future__ import annotations

import abc
from collections.abc import Callable

import numpy as np

from bplib import expect, init, ops
from bplib.backend import Array, Cache
from bplib.errors import NotReadyError


class Parameter:
    """An array that is learned, and its gradient.

    Arguments:
        value: float array of any shape; kept as it is, not copied.
        name: what a sentence calls it, such as "W".

    Attributes:
        value, name: as given.
        grad: None until the first backward pass, then an array of value's shape and dtype.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where value is not a float array.
    """

    __slots__ = ("grad", "name", "value")

    def __init__(self, value: Array, name: str) -> None:
        expect.floats(f"Parameter {name}", value=value)
        self.value = value
        self.grad: Array | None = None
        self.name = name

    def accumulate(self, gradient: Array) -> None:
        """Add to `grad`: grad ← grad + gradient, or the gradient itself where there is none yet.

        Arguments:
            gradient: of value's shape and dtype.
        """
        self.grad = gradient if self.grad is None else self.grad + gradient

    def __repr__(self) -> str:
        shape = ", ".join(map(str, self.value.shape))
        state = "no gradient yet" if self.grad is None else "has a gradient"
        return f"Parameter({self.name}: ({shape}) {self.value.dtype}, {state})"


class Layer(abc.ABC):
    """What every layer can do: forward, backward, and say which parameters it learns."""

    training = True
    _cache: Cache = None

    @abc.abstractmethod
    def forward(self, x: Array) -> Array:
        """The layer's output for a batch.

        Arguments:
            x: float array; its rows are samples.

        Returns:
            The output, one row for each sample.
        """

    @abc.abstractmethod
    def backward(self, dy: Array) -> Array:
        """Turn the gradient of the output into that of the input, and add to the parameters' own.

        Arguments:
            dy: the upstream gradient, shaped as the output of the last forward pass.

        Returns:
            `dx`, shaped as `x`.

        Raises:
            NotReadyError: before the first forward pass.
        """

    def parameters(self) -> list[Parameter]:
        """The parameters in a fixed order; empty for a layer that learns nothing."""
        return []

    def train(self) -> None:
        """Switch to training mode."""
        self.training = True

    def eval(self) -> None:
        """Switch to evaluation mode."""
        self.training = False

    def zero_grad(self) -> None:
        """Forget all gradients, as if backward had never been called."""
        for parameter in self.parameters():
            parameter.grad = None

    def _last_cache(self) -> Cache:
        if self._cache is None:
            raise NotReadyError(
                f"{type(self).__name__}: backward was called before forward; "
                "there is no output yet whose gradient could be passed back."
            )
        return self._cache


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
        DTypeError: for a size that is not whole, another dtype, or an rng that is not a Generator.

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
        self.W = Parameter(weights(n_in, n_out, rng=rng, dtype=dtype), "W")
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

    def parameters(self) -> list[Parameter]:
        """`W` and `b`."""
        return [self.W, self.b]

    def __repr__(self) -> str:
        n_in, n_out = self.W.value.shape
        return f"Linear({n_in} → {n_out}, {self.W.value.dtype})"
