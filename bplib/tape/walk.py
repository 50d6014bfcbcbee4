"""The way back: nodes in order, and the gradient that each one hands to its parents."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of
from bplib.tape.dual import Dual, lifted
from bplib.tape.stamps import expect_unchanged

if TYPE_CHECKING:
    from bplib.tape.tensor import Tensor


class Step(NamedTuple):
    """One node's turn in the backward pass.

    Attributes:
        node: the Tensor whose turn it is.
        gradient: its whole gradient, of its shape: everything that uses it has answered.
        contributions: what it sends to each of `node.parents`, None to a constant; empty for an
            input.
    """

    node: Tensor
    gradient: Array
    contributions: tuple[Array | None, ...]


def topological_order(y: Tensor) -> list[Tensor]:
    """Everything that `y` was made from, and `y` itself, each after all that it was made from.

    a is a parent of b → a stands before b. It keeps its own stack, so a chain of a hundred
    thousand operations needs no deep recursion.

    Arguments:
        y: a Tensor.

    Returns:
        The list, inputs first, `y` last, each Tensor once.

    Raises:
        DTypeError: where `y` is no Tensor.

    Source: R. Tarjan (1976), Edge-disjoint spanning trees and depth-first search: the reverse of
        the order in which a depth-first search leaves its nodes.
    """
    expect_tensor("topological_order", y)
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

    gradient of a node = Σ over its uses of what each use sends back: the sum over paths.

    Arguments:
        y: the Tensor to start from.
        dy: the gradient of the final loss with respect to `y`, of its shape; 1 where it is left
            out, which a single number allows.

    Returns:
        An iterator of `Step`s from `y` to its inputs; constants are passed over.

    Raises:
        DTypeError: where `y` is no Tensor, or `dy` has another precision.
        ShapeError: where `dy` is missing or has another shape than `y`.
        NotReadyError: where no input of `y` wants a gradient, or when the way back meets a value
            that was changed after it was recorded.

    Source: A. Griewank, A. Walther (2008), Evaluating Derivatives, section 3.2.
    """
    expect_tensor("backward", y)
    gradients = {id(y): _start(y, dy)}
    return _steps(topological_order(y), gradients)


def _steps(order: list[Tensor], gradients: dict[int, Array]) -> Iterator[Step]:
    for node in reversed(order):
        gradient = gradients.pop(id(node), None)
        if gradient is None:
            continue
        wires: tuple[Array | None, ...] = ()
        if node.operation is not None:
            expect_unchanged(node)
            wires = node.send_back(gradient)
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
    if isinstance(y.value, Dual):
        dy = lifted(dy, y.value)
    expect.upstream("backward", "dy", dy, "the result", y.shape, y.value)
    return +dy


def expect_tensor(op: str, y: object) -> None:
    """`y` was made by the tape; raises `DTypeError` when it was not."""
    if not hasattr(y, "send_back"):
        raise DTypeError(f"{op}: a Tensor is needed, not {kind_of(y)}.")
