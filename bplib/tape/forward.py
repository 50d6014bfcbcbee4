"""Forward mode: how fast the result moves, and how fast the gradient moves.

Both run the same functions on dual numbers (`bplib.tape.dual`). A product of two moving matrices
becomes three products, everything else becomes two of itself: so value and derivative together
cost up to three times what the value costs. `jvp` keeps nothing, since nobody will walk back.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of, unknown
from bplib.tape.dual import Dual, lifted
from bplib.tape.dual.number import split
from bplib.tape.tensor import Tensor
from bplib.tape.transforms import arguments_of, expect_no_tensor, gradients_of, position, vjp
from bplib.tape.walk import expect_tensor

_epsilons = itertools.count(2)
"""Every call gets an ε of its own: within a call within f, two directions must not be mixed."""

Inputs = Any
"""One array or number, or a tuple of several, one for each argument of f."""


def jvp(f: Callable[..., Tensor], inputs: Inputs, tangents: Inputs) -> tuple[Array, Array]:
    """The value of a function, and how fast it moves when the inputs move along the tangents.

    f(x + v ε) = f(x) + (J v) ε with ε² = 0, and J v = J₁ v₁ + J₂ v₂ + … for several inputs, with Jᵢ
    the Jacobian of f with respect to input i.

    Arguments:
        f: a function of Tensors that returns one Tensor.
        inputs: where to look: an array of floats or a number, or a tuple of these for an f of
            several arguments.
        tangents: v, the direction: of the shapes of the inputs.

    Returns:
        `y`, the value as an array, and `dy`, of the same shape: its derivative in that direction.

    Raises:
        DTypeError: where `f` does not return a Tensor, an input or a tangent is no float, or only
            one of inputs and tangents is a tuple.
        ShapeError: where a tangent has another shape than its input, or their numbers differ.

    Source: A. G. Baydin et al. (2018), Automatic differentiation in machine learning: a survey,
        section 3.1; R. E. Wengert (1964), A simple automatic derivative evaluation program.
    """
    leaves, epsilon = _moving("jvp", inputs, tangents)
    for leaf in leaves:
        leaf.constant = True  # nobody will walk back, so nothing is kept for it
    y = f(*leaves)
    expect_tensor("jvp: the result of f", y)
    return _parts(y.value, epsilon)


def hvp(f: Callable[..., Tensor], inputs: Inputs, vectors: Inputs) -> Inputs:
    """The Hessian of a function times a vector, without the Hessian.

    H v = J v of the gradient: the way back is walked on dual numbers, forward over reverse, and
    the tangent of the gradient is how fast it moves along v.

    Arguments:
        f: a function of Tensors that returns one number as a Tensor.
        inputs: where to look: an array of floats or a number, or a tuple of these for an f of
            several arguments.
        vectors: v, of the shapes of the inputs.

    Returns:
        H v, shaped as `inputs`; a tuple where they are one.

    Raises:
        DTypeError: as `jvp`.
        ShapeError: as `jvp`, and where `f` returns more than one number.
        NotReadyError: where the result of `f` was not made from its inputs.

    Source: B. A. Pearlmutter (1994), Fast Exact Multiplication by the Hessian, Neural Computation
        6, 147–160.
    """
    leaves, epsilon = _moving("hvp", inputs, vectors)
    y = f(*leaves)
    expect_tensor("hvp: the result of f", y)
    found = gradients_of(y, None, leaves)
    if all(gradient is None for gradient in found):
        raise NotReadyError(
            "hvp: the result of f was not made from its inputs; "
            "compute with these Tensors themselves, not with their .value."
        )
    moved = tuple(
        _parts(xp_of(x.value).zeros_like(x.value) if dx is None else dx, epsilon)[1]
        for x, dx in zip(leaves, found, strict=True)
    )
    return moved if isinstance(inputs, tuple) else moved[0]


def jacobian(
    f: Callable[..., Tensor], argument: int = 0, mode: str | None = None
) -> Callable[..., Array]:
    """The whole Jacobian of a function with respect to one argument, as a function.

    J = ∂y/∂x, entry by entry. Backwards, a walk for each entry of y gives a row, dyᵀ J; forwards, a
    run of `f` for each entry of x gives a column, J v.

    Arguments:
        f: a function of Tensors that returns one Tensor. It is called once, and forwards once
            more for each entry of x; it must do the same every time.
        argument: the position, counted from 0, of the argument to differentiate.
        mode: "reverse" or "forward"; None for the one with fewer walks, and for reverse where
            they are equal.

    Returns:
        A function of the same arguments, whose result has the shape of y and then that of x.
        Arguments that are given by name reach `f` as they are.

    Raises:
        UnknownNameError: for another mode.
        DTypeError: where `argument` is no position; when called, where `f` does not return a
            Tensor, or is called with a Tensor.
        ShapeError: when called, where the call has no argument at that position.

    Source: A. Griewank, A. Walther (2008), Evaluating Derivatives, sections 3.1 and 3.2.
    """
    if mode not in (None, "forward", "reverse"):
        raise unknown("mode", str(mode), ("forward", "reverse"))

    place = position("jacobian", argument)

    def evaluate(*inputs: Any, **settings: Any) -> Array:
        of_one, (x,) = arguments_of("jacobian", f, (place,), inputs, settings)
        y, pullback = vjp(of_one, x)
        x = Tensor(x).value
        xp = xp_of(x)
        if mode == "forward" or mode is None and x.size < y.size:
            columns = [jvp(of_one, x, unit)[1] for unit in _units(x)]
            return xp.stack(columns, axis=-1).reshape(y.shape + x.shape)
        rows = [pullback(unit)[0] for unit in _units(y)]
        return xp.stack(rows).reshape(y.shape + x.shape)

    return evaluate


def _moving(op: str, inputs: Inputs, tangents: Inputs) -> tuple[list[Tensor], int]:
    """A Tensor of dual numbers for each input, and their ε."""
    if isinstance(inputs, tuple) != isinstance(tangents, tuple):
        raise DTypeError(
            f"{op}: inputs is {kind_of(inputs)} and the direction is {kind_of(tangents)}; "
            "for several inputs both are tuples, for one neither is."
        )
    if not isinstance(inputs, tuple):
        inputs, tangents = (inputs,), (tangents,)
    if len(inputs) != len(tangents):
        raise ShapeError(
            f"{op}: the numbers of inputs ({len(inputs)}) and of directions ({len(tangents)}) "
            "differ; each input needs one."
        )
    epsilon = next(_epsilons)
    leaves = []
    for i, (x, v) in enumerate(zip(inputs, tangents, strict=True)):
        place = f" {i}" if len(inputs) > 1 else ""
        expect_no_tensor(op, f"input{place}", x)
        expect_no_tensor(op, f"direction{place}", v)
        x = Tensor(x).value
        if not hasattr(v, "dtype"):
            v = xp_of(x).asarray(Tensor(v).value, dtype=x.dtype)
        v = lifted(v, x) if isinstance(x, Dual) else v
        expect.upstream(op, f"direction{place}", v, f"input{place}", x.shape, x)
        leaves.append(Tensor(Dual(x, v, epsilon)))
    return leaves, epsilon


def _units(like: Array) -> Any:
    """Arrays of one 1 among zeros, one for each entry of an array."""
    for i in range(like.size):
        unit = xp_of(like).zeros_like(like)
        unit.reshape(-1)[i] = 1
        yield unit


def _parts(y: Array, epsilon: int) -> tuple[Array, Array]:
    """Value and tangent of a result, zeros where it does not move."""
    value, tangent = split(epsilon, y)
    xp = xp_of(value)
    tangent = xp.zeros_like(value) if tangent is None else +tangent
    return xp.asarray(value), xp_of(tangent).asarray(tangent)
