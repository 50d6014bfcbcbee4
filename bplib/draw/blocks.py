"""The room that each node of a drawn graph takes, before anything is placed."""

from __future__ import annotations

from dataclasses import dataclass

from bplib.draw import text
from bplib.draw.expression import Expression, Node, Wire
from bplib.draw.shapes import LABEL, RADIUS, SYMBOL


@dataclass
class Block:
    """The room that one node takes: symbol, stub and inlet along the rank, texts beside them."""

    w: float
    h: float
    stub: float
    inlet: float
    ports: list[float]
    before: float
    after: float
    name_width: float = 0.0


@dataclass(frozen=True)
class Options:
    """What is shown."""

    values: bool
    gradients: bool
    rates: bool
    down: bool
    stacked: bool = False  # going down: value and gradient below each other, for wide graphs


def contribution_of(wire: Wire, options: Options) -> str | None:
    """Text of what a shared input receives along this wire."""
    return wire.contribution if options.gradients else None


def rate_of(wire: Wire, options: Options) -> str | None:
    """Text of the local derivative of a wire."""
    return f"×{wire.rate}" if options.rates and wire.rate is not None else None


def labels(node: Node, options: Options) -> tuple[list[str], str | None]:
    """Texts of the stub: value lines, and the gradient."""
    if node.kind == "constant" and node.name is None:
        return [], None
    lines = []
    if options.values:
        lines = [node.shape, node.value] if node.shape else [node.value]
    return [line for line in lines if line], node.gradient if options.gradients else None


def block_of(expression: Expression, node: Node, options: Options) -> Block:
    bold = node.kind == "input"
    inside = text.width(node.symbol, SYMBOL if node.kind != "constant" else LABEL, bold)
    if node.kind == "operation":
        w = h = 2 * RADIUS
        w = max(w, inside + 20)
    else:
        w, h = max(42.0, inside + 24), 34.0
    named = node.kind == "operation" and node.name
    name_width = text.width(node.name or "", LABEL, True) if named else 0.0
    lines, gradient = labels(node, options)
    wires = sorted(expression.inputs_of(node.index), key=lambda wire: wire.port)
    rooms = [_inlet_texts(wire, options) for wire in wires]
    spacing = _spacing(rooms, options.down)
    ports = _ports(wires, expression, spacing)
    if options.down:
        return _block_down(w, h, name_width, lines, gradient, rooms, ports, options.stacked)
    return _block_right(w, h, name_width, lines, gradient, rooms, ports)


def _spacing(rooms: list[tuple[float, float]], down: bool) -> float:
    """Distance between neighbouring inlets, so that their texts have room."""
    rate, sent = (max((room[i] for room in rooms), default=0.0) for i in (0, 1))
    if not rate + sent:
        return 20.0 if down else 17.0
    if down:  # between two inlets stand what the first one carries and the rate of the second
        return rate + sent + 24
    return 44.0 if any(all(room) for room in rooms) else 33.0


def _inlet_texts(wire: Wire, options: Options) -> tuple[float, float]:
    """Widths of the two texts of an inlet: rate and contribution."""
    rate, sent = rate_of(wire, options), contribution_of(wire, options)
    return (
        text.width(rate, LABEL) if rate else 0.0,
        text.width(sent, LABEL) if sent else 0.0,
    )


def _ports(wires: list[Wire], expression: Expression, spacing: float) -> list[float]:
    """Where wires arrive, from the middle of a symbol.

    A constant comes in from the side, so that the line of thought runs straight through.
    """
    constant = [expression.nodes[wire.source].kind == "constant" for wire in wires]
    if len(wires) == 2 and sum(constant) == 1:
        return [-spacing * constant[0], spacing * constant[1]]
    return [(i - (len(wires) - 1) / 2) * spacing for i in range(len(wires))]


def _block_right(
    w: float,
    h: float,
    name_width: float,
    lines: list[str],
    gradient: str | None,
    rooms: list[tuple[float, float]],
    ports: list[float],
) -> Block:
    widths = [text.width(line, LABEL) for line in lines + ([gradient] if gradient else [])]
    stub = max([*widths, 14.0]) + 14 if widths else 0.0
    labelled = max((max(room) for room in rooms), default=0.0)
    up = max(h / 2, 22.0 if lines else 0.0, 39.0 if len(lines) > 1 else 0.0)
    up = max(up, h / 2 + 24 if name_width else 0.0)
    down = max(h / 2, 24.0 if gradient else 0.0)
    for port, (rate, sent) in zip(ports, rooms, strict=True):
        up = max(up, -port + (22 if rate else 4))
        down = max(down, port + (24 if sent else 4))
    inlet = labelled + 24 if labelled else 0.0
    return Block(w, h, stub, inlet, ports, up, down, name_width)


def _block_down(
    w: float,
    h: float,
    name_width: float,
    lines: list[str],
    gradient: str | None,
    rooms: list[tuple[float, float]],
    ports: list[float],
    stacked: bool,
) -> Block:
    value_width = max((text.width(line, LABEL) for line in lines), default=0.0)
    gradient_width = text.width(gradient, LABEL) if gradient else 0.0
    stub = (34.0 if len(lines) < 2 else 46.0) if lines or gradient else 0.0
    labelled = any(max(room) for room in rooms)
    right = w / 2 + (name_width + 8 if name_width else 0.0)
    right = max(right, gradient_width + 10 if gradient else 0.0)
    if stacked and stub:
        stub = 8.0 + 17 * (len(lines) + bool(gradient))
        left, right = w / 2, max(right, value_width + 10)
    else:
        left = max(w / 2, value_width + 10 if lines else 0.0)
    for port, (rate, sent) in zip(ports, rooms, strict=True):
        left = max(left, -port + rate + 9)
        right = max(right, port + sent + 9)
    return Block(w, h, stub, 40.0 if labelled else 0.0, ports, left, right, name_width)
