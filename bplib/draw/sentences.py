"""One plain sentence for every step through a graph, forward and backward.

The numbers in them are those of the tape; here they are only put into words.
"""

from __future__ import annotations

from bplib.draw import text
from bplib.draw.expression import Expression, Node, Wire

_INFIX = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "matmul": "@"}


def _operand(content: str) -> str:
    """A number as it stands inside a product: negative ones in brackets."""
    return f"({content})" if content.startswith("−") else content


def _value(node: Node) -> str:
    """A number, or the shape of an array."""
    return node.value if node.shape is None else node.shape


def _is_number(node: Node) -> bool:
    return text.is_number(node.tensor.value)


def forward(expression: Expression, node: Node) -> str:
    """What an operation does going forward: "price = 3 × 4 = 12." """
    operands = [expression.nodes[wire.source] for wire in expression.inputs_of(node.index)]
    operation = node.tensor.operation or ""
    lead = f"{node.name} = " if node.name else ""
    result = node.value if node.shape is None else f"an array of shape {node.shape}"
    if not all(_is_number(operand) for operand in operands) or not _is_number(node):
        shorts = [_short(operand) for operand in operands]
        formula = f"{node.symbol}({', '.join(shorts)})"
        if operation in _INFIX:
            formula = f" {_INFIX[operation]} ".join(shorts)
        return f"{lead}{formula} = {result}." if _is_number(node) else f"{lead}{formula}: {result}."
    values = [operand.value for operand in operands]
    if operation in _INFIX:
        first, *rest = values
        formula = f" {_INFIX[operation]} ".join([first, *map(_operand, rest)])
    elif operation == "power":
        exponent = text.number(node.tensor.constants.get("exponent", 2)).replace("−", "-")
        formula = f"{_operand(values[0])}{text.superscript(exponent)}"
    elif operation == "negative":
        formula = f"−{_operand(values[0])}"
    else:
        formula = f"{node.symbol}({', '.join(values)})"
    return f"{lead}{formula} = {node.value}."


def _short(node: Node) -> str:
    return node.name or (node.symbol if node.kind == "constant" else f"the {node.symbol} node")


def target_name(expression: Expression, wire: Wire) -> str:
    """What a sentence calls the node that a wire sends something back to."""
    node = expression.nodes[wire.source]
    if node.name:
        return node.name
    return "the input" if node.kind == "input" else f"the {node.symbol} node before it"


def question(expression: Expression, wire: Wire) -> str:
    """What is asked before a gradient is shown."""
    node = expression.nodes[wire.target]
    arrives = _gradient(node)
    where = " along the marked wire" if len(expression.uses_of(wire.source)) > 1 else ""
    return (
        f"{arrives} arrives at {_called(node)}. "
        f"What does it send back to {target_name(expression, wire)}{where}?"
    )


def _called(node: Node) -> str:
    return f"the {node.symbol} of {node.name}" if node.name else f"the {node.symbol}"


def _sender(node: Node) -> str:
    return f"{node.symbol} at {node.name}" if node.name else node.symbol


def _gradient(node: Node) -> str:
    return node.gradient or "nothing"


def backward(expression: Expression, wire: Wire, *, digits: int = 4) -> str:
    """What an operation sends back along one wire: "× sends price 1.2 × 1 = 1.2." """
    node = expression.nodes[wire.target]
    name = target_name(expression, wire)
    wires = expression.inputs_of(node.index)
    numbers = all(_is_number(expression.nodes[w.source]) for w in wires) and _is_number(node)
    sentence = (
        _numbers(expression, wire, wires.index(wire), name, digits)
        if numbers
        else _arrays(expression, wire, name)
    )
    if sentence.startswith("the "):
        sentence = "T" + sentence[1:]
    return sentence + _total(expression, wire, digits)


