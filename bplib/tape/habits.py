"""What somebody who knows arrays would write, and the sentence that says how the tape writes it.

A Tensor is not an array: NumPy's functions would compute with its numbers and lose the gradient.
"""

from __future__ import annotations

from numbers import Real
from typing import Any, NoReturn

import numpy as np

from bplib.errors import DTypeError
from bplib.tape.pairs import PAIRS

OPERATORS = {
    np.add: "add",
    np.subtract: "subtract",
    np.multiply: "multiply",
    np.divide: "divide",
    np.matmul: "matmul",
}
"""How `array * x` reaches a Tensor x: as NumPy's function, and the pair of the same operator."""

INSTEAD = {
    "absolute": "abs(x)",
    "amax": "x.max()",
    "amin": "-(-x).max()",
    "data": "x.value",
    "detach": "x.value",
    "dot": "x @ y",
    "flatten": "x.reshape(-1)",
    "hstack": "tape.concatenate(x, y, axis=1)",
    "min": "-(-x).max()",
    "minimum": "-tape.maximum(-x, -y)",
    "numpy": "x.value",
    "ravel": "x.reshape(-1)",
    "square": "x ** 2",
    "std": "tape.sqrt(x.var())",
    "vstack": "tape.concatenate(x, y)",
}
"""Names that people know from elsewhere, and what to write here."""

ORDER = "a Tensor has no order; compare its .value instead."
EQUALITY = "a Tensor equals itself alone; compare its .value instead."
EXPONENT = (
    "power: exponent is a Tensor; a plain number is needed "
    "(for a learned exponent p write exp(p * log(x)))."
)


class Habits:
    """The parts of a Tensor that refuse: each raises a `DTypeError` with one sentence.

    `==` between two Tensors asks whether they are the same one, so that they can be keys of a
    dict; with a number or an array it would be False without a word, and is refused.
    """

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Real) or hasattr(other, "dtype") and not isinstance(other, Habits):
            raise DTypeError(EQUALITY)
        return self is other

    def _has_no_order(self, other: object) -> NoReturn:
        raise DTypeError(ORDER)

    __lt__ = __le__ = __gt__ = __ge__ = _has_no_order

    def __rpow__(self, base: object) -> NoReturn:
        raise DTypeError(EXPONENT)

    def __bool__(self) -> bool:
        raise DTypeError("a Tensor has no truth value; compare its .value instead.")

    def __float__(self) -> float:
        raise DTypeError(
            "float: a Tensor was given; .item() is its number, from which no gradient comes back."
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise DTypeError("numpy.asarray: a Tensor was given; use its .value.")

    def __array_function__(self, func: Any, types: Any, args: tuple, kwargs: dict) -> NoReturn:
        raise of_numpy(func.__name__, func.__module__)


def of_numpy(name: str, module: str = "numpy") -> DTypeError:
    """The error for a function of NumPy that was called with a Tensor.

    Arguments:
        name: the function's name.
        module: where it is from.

    Returns:
        The error; the caller raises it.
    """
    if name in ("equal", "not_equal"):
        return DTypeError(EQUALITY)
    if name in ("less", "less_equal", "greater", "greater_equal"):
        return DTypeError(ORDER)
    if name == "power":
        return DTypeError(EXPONENT)
    here = f"{module}.{name}: a Tensor was given"
    if name in INSTEAD:
        return DTypeError(f"{here}; write {INSTEAD[name]}, or use its .value.")
    if name in PAIRS:
        return DTypeError(f"{here}; use tape.{name}, or its .value.")
    return DTypeError(f"{here}, and the tape has no such operation; use its .value.")


def absent(name: str) -> property:
    """What stands in the place of an attribute that a Tensor does not have, and says so.

    A `__getattr__` would say it too, but would slow down every look at every attribute.

    Arguments:
        name: the attribute.

    Returns:
        A property that raises `AttributeError`, so that `hasattr` is False.
    """
    if name in PAIRS:
        way = f"use tape.{name}"
    else:
        way = f"write {INSTEAD[name]}" if name in INSTEAD else "its .value has"

    def refuse(self: Habits) -> NoReturn:
        raise AttributeError(f"a Tensor has no '{name}'; {way}.")

    return property(refuse)
