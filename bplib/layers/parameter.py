"""What a layer holds from step to step: arrays that are learned, and arrays that are remembered."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array


class Buffer:
    """An array that a layer remembers and nobody learns, such as a running mean.

    Arguments:
        value: float array of any shape; kept as it is, not copied.
        name: what a sentence calls it, such as "running_mean".

    Attributes:
        value: as given; another array of its shape may take its place. Nobody looks at that moment,
            which would cost every step of training, but the next forward pass or step does.
        name: as given.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where value is not a float array.
    """

    __slots__ = ("name", "value")

    def __init__(self, value: Array, name: str) -> None:
        expect.floats(f"{type(self).__name__} {name}", value=value)
        self.value = value
        self.name = name

    def __repr__(self) -> str:
        shape = ", ".join(map(str, self.value.shape))
        return f"{type(self).__name__}({self.name}: ({shape}) {self.value.dtype}{self._state()})"

    def _state(self) -> str:
        return ""


class Parameter(Buffer):
    """An array that is learned, and its gradient.

    Arguments:
        value: float array of any shape; kept as it is, not copied.
        name: what a sentence calls it, such as "W".

    Attributes:
        value: as given; another array of its shape may take its place. Nobody looks at that moment,
            which would cost every step of training, but the next forward pass or step does.
        name: as given.
        grad: None until the first backward pass, then an array of value's shape and dtype.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where value is not a float array.
    """

    __slots__ = ("grad",)

    def __init__(self, value: Array, name: str) -> None:
        super().__init__(value, name)
        self.grad: Array | None = None

    def accumulate(self, gradient: Array) -> None:
        """Add to `grad`: grad ← grad + gradient, or the gradient itself where there is none yet.

        Arguments:
            gradient: of value's shape and dtype.
        """
        self.grad = gradient if self.grad is None else self.grad + gradient

    def _state(self) -> str:
        return ", no gradient yet" if self.grad is None else ", has a gradient"
