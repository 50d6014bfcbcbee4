"""A dual number: a value, and the tangent that moves along with it.

    x = Dual(3.0, 1.0)          # 3 + 1 ε: x is 3, and moves at the rate 1
    x * x                       # 9 + 6 ε, since ε² = 0: the slope of x² at 3 is 6

What happens to a tangent is one of four things:

- `linear`: what happens to the value happens to the tangent (sums, reshapes, picked entries);
- `product`: the product rule (`*`, `@`);
- `entrywise`: one entry in, one entry out (exp, sqrt). The Jacobian is diagonal, so it is its own
  transpose, and the backward half of the pair pushes a tangent forward as well;
- nothing: what does not move when x moves a little (comparisons, labels, places) has no tangent.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from numbers import Real
from types import ModuleType
from typing import Any

import numpy as np

from bplib import ops
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DTypeError, ShapeError


class Dual:
    """An array and its tangent: x = value + tangent ε, with ε² = 0.

    It has an array module of its own, so that `xp_of(x).exp(x)` finds the dual exponential, and
    every pair of `bplib.ops` and `bplib.losses` runs on dual numbers as it is, both halves.

    Arguments:
        value: a number or an array of any module.
        tangent: how fast it moves, of the same shape; None for what does not move.
        epsilon: which ε. Every call of `tape.jvp` has one of its own, and a number that is dual in
            two of them holds dual numbers, the newest ε outside.

    Attributes:
        value, tangent, epsilon: as given.

    Raises:
        ShapeError: where the tangent has another shape than the value.

    Source: W. K. Clifford (1873), Preliminary Sketch of Biquaternions; B. A. Pearlmutter, J. M.
        Siskind (2008), Reverse-mode AD in a functional framework, for the several ε.
    """

    __slots__ = ("epsilon", "tangent", "value")
    __array_ufunc__ = None  # lets array * Dual reach Dual.__rmul__, also with CuPy's priorities
    __array_priority__ = 1000

    def __init__(self, value: Any, tangent: Any = None, epsilon: int = 1) -> None:
        self.value: Array = value if hasattr(value, "dtype") else np.asarray(value, float)
        self.tangent: Array | None = tangent
        self.epsilon = epsilon
        if isinstance(tangent, Real) and not hasattr(tangent, "dtype"):
            self.tangent = xp_of(self.value).asarray(tangent, dtype=self.value.dtype)
        if self.tangent is not None and self.tangent.shape != self.value.shape:
            raise ShapeError(
                f"Dual: tangent has shape {self.tangent.shape}, but value has shape "
                f"{self.value.shape}; the two must be equal."
            )

    def __array_namespace__(self, api_version: str | None = None) -> ModuleType:
        from bplib.tape.dual.module import over  # here, because the module is made of Duals

        return over(xp_of(primal(self)))

    shape = property(lambda self: self.value.shape)
    dtype = property(lambda self: self.value.dtype)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    T = property(lambda self: linear(lambda part: part.T, self))
    real = property(lambda self: linear(lambda part: part.real, self))

    def get(self) -> np.ndarray:
        """The value on the host, without the tangent."""
        return to_numpy(primal(self))

    def item(self) -> float:
        """The value as a Python number, without the tangent."""
        return self.value.item()

    __hash__ = object.__hash__

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Dual]:
        return (self[row] for row in range(len(self)))

    def __bool__(self) -> bool:
        return bool(primal(self))

    def __float__(self) -> float:
        return float(self._standing_still("float()", "item"))

    def __index__(self) -> int:
        return operator.index(self._standing_still("an index", "item"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._standing_still("an array of NumPy", "get"), dtype=dtype)

    def _standing_still(self, what: str, way: str) -> Array:
        """The value of a number that does not move: of one that does, somebody has to say so."""
        if self.tangent is not None:
            raise DTypeError(f"Dual: {what} would lose the tangent; .{way}() says so.")
        return self.value

    def __repr__(self) -> str:
        if self.size == 1 and not isinstance(self.value, Dual):
            tangent = 0.0 if self.tangent is None else self.tangent.item()
            return f"Dual({self.item():.6g} {'-' if tangent < 0 else '+'} {abs(tangent):.6g} ε)"
        return f"Dual(shape={self.shape}, dtype={self.dtype})"

    def astype(self, dtype: Any) -> Dual:
        """Another precision; as whole numbers or booleans it no longer moves."""
        if np.dtype(dtype).kind != "f":
            return Dual(primal(self).astype(dtype))
        return linear(lambda part: part.astype(dtype), self)

    def clip(self, low: float, high: float) -> Dual:
        """Every entry, but none below or above the ends; see `bplib.ops.clip`."""
        pair = ops.clip, ops.clip_backward
        return entrywise(operator.methodcaller("clip", low, high), pair, self, low, high)

    def max(self, axis: Any = None, keepdims: bool = False) -> Dual:
        """The largest entry, and the tangent of the one that won; see `bplib.ops.max`."""
        epsilon = newest(self)
        value, tangent = split(epsilon, self)
        if tangent is None:
            return Dual(value.max(axis=axis, keepdims=keepdims))
        y, cache = ops.max(value, axis, keepdims)
        won = primal(ops.max_backward(xp_of(y).ones_like(y), cache) != 0)
        moved = xp_of(tangent).where(won, tangent, 0).sum(axis=axis, keepdims=keepdims)
        return joined(y, moved, epsilon)

    def min(self, axis: Any = None, keepdims: bool = False) -> Dual:
        """The smallest entry, and the tangent of the one that won: -max(-x)."""
        if self.tangent is None:
            return Dual(self.value.min(axis=axis, keepdims=keepdims))
        return -(-self).max(axis, keepdims)

    def __neg__(self) -> Dual:
        return linear(operator.neg, self)

    def __pos__(self) -> Dual:
        return linear(operator.pos, self)

    def __abs__(self) -> Dual:
        return entrywise(abs, (ops.abs, ops.abs_backward), self)

    def __getitem__(self, key: Any) -> Dual:
        key = primal(key)
        return linear(lambda part: part[key], self)

    def __setitem__(self, key: Any, value: Any) -> None:
        key = primal(key)
        self.write(lambda target, part: operator.setitem(target, key, part), value)

    def write(self, act: Callable[[Array, Array], None], other: Any) -> None:
        """Let `act(target, source)` write into the value, and with the tangents into the tangent.

        Arguments:
            act: changes its first argument in place.
            other: what is written: a Dual, an array or a number.
        """
        epsilon = newest(self, other)
        (value, tangent), (source, moved) = split(epsilon, self), split(epsilon, other)
        if value is self:  # of an older ε: this object becomes the newer one around it
            value = Dual(self.value, self.tangent, self.epsilon)
        value = _room_for(source, value)
        act(value, source)
        if epsilon:
            tangent = _zeros(value) if tangent is None else tangent
            tangent = _room_for(moved, tangent)
            act(tangent, 0 if moved is None else moved)
        self.value, self.tangent, self.epsilon = value, tangent, epsilon or self.epsilon

    def become(self, other: Dual) -> Dual:
        """This very object with the numbers of another: what an in-place operator does."""
        self.value, self.tangent, self.epsilon = other.value, other.tangent, other.epsilon
        return self


def joined(value: Array, tangent: Array | None, epsilon: int) -> Dual:
    """A result from its parts; a tangent that stayed smaller is stretched to the value's shape."""
    if tangent is None:
        return value if isinstance(value, Dual) else Dual(value)
    if tangent.shape != value.shape:
        tangent = xp_of(tangent).broadcast_to(tangent, value.shape).copy()
    return Dual(value, tangent, epsilon)


