"""What `fit` may be given, and the sentence when it is something else."""

from __future__ import annotations

from typing import Any

from bplib.backend import Array, xp_of
from bplib.errors import DomainError, DTypeError, ShapeError, kind_of
from bplib.layers import BatchNorm, Layer
from bplib.optim import Optimizer
from bplib.optim.settings import name_of


def together(asks: str, **arrays: Array) -> int:
    """Arrays on one device whose rows belong together.

    Arguments:
        asks: who asks.
        arrays: by the names that a sentence calls them.

    Returns:
        The number of samples, at least 1.

    Raises:
        DTypeError: for what is not an array, complex numbers, or arrays on two devices.
        ShapeError: for an empty array, or different numbers of rows.
    """
    first = next(iter(arrays))
    for name, array in arrays.items():
        if not hasattr(array, "shape") or not hasattr(array, "dtype"):
            raise DTypeError(f"{asks}: {name} is {kind_of(array)}; an array is needed.")
        if array.dtype.kind == "c":
            raise DTypeError(f"{asks}: {name} holds {array.dtype} values; real ones are needed.")
        if array.ndim == 0 or len(array) == 0:
            raise ShapeError(f"{asks}: {name} has shape {array.shape}; it holds no samples.")
        if len(array) != len(arrays[first]):
            raise ShapeError(
                f"{asks}: {first} has {len(arrays[first])} samples, but {name} has {len(array)}; "
                "each needs its target."
            )
    xp_of(*arrays.values())
    return len(arrays[first])


def validation_pair(given: Any, X: Array, y: Array) -> tuple[Array, Array] | None:
    """Validation data of the same kind as the data to learn from.

    Arguments:
        given: a pair (X, y), or None.
        X: the samples to learn from.
        y: their targets.

    Returns:
        The pair.

    Raises:
        DTypeError: for something else, or another precision.
        ShapeError: for samples of another shape, or different numbers of rows.
    """
    if given is None:
        return None
    if not isinstance(given, tuple | list) or len(given) != 2:
        what = f"{len(given)} things" if isinstance(given, tuple | list) else kind_of(given)
        raise DTypeError(f"fit: validation is {what}; a pair (X, y) is needed.")
    together("fit", **{"X of validation": given[0], "y of validation": given[1]})
    for name, ours, theirs in zip("Xy", (X, y), given, strict=True):
        if theirs.shape[1:] != ours.shape[1:]:
            raise ShapeError(
                f"fit: a row of {name} has shape {ours.shape[1:]}, but in validation "
                f"{theirs.shape[1:]}."
            )
        if theirs.dtype != ours.dtype and "f" in (theirs.dtype.kind, ours.dtype.kind):
            raise DTypeError(
                f"fit: {name} is {ours.dtype}, but in validation {theirs.dtype}; give both one "
                "dtype."
            )
        xp_of(ours, theirs)
    return given[0], given[1]


def network(asks: str, net: Any) -> Layer:
    """A network.

    Arguments:
        asks: who asks.
        net: what was given.

    Returns:
        The same.

    Raises:
        DTypeError: for something else.
    """
    if not isinstance(net, Layer):
        raise DTypeError(f"{asks}: net is {kind_of(net)}; a Layer such as Sequential is needed.")
    return net


def moved_by(optimizer: Any, net: Layer) -> None:
    """An optimizer that moves the parameters of a network, or some of them.

    Arguments:
        optimizer: what was given.
        net: the network.

    Raises:
        DTypeError: for something else.
        DomainError: where the optimizer moves what the network does not have.
    """
    if not isinstance(optimizer, Optimizer):
        raise DTypeError(
            f"fit: optimizer is {kind_of(optimizer)}; an Optimizer such as "
            "optim.Adam(net.parameters()) is needed."
        )
    own = {id(parameter) for parameter in net.parameters()}
    strange = [i for i, one in enumerate(optimizer.parameters) if id(one) not in own]
    if len(strange) == len(optimizer.parameters):
        raise DomainError(
            f"fit: no parameter of the optimizer is one of the net's, so nothing would be learned; "
            f"make it for this net, {type(optimizer).__name__}(net.parameters())."
        )
    if strange:
        i = strange[0]
        raise DomainError(
            f"fit: the optimizer moves {name_of(optimizer.parameters[i], i)}, its parameter {i}, "
            "which the net does not have."
        )


def last_batch(net: Layer, m: int, size: int) -> None:
    """The last batch, which holds what is left, is not too small for the network.

    Arguments:
        net: the network.
        m: the number of samples.
        size: of a batch.

    Raises:
        DomainError: where one sample is left and a layer needs two to have a variance.
    """
    if (m - 1) % size == 0 and any(isinstance(layer, BatchNorm) for layer in net.walk()):
        raise DomainError(
            f"fit: with batch_size {size} the last of {m} samples would be a batch of its own, and "
            "BatchNorm needs at least 2; choose another batch_size."
        )
