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

    Attributes: `value`, the array; `grad`, None or an array of the same shape and dtype; `name`.
    """

    __slots__ = ("grad", "name", "value")

    def __init__(self, value: Array, name: str) -> None:
        expect.floats(f"Parameter {name}", value=value)
        self.value = value
        self.grad: Array | None = None
        self.name = name

    def accumulate(self, gradient: Array) -> None:
        """Add `gradient`, shaped as `value`, to `grad`."""
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
        """The layer's output for the batch `x`, whose rows are samples."""

    @abc.abstractmethod
    def backward(self, dy: Array) -> Array:
        """Turn `dy`, shaped as the output, into `dx`, and add to the parameters' gradients."""

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

    Arguments: `n_in`, `n_out`, numbers of inputs and outputs; `rng`, a numpy.random.Generator;
    `dtype`, float32 or float64 (what x has); `weights`, the function of `bplib.init` that makes W.
    The bias starts at zero. Attributes `W` (n_in, n_out) and `b` (n_out,) are Parameters.
    Raises `DomainError` for a size below 1, `DTypeError` for another dtype or rng.
    Source: chapter 5; Rumelhart, Hinton, Williams (1986), equation 1.
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
        """The output y = x W + b, shape (m, n_out), for `x` (m, n_in)."""
        y, self._cache = ops.linear(x, self.W.value, self.b.value)
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient `dx` (m, n_in) for `dy` (m, n_out); adds to `W.grad` and `b.grad`."""
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