def _numbers(expression: Expression, wire: Wire, port: int, name: str, digits: int) -> str:
    node = expression.nodes[wire.target]
    operands = [expression.nodes[w.source].value for w in expression.inputs_of(node.index)]
    operation, symbol = node.tensor.operation or "", _sender(node)
    arrives, sent = _gradient(node), text.number(wire.sent, digits)
    g, sends = _operand(arrives), f"{symbol} sends {name}"
    if operation == "add" or (operation == "subtract" and port == 0):
        return f"{symbol} passes on to {name} what arrives, unchanged: {sent}."
    if operation == "subtract":
        return f"{name} is subtracted, so − turns the sign: −1 × {g} = {sent}."
    if operation == "negative":
        return f"The minus turns the sign for {name}: −1 × {g} = {sent}."
    if operation == "multiply":
        other = operands[1 - port]
        return f"{sends} the other factor times what arrives: {other} × {g} = {sent}."
    if operation == "divide" and port == 0:
        below = _operand(operands[1])
        return (
            f"{symbol} sends {name} what arrives, divided by {below}: {arrives} ÷ {below} = {sent}."
        )
    if operation == "exp":
        return (
            f"{symbol} sends {name} its own output times what arrives: {node.value} × {g} = {sent}."
        )
    if operation == "log":
        x = _operand(operands[0])
        return (
            f"{symbol} sends {name} what arrives, divided by its input: {arrives} ÷ {x} = {sent}."
        )
    if operation == "maximum":
        if wire.rate == "0":
            return f"{symbol} sends nothing to {name}, which did not win: 0."
        return f"{symbol} sends all that arrives to {name}, the winner: {sent}."
    return _slope(node, wire, name, operands[port], g, sent)


def _slope(node: Node, wire: Wire, name: str, x: str, g: str, sent: str) -> str:
    """Local slope times what arrives, for any operation on numbers."""
    lead = f"{_sender(node)} sends {name} its slope times what arrives"
    if (node.tensor.operation, node.tensor.constants.get("exponent")) == ("power", 2):
        return f"{lead}: 2 × {_operand(x)} × {g} = {sent}."
    return f"{lead}: {wire.rate} × {g} = {sent}."


def _arrays(expression: Expression, wire: Wire, name: str) -> str:
    node, source = expression.nodes[wire.target], expression.nodes[wire.source]
    operation, symbol = node.tensor.operation or "", _sender(node)
    sends = f"{symbol} sends {name}"
    entries, shape = text.value_lines(wire.sent)
    shown = f"shape {shape}, {entries}" if shape else entries
    if not _is_number(source) and shape is None:
        shown = f"shape {entries}"
    if operation == "add":
        return f"{symbol} passes on to {name} what arrives, in its own shape: {shown}."
    if operation == "sum":
        return f"{symbol} hands what arrives to every entry of {name}: {shown}."
    if operation == "mean":
        return f"{symbol} hands every entry of {name} an equal share of what arrives: {shown}."
    if operation == "multiply":
        return (
            f"{symbol} sends {name} the other factor times what arrives, entry by entry: {shown}."
        )
    return f"{sends} a gradient of its own shape: {shown}."


def _total(expression: Expression, wire: Wire, digits: int) -> str:
    """The sum over the uses of a shared node, once the last of them has reported."""
    uses = expression.uses_of(wire.source)
    if len(uses) < 2 or not is_last_report(expression, wire):
        return ""
    node = expression.nodes[wire.source]
    name = node.name or target_name(expression, wire)
    lead = f" {name[0].upper() + name[1:] if ' ' in name else name} is used {_times(len(uses))}"
    if not _is_number(node):
        return f"{lead}; what arrives is added up."
    parts = [text.number(use.sent, digits) for use in _in_report_order(expression, uses)]
    total = " + ".join([parts[0], *map(_operand, parts[1:])])
    return f"{lead}, so what arrives adds up: {total} = {node.gradient}."


def _times(count: int) -> str:
    return {2: "twice"}.get(count, f"{count} times")


def _in_report_order(expression: Expression, uses: list[Wire]) -> list[Wire]:
    turn = {index: i for i, index in enumerate(expression.reverse)}
    reported = [use for use in uses if use.sent is not None]
    return sorted(reported, key=lambda use: (turn[use.target], expression.wires.index(use)))


def is_last_report(expression: Expression, wire: Wire) -> bool:
    """Whether everything that uses the wire's source has reported once this wire has."""
    return _in_report_order(expression, expression.uses_of(wire.source))[-1] is wire
