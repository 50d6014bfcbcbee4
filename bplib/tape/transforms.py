"""Functions in, functions out: the gradient of a function as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bplib.backend import Array, xp_of
from bplib.errors import ShapeError
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
        of one gradient for each input, zeros where `f` does not use it.

    Raises:
        DTypeError: where `f` does not return a Tensor, or an input is no float.

    Source: A. G. Baydin et al. (2018), Automatic differentiation in machine learning: a survey,
        section 3.2.
    """
    leaves = [Tensor(value) for value in inputs]
    y = f(*leaves)
    expect_tensor("vjp: the result of f", y)

    def pullback(dy: Array | None = None) -> tuple:
        gradients = {id(step.node): step.gradient for step in reverse(y, dy)}
        return tuple(gradients.get(id(x), xp_of(x.value).zeros_like(x.value)) for x in leaves)

    return y.value, pullback


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

    Source: A. G. Baydin et al. (2018), section 3.2.
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

    (x₀, x₁, …) → ∂f/∂xᵢ with i = `argument`.

    Arguments:
        f: a function that returns one number as a Tensor.
        argument: the position, counted from 0, of the argument to differentiate.

    Returns:
        A function of the same arguments, whose result has that argument's shape.

    Raises:
        DTypeError, ShapeError: as `value_and_grad`.

    Source: A. G. Baydin et al. (2018), section 3.2.
    """
    evaluate = value_and_grad(f, argument)
    return lambda *inputs: evaluate(*inputs)[1]
