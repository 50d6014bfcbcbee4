"""Functions in, functions out: the gradient of a function as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bplib.backend import Array, xp_of
from bplib.errors import NotReadyError, ShapeError
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


def value_and_grad(f: Callable[..., Tensor], argument: int = 0) -> Callable[..., tuple]:
    """A function that returns f's value and its gradient with respect to one argument.

    (f(x₀, x₁, …), ∂f/∂xᵢ) with i = `argument`.

    Arguments:
        f: a function that returns one number as a Tensor.
        argument: the position, counted from 0, of the argument to differentiate.

    Returns:
        A function of the same arguments, which returns the value and a gradient of that
        argument's shape. The other arguments reach `f` as they are.

    Raises:
        DTypeError: when called, where `f` does not return a Tensor.
        ShapeError: when called, where `f` returns more than one number, or the call has no
            argument at that position.
        NotReadyError: when called, where the result of `f` was not made from that argument.

    Source: A. G. Baydin et al. (2018), section 3.2.
    """

    def evaluate(*inputs: Any) -> tuple[Array, Array]:
        of_one, value = argument_of("grad", f, argument, inputs)
        x = Tensor(value)
        y = of_one(x)
        expect_tensor("grad: the result of f", y)
        (gradient,) = gradients_of(y, None, [x])
        if gradient is None:
            raise NotReadyError(
                f"grad: the result of f was not made from argument {argument}; "
                "compute with that Tensor itself, not with its .value."
            )
        return y.value, gradient

    return evaluate


def grad(f: Callable[..., Tensor], argument: int = 0) -> Callable[..., Array]:
    """The gradient of a function as a function.

    (x₀, x₁, …) → ∂f/∂xᵢ with i = `argument`.

    Arguments:
        f: a function that returns one number as a Tensor.
        argument: the position, counted from 0, of the argument to differentiate.

    Returns:
        A function of the same arguments, whose result has that argument's shape.

    Raises:
        DTypeError, ShapeError, NotReadyError: as `value_and_grad`.

    Source: A. G. Baydin et al. (2018), section 3.2.
    """
    evaluate = value_and_grad(f, argument)
    return lambda *inputs: evaluate(*inputs)[1]


def argument_of(
    op: str, f: Callable[..., Tensor], argument: int, inputs: tuple
) -> tuple[Callable[[Tensor], Tensor], Any]:
    """The function of one argument alone, with the others in their places, and that argument.

    (x₀, x₁, …) → (x → f(x₀, …, x, …), xᵢ) with i = `argument`.

    Arguments:
        op: who asks; it opens the sentence.
        f: a function.
        argument: the position, counted from 0.
        inputs: all arguments.

    Returns:
        The function, and the argument.

    Raises:
        ShapeError: where there is no argument at that position.

    Source: A. G. Baydin et al. (2018), section 3.2: partial derivatives.
    """
    if not 0 <= argument < len(inputs):
        count = f"{len(inputs)} input{'' if len(inputs) == 1 else 's'}"
        raise ShapeError(
            f"{op}: argument is {argument}, counted from 0, but f was called with {count}."
        )
    before, after = inputs[:argument], inputs[argument + 1 :]
    return lambda x: f(*before, x, *after), inputs[argument]
