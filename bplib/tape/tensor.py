"""A number or an array that remembers how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of, unknown
from bplib.tape.dual import Dual, lifted, primal
from bplib.tape.habits import INSTEAD, OPERATORS, Habits, absent, of_numpy
from bplib.tape.pairs import PAIRS, Pair
from bplib.tape.stamps import stamps
from bplib.tape.walk import reverse


class Tensor(Habits):
    """An array that remembers how it was made.

    Every operation of the tape is a method of its first argument: `x.tanh()` is `tape.tanh(x)`.

    Arguments:
        value: a number, a list of numbers, or an array of floats of any shape.
        name: what drawings and sentences call it.

    Attributes:
        value: the array.
        grad: None until a backward pass, then an array of the same shape and dtype.
        name: None where it has none.
        operation: the name of the pair that made it, None for an input.
        parents: the Tensors it was made from.
        constants: the pair's other settings, such as an axis.
        constant: True where no gradient is wanted, as of the 2 in `2 * x`.
        cache: what the pair's forward function kept for its backward function.

    Raises:
        DTypeError: for an array of integers, text, or a Tensor.

    Source: S. Linnainmaa (1976), Taylor expansion of the accumulated rounding error; A. G. Baydin
        et al. (2018), Automatic differentiation in machine learning: a survey, section 3.2.
    """

    __slots__ = (
        "_changes", "_stamps", "_value", "_wanted", "_went_back", "cache", "constant", "constants",
        "grad", "name", "operation", "parents",
    )  # fmt: skip

    def __init__(self, value: Any, name: str | None = None) -> None:
        self._start(_as_array(value), name)

    def _start(self, value: Array, name: str | None = None) -> None:
        """An input that wants a gradient; `record` says the rest of a result."""
        self._value = value
        self._changes = 0  # how often `value` was assigned: an in-place operator assigns too
        self._stamps: tuple = ()
        self._wanted: tuple[bool, ...] = ()  # which parents want a gradient
        self._went_back = False
        self.grad: Array | None = None
        self.name = name
        self.operation: str | None = None
        self.parents: tuple[Tensor, ...] = ()
        self.constants: dict[str, Any] = {}
        self.constant = False
        self.cache: Any = None

    @property
    def value(self) -> Array:
        """The array. Assigning to it, `w.value -= 0.1 * w.grad` too, is noted as a change."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = _as_array(value)
        self._changes += 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `value`."""
        return self.value.shape

    @property
    def dtype(self) -> np.dtype:
        """The dtype of `value`."""
        return self.value.dtype

    @property
    def ndim(self) -> int:
        """The number of axes of `value`."""
        return self.value.ndim

    @property
    def size(self) -> int:
        """The number of entries of `value`."""
        return self.value.size

    def item(self) -> float:
        """The value as a Python number, for a Tensor that holds exactly one."""
        if self.value.size != 1:
            raise ShapeError(f"item: the Tensor has shape {self.shape}; it must hold one number.")
        return self.value.item()

    def named(self, name: str) -> Tensor:
        """Give this Tensor a name, for drawings; returns the same Tensor."""
        self.name = name
        return self

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self.grad = None

    def send_back(self, dy: Array) -> tuple[Array | None, ...]:
        """What goes to each of `parents` when the gradient `dy` arrives here; None to a constant.

        It is one call of the pair's backward function; an input sends nothing.
        """
        if self.operation is None:
            return ()
        return PAIRS[self.operation].pull(dy, self.cache, self._wanted)

    def backward(self, dy: Array | None = None) -> None:
        """Add to `.grad` of every Tensor that this one was made from, once.

        A second call would add the same gradients again, which is hardly ever meant; the pullback
        of `tape.vjp` may be called as often as you like.

        Arguments:
            dy: the gradient of the final loss with respect to this Tensor, of its shape; 1 where
                it is left out, which a single number allows.

        Raises:
            ShapeError: where `dy` is missing or has another shape.
            NotReadyError: where no input wants a gradient, this is the second call, or a recorded
                value was changed since; `bplib.tape.stamps` says which changes go unnoticed.
        """
        if self._went_back:
            raise NotReadyError(
                "backward: it has been called on this result before and would add the same "
                "gradients again; record it again, or use tape.vjp."
            )
        arrived = [(step.node, step.gradient) for step in reverse(self, dy)]
        for node, gradient in arrived:  # only now: all gradients, or none where one was refused
            node.grad = gradient if node.grad is None else node.grad + gradient
        self._went_back = True

    def __add__(self, other: Any) -> Tensor:
        return record("add", self, other)

    def __radd__(self, other: Any) -> Tensor:
        return record("add", other, self)

    def __sub__(self, other: Any) -> Tensor:
        return record("subtract", self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return record("subtract", other, self)

    def __mul__(self, other: Any) -> Tensor:
        return record("multiply", self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return record("multiply", other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return record("divide", self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return record("divide", other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return record("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return record("matmul", other, self)

    def __pow__(self, exponent: float) -> Tensor:
        return record("power", self, exponent=exponent)

    def __neg__(self) -> Tensor:
        return record("negative", self)

    def __abs__(self) -> Tensor:
        return record("abs", self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """Sum over the given axes, all of them by default; see `bplib.ops.sum`."""
        return record("sum", self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """Mean over the given axes, all of them by default; see `bplib.ops.mean`."""
        return record("mean", self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """The largest entry over the given axes, all by default; see `bplib.ops.max`."""
        return record("max", self, axis=axis, keepdims=keepdims)

    def var(self, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Tensor:
        """The variance over the given axes, all by default; see `bplib.ops.var`."""
        return record("var", self, axis=axis, keepdims=keepdims, ddof=ddof)

    def reshape(self, *shape: Any) -> Tensor:
        """The same numbers under another shape, `x.reshape(3, -1)`; see `bplib.ops.reshape`."""
        return record("reshape", self, shape=shape[0] if len(shape) == 1 else shape)

    def transpose(self, axes: Any = None) -> Tensor:
        """The axes in another order, turned round by default; see `bplib.ops.transpose`."""
        return record("transpose", self, axes=axes)

    @property
    def T(self) -> Tensor:
        """The axes turned round: of a matrix, its transpose."""
        return record("transpose", self)

    def __getitem__(self, index: Any) -> Tensor:
        return record("getitem", self, index=index)

    def __len__(self) -> int:
        if not self.shape:
            raise DTypeError("len: the Tensor holds one number; it has no rows.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[row] for row in range(len(self)))

    if TYPE_CHECKING:  # the operations that the table of pairs adds below

        def __getattr__(self, name: str) -> Any: ...

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in ABSENT]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Tensor:
        """`array * x` comes here, and `array += x`; other functions of NumPy get a sentence."""
        out = named.pop("out", inputs[:1])
        if ufunc not in OPERATORS or method != "__call__" or named or out[0] is not inputs[0]:
            raise of_numpy(ufunc.__name__)
        return record(OPERATORS[ufunc], *inputs)

    def __format__(self, how: str) -> str:
        return format(self.item(), how) if how else repr(self)

    def __repr__(self) -> str:
        name = "" if self.name is None else f", name={self.name!r}"
        if self.value.size == 1:
            return f"Tensor({self.value.item():.6g}{name})"
        return f"Tensor(shape={self.shape}, dtype={self.dtype}{name})"


def record(name: str, /, *inputs: Any, **constants: Any) -> Tensor:
    """Run the forward function of a pair and keep what its backward function will need.

    y, cache = forward(inputs, constants), and later dinputs = backward(dy, cache).

    Arguments:
        name: of a pair in `bplib.ops` or `bplib.losses`.
        inputs: Tensors, arrays or numbers; everything but a Tensor is constant.
        constants: the pair's other settings.

    Returns:
        The result, a Tensor.

    Raises:
        UnknownNameError: where there is no such pair.
        DTypeError: for wrong arguments, or a target that is a Tensor; and what the pair raises.

    Source: R. E. Wengert (1964), A simple automatic derivative evaluation program.
    """
    pair = PAIRS.get(name)
    if pair is None:
        raise unknown("operation", name, PAIRS)
    arrays, constants = pair.sort_arguments(inputs, constants)
    parents = tuple([a if isinstance(a, Tensor) else _constant(a, arrays) for a in arrays])
    if pair.is_loss or constants:
        _refuse_gradients(name, pair, parents, constants)
    value, cache = _run(pair, [parent._value for parent in parents], constants)
    result = Tensor.__new__(Tensor)
    result._start(value if type(value) is np.ndarray else xp_of(value).asarray(value))
    result.operation, result.parents, result.constants = name, parents, constants
    result._wanted = wanted = tuple([not parent.constant for parent in parents])
    result.constant = True not in wanted
    if not result.constant:
        result.cache = cache
        result._stamps = stamps(result)
    elif type(value) is Dual:
        result.parents = ()  # in forward mode the derivative is here already: keep nothing
    return result


def _run(pair: Pair, values: list, constants: dict[str, Any]) -> tuple[Array, Any]:
    """The pair's forward half; beside a dual number everything is one, but does not move."""
    if constants:
        constants = {name: primal(value) for name, value in constants.items()}
    for dual in values:
        if type(dual) is Dual:
            values = [lifted(value, dual) for value in values]
            constants = {name: lifted(value, dual) for name, value in constants.items()}
            break
    return pair.run(values, constants)


