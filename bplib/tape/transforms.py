"""Functions in, functions out: the gradient of a function as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of
from bplib.tape.tensor import Tensor
from bplib.tape.walk import expect_tensor, reverse


def vjp(f: Callable[..., Tensor], *inputs: Array) -> tuple[Array, Callable[[Array], tuple]]:
    """The value of a function, and the function that pulls a gradient back through it.

    pullback(dy) = (dyᵀ J₁, dyᵀ J₂, …), with Jᵢ the Jacobian of f with respect to input i.

    Arguments:
        f: a function of Tensors that returns one Tensor.
        inputs: arrays of floats or numbers.

    Returns:
        `y`, the value as an array, and `pullback`, which turns `dy`, shaped as `y`, into a tuple
        of one gradient for each input, zeros where `f` does not use it. It may be called as often
        as wanted; nothing adds up.

    Raises:
        DTypeError: where `f` does not return a Tensor, or an input is no float.

    Source: A. G. Baydin et al. (2018), Automatic differentiation in machine learning: a survey,
        section 3.2.
    """
    for place, value in enumerate(inputs):
        expect_no_tensor("vjp", f"input {place}", value)
    leaves = [Tensor(value) for value in inputs]
    y = f(*leaves)
    expect_tensor("vjp: the result of f", y)

    def pullback(dy: Array | None = None) -> tuple:
        found = gradients_of(y, dy, leaves)
        return tuple(
            xp_of(x.value).zeros_like(x.value) if dx is None else dx
            for x, dx in zip(leaves, found, strict=True)
        )

    return y.value, pullback


def gradients_of(y: Tensor, dy: Array | None, leaves: list[Tensor]) -> list[Array | None]:
    """What arrives at some inputs of a result, without touching their `.grad`.

    dx = dyᵀ ∂y/∂x for each input x.

    Arguments:
        y: the result.
        dy: its gradient, as for `reverse`.
        leaves: inputs.

    Returns:
        A gradient for each, None where `y` was not made from it.

    Raises:
        ShapeError, DTypeError, NotReadyError: as `reverse`.

    Source: A. G. Baydin et al. (2018), section 3.2.
    """
    wanted = {id(x): place for place, x in enumerate(leaves)}
    found: list[Array | None] = [None] * len(leaves)
    if y.constant:
        return found
    for node, gradient, _ in reverse(y, dy):
        if id(node) in wanted:
            found[wanted[id(node)]] = gradient
    return found


def value_and_grad(
    f: Callable[..., Tensor], argument: int | tuple[int, ...] = 0
) -> Callable[..., tuple]:
    """A function that returns f's value and its gradient with respect to one argument or several.

    (f(x₀, x₁, …), ∂f/∂xᵢ) with i = `argument`.

    Arguments:
        f: a function that returns one number as a Tensor.
        argument: the position, counted from 0, of the argument to differentiate, or a tuple of
            positions.

    Returns:
        A function of the same arguments, which returns the value and a gradient of that
        argument's shape, or a tuple of one for each position. The other arguments, and those
        that are given by name, reach `f` as they are.

    Raises:
        DTypeError: where `argument` is no position; when called, where `f` does not return a
            Tensor, or is called with a Tensor.
        ShapeError: when called, where `f` returns more than one number, or the call has no
            argument at that position.
        NotReadyError: when called, where the result of `f` was not made from that argument.

    Source: A. G. Baydin et al. (2018), section 3.2.
    """
    places = _positions("grad", argument)

    def evaluate(*inputs: Any, **settings: Any) -> tuple[Array, Any]:
        of_these, values = arguments_of("grad", f, places, inputs, settings)
        leaves = [Tensor(value) for value in values]
        y = of_these(*leaves)
        expect_tensor("grad: the result of f", y)
        gradients = gradients_of(y, None, leaves)
        for place, gradient in zip(places, gradients, strict=True):
            if gradient is None:
                raise NotReadyError(
                    f"grad: the result of f was not made from argument {place}; "
                    "compute with that Tensor itself, not with its .value."
                )
        return y.value, tuple(gradients) if isinstance(argument, tuple) else gradients[0]

    return evaluate


def grad(
    f: Callable[..., Tensor], argument: int | tuple[int, ...] = 0
) -> Callable[..., Array | tuple[Array, ...]]:
    """The gradient of a function as a function.

    (x₀, x₁, …) → ∂f/∂xᵢ with i = `argument`.

    Arguments:
        f: a function that returns one number as a Tensor.
        argument: the position, counted from 0, of the argument to differentiate, or a tuple of
            positions.

    Returns:
        A function of the same arguments, whose result has that argument's shape; a tuple of one
        gradient for each position where `argument` is a tuple.

    Raises:
        DTypeError, ShapeError, NotReadyError: as `value_and_grad`.

    Source: A. G. Baydin et al. (2018), section 3.2.
    """
    evaluate = value_and_grad(f, argument)
    return lambda *inputs, **settings: evaluate(*inputs, **settings)[1]


def arguments_of(
    op: str, f: Callable[..., Tensor], places: tuple[int, ...], inputs: tuple, settings: dict
) -> tuple[Callable[..., Tensor], list]:
    """The function of some of its arguments, with the others in their places, and those arguments.

    (x₀, x₁, …) → (x → f(x₀, …, x, …), xᵢ) with i in `places`.

    Arguments:
        op: who asks; it opens the sentence.
        f: a function.
        places: the positions, counted from 0.
        inputs: all arguments.
        settings: the arguments that are given by name.

    Returns:
        The function, and the arguments at these positions.

    Raises:
        ShapeError: where there is no argument at a position.
        DTypeError: where an argument is a Tensor.

    Source: A. G. Baydin et al. (2018), section 3.2: partial derivatives.
    """
    for place in places:
        if not 0 <= place < len(inputs):
            count = f"{len(inputs)} input{'' if len(inputs) == 1 else 's'}"
            raise ShapeError(
                f"{op}: argument is {place}, counted from 0, but f was called with {count}."
            )
        expect_no_tensor(op, f"argument {place}", inputs[place])

    def of_these(*values: Any) -> Tensor:
        every = list(inputs)
        for place, value in zip(places, values, strict=True):
            every[place] = value
        return f(*every, **settings)

    return of_these, [inputs[place] for place in places]


def expect_no_tensor(op: str, name: str, value: Any) -> None:
    """Derivatives are asked for at numbers; raises `DTypeError` for a Tensor.

    A gradient that comes out of the tape has forgotten how it was made. What remembers are dual
    numbers, so a derivative of a derivative is forward mode, on the outside.
    """
    if isinstance(value, Tensor):
        raise DTypeError(
            f"{op}: {name} is a Tensor; give its .value. A derivative of a derivative is "
            "tape.hvp(f, x, v), or tape.jvp of lambda x: Tensor(tape.grad(f)(x.value))."
        )


def position(op: str, argument: Any, several: str = "") -> int:
    """One position among the arguments of a function; raises `DTypeError` for anything else."""
    if isinstance(argument, bool) or not isinstance(argument, int):
        if hasattr(argument, "dtype") or isinstance(argument, list | Tensor):
            raise DTypeError(
                f"{op}: argument is {kind_of(argument)}; it says which argument of f, a position "
                f"counted from 0{several}. The point is given to what comes back: {op}(f)(x)."
            )
        raise DTypeError(
            f"{op}: argument is {argument!r}; a position counted from 0{several} is needed."
        )
    return argument


def _positions(op: str, argument: Any) -> tuple[int, ...]:
    """One position or several, as a tuple."""
    several = argument if isinstance(argument, tuple) else (argument,)
    places = tuple(position(op, one, " or a tuple of positions") for one in several)
    if not places or len(set(places)) < len(places):
        raise DTypeError(f"{op}: argument is {argument!r}; each position is needed once.")
    return places
