"""What every layer is made of: parameters, and a cache from forward to backward."""

from __future__ import annotations

import abc

from bplib import expect
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