def _refuse_gradients(name: str, pair: Pair, parents: tuple, constants: dict[str, Any]) -> None:
    """A Tensor in a place that gets no gradient is a mistake, unless it is a constant itself."""
    if pair.is_loss and not all(parent.constant for parent in parents[1:]):
        raise DTypeError(f"{name}: target is a Tensor; the gradient goes to the prediction alone.")
    for argument in pair.fixed_arguments:
        if isinstance(constants.get(argument), Tensor):
            raise DTypeError(
                f"{name}: {argument} is a Tensor, but it gets no gradient; pass an array."
            )


def _constant(value: Any, beside: Iterable) -> Tensor:
    """A number takes the precision and the device of the first array that it stands beside."""
    tensor = Tensor.__new__(Tensor)
    if isinstance(value, Real) and not hasattr(value, "dtype"):
        tensor._start(primal(expect.number_like(value, _first_array(beside))))
    else:
        tensor._start(_as_array(primal(value)))
    tensor.constant = True
    return tensor


def _first_array(among: Iterable) -> Array | None:
    for one in among:
        if isinstance(one, Tensor):
            return one._value
        if hasattr(one, "dtype"):
            return one
    return None


def _as_array(value: Any) -> Array:
    """What a Tensor may hold: an array of floats, or numbers that make one."""
    if isinstance(value, Tensor):
        raise DTypeError("Tensor: value is a Tensor already; use it as it is, or its .value.")
    if not hasattr(value, "dtype"):
        value = _numbers(value)
    expect.floats("Tensor", value=value)
    return value if type(value) is np.ndarray else xp_of(value).asarray(value)


