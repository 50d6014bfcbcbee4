"""Reverse-mode automatic differentiation: record the pairs going forward, replay them going back.

    x, w = Tensor(2.0, name="x"), Tensor(-3.0, name="w")
    y = tape.exp(x * w)
    y.backward()                # x.grad and w.grad now hold dy/dx and dy/dw

The tape knows no derivatives. Each operation is a pair of `bplib.ops` or `bplib.losses`, found by
its name, and what the tape adds is the order: a node hands its gradient on only after everything
that uses it has handed its own back. Gradients accumulate in `.grad`, as they do in layers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from bplib import expect, losses, ops
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of, unknown


class Tensor:
    """An array that remembers how it was made.

    Arguments: `value`, a number, a list of numbers or an array of floats; `name`, for drawings.
    Attributes: `value`, the array; `grad`, None until a backward pass, then an array of the same
    shape and dtype; `operation`, the name of the pair that made it, None for an input; `parents`,
    the Tensors it was made from; `constants`, that pair's other settings; `constant`, True for
    something that no gradient is wanted of, such as the 2 in `2 * x`.
    Raises `DTypeError` for an array of integers.
    Source: Linnainmaa (1970); Baydin et al. (2018), "Automatic differentiation in machine
    learning: a survey", section 3.2.
    """

    __slots__ = (
        "constant", "constants", "grad", "name", "operation", "parents", "send_back", "value",
    )  # fmt: skip
    __array_ufunc__ = None  # lets array * Tensor reach Tensor.__rmul__

    def __init__(self, value: Any, name: str | None = None) -> None:
        if isinstance(value, Tensor):
            raise DTypeError("Tensor: value is a Tensor already; use it as it is, or its .value.")
        if not hasattr(value, "dtype"):
            value = _numbers(value)
        expect.floats("Tensor", value=value)
        self.value: Array = xp_of(value).asarray(value)
        self.grad: Array | None = None
        self.name = name
        self.operation: str | None = None
        self.parents: tuple[Tensor, ...] = ()
        self.constants: dict[str, Any] = {}
        self.constant = False
        self.send_back: Callable[[Array], Any] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `value`."""
        return self.value.shape

    @property
    def dtype(self) -> np.dtype:
        """The dtype of `value`."""
        return self.value.dtype

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

    def backward(self, dy: Array | None = None) -> None:
        """Add to `.grad` of every Tensor that this one was made from.

        Arguments: `dy`, the gradient of the final loss with respect to this Tensor, of its shape;
        1 when it is left out, which a single number allows.
        Raises `ShapeError`, and `NotReadyError` when no input wants a gradient.
        """
        for step in reverse(self, dy):
            node, gradient = step.node, step.gradient
            node.grad = gradient if node.grad is None else node.grad + gradient

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

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """Sum over the given axes, all of them by default; see `bplib.ops.sum`."""
        return record("sum", self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """Mean over the given axes, all of them by default; see `bplib.ops.mean`."""
        return record("mean", self, axis=axis, keepdims=keepdims)

    def exp(self) -> Tensor:
        """The exponential of every entry; see `bplib.ops.exp`."""
        return record("exp", self)

    def log(self) -> Tensor:
        """The natural logarithm of every entry; see `bplib.ops.log`."""
        return record("log", self)

    def __bool__(self) -> bool:
        raise DTypeError("a Tensor has no truth value; compare its .value instead.")

    def __repr__(self) -> str:
        name = "" if self.name is None else f", name={self.name!r}"
        if self.value.size == 1:
            return f"Tensor({self.value.item():.6g}{name})"
        return f"Tensor(shape={self.shape}, dtype={self.dtype}{name})"


class Step(NamedTuple):
    """One node's turn in the backward pass.

    `node` has received all of its `gradient`; `contributions[i]` is what it sends to
    `node.parents[i]` along that wire, None to a constant. Empty for an input.
    """

    node: Tensor
    gradient: Array
    contributions: tuple[Array | None, ...]


def topological_order(y: Tensor) -> list[Tensor]:
    """Everything that `y` was made from, and `y` itself, each after all that it was made from.

    Formula: if a is a parent of b, then a stands before b.
    Arguments: `y`, a Tensor. Returns the list, inputs first, `y` last, each Tensor once.
    It keeps its own stack, so a chain of a hundred thousand operations needs no deep recursion.
    Raises `DTypeError` when `y` is no Tensor. Source: Knuth (1968), section 2.2.3; Tarjan (1976).
    """
    _expect_tensor("topological_order", y)
    order: list[Tensor] = []
    met: set[int] = {id(y)}
    waiting = [(y, iter(y.parents))]
    while waiting:
        node, parents = waiting[-1]
        for parent in parents:
            if id(parent) not in met:
                met.add(id(parent))
                waiting.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            waiting.pop()
    return order


def reverse(y: Tensor, dy: Array | None = None) -> Iterator[Step]:
    """The backward pass, one node at a time, changing nothing.

    Formula: gradient of a node = Σ over its uses of what each use sends back (sum over paths).
    Arguments: `y`, the Tensor to start from; `dy`, its gradient, of its shape, 1 by default.
    Returns an iterator of `Step`s from `y` to its inputs; constants are passed over.
    Raises `ShapeError` for a missing or misshapen `dy`, `NotReadyError` when no input of `y` wants
    a gradient. Source: Griewank, Walther (2008), section 3.2.
    """
    _expect_tensor("backward", y)
    gradients = {id(y): _start(y, dy)}
    return _steps(topological_order(y), gradients)


def _steps(order: list[Tensor], gradients: dict[int, Array]) -> Iterator[Step]:
    for node in reversed(order):
        gradient = gradients.pop(id(node), None)
        if gradient is None:
            continue
        if node.send_back is None:
            yield Step(node, gradient, ())
            continue
        sent = node.send_back(gradient)
        sent = sent if isinstance(sent, tuple) else (sent,)
        sent += (None,) * (len(node.parents) - len(sent))  # a loss sends its target nothing
        wires = tuple(
            None if parent.constant else contribution
            for parent, contribution in zip(node.parents, sent, strict=True)
        )
        for parent, contribution in zip(node.parents, wires, strict=True):
            if contribution is not None:
                before = gradients.get(id(parent))
                gradients[id(parent)] = contribution if before is None else before + contribution
        yield Step(node, gradient, wires)


def _start(y: Tensor, dy: Array | None) -> Array:
    if y.constant:
        raise NotReadyError(
            "backward: nothing in this expression wants a gradient; "
            "make at least one of its inputs a Tensor."
        )
    if dy is None:
        if y.value.size != 1:
            raise ShapeError(
                f"backward: the result has shape {y.shape}; reduce it to one number first, "
                "for example with .sum(), or pass a gradient dy of that shape."
            )
        return xp_of(y.value).ones_like(y.value)
    if isinstance(dy, Real) and not hasattr(dy, "dtype"):
        dy = expect.number_like(dy, y.value)
    expect.upstream("backward", "dy", dy, "the result", y.shape, y.value)
    return +dy


def record(name: str, /, *inputs: Any, **constants: Any) -> Tensor:
    """Run the forward function of a pair and keep what its backward function will need.

    Formula: y, cache = forward(inputs, constants), and later dinputs = backward(dy, cache).
    Arguments: `name`, of a pair in `bplib.ops` or `bplib.losses`; `inputs`, Tensors, arrays or
    numbers, where everything but Tensors is constant; `constants`, the pair's other settings.
    Returns the result, a Tensor. Raises what the pair raises, `UnknownNameError` for a wrong name.
    Source: Wengert (1964), "A simple automatic derivative evaluation program".
    """
    if name not in PAIRS:
        raise unknown("operation", name, PAIRS)
    pair = PAIRS[name]
    arrays, constants = pair.sort_arguments(inputs, constants)
    beside = next((getattr(a, "value", a) for a in arrays if hasattr(a, "dtype")), None)
    parents = tuple(a if isinstance(a, Tensor) else _constant(a, beside) for a in arrays)
    if pair.is_loss and not all(parent.constant for parent in parents[1:]):
        raise DTypeError(f"{name}: target is a Tensor; the gradient goes to the prediction alone.")
    value, cache = pair.forward(*[parent.value for parent in parents], **constants)
    result = Tensor(value)
    result.operation, result.parents, result.constants = name, parents, constants
    result.constant = all(parent.constant for parent in parents)
    if not result.constant:
        result.send_back = pair.with_cache(cache)
    return result


class Pair(NamedTuple):
    """A forward function, its backward function, and how to call them."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    array_arguments: tuple[str, ...]
    other_arguments: tuple[str, ...]
    is_loss: bool

    def sort_arguments(self, given: tuple, named: dict[str, Any]) -> tuple[list, dict[str, Any]]:
        """Split a call's arguments into arrays, in order, and the pair's other settings."""
        wanted = self.array_arguments + self.other_arguments
        named = {**dict(zip(wanted, given, strict=False)), **named}
        missing = [name for name in self.array_arguments if name not in named]
        if missing or len(given) > len(wanted) or not set(named) <= set(wanted):
            raise DTypeError(f"{self.forward.__name__}: the arguments are ({', '.join(wanted)}).")
        return [named.pop(name) for name in self.array_arguments], named

    def with_cache(self, cache: Any) -> Callable[[Array], Any]:
        """The backward function as a function of the upstream gradient alone."""
        return (
            partial(self.backward, cache) if self.is_loss else partial(self.backward, cache=cache)
        )


def _find_pairs() -> dict[str, Pair]:
    pairs = {}
    for module in (ops, losses):
        for name in module.__all__:
            if f"{name}_backward" in module.__all__:
                forward = getattr(module, name)
                kinds = {
                    p.name: p.annotation for p in inspect.signature(forward).parameters.values()
                }
                pairs[name] = Pair(
                    forward,
                    getattr(module, f"{name}_backward"),
                    tuple(name for name, kind in kinds.items() if kind == "Array"),
                    tuple(name for name, kind in kinds.items() if kind != "Array"),
                    module is losses,
                )
    return pairs


PAIRS = _find_pairs()
"""Every pair by name. A new pair in `bplib.ops` is an operation of the tape without further ado."""


def __getattr__(name: str) -> Callable[..., Tensor]:
    if name in PAIRS:
        operation = partial(record, name)
        operation.__doc__ = PAIRS[name].forward.__doc__
        return operation
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(str(unknown("operation", name, PAIRS)))


def _constant(value: Any, beside: Array | None) -> Tensor:
    if isinstance(value, Real) and not hasattr(value, "dtype"):
        value = expect.number_like(value, beside)
    tensor = Tensor(value)
    tensor.constant = True
    return tensor


def _numbers(value: Any) -> np.ndarray:
    """A number or a (nested) list of numbers as an array of floats."""
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


def _expect_tensor(op: str, y: object) -> None:
    if not isinstance(y, Tensor):
        raise DTypeError(f"{op}: a Tensor is needed, not {kind_of(y)}.")


def vjp(f: Callable[..., Tensor], *inputs: Array) -> tuple[Array, Callable[[Array], tuple]]:
    """The value of a function, and the function that pulls a gradient back through it.

    Formula: pullback(dy) = (dyᵀ J₁, dyᵀ J₂, …), with Jᵢ the Jacobian for input i.
    Arguments: `f`, a function of Tensors that returns one Tensor; `inputs`, arrays or numbers.
    Returns `y`, the value, and `pullback`, which turns `dy`, shaped as `y`, into one gradient for
    each input, zeros where `f` does not use it.
    Raises `DTypeError` when `f` does not return a Tensor.
    Source: Baydin et al. (2018), section 3.2.
    """
    leaves = [Tensor(value) for value in inputs]
    y = f(*leaves)
    _expect_tensor("vjp: the result of f", y)

    def pullback(dy: Array | None = None) -> tuple:
        gradients = {id(step.node): step.gradient for step in reverse(y, dy)}
        return tuple(gradients.get(id(x), xp_of(x.value).zeros_like(x.value)) for x in leaves)

    return y.value, pullback


def value_and_grad(f: Callable[..., Tensor], argument: int = 0) -> Callable[..., tuple]:
    """A function that returns f's value and its gradient with respect to one argument.

    Formula: (f(x₀, x₁, …), ∂f/∂xᵢ) with i = `argument`.
    Arguments: `f`, a function that returns one number as a Tensor; `argument`, the position.
    Returns a function of the same arguments. The others reach `f` as they are.
    Raises, when called, `DTypeError` when `f` does not return a Tensor, `ShapeError` when it
    returns more than one number. Source: the reverse mode, chapter 8.
    """

    def evaluate(*inputs: Any) -> tuple[Array, Array]:
        def of_one(x: Tensor) -> Tensor:
            return f(*inputs[:argument], x, *inputs[argument + 1 :])

        if not 0 <= argument < len(inputs):
            count = f"{len(inputs)} input{'' if len(inputs) == 1 else 's'}"
            raise ShapeError(
                f"grad: argument is {argument}, counted from 0, but f was called with {count}."
            )
        value, pullback = vjp(of_one, inputs[argument])
        return value, pullback(None)[0]

    return evaluate


def grad(f: Callable[..., Tensor], argument: int = 0) -> Callable[..., Array]:
    """The gradient of a function as a function.

    Formula: ∂f/∂xᵢ with i = `argument`.
    Arguments: `f`, a function that returns one number as a Tensor; `argument`, the position.
    Returns a function of the same arguments whose result is shaped as that argument.
    Raises as `value_and_grad`. Source: the reverse mode, chapter 8.
    """
    evaluate = value_and_grad(f, argument)
    return lambda *inputs: evaluate(*inputs)[1]
