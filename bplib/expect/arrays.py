"""What a function expects of the arrays that it is given."""

from __future__ import annotations

import sys
from numbers import Real

import numpy as np
from numpy import ndarray

from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, ShapeError, kind_of

_HOST = ndarray, np.generic


def floats(op: str, **arguments: Array) -> None:
    """Every argument is a non-empty array of floats, all of one precision and in one place.

    Complex arrays pass: the complex step of `gradcheck` runs through the same functions. Where
    the first one is real, all are.

    Arguments:
        op: who asks; it opens the sentence.
        arguments: arrays by their names.

    Raises:
        ShapeError: for an empty array.
        DTypeError: for what is not an array of floats, float32 against float64, or arrays on
            different devices.
    """
    first = None
    for name, value in arguments.items():
        if type(value) is not ndarray:
            plain(op, name, value)
        dtype = value.dtype
        if dtype.kind not in "fc":
            raise DTypeError(f"{op}: {_not_floats(name, dtype)}")
        if value.size == 0:
            raise ShapeError(f"{op}: {name} is empty, its shape is {value.shape}.")
        if first is None:
            first = name, dtype, value
            continue
        if dtype != first[1] and _misfit(dtype, first[1]):
            raise DTypeError(
                f"{op}: {name} is {dtype}, but {first[0]} is {first[1]}; give both one dtype."
            )
        if type(value) is not type(first[2]):
            together(op, **{first[0]: first[2], name: value})


def plain(
    op: str,
    name: str,
    value: Array,
    needed: str = "an array of floats is needed",
    recorded: bool = True,
) -> None:
    """It is an array whose operators mean what those of an array do; its numbers are not looked at.

    A matrix of NumPy multiplies by `*` as others do by `@`, a masked array leaves out what a pair
    counts, and a Series puts rows in an order of its own: results would be wrong, silently. Other
    kinds of `numpy.ndarray`, such as `numpy.memmap`, are welcome.

    Arguments:
        op: who asks; it opens the sentence.
        name: the argument's name.
        value: what was given.
        needed: the end of the sentence for what is no array.
        recorded: whether the tape takes a Tensor for this argument; not for labels.

    Raises:
        DTypeError: for a matrix, a masked array, a Tensor, a Parameter, or no array at all.
    """
    kind = type(value)
    if kind is ndarray or issubclass(kind, np.generic):
        return
    if isinstance(value, ndarray):
        # By name: `numpy.ma` is slow to import, and whoever has a masked array has imported it.
        kinds = {each.__name__ for each in kind.__mro__ if each.__module__.startswith("numpy")}
        if "matrix" in kinds:
            raise DTypeError(
                f"{op}: {name} is a matrix, whose * is a matrix product; pass np.asarray({name})."
            )
        if "MaskedArray" in kinds:
            raise DTypeError(
                f"{op}: {name} is a masked array, and nothing here leaves entries out; "
                f"fill it first, for example {name}.filled(0)."
            )
        return
    if hasattr(value, "value") and not hasattr(value, "__array_namespace__"):
        recorded &= hasattr(value, "send_back") and hasattr(sys.modules.get("bplib.tape"), op)
        use = f"use tape.{op}, or its .value" if recorded else f"pass {name}.value"
        raise DTypeError(f"{op}: {name} is {kind_of(value)}; {use}.")
    try:
        xp_of(value)
    except DTypeError:
        raise DTypeError(f"{op}: {name} is {kind_of(value)}; {needed}.") from None


def together(op: str, **arguments: Array) -> None:
    """Every argument lives in the same place: all on the host, or all on one device.

    Arguments:
        op: who asks; it opens the sentence.
        arguments: arrays by their names.

    Raises:
        DTypeError: where two of them live in different places, or one is not an array.
    """
    first = None
    for name, value in arguments.items():
        plain(op, name, value, "an array is needed")
        here = xp_of(value)
        if first is None:
            first = name, here
        elif here is not first[1]:
            raise DTypeError(
                f"{op}: {first[0]} and {name} live in different places ({first[1].__name__} and "
                f"{here.__name__}); bring them together with bplib.backend.to_device."
            )


def reals(op: str, **arguments: Array) -> None:
    """Every argument is a non-empty array of real floats, all of one precision and in one place.

    For functions that have no complex derivative: those with a corner, such as ReLU.

    Arguments:
        op: who asks; it opens the sentence.
        arguments: arrays by their names.

    Raises:
        ShapeError: for an empty array.
        DTypeError: for what is not an array of real floats, float32 against float64, or arrays
            on different devices.
    """
    floats(op, **arguments)
    for name, value in arguments.items():
        if value.dtype.kind == "c":
            raise DTypeError(f"{op}: {name} holds {value.dtype} values; real numbers are needed.")