def _numbers(value: Any) -> np.ndarray:
    """A number or a (nested) list of numbers as an array of floats."""
    if isinstance(value, list | tuple) and any(isinstance(one, Tensor) for one in value):
        raise DTypeError(
            f"Tensor: value is {kind_of(value)} of Tensors; tape.concatenate(x, y, …) joins them, "
            "each given by itself."
        )
    try:
        array = np.asarray(value)
        if array.dtype.kind in "biuf":  # not text or None, which NumPy would turn into floats too
            return array.astype(float)
    except ValueError:
        pass
    raise DTypeError(
        f"Tensor: value is {kind_of(value)}; a number, a list of numbers "
        "with rows of equal length, or an array of floats is needed."
    )


def _method(name: str) -> Callable[..., Tensor]:
    def method(self: Tensor, *inputs: Any, **constants: Any) -> Tensor:
        return record(name, self, *inputs, **constants)

    method.__name__, method.__doc__ = name, f"`tape.{name}` with this Tensor as first argument."
    return method


for _name, _pair in PAIRS.items():
    if _pair.in_order and not hasattr(Tensor, _name):  # not `where`, whose condition stands first
        setattr(Tensor, _name, _method(_name))

_public = (name for name in dir(np.ndarray) if not name.startswith("_"))
ABSENT = {name for name in (*PAIRS, *INSTEAD, *_public) if not hasattr(Tensor, name)}
"""What arrays have, or people try, and a Tensor has not."""

for _name in ABSENT:
    setattr(Tensor, _name, absent(_name))
