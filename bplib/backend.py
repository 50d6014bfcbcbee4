"""Which array module an array lives in: NumPy, or CuPy when the array is on a GPU.

Everything above this file asks `xp_of(x)` and calls `xp.exp(x)`; it never asks which one it got.
CuPy is imported only by the two functions that need it, `gpu_available` and `to_device`.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import numpy as np

from bplib import browser
from bplib.errors import DTypeError, MissingExtraError, UnknownNameError, kind_of

Array = Any
"""An array of NumPy or CuPy. Neither is a subclass of the other, hence `Any`."""

FixedArray = Any
"""An array that steers a pair and gets no gradient, such as labels: the tape reads this name."""

Cache = Any
"""What a forward function keeps for its backward function; only that function looks inside."""

_ON_THE_HOST = np.ndarray, np.generic


def xp_of(*arrays: Array) -> ModuleType:
    """The one array module that all arrays live in.

    Arguments:
        arrays: one or more arrays or NumPy scalars.

    Returns:
        `numpy`, `cupy`, or the module that the arrays name themselves by the array-API method
        `__array_namespace__` (CuPy's do not).

    Raises:
        DTypeError: for something that is not an array, for arrays in different places, or for none.
    """
    found = None
    for array in arrays:
        if isinstance(array, _ON_THE_HOST):
            module = np
        elif type(array).__module__.partition(".")[0] == "cupy":
            module = sys.modules["cupy"]
        elif hasattr(array, "__array_namespace__"):
            module = array.__array_namespace__()
        else:
            raise DTypeError(f"an array was expected, not {kind_of(array)}.")
        if found is not None and module is not found:
            raise DTypeError(
                f"the arrays live in different places ({found.__name__} and {module.__name__}); "
                "bring them together with bplib.backend.to_device."
            )
        found = module
    if found is None:
        raise DTypeError("xp_of needs at least one array.")
    return found


def quiet() -> np.errstate:
    """A context in which finite input may become inf or NaN without a warning.

    Too large a product is inf, and inf - inf is NaN: these are answers, visible in the result, and
    a training loop says what to do about them. A warning in between would help nobody find them.

    Returns:
        The context manager; entering it costs about a microsecond.
    """
    return np.errstate(all="ignore")


quietly = np.errstate(all="ignore")
"""`quiet` for a whole function, as a decorator: one object, made once, serves every call of it in
every thread, at a third of the cost."""


def to_numpy(x: Array) -> np.ndarray:
    """The same numbers as a NumPy array; an array that is on a GPU is copied from there.

    Arguments:
        x: an array of any module.

    Returns:
        A NumPy array; x itself where it is one.
    """
    if isinstance(x, _ON_THE_HOST):
        return np.asarray(x)
    if hasattr(x, "get"):
        return x.get()
    return np.asarray(x)


def gpu_available() -> bool:
    """Is there a GPU to compute on?

    Returns:
        True where CuPy is installed and finds one. Whatever a broken installation raises, it is
        False.
    """
    try:
        return bool(importlib.import_module("cupy").is_available())
    except Exception:  # a broken driver raises many things, and each of them means "no"
        return False


def to_device(x: Array, device: str = "gpu") -> Array:
    """The array on the named device; the array itself where it is there already.

    Arguments:
        x: an array of any module.
        device: "gpu" or "cpu".

    Returns:
        An array of CuPy or of NumPy.

    Raises:
        UnknownNameError: for another device.
        MissingExtraError: where there is no usable GPU.
    """
    if device == "cpu":
        return to_numpy(x)
    if device != "gpu":
        raise UnknownNameError(f"device is '{device}'; it is 'cpu' or 'gpu'.")
    if browser.here():
        raise MissingExtraError("to_device: a browser gives Python no GPU; the CPU computes.")
    if not gpu_available():
        raise MissingExtraError(
            "to_device: no GPU is usable here; CuPy comes with pip install 'bplib[gpu]' "
            "and needs an NVIDIA card with its driver."
        )
    return importlib.import_module("cupy").asarray(x)
