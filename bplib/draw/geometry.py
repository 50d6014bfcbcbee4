"""From an expression to a picture: where every shape, wire and text stands, in pixels.

The graph runs along one axis, the *rank* axis (to the right, or down); its layers spread along
the other, the *cross* axis. A node is a symbol followed by a straight piece of wire, its stub,
which carries the value on one side and the gradient on the other; before the symbol, a straight
inlet carries what a shared input receives along this wire. Room for every text is set aside
before anything is placed, so no text meets another.
"""

from __future__ import annotations

from bplib.draw.blocks import Block, Options, block_of
from bplib.draw.expression import Expression, Wire
from bplib.draw.layout import Box, Layout, arrange
from bplib.draw.painter import Painter
from bplib.draw.shapes import Picture

WIDEST = 830.0
"""What is wider than this, in pixels, is drawn downwards if that helps: at 700 px on a page its
labels would be smaller than 12.5 px."""
PULL = {"operation": 1.0, "input": 0.4, "constant": 1e-6}
"""How strongly a node draws its use towards itself: the line of thought runs straight."""
SYMMETRIC = ("add", "multiply")
"""Operations whose operands may be drawn in either order."""


def place(
    expression: Expression,
    direction: str,
    *,
    values: bool = True,
    gradients: bool = True,
    rates: bool = False,
) -> Picture:
    """Lay out an expression "right", "down" or "auto"; return every shape, wire and text."""
    ways = [(False, False), (True, False), (True, True)]
    if direction != "auto":
        ways = ways[:1] if direction == "right" else ways[1:]
    narrowest = None
    for down, stacked in ways:
        picture = _place(expression, Options(values, gradients, rates, down, stacked))
        if picture.width <= WIDEST:
            return picture
        if narrowest is None or picture.width < narrowest.width:
            narrowest = picture
    assert narrowest is not None
    return narrowest


def _place(expression: Expression, options: Options) -> Picture:
    blocks = [block_of(expression, node, options) for node in expression.nodes]
    fixed = [expression.nodes[wire.target].tensor.operation not in SYMMETRIC
             for wire in expression.wires]  # fmt: skip
    free = [blocks[wire.target].ports[wire.port] * keep
            for wire, keep in zip(expression.wires, fixed, strict=True)]  # fmt: skip
    _sort_ports(expression, _arrange(expression, blocks, free), fixed)
    blocks = [block_of(expression, node, options) for node in expression.nodes]
    ports = [blocks[wire.target].ports[wire.port] for wire in expression.wires]
    layout = _arrange(expression, blocks, ports)
    return Painter(expression, blocks, layout, options).paint()


def _arrange(expression: Expression, blocks: list[Block], ports: list[float]) -> Layout:
    boxes = [Box(block.before, block.after) for block in blocks]
    edges = [(wire.source, wire.target) for wire in expression.wires]
    pull = [PULL[node.kind] for node in expression.nodes]
    return arrange(boxes, edges, gap=14.0, wire=8.0, ports=ports, pull=pull)


def _sort_ports(expression: Expression, layout: Layout, fixed: list[bool]) -> None:
    """Let the wires of + and × arrive in the order in which they come, so that none cross."""
    arrivals: dict[int, list[tuple[float, int, Wire]]] = {}
    for wire, route, keep in zip(expression.wires, layout.routes, fixed, strict=True):
        if not keep:
            at = route[-1] if route else layout.cross[wire.source]
            arrivals.setdefault(wire.target, []).append((at, wire.port, wire))
    for wires in arrivals.values():
        for port, (_, _, wire) in enumerate(sorted(wires, key=lambda entry: entry[:2])):
            wire.port = port
