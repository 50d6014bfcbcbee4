"""The array module of dual numbers: the functions that pairs call, each with its tangent.

`xp_of(dual)` is this module, and so `xp.exp(x)` in a pair, written for NumPy and CuPy, computes a
tangent as well. A function that a new pair needs is one name more in one of the tables. Only a
function that has no pair of its own says its slope here.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from bplib import ops
from bplib.backend import Array, xp_of
from bplib.errors import DomainError, DTypeError
from bplib.tape.dual.number import (
    Dual,
    entrywise,
    fixed,
    joined,
    linear,
    newest,
    power,
    primal,
    product,
    quotient,
    split,
)

PAIRS = {name: (getattr(ops, name), getattr(ops, f"{name}_backward"))
         for name in ("abs", "exp", "log", "sqrt", "tanh", "negative")}  # fmt: skip
"""Entry by entry, and a pair: the slope is in its backward half."""

SLOPES: dict[str, Callable[[types.ModuleType, Array], Array]] = {
    "expm1": lambda xp, x: xp.exp(x),
    "log1p": lambda xp, x: 1 / (1 + x),
    "sin": lambda xp, x: xp.cos(x),
    "cos": lambda xp, x: -xp.sin(x),
}
"""Entry by entry, without a pair: the slope at x."""

LINEAR = set(
    "broadcast_to cumsum diagonal expand_dims flip mean moveaxis pad positive ravel real repeat "
    "reshape roll rot90 squeeze sum swapaxes take tile trace transpose tril triu "
    "ascontiguousarray copy conj".split()
)
"""What happens to the value happens to the tangent."""

LINEAR_IN_ALL = {"concatenate", "hstack", "stack", "vstack"}
"""The same, of a list of arrays."""

PRODUCTS = {"dot", "inner", "kron", "matmul", "multiply", "outer", "tensordot"}
"""The product rule."""

FIXED = set(
    "all any argmax argmin argsort ceil count_nonzero equal floor greater greater_equal isfinite "
    "isinf isnan less less_equal logical_and logical_not logical_or not_equal rint round "
    "sign signbit trunc".split()
)
"""What does not move when x moves a little."""

MADE = set("arange empty empty_like eye ones ones_like zeros zeros_like".split())
"""New arrays, which do not move either."""

FILLED = {"full", "full_like", "linspace"}
"""New arrays of given numbers, which may not be dual."""

NOT_LINEAR = {"initial", "constant_values", "end_values"}
"""Settings of linear functions that add a constant, which no tangent has."""


class DualModule(types.ModuleType):
    """The functions of an array module for dual numbers whose values live in that module.

    Arguments:
        base: NumPy, CuPy, or another array module.
    """

    def __init__(self, base: types.ModuleType) -> None:
        super().__init__(f"dual numbers over {base.__name__}")
        self.base = base
        self.add = _Add()

    def __getattr__(self, name: str) -> Any:
        function = self._function(name)
        if function is None:
            found = None if name.startswith("__") else getattr(self.base, name, None)
            if isinstance(found, type | float | int):  # such as xp.float32 and xp.pi
                return found
            raise AttributeError(
                f"dual numbers have no function '{name}'; bplib.tape.dual.module has the tables "
                "where it can be added."
            )
        setattr(self, name, function)
        return function

    def _function(self, name: str) -> Callable[..., Any] | None:
        if name in PAIRS:
            return _into_out(lambda x: entrywise(_named(name), PAIRS[name], x))
        if name in SLOPES:
            return _into_out(functools.partial(_by_slope, name))
        if name in PRODUCTS:
            return lambda x, y, **named: product(_named(name, **named), x, y)
        if name in LINEAR:
            return functools.partial(_linear, name)
        if name in LINEAR_IN_ALL:
            return lambda arrays, **named: linear(
                lambda *parts: getattr(_home(*parts), name)(parts, **named), *arrays
            )
        if name in FILLED:
            return functools.partial(_filled, name, getattr(self.base, name))
        if name in FIXED or name in MADE:
            return functools.partial(fixed, getattr(self.base, name))
        return None

    def asarray(self, value: Any, dtype: Any = None) -> Dual:
        """The value as a Dual, also from the host; a number or an array does not move."""
        if isinstance(value, Dual):
            return value if dtype in (None, value.dtype) else value.astype(dtype)
        return Dual(self.base.asarray(value, dtype=dtype))

    def subtract(self, x: Any, y: Any) -> Dual:
        """The difference x - y."""
        return linear(_named("subtract"), x, y)

    def divide(self, x: Any, y: Any) -> Dual:
        """The quotient x / y."""
        return quotient(x, y)

    def power(self, x: Any, exponent: float) -> Dual:
        """x ** exponent, a plain number."""
        return power(x, exponent)

    def where(self, condition: Any, x: Any, y: Any) -> Dual:
        """The choice of the values is that of the tangents."""
        condition = primal(condition)
        return linear(lambda *parts: _home(condition, *parts).where(condition, *parts), x, y)

    def maximum(self, x: Any, y: Any) -> Dual:
        """The tangent of the larger one; a tie has one winner.

        It is x, as in `bplib.ops.maximum`; but a plain number wins: max(x, 0) has slope 0 at 0, as
        the rectifier, and min(x, 0) the other half, since max(x, 0) + min(x, 0) = x.
        """
        won = primal(x) > y if isinstance(y, int | float) else primal(x) >= primal(y)
        return _choice("maximum", won, x, y)

    def minimum(self, x: Any, y: Any) -> Dual:
        """The tangent of the smaller one; a tie has one winner, and it is x."""
        return _choice("minimum", primal(x) <= primal(y), x, y)

    def max(self, x: Dual, axis: Any = None, keepdims: bool = False) -> Dual:
        """The largest entry; see `Dual.max`."""
        return x.max(axis, keepdims)

    def min(self, x: Dual, axis: Any = None, keepdims: bool = False) -> Dual:
        """The smallest entry; see `Dual.min`."""
        return x.min(axis, keepdims)

    def clip(self, x: Dual, low: float, high: float) -> Dual:
        """See `Dual.clip`."""
        return x.clip(low, high)


class _Add:
    """x + y, and `add.at`, which adds into an array, to one place several times if need be."""

    def __call__(self, x: Any, y: Any) -> Dual:
        return linear(_named("add"), x, y)

    @staticmethod
    def at(target: Dual, places: Any, y: Any) -> None:
        places = primal(places)
        target.write(lambda into, part: _home(into, part).add.at(into, places, part), y)


@functools.cache
def over(base: types.ModuleType) -> DualModule:
    """The module of dual numbers over an array module: one for each, so that `is` tells them.

    Arguments:
        base: NumPy, CuPy, or another array module.

    Returns:
        The module.
    """
    return DualModule(base)


def _home(*values: Any) -> types.ModuleType:
    """Where to compute: among dual numbers as soon as one of the values is dual."""
    arrays = [value for value in values if hasattr(value, "dtype")]
    return xp_of(next((a for a in arrays if isinstance(a, Dual)), arrays[0]))


def _named(name: str, **named: Any) -> Callable[..., Any]:
    """The function of that name, of whatever module its arguments live in."""
    return lambda *values: getattr(_home(*values), name)(*values, **named)


def _into_out(function: Callable[[Any], Dual]) -> Callable[..., Dual]:
    """The function with NumPy's argument `out`."""

    def with_out(x: Any, out: Dual | None = None) -> Dual:
        return function(x) if out is None else out.become(function(x))

    return with_out