def _misfit(dtype: np.dtype, other: np.dtype) -> bool:
    """Another precision, or complex beside real; real beside complex is welcome."""
    if other.kind == "f":
        return True
    size = dtype.itemsize if dtype.kind == "c" else 2 * dtype.itemsize
    return size != other.itemsize


def _not_floats(name: str, dtype: np.dtype) -> str:
    if dtype.kind in "iub":
        return f"{name} holds {dtype} values; floats are needed, for example {name}.astype(float)."
    return f"{name} has dtype {dtype}; floats are needed."


def operands(op: str, x: Array, y: Array, meet: bool = True) -> tuple[Array, Array]:
    """Two arrays of floats; a plain number takes the dtype and the device of the array beside it.

    Arguments:
        op: who asks.
        x: float array of any shape, or a number.
        y: the same; one shape may stretch to the other.
        meet: whether the two shapes are compared; not where a third array decides.

    Returns:
        Both as arrays.

    Raises:
        ShapeError: where neither shape stretches to the other, or an array is empty.
        DTypeError: for integers, float32 against float64, or arrays on different devices.
    """
    if isinstance(x, Real) and not hasattr(x, "dtype"):
        x = number_like(x, y)
    if isinstance(y, Real) and not hasattr(y, "dtype"):
        y = number_like(y, x)
    floats(op, x=x, y=y)
    if meet and x.shape != y.shape:
        stretches(op, x, y)
    return x, y


def number_like(number: Real, array: Array) -> Array:
    """The number as an array without dimensions, in the dtype and on the device of another.

    Arguments:
        number: a Python number.
        array: the array beside it, or another number.

    Returns:
        An array of shape (); float64 of NumPy beside what is no array of floats.
    """
    try:
        xp, dtype = xp_of(array), array.dtype
    except DTypeError:  # whoever asks about the array next says what it is
        return np.asarray(number, dtype=float)
    if dtype.kind in ("f", "c"):
        return xp.asarray(number, dtype=dtype)
    return np.asarray(number, dtype=float)


def stretches(op: str, x: Array, y: Array) -> None:
    """One of the two shapes stretches to the other by broadcasting, and the other stays as it is.

    NumPy also stretches both at once: (m, 1) with (m,) becomes (m, m), silently. No textbook
    formula means that, so it is refused.

    Arguments:
        op: who asks.
        x: an array.
        y: an array.

    Raises:
        ShapeError: where neither shape is that of the result.
    """
    try:
        result = np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        raise ShapeError(
            f"{op}: x has shape {x.shape} and y has shape {y.shape}; these do not fit together."
        ) from None
    if result != x.shape and result != y.shape:
        raise ShapeError(
            f"{op}: x has shape {x.shape} and y has shape {y.shape}; together they would stretch "
            f"to {result}, which is rarely meant. Reshape one of them."
        )


def upstream(op: str, name: str, gradient: Array, result: str, shape: tuple, like: Array) -> None:
    """The gradient that comes in has the shape, precision and place of the result it belongs to.

    Arguments:
        op: the backward function.
        name: the gradient's name, "dy".
        gradient: what came in.
        result: the name of the forward result, "y".
        shape: the shape of the forward result.
        like: an array of the forward's dtype, where the forward result lives.

    Raises:
        ShapeError: where the gradient has another shape.
        DTypeError: for what is not an array of floats, float32 against float64, or arrays on
            different devices.
    """
    if type(gradient) is not ndarray:
        plain(op, name, gradient)
    dtype = gradient.dtype
    if dtype.kind not in "fc":
        raise DTypeError(f"{op}: {_not_floats(name, dtype)}")
    if gradient.shape != shape:
        raise ShapeError(
            f"{op}: {name} has shape {gradient.shape}, but {result} had shape {shape}."
        )
    if dtype != like.dtype and _misfit(dtype, like.dtype):
        raise DTypeError(
            f"{op}: {name} is {dtype}, but {result} was {like.dtype}; give both one dtype."
        )
    alike = type(gradient) is type(like)
    if not alike and not (isinstance(gradient, _HOST) and isinstance(like, _HOST)):
        together(op, **{name: gradient, result: like})


def everywhere(op: str, name: str, x: Array, holds: Array, condition: str) -> None:
    """A condition on the values holds for every entry.

    Arguments:
        op: who asks.
        name: the argument's name.
        x: the argument, an array.
        holds: booleans of its shape.
        condition: the same in words, "log needs x > 0".

    Raises:
        DomainError: where it does not hold; the sentence names the first bad entry.
    """
    if to_numpy(holds.all()):
        return
    index = tuple(int(i) for i in np.argwhere(~to_numpy(holds))[0])
    where = "" if x.ndim == 0 else f" at index {index if x.ndim > 1 else index[0]}"
    raise DomainError(f"{op}: {name} holds {to_numpy(x)[index]:g}{where}; {condition}.")