def newest(*operands: Any) -> int:
    """The newest ε that moves one of the operands; 0 where none moves."""
    moving = (x.epsilon for x in operands if isinstance(x, Dual) and x.tangent is not None)
    return max(moving, default=0)


def split(epsilon: int, x: Any) -> tuple[Any, Any]:
    """Value and tangent in one ε; whatever else moves in x is part of the value."""
    if isinstance(x, Dual):
        if x.tangent is None:
            return x.value, None
        if x.epsilon == epsilon:
            return x.value, x.tangent
    return x, None


def primal(x: Any) -> Any:
    """The value without any tangent; an index keeps its shape of a tuple."""
    while isinstance(x, Dual):
        x = x.value
    return tuple(map(primal, x)) if isinstance(x, tuple) else x


def linear(act: Callable[..., Any], *operands: Any) -> Dual:
    """f(x + x' ε) = f(x) + f(x') ε for a linear f: the tangents go the way of the values."""
    epsilon = newest(*operands)
    values, tangents = zip(*(split(epsilon, x) for x in operands), strict=True)
    moved = None
    if epsilon:
        pairs = zip(values, tangents, strict=True)
        moved = act(*[_zeros(value) if part is None else part for value, part in pairs])
    return joined(act(*values), moved, epsilon)


def product(times: Callable[[Any, Any], Any], x: Any, y: Any) -> Dual:
    """(x + x' ε)(y + y' ε) = x y + (x' y + x y') ε for any product: the product rule."""
    epsilon = newest(x, y)
    (x, dx), (y, dy) = split(epsilon, x), split(epsilon, y)
    moved = _total(None if dx is None else times(dx, y), None if dy is None else times(x, dy))
    return joined(times(x, y), moved, epsilon)


