"""What every layer can do: forward, backward, and say what it holds."""

from __future__ import annotations

import abc
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bplib import expect
from bplib.backend import Array, Cache
from bplib.errors import NotReadyError
from bplib.layers import held, move, state
from bplib.layers.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from bplib.layers.summary import Summary


class Layer(abc.ABC):
    """What every layer can do: forward, backward, and say what it holds.

    A new layer writes `forward` and `backward`, and lists what is its own: `own_parameters`
    (learned), `own_buffers` (remembered), `own_generators` (drawn from), `children` (inner
    layers). Everything else follows from these lists: `parameters()` and its like collect what the
    layer and all layers inside it list, and names, saved states, modes, moves and summaries are
    made of that. An attribute that belongs in a list and is in none gets a sentence.

    From forward to backward a layer keeps what it needs, and that may be the very array that it
    was given or returned. Until backward has been called, leave x and y as they are: nobody looks
    whether they have changed, and the gradients would be those of other numbers.
    """

    training = True
    _cache: Cache = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        held.refuse_overridden(cls)

    @abc.abstractmethod
    def forward(self, x: Array) -> Array:
        """The layer's output for a batch.

        Arguments:
            x: float array; its rows are samples. It is not copied: keep it, and what is returned,
                as they are until backward.

        Returns:
            The output, one row for each sample.
        """

    def __call__(self, x: Array) -> Array:
        """The same as `forward`: `net(x)` is short for `net.forward(x)`."""
        return self.forward(x)

    @abc.abstractmethod
    def backward(self, dy: Array) -> Array:
        """Turn the gradient of the output into that of the input, and add to the parameters' own.

        Arguments:
            dy: the upstream gradient, shaped as the output of the last forward pass.

        Returns:
            `dx`, shaped as `x`; None from a layer that takes labels.

        Raises:
            NotReadyError: before the first forward pass.
        """

    def backward_parameters(self, dy: Array) -> None:
        """Add to the parameters' gradients as `backward` does, without that of the input.

        A first layer's input is the data, whose gradient nobody needs: of a dense layer, that
        saves one of its three matrix products. A net also lets its caches go on the way: the next
        backward pass needs a forward pass first.

        Arguments:
            dy: the upstream gradient, shaped as the output of the last forward pass.

        Raises:
            NotReadyError: before the first forward pass.
        """
        self.backward(dy)

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int] | None:
        """How many operations a batch costs, forward and backward, for `summary`.

        A multiply-add counts two. An addition, a comparison, exp, a square root and their like
        count one for each entry. What happens once for a whole row or column, such as the division
        of a sum, and what only moves numbers count nothing. Backward includes dx. Inner layers
        count for themselves.

        Arguments:
            shape: of what goes in.

        Returns:
            Two whole numbers, or None where nobody has counted.
        """
        return (0, 0) if self.children() else None

    def children(self) -> dict[str, Layer]:
        """The inner layers by their places; empty for a layer that is not made of layers."""
        return {}

    @property
    def takes_labels(self) -> bool:
        """Whether whole numbers go in, such as the places of words in a list.

        Such a layer has no `dx`: its backward returns None, and it can only be a net's first.
        """
        return False

    def walk(self) -> Iterator[Layer]:
        """This layer and all layers inside it, each before what it is made of."""
        yield self
        for child in self.children().values():
            yield from child.walk()

    def own_parameters(self) -> list[Parameter]:
        """The parameters of this layer alone, in a fixed order; empty unless a class says so."""
        return []

    def own_buffers(self) -> list[Buffer]:
        """What this layer alone remembers but does not learn; empty unless a class says so."""
        return []

    def own_generators(self) -> list[np.random.Generator]:
        """The random generators this layer draws from; empty unless a class says so."""
        return []

    def parameters(self) -> list[Parameter]:
        """The parameters of the layer and of all layers inside it, each once, in a fixed order.

        Raises:
            DomainError: where an attribute is a parameter, or another thing to list, and in no
                list; it would silently not be learned, or not be saved.
            DTypeError: where a list holds something else.
        """
        held.look_through(self)
        return held.collected(self, "own_parameters")

    def buffers(self) -> list[Buffer]:
        """What is remembered but not learned, of all layers, each once; as `parameters`."""
        held.look_through(self)
        return held.collected(self, "own_buffers")

    def generators(self) -> list[np.random.Generator]:
        """The random generators that all layers draw from, each once; as `parameters`."""
        held.look_through(self)
        return held.collected(self, "own_generators")

    def named_parameters(self) -> dict[str, Parameter]:
        """All parameters by name: "W", and inside an inner layer "0.W", its place first."""
        held.look_through(self)
        return state.named(self, "own_parameters")

    def named_buffers(self) -> dict[str, Buffer]:
        """All buffers by name, as `named_parameters`."""
        held.look_through(self)
        return state.named(self, "own_buffers")

    def state_dict(self) -> dict[str, Array]:
        """A copy of every parameter's and buffer's value, by its name."""
        return {name: one.value.copy() for name, one in self._holders().items()}

    def load_state_dict(self, values: Mapping[str, Array]) -> None:
        """Take over the values of `state_dict`; nothing changes unless all of them fit.

        Arguments:
            values: arrays by the names of `named_parameters` and `named_buffers`, each of the
                shape and dtype of what it replaces.

        Raises:
            UnknownNameError: where a name is missing, or belongs to nothing in the layer.
            ShapeError, DTypeError: where an array does not fit its place.
        """
        state.load(type(self).__name__, self._holders(), values)

    def _holders(self) -> dict[str, Buffer]:
        return {**self.named_parameters(), **self.named_buffers()}

    def train(self, mode: bool = True) -> Self:
        """Switch to training mode, or with False to evaluation mode, with all inner layers.

        Arguments:
            mode: True or False.

        Returns:
            The layer itself.

        Raises:
            DTypeError: where mode is neither.
        """
        self.training = expect.flag("train", "mode", mode)
        for child in self.children().values():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation mode, with all inner layers; the layer itself is returned."""
        return self.train(False)

    def predict(self, x: Array, *, batch_size: int | None = None) -> Array:
        """The output for new data: a forward pass in evaluation mode that leaves nothing behind.

        Every layer is in the mode afterwards that it was in before. Nothing is kept for backward,
        and the last forward pass is forgotten.

        Arguments:
            x: its rows are samples.
            batch_size: how many samples go through at once, at least 1; all of them when left out.

        Returns:
            The output, one row for each sample.

        Raises:
            ShapeError: where x has no rows, or does not fit a layer.
            DTypeError: where x is no array, does not fit a layer, or batch_size is not whole.
            DomainError: where batch_size is below 1.
        """
        from bplib.layers.predict import predict_of  # here: for the quick import

        return predict_of(self, x, batch_size)

    def zero_grad(self) -> None:
        """Forget all gradients, as if backward had never been called."""
        for parameter in self.own_parameters():
            parameter.grad = None
        for child in self.children().values():
            child.zero_grad()

    def drop_cache(self) -> None:
        """Forget the last forward pass, with all inner layers; its memory is free again.

        A layer that keeps anything for `backward` elsewhere than in `_cache` forgets it here.
        """
        self._cache = None
        for child in self.children().values():
            child.drop_cache()

    def summary(
        self, input_shape: tuple[int, ...], *, dtype: Any = None, optimizer: Any = None
    ) -> Summary:
        """What the layer and its inner layers make, hold, compute and keep, for one batch.

        A copy of the layer makes a forward and a backward pass; the layer itself stays as it is.
        Printed, the result is a table. FLOPs are those of `flops`. A layer's cache is what it
        keeps from forward to backward and no layer above it in the table keeps already; neither
        the input nor the parameters count. Where caches come and go, as in a checkpointed net,
        they are those of the moment when there are most.

        Arguments:
            input_shape: of a batch, such as (32, 64).
            dtype: of the batch, float32 or float64; that of the parameters when left out.
            optimizer: one, whose `nbytes` then count too; or its class, or how many numbers it
                keeps for each parameter, for these numbers alone.

        Returns:
            A Summary: `rows`, one for each layer, and totals: `parameters`, `forward_flops`,
            `backward_flops`, `cache_bytes`, `gradient_bytes`, `optimizer_bytes`, `training_bytes`.

        Raises:
            ShapeError: where a layer does not take what arrives; the sentence names it.
            DTypeError: where an argument is not what is said above.
            DomainError: where a size is below 1.
        """
        from bplib.layers.summary import summary_of  # here: rarely needed

        return summary_of(self, input_shape, dtype, optimizer)

    def to(self, where: Any) -> Self:
        """Move everything that the layer holds to a device, or into another precision.

        Parameters with their gradients, and buffers, get a new array as their `.value`; what is
        there already stays as it is, and the last forward pass is forgotten. An optimizer that was
        made before is made for the old arrays; its next step says that a new one is needed.

        Arguments:
            where: "cpu" or "gpu", or float32 or float64, such as `np.float32`.

        Returns:
            The layer itself.

        Raises:
            UnknownNameError: for a name of neither a device nor a dtype.
            DTypeError: for another dtype, or what is no name at all.
            MissingExtraError: where there is no usable GPU.
        """
        move.everything((*self.parameters(), *self.buffers()), where)
        self.drop_cache()
        return self

    def __repr__(self) -> str:
        inside = "".join(f"\n({place}) {child!r}" for place, child in self.children().items())
        indented, end = inside.replace("\n", "\n  "), "\n" if inside else ""
        return f"{type(self).__name__}({indented}{end})"

    def _last_cache(self) -> Cache:
        if self._cache is None:
            raise NotReadyError(
                f"{type(self).__name__}: backward was called before forward; "
                "there is no output yet whose gradient could be passed back."
            )
        return self._cache
