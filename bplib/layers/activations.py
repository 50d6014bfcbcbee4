"""Layers that learn nothing: a pair, its settings, and the cache in between."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from bplib import ops
from bplib.backend import Array
from bplib.layers.base import Layer

_ONE = np.zeros((1,) * 64)
"""One number, in as many axes as an array may have: whatever axis a Softmax asks for is there."""


class Activation(Layer):
    """What all activation layers share: y = forward half of the pair, applied to x.

    A new one names its pair: `class Sine(Activation): pair = sin, sin_backward`.

    Arguments:
        settings: what the pair takes besides x, by name.

    Attributes:
        pair: the two functions, forward and backward; the same for all layers of one class.
        operations: for each entry, forward and backward, as `flops` counts; None if not counted.
        settings: as given.

    Raises:
        ShapeError, DTypeError, DomainError: where the pair refuses the settings.
    """

    pair: ClassVar[tuple[Callable[..., Any], Callable[..., Any]]]
    operations: tuple[int, int] | None = None

    def __init__(self, **settings: Any) -> None:
        self.pair[0](_ONE, **settings)  # a wrong setting is said now, not at the first batch
        self.settings = settings

    def forward(self, x: Array) -> Array:
        """The output for a batch: `y`, shaped as the float array `x`."""
        y, self._cache = self.pair[0](x, **self.settings)
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient of the input: `dx`, shaped as `dy` and as the last output."""
        return self.pair[1](dy, self._last_cache())

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int] | None:
        """`operations` on every entry."""
        if self.operations is None:
            return None
        forward, backward = self.operations
        return forward * math.prod(shape), backward * math.prod(shape)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"{type(self).__name__}({settings})"


class ReLU(Activation):
    """The rectifier: y = max(x, 0); see `bplib.ops.relu`."""

    pair = ops.relu, ops.relu_backward
    operations = 1, 2


class LeakyReLU(Activation):
    """The rectifier that lets a little through: y = max(x, slope · x); see `bplib.ops.leaky_relu`.

    Arguments:
        slope: of the left side, from 0 to 1.
    """

    pair = ops.leaky_relu, ops.leaky_relu_backward
    operations = 2, 2

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__(slope=slope)


class ELU(Activation):
    """The exponential linear unit: y = x where x > 0, α (eˣ - 1) elsewhere; see `bplib.ops.elu`.

    Arguments:
        alpha: α, positive; far to the left y is -α.
    """

    pair = ops.elu, ops.elu_backward
    operations = 5, 3

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__(alpha=alpha)


class GELU(Activation):
    """The Gaussian error linear unit: y = x Φ(x); see `bplib.ops.gelu`.

    Arguments:
        approximate: whether to use the approximation by tanh, which is quicker.
    """

    pair = ops.gelu, ops.gelu_backward

    def __init__(self, approximate: bool = False) -> None:
        super().__init__(approximate=approximate)
        # Forward makes the slope as well; erf and tanh count one.
        self.operations = (18, 1) if approximate else (11, 1)


class Sigmoid(Activation):
    """The logistic function: y = 1 / (1 + e⁻ˣ); see `bplib.ops.sigmoid`."""

    pair = ops.sigmoid, ops.sigmoid_backward
    operations = 4, 3


class Tanh(Activation):
    """The hyperbolic tangent: y = tanh x; see `bplib.ops.tanh`."""

    pair = ops.tanh, ops.tanh_backward
    operations = 1, 4


class Softplus(Activation):
    """The smooth rectifier: y = ln(1 + eˣ); see `bplib.ops.softplus`."""

    pair = ops.softplus, ops.softplus_backward
    operations = 6, 4


class Softmax(Activation):
    """Probabilities from scores: sᵢ = exp(xᵢ) / Σⱼ exp(xⱼ); see `bplib.ops.softmax`.

    For training, `bplib.losses.softmax_cross_entropy` takes the scores themselves, without this
    layer, and is exact where probabilities would round to 0.

    Arguments:
        axis: the axis along which the probabilities sum to one, the last by default.
    """

    pair = ops.softmax, ops.softmax_backward
    operations = 5, 4

    def __init__(self, axis: int = -1) -> None:
        super().__init__(axis=axis)


class LogSoftmax(Activation):
    """Logarithms of probabilities: yᵢ = xᵢ - ln Σⱼ exp(xⱼ); see `bplib.ops.log_softmax`.

    Arguments:
        axis: the axis along which the probabilities sum to one, the last by default.
    """

    pair = ops.log_softmax, ops.log_softmax_backward
    operations = 5, 4

    def __init__(self, axis: int = -1) -> None:
        super().__init__(axis=axis)
