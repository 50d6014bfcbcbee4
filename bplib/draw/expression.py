"""What a drawing needs to know of a tape expression: nodes, wires, and the texts on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bplib import tape
from bplib.draw import text
from bplib.errors import DTypeError, ShapeError

SYMBOLS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "negative": "−( )",
    "maximum": "max",
    "sum": "Σ",
    "matmul": "@",
}
"""How an operation is written in its node; the others are written by their name."""


@dataclass
class Node:
    """One Tensor of the expression."""

    index: int
    tensor: tape.Tensor
    kind: str  # "input", "constant" or "operation"
    symbol: str  # what stands inside the shape
    name: str | None  # what an operation's result is called
    value: str
    shape: str | None
    gradient: str | None = None
    raw_gradient: Any = None


@dataclass
class Wire:
    """One use of a Tensor by an operation."""

    source: int
    target: int
    port: int
    ports: int
    contribution: str | None = None  # text, only where the source is used more than once
    sent: Any = None  # what the target sends back along this wire, None for a constant
    rate: str | None = None  # local derivative, for numbers


@dataclass
class Expression:
    """A tape expression, inputs first, the result last."""

    nodes: list[Node]
    wires: list[Wire]
    reverse: list[int] = field(default_factory=list)  # operations in the order of the backward pass

    def inputs_of(self, index: int) -> list[Wire]:
        """Wires that arrive at a node, first operand first."""
        return [wire for wire in self.wires if wire.target == index]

    def uses_of(self, index: int) -> list[Wire]:
        """Wires that leave a node."""
        return [wire for wire in self.wires if wire.source == index]

    def label(self, index: int) -> str:
        """What a sentence calls a node: its name, or its value where it has none."""
        node = self.nodes[index]
        if node.kind == "constant":
            return node.name or node.symbol
        return node.name or ("the input" if node.kind == "input" else f"the {node.symbol}")


def symbol_of(node: tape.Tensor) -> str:
    """What stands inside the shape of an operation: +, ×, x², max and so on."""
    operation = node.operation or ""
    if operation == "power":
        exponent = text.number(node.constants.get("exponent", 2))
        return (
            "x" + text.superscript(exponent.replace("−", "-"))
            if exponent.lstrip("−").isdigit()
            else f"x^{exponent}"
        )
    return SYMBOLS.get(operation, operation)


def read(y: Any, *, dy: Any = None, gradients: bool = True, digits: int = 4) -> Expression:
    """The expression that ends in a Tensor, with every value and gradient as text.

    Changes nothing in the tape.

    Arguments:
        y: the result, a Tensor.
        dy: the gradient that arrives at it, 1 for a number.
        gradients: whether to run the backward pass at all.
        digits: significant digits.

    Returns:
        The Expression, inputs first.

    Raises:
        DTypeError: where y is not a Tensor.
        ShapeError: where y has several entries and there is no dy.
    """
    if not isinstance(y, tape.Tensor):
        raise DTypeError(
            f"draw: the graph is drawn of a bplib.tape.Tensor; this is of type {type(y).__name__}."
        )
    order = tape.topological_order(y)
    place = {id(tensor): i for i, tensor in enumerate(order)}
    nodes = [_node(i, tensor, digits) for i, tensor in enumerate(order)]
    wires = [
        Wire(place[id(parent)], i, port, len(tensor.parents))
        for i, tensor in enumerate(order)
        for port, parent in enumerate(tensor.parents)
    ]
    expression = Expression(nodes, wires)
    if gradients and not y.constant:
        _add_gradients(expression, y, dy, digits)
    return expression


def _node(index: int, tensor: tape.Tensor, digits: int) -> Node:
    value, shape = text.value_lines(tensor.value, digits)
    if tensor.operation is not None:
        return Node(index, tensor, "operation", symbol_of(tensor), tensor.name, value, shape)
    if tensor.constant:
        symbol = tensor.name or value
        return Node(index, tensor, "constant", symbol, tensor.name, value, shape)
    symbol = tensor.name or "input"
    return Node(index, tensor, "input", symbol, tensor.name, value, shape)


def _add_gradients(expression: Expression, y: tape.Tensor, dy: Any, digits: int) -> None:
    if dy is None and y.value.size != 1:
        raise ShapeError(
            f"draw: the result has shape {y.shape}; draw the graph of one number, "
            "or pass dy, the gradient that arrives at the result."
        )
    uses: dict[int, int] = {}
    for wire in expression.wires:
        uses[wire.source] = uses.get(wire.source, 0) + 1
    place = {id(node.tensor): node for node in expression.nodes}
    for step in tape.reverse(y, dy):
        node = place[id(step.node)]
        node.raw_gradient = step.gradient
        node.gradient = text.value_lines(step.gradient, digits)[0]
        if not step.contributions:
            continue
        expression.reverse.append(node.index)
        rates = _rates(step.node)
        for wire, sent, rate in zip(
            expression.inputs_of(node.index), step.contributions, rates, strict=False
        ):
            wire.sent = sent
            if sent is None:
                continue
            if uses[wire.source] > 1:
                wire.contribution = text.value_lines(sent, digits)[0]
            wire.rate = None if rate is None else text.number(rate, digits)


def _rates(node: tape.Tensor) -> tuple[Any, ...]:
    """Local derivatives of an operation on numbers: what it sends back for a gradient of 1."""
    nothing = (None,) * len(node.parents)
    numbers = all(text.is_number(tensor.value) for tensor in (node, *node.parents))
    if not numbers or node.send_back is None:
        return nothing
    sent = node.send_back(node.value * 0 + 1)
    return sent if isinstance(sent, tuple) else (sent,)
