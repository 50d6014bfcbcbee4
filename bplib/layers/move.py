"""Arrays of a layer, moved to a device or into another precision."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, quiet, to_device
from bplib.errors import DTypeError, kind_of, unknown
from bplib.layers.parameter import Buffer, Parameter

DEVICES = ("cpu", "gpu")


def everything(holders: Iterable[Buffer], where: Any) -> None:
    """Move values and gradients, all of them or, where one cannot be moved, none.

    Arguments:
        holders: parameters and buffers; one that is listed twice moves once.
        where: a device, "cpu" or "gpu", or a dtype, float32 or float64.

    Raises:
        UnknownNameError: for a name of neither a device nor a dtype.
        DTypeError: for another dtype, or what is no name at all.
        MissingExtraError: where there is no usable GPU.
    """
    move = _mover(where)
    once = {id(one): one for one in holders}.values()
    learned = [one for one in once if isinstance(one, Parameter) and one.grad is not None]
    values = [(one, move(one.value)) for one in once]
    gradients = [(one, move(one.grad)) for one in learned]
    for one, value in values:
        one.value = value
    for parameter, gradient in gradients:
        parameter.grad = gradient


def _mover(where: Any) -> Callable[[Array], Array]:
    if isinstance(where, str):
        if where in DEVICES:
            return lambda array: to_device(array, where)
        if not _names_a_dtype(where):
            raise unknown("device or dtype", where, (*DEVICES, "float32", "float64"))
    elif not isinstance(where, type | np.dtype):
        raise DTypeError(
            f"to: where is {kind_of(where)}; a device ('cpu' or 'gpu') or a dtype (float32 or "
            "float64) is needed."
        )
    dtype = expect.precision("to", where)

    def into(array: Array) -> Array:
        with quiet():
            return array if array.dtype == dtype else array.astype(dtype)

    return into


def _names_a_dtype(name: str) -> bool:
    try:
        np.dtype(name)
    except TypeError:
        return False
    return True