def _linear(name: str, x: Dual, *settings: Any, **named: Any) -> Dual:
    """The function of the value and of the tangent."""
    chosen = named.get("mode", settings[1] if name == "pad" and len(settings) > 1 else None)
    if NOT_LINEAR & named.keys() or chosen in ("maximum", "minimum", "median"):
        setting = next(iter(NOT_LINEAR & named.keys()), f"mode='{chosen}'")
        raise DomainError(
            f"forward mode: {name} with {setting} is not linear, so the tangent would be wrong; "
            "write it with where, or add the constant afterwards."
        )
    return linear(lambda part: getattr(xp_of(part), name)(part, *primal(settings), **named), x)


def _filled(name: str, function: Callable[..., Any], *given: Any, **named: Any) -> Dual:
    """A new array of plain numbers."""
    values = (*given[1 if name != "linspace" else 0 :], *named.values())
    if any(isinstance(value, Dual) for value in values):
        raise DTypeError(
            f"forward mode: {name} was given a number that moves, and its tangent would be lost; "
            "multiply an array of ones by it."
        )
    return fixed(function, *given, **named)


def _by_slope(name: str, x: Any) -> Dual:
    """y' = f'(x) x' for a function without a pair."""
    epsilon = newest(x)
    value, tangent = split(epsilon, x)
    y = getattr(xp_of(value), name)(value)
    if tangent is not None:
        tangent = tangent * SLOPES[name](xp_of(value), value)
    return joined(y, tangent, epsilon)


def _choice(name: str, first: Any, x: Any, y: Any) -> Dual:
    """Entry by entry x or y: the value by the function of that name, the tangent by who won."""
    epsilon = newest(x, y)
    (x, dx), (y, dy) = split(epsilon, x), split(epsilon, y)
    z = getattr(_home(x, y), name)(x, y)
    if dx is None and dy is None:
        return joined(z, None, epsilon)
    dx, dy = 0 if dx is None else dx, 0 if dy is None else dy
    return joined(z, _home(dx, dy).where(first, dx, dy), epsilon)
