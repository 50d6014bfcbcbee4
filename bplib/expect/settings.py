"""What a function expects of the settings beside its arrays: rates, sizes, generators."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from bplib.errors import DomainError, DTypeError, kind_of


def positive(op: str, name: str, value: float) -> float:
    """A setting such as a learning rate: one positive, finite number.

    Arguments:
        op: who asks.
        name: the setting's name.
        value: what was given.

    Returns:
        The value as a float.

    Raises:
        DTypeError: where it is not a number.
        DomainError: where it is not positive and finite.
    """
    number(op, name, value)
    if not (math.isfinite(value) and value > 0):
        raise DomainError(f"{op}: {name} is {value:g}; it must be positive and finite.")
    return float(value)


def share(op: str, name: str, value: float) -> float:
    """A share that never is the whole, such as β of a mean: 0 ≤ value < 1.

    Arguments:
        op: who asks.
        name: the setting's name.
        value: what was given.

    Returns:
        The value as a float.

    Raises:
        DTypeError: where it is not a number.
        DomainError: where it is outside [0, 1).
    """
    value = number(op, name, value)
    if not 0 <= value < 1:
        raise DomainError(f"{op}: {name} is {value:g}; it must be at least 0 and below 1.")
    return value


def fraction(op: str, name: str, value: float) -> float:
    """A part that may be nothing and may be all, such as a label smoothing: 0 ≤ value ≤ 1.

    Arguments:
        op: who asks.
        name: the setting's name.
        value: what was given.

    Returns:
        The value as a float.

    Raises:
        DTypeError: where it is not a number.
        DomainError: where it is outside [0, 1].
    """
    value = number(op, name, value)
    if not 0 <= value <= 1:
        raise DomainError(f"{op}: {name} is {value:g}; it must be between 0 and 1.")
    return value


def not_negative(op: str, name: str, value: float) -> float:
    """A strength that may be absent, such as a weight decay: 0 ≤ value < ∞.

    Arguments:
        op: who asks.
        name: the setting's name.
        value: what was given.

    Returns:
        The value as a float.

    Raises:
        DTypeError: where it is not a number.
        DomainError: where it is negative, infinite or NaN.
    """
    value = number(op, name, value)
    if not (value >= 0 and math.isfinite(value)):
        raise DomainError(f"{op}: {name} is {value:g}; it must be at least 0 and finite.")
    return value


def number(op: str, name: str, value: float) -> float:
    """A setting that may be any number, such as an end of `clip`.

    Arguments:
        op: who asks.
        name: the setting's name.
        value: what was given.

    Returns:
        The value as a float.

    Raises:
        DTypeError: where it is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise DTypeError(f"{op}: {name} is {kind_of(value)}; a number is needed.")
    return float(value)


def flag(op: str, name: str, value: bool) -> bool:
    """A setting that is on or off, such as `keepdims`.

    Arguments:
        op: who asks.
        name: the setting's name.
        value: what was given.

    Returns:
        The value as a bool.

    Raises:
        DTypeError: where it is neither True nor False.
    """
    if not isinstance(value, bool | np.bool):
        raise DTypeError(f"{op}: {name} is {kind_of(value)}; it must be True or False.")
    return bool(value)


def count(op: str, name: str, value: int) -> int:
    """A size such as `n_in`: a whole number of at least 1.

    Arguments:
        op: who asks.
        name: the size's name.
        value: what was given.

    Returns:
        The value as an int.

    Raises:
        DTypeError: where it is not whole.
        DomainError: where it is below 1.
    """
    value = whole(op, name, value)
    if value < 1:
        raise DomainError(f"{op}: {name} is {value}; it must be at least 1.")
    return value


def count_from_zero(op: str, name: str, value: int) -> int:
    """A count that may be 0, such as that of steps so far; 3.0 counts as 3.

    Arguments:
        op: who asks.
        name: the count's name.
        value: what was given.

    Returns:
        The value as an int.

    Raises:
        DTypeError: where it is not a number.
        DomainError: where it is negative or not whole.
    """
    plain = number(op, name, value)
    if not (plain >= 0 and plain.is_integer()):
        raise DomainError(f"{op}: {name} is {value:g}; it must be a whole number of at least 0.")
    return int(value)


def whole(op: str, name: str, value: int, needed: str = "a whole number is needed") -> int:
    """A setting that is a whole number of any sign, such as an axis.

    Arguments:
        op: who asks.
        name: the setting's name.
        value: what was given.
        needed: the end of the sentence for what is not whole.

    Returns:
        The value as an int.

    Raises:
        DTypeError: where it is not whole.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise DTypeError(f"{op}: {name} is {kind_of(value)}; {needed}.")
    return int(value)


def generator(op: str, rng: object) -> np.random.Generator:
    """Randomness is passed in, as a generator of NumPy.

    Arguments:
        op: who asks.
        rng: what was given.

    Returns:
        `rng` itself.

    Raises:
        DTypeError: where it is not a Generator.
    """
    if not isinstance(rng, np.random.Generator):
        raise DTypeError(
            f"{op}: rng is {kind_of(rng)}; a numpy.random.Generator is needed, "
            "for example numpy.random.default_rng(0)."
        )
    return rng


def precision(op: str, dtype: Any) -> np.dtype:
    """One of the two dtypes that the library computes in.

    Arguments:
        op: who asks.
        dtype: anything that names a dtype to NumPy.

    Returns:
        The dtype as NumPy knows it.

    Raises:
        DTypeError: where it is neither float32 nor float64.
    """
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found not in (np.float32, np.float64):
        raise DTypeError(f"{op}: dtype is {found or repr(dtype)}; it must be float32 or float64.")
    return found
