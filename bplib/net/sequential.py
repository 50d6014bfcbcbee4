"""A row of layers, and a row with a shortcut around it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bplib import ops
from bplib.backend import Array
from bplib.errors import DomainError, DTypeError, ShapeError, kind_of
from bplib.layers import Layer
from bplib.layers.place import say_where


class Sequential(Layer):
    """Layers in a row: y = f_k(… f_2(f_1(x))).

    The gradient goes through them from the last to the first, which is the chain rule. What a
    layer raises on the way begins with its place: "layer 2, Linear(5 → 4, float64): …", or
    "layer 1.0, …" for the first layer inside the second.

    Arguments:
        layers: at least one; each takes what the one before it returns.

    Attributes:
        layers: the layers as a tuple; `net[0]`, `len(net)` and `for layer in net` work too.

    Raises:
        DTypeError: where something is no layer.
        DomainError: where there is no layer at all, one stands in the row twice, or one that
            takes labels does not stand first.
    """

    _begin = 0
    """The place of the first layer, where the row is a part of a longer one."""

    def __init__(self, *layers: Layer) -> None:
        name = type(self).__name__
        if not layers:
            raise DomainError(f"{name}: at least one layer is needed.")
        seen: list[Layer] = []
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise DTypeError(f"{name}: layer {i} is {kind_of(layer)}; a Layer is needed.")
            again = [one for one in layer.walk() if any(one is other for other in seen)]
            seen += layer.walk()
            if again:
                raise DomainError(
                    f"{name}: layer {i}, {again[0]!r}, stands in the row twice; it keeps the cache "
                    "of one forward pass only, so make a second one."
                )
            if i > 0 and layer.takes_labels:
                raise DomainError(
                    f"{name}: layer {i}, {layer!r}, takes whole numbers and hands no gradient "
                    "back; it can only stand first."
                )
        self.layers = layers

    def forward(self, x: Array) -> Array:
        """The output of the last layer for the batch `x`, which goes into the first."""
        for layer in self.layers:
            layer._cache = None  # the last batch's caches make room before the new ones come
        try:
            for layer in self.layers:
                x = layer.forward(x)
        except Exception as error:
            self._say_where(error, layer)
            raise
        return x

    def backward(self, dy: Array) -> Array:
        """The gradient `dx`, shaped as the input, for `dy`, shaped as the output."""
        try:
            for layer in reversed(self.layers):
                dy = layer.backward(dy)
        except Exception as error:
            self._say_where(error, layer)
            raise
        return dy

    def backward_parameters(self, dy: Array) -> None:
        """The parameters' gradients alone, back to the first layer that learns something.

        It is what training calls, once for each forward pass, and so each layer's cache is let go
        as soon as it has served: its memory is that of the gradients to come.
        """
        first = self._first_that_learns()
        if first is None:
            return
        layer = self.layers[-1]
        try:
            for layer in self.layers[:first:-1]:
                dy = layer.backward(dy)
                layer.drop_cache()
            layer = self.layers[first]
            layer.backward_parameters(dy)
            layer.drop_cache()
        except Exception as error:
            self._say_where(error, layer)
            raise

    def _first_that_learns(self) -> int | None:
        for i, layer in enumerate(self.layers):
            if any(one.own_parameters() for one in layer.walk()):
                return i
        return None

    def _say_where(self, error: Exception, layer: Layer) -> None:
        i = next(i for i, one in enumerate(self.layers) if one is layer)
        say_where(error, str(self._begin + i), layer)

    @property
    def takes_labels(self) -> bool:
        """Whether the first layer does."""
        return self.layers[0].takes_labels

    def children(self) -> dict[str, Layer]:
        """The layers by their places, "0", "1" and so on."""
        return {str(i): layer for i, layer in enumerate(self.layers)}

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, place: int) -> Layer:
        return self.layers[place]


class Residual(Sequential):
    """Layers in a row with a shortcut around them: y = x + f(x).

    On the way back the shortcut hands `dy` on unchanged: dx = dy + (what comes back through f). A
    gradient therefore reaches the input however small the slopes of f are.

    Arguments:
        layers: the row f, whose output has the shape of its input.

    Raises:
        DTypeError, DomainError: as `Sequential`.
        DomainError: also where f takes labels, which cannot be added to what f returns.
        ShapeError: in forward, where f changes the shape.

    Source: K. He, X. Zhang, S. Ren, J. Sun (2016), Deep residual learning for image recognition,
        equation 1.
    """

    def __init__(self, *layers: Layer) -> None:
        super().__init__(*layers)
        if self.takes_labels:
            raise DomainError(
                f"Residual: layer 0, {layers[0]!r}, takes whole numbers; the shortcut would add "
                "them to the output."
            )

    def forward(self, x: Array) -> Array:
        """The batch `x` plus what the layers make of it, of the same shape."""
        inner = super().forward(x)
        if inner.shape != x.shape:
            raise ShapeError(
                f"Residual: the layers turn shape {x.shape} into {inner.shape}; the shortcut adds "
                "the two, so the shape must stay."
            )
        y, self._cache = ops.add(x, inner)
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient `dx`: along the shortcut and through the layers, added."""
        along_shortcut, through_layers = ops.add_backward(dy, self._last_cache())
        return along_shortcut + super().backward(through_layers)

    def backward_parameters(self, dy: Array) -> None:
        """The gradients of the layers' parameters alone; the shortcut has none."""
        _, through_layers = ops.add_backward(dy, self._last_cache())
        super().backward_parameters(through_layers)

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """One addition for each entry, forward and backward."""
        return math.prod(shape), math.prod(shape)