def quotient(x: Any, y: Any) -> Dual:
    """z = x / y: z y = x, so by the product rule z' y + z y' = x', and z' = (x' - z y') / y."""
    epsilon = newest(x, y)
    (x, dx), (y, dy) = split(epsilon, x), split(epsilon, y)
    z = x / y
    moved = _total(None if dx is None else dx / y, None if dy is None else -(z * dy) / y)
    return joined(z, moved, epsilon)


def entrywise(plain: Callable[..., Any], pair: tuple, x: Any, *settings: Any) -> Dual:
    """y = f(x) entry by entry: y' = f'(x) x', which is what the pair's backward half computes.

    Arguments:
        plain: the function for an x that does not move.
        pair: its forward and its backward half.
        x: a Dual, an array or a number.
        settings: what the forward half takes besides x.

    Returns:
        A Dual.
    """
    epsilon = newest(x)
    value, tangent = split(epsilon, x)
    if tangent is None:
        return joined(plain(value), None, 0)
    forward, backward = pair
    y, cache = forward(value, *settings)
    return joined(y, backward(tangent, cache), epsilon)


def power(x: Any, exponent: float) -> Dual:
    """A fixed power of every entry; see `bplib.ops.power`."""
    pair = ops.power, ops.power_backward
    return entrywise(lambda value: value**exponent, pair, x, exponent)


def _total(one: Any, other: Any) -> Any:
    """The sum of two results that belong to nobody else; None counts as nothing."""
    if one is None or other is None:
        return other if one is None else one
    one += other
    return one


def _zeros(value: Any) -> Any:
    return xp_of(value).zeros_like(value) if hasattr(value, "dtype") else 0


def _room_for(source: Any, target: Array) -> Array:
    return Dual(target) if isinstance(source, Dual) and not isinstance(target, Dual) else target


def fixed(act: Callable[..., Any], *operands: Any, **named: Any) -> Dual:
    """A result that does not move when the operands move a little."""
    return Dual(act(*map(primal, operands), **named))


def _binary(act: Callable[[Any, Any], Dual]) -> tuple[Callable, Callable, Callable]:
    """An operator as `x ∘ y`, as `y ∘ x` from the other side, and in place."""
    return act, lambda x, y: act(y, x), lambda x, y: x.become(act(x, y))


def _comparison(name: str) -> Callable[..., Dual]:
    return lambda *operands: fixed(getattr(operator, name), *operands)


def _method(name: str, rule: Callable[..., Dual]) -> Callable[..., Dual]:
    """A method of arrays, with what the rule says about its tangent."""
    return lambda x, *settings, **named: rule(operator.methodcaller(name, *settings, **named), x)


for _name, _act in {
    "add": lambda x, y: linear(operator.add, x, y),
    "sub": lambda x, y: linear(operator.sub, x, y),
    "mul": lambda x, y: product(operator.mul, x, y),
    "matmul": lambda x, y: product(operator.matmul, x, y),
    "truediv": quotient,
    "pow": power,
}.items():
    for _side, _operator in zip(("", "r", "i"), _binary(_act), strict=True):
        setattr(Dual, f"__{_side}{_name}__", _operator)
for _name in ("lt", "le", "gt", "ge", "eq", "ne", "and_", "or_", "xor", "invert"):
    setattr(Dual, f"__{_name.rstrip('_')}__", _comparison(_name))
for _name in (
    "sum mean cumsum reshape ravel flatten squeeze transpose swapaxes repeat take diagonal trace "
    "copy conj"
).split():
    setattr(Dual, _name, _method(_name, linear))
for _name in ("all", "any", "argmax", "argmin", "argsort", "round"):
    setattr(Dual, _name, _method(_name, fixed))
