"""Layers composed: one after the other, or around a shortcut.

    net = Sequential(Linear(64, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng))
    logits = net.forward(x)         # each layer's output is the next one's input
    dx = net.backward(dlogits)      # the same layers, from the last to the first

A composition is a layer itself, so compositions nest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bplib import ops
from bplib.backend import Array, xp_of
from bplib.errors import DomainError, DTypeError, ShapeError, UnknownNameError, kind_of, unknown
from bplib.layers import Layer, Parameter

__all__ = ["Residual", "Sequential"]


class Sequential(Layer):
    """Layers in a row: y = f_k(… f_2(f_1(x))).

    The gradient goes through them from the last to the first, which is the chain rule.

    Arguments:
        layers: at least one; each takes what the one before it returns.

    Attributes:
        layers: the layers as a tuple; `net[0]`, `len(net)` and `for layer in net` work too.

    Raises:
        DTypeError: where something is no layer.
        DomainError: where there is no layer at all, or one stands in the row twice.
    """

    def __init__(self, *layers: Layer) -> None:
        name = type(self).__name__
        if not layers:
            raise DomainError(f"{name}: at least one layer is needed.")
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise DTypeError(f"{name}: layer {i} is {kind_of(layer)}; a Layer is needed.")
            if any(layer is other for other in layers[:i]):
                raise DomainError(
                    f"{name}: layer {i}, {layer!r}, stands in the row twice; it keeps the cache of "
                    "one forward pass only, so make a second one."
                )
        self.layers = layers

    def forward(self, x: Array) -> Array:
        """The output of the last layer for the batch `x`, which goes into the first."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy: Array) -> Array:
        """The gradient `dx`, shaped as the input, for `dy`, shaped as the output."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def parameters(self) -> list[Parameter]:
        """All parameters, layer by layer."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def named_parameters(self) -> dict[str, Parameter]:
        """All parameters by names such as "0.W": the layer's place, then its own name for it."""
        named: dict[str, Parameter] = {}
        for i, layer in enumerate(self.layers):
            if isinstance(layer, Sequential):
                inner = layer.named_parameters()
            else:
                inner = {parameter.name: parameter for parameter in layer.parameters()}
            named |= {f"{i}.{name}": parameter for name, parameter in inner.items()}
        return named

    def state_dict(self) -> dict[str, Array]:
        """A copy of every parameter's value, by its name."""
        return {name: p.value.copy() for name, p in self.named_parameters().items()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Take over the values of `state_dict`; nothing changes unless all of them fit.

        Arguments:
            state: arrays by the names of `named_parameters`, each of its parameter's shape and
                dtype.

        Raises:
            UnknownNameError: where a name is missing, or belongs to no parameter.
            ShapeError, DTypeError: where an array does not fit its parameter.
        """
        named = self.named_parameters()
        for name in state:
            if name not in named:
                raise unknown("parameter", name, named)
        for name, parameter in named.items():
            if name not in state:
                raise UnknownNameError(f"load_state_dict: the state has no parameter '{name}'.")
            value = state[name]
            if value.shape != parameter.value.shape:
                raise ShapeError(
                    f"load_state_dict: {name} has shape {value.shape} in the state, but "
                    f"{parameter.value.shape} in this network."
                )
            if value.dtype != parameter.value.dtype:
                raise DTypeError(
                    f"load_state_dict: {name} is {value.dtype} in the state, but "
                    f"{parameter.value.dtype} in this network."
                )
            xp_of(value, parameter.value)
        for name, parameter in named.items():
            parameter.value[...] = state[name]

    def train(self) -> None:
        """Switch every layer to training mode."""
        super().train()
        for layer in self.layers:
            layer.train()

    def eval(self) -> None:
        """Switch every layer to evaluation mode."""
        super().eval()
        for layer in self.layers:
            layer.eval()

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, place: int) -> Layer:
        return self.layers[place]

    def __repr__(self) -> str:
        inside = "\n".join(f"({i}) {layer!r}" for i, layer in enumerate(self.layers))
        return f"{type(self).__name__}(\n  {inside.replace(chr(10), chr(10) + '  ')}\n)"


class Residual(Sequential):
    """Layers in a row with a shortcut around them: y = x + f(x).

    On the way back the shortcut hands `dy` on unchanged: dx = dy + (what comes back through f). A
    gradient therefore reaches the input however small the slopes of f are.

    Arguments:
        layers: the row f, whose output has the shape of its input.

    Raises:
        DTypeError, DomainError: as `Sequential`.
        ShapeError: in forward, where f changes the shape.

    Source: K. He, X. Zhang, S. Ren, J. Sun (2016), Deep residual learning for image recognition,
        equation 1.
    """

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
