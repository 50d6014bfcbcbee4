"""From an expression to a picture: where every shape, wire and text stands, in pixels.

The graph runs along one axis, the *rank* axis (to the right, or down); its layers spread along
the other, the *cross* axis. A node is a symbol followed by a straight piece of wire, its stub,
which carries the value on one side and the gradient on the other; before the symbol, a straight
inlet carries what a shared input receives along this wire. Room for every text is set aside
before anything is placed, so no text meets another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bplib.draw import text
from bplib.draw.expression import Expression, Node, Wire
from bplib.draw.layout import Box, Layout, arrange
from bplib.draw.style import GREEN, GREY, INK, MIST, PAPER, RED, WIRE

SYMBOL, LABEL, SMALL = 16.0, 15.0, 13.0
"""Font sizes: in a node, on a wire, of a shape."""
GAP, MARGIN, RADIUS = 32.0, 20.0, 20.0
PULL = {"operation": 1.0, "input": 0.4, "constant": 1e-6}
"""How strongly a node draws its use towards itself: the line of thought runs straight."""
SYMMETRIC = ("add", "multiply")
"""Operations whose operands may be drawn in either order."""


@dataclass
class Line:
    """A wire or an outline: SVG path data."""

    key: str
    d: str
    colour: str = WIRE
    width: float = 1.7
    fill: str = "none"


@dataclass
class Shape:
    """A rounded box."""

    key: str
    x: float
    y: float
    w: float
    h: float
    fill: str
    stroke: str
    dashed: bool = False


@dataclass
class Text:
    """One line of text; `anchor` is start, middle or end, `y` the baseline."""

    key: str
    x: float
    y: float
    content: str
    colour: str
    size: float = LABEL
    anchor: str = "start"
    bold: bool = False


@dataclass
class Picture:
    """Everything to be drawn, wires first."""

    width: float
    height: float
    items: list[Line | Shape | Text] = field(default_factory=list)


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


def place(
    expression: Expression,
    direction: str,
    *,
    values: bool = True,
    gradients: bool = True,
    rates: bool = False,
) -> Picture:
    """Lay out an expression "right" or "down" and return every shape, wire and text."""
    options = Options(values, gradients, rates, direction == "down")
    blocks = [_block(expression, node, options) for node in expression.nodes]
    fixed = [expression.nodes[wire.target].tensor.operation not in SYMMETRIC
             for wire in expression.wires]  # fmt: skip
    free = [blocks[wire.target].ports[wire.port] * keep
            for wire, keep in zip(expression.wires, fixed, strict=True)]  # fmt: skip
    _sort_ports(expression, _arrange(expression, blocks, free), fixed)
    blocks = [_block(expression, node, options) for node in expression.nodes]
    ports = [blocks[wire.target].ports[wire.port] for wire in expression.wires]
    layout = _arrange(expression, blocks, ports)
    return _Painter(expression, blocks, layout, options).paint()


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


def contribution_of(wire: Wire, options: Options) -> str | None:
    """Text of what a shared input receives along this wire."""
    return wire.contribution if options.gradients else None


def rate_of(wire: Wire, options: Options) -> str | None:
    """Text of the local derivative of a wire."""
    return f"×{wire.rate}" if options.rates and wire.rate is not None else None


def _labels(node: Node, options: Options) -> tuple[list[str], str | None]:
    """Texts of the stub: value lines, and the gradient."""
    if node.kind == "constant" and node.name is None:
        return [], None
    lines = []
    if options.values:
        lines = [node.shape, node.value] if node.shape else [node.value]
    return [line for line in lines if line], node.gradient if options.gradients else None


def _block(expression: Expression, node: Node, options: Options) -> Block:
    bold = node.kind == "input"
    inside = text.width(node.symbol, SYMBOL if node.kind != "constant" else LABEL, bold)
    if node.kind == "operation":
        w = h = 2 * RADIUS
        w = max(w, inside + 20)
    else:
        w, h = max(42.0, inside + 24), 34.0
    named = node.kind == "operation" and node.name
    name_width = text.width(node.name or "", LABEL, True) if named else 0.0
    lines, gradient = _labels(node, options)
    wires = sorted(expression.inputs_of(node.index), key=lambda wire: wire.port)
    rooms = [_inlet_texts(wire, options) for wire in wires]
    if options.down:
        return _block_down(w, h, name_width, lines, gradient, rooms)
    return _block_right(w, h, name_width, lines, gradient, rooms)


def _inlet_texts(wire: Wire, options: Options) -> tuple[float, float]:
    """Widths of the two texts of an inlet: rate and contribution."""
    rate, sent = rate_of(wire, options), contribution_of(wire, options)
    return (
        text.width(rate, LABEL) if rate else 0.0,
        text.width(sent, LABEL) if sent else 0.0,
    )


def _ports(count: int, spacing: float) -> list[float]:
    return [(i - (count - 1) / 2) * spacing for i in range(count)]


def _block_right(
    w: float,
    h: float,
    name_width: float,
    lines: list[str],
    gradient: str | None,
    rooms: list[tuple[float, float]],
) -> Block:
    widths = [text.width(line, LABEL) for line in lines + ([gradient] if gradient else [])]
    stub = max([*widths, 14.0]) + 14 if widths else 0.0
    labelled = max((max(room) for room in rooms), default=0.0)
    both = any(rate and sent for rate, sent in rooms)
    spacing = (44.0 if both else 33.0) if labelled else 17.0
    ports = _ports(len(rooms), spacing)
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
) -> Block:
    value_width = max((text.width(line, LABEL) for line in lines), default=0.0)
    gradient_width = text.width(gradient, LABEL) if gradient else 0.0
    stub = (34.0 if len(lines) < 2 else 46.0) if lines or gradient else 0.0
    labelled = any(max(room) for room in rooms)
    # Between two inlets stand what the first one carries and the rate of the second one.
    wide = max((rate for rate, _ in rooms), default=0.0) + max((s for _, s in rooms), default=0.0)
    spacing = wide + 24 if labelled else 20.0
    ports = _ports(len(rooms), spacing)
    left = max(w / 2, value_width + 10 if lines else 0.0)
    right = max(
        w / 2 + (name_width + 8 if name_width else 0.0), gradient_width + 10 if gradient else 0.0
    )
    for port, (rate, sent) in zip(ports, rooms, strict=True):
        left = max(left, -port + rate + 9)
        right = max(right, port + sent + 9)
    return Block(w, h, stub, 40.0 if labelled else 0.0, ports, left, right, name_width)


class _Painter:
    """Turns blocks and a layout into the items of a picture."""

    def __init__(
        self, expression: Expression, blocks: list[Block], layout: Layout, options: Options
    ) -> None:
        self.expression, self.blocks, self.layout, self.options = (
            expression,
            blocks,
            layout,
            options,
        )
        self.items: list[Line | Shape | Text] = []
        self.starts, self.inlets, self.symbols, self.ends = self._columns()

    def _columns(self) -> tuple[list[float], list[float], list[float], list[float]]:
        """Start, widest inlet, widest symbol and end of every layer along the rank."""
        starts, inlets, symbols, ends = [], [], [], []
        at = MARGIN
        for k, level in enumerate(self.layout.order):
            members = [self.blocks[i] for i in level]
            inlet = max((block.inlet for block in members), default=0.0)
            symbol = max((self._along(block) for block in members), default=0.0)
            stub = max((block.stub for block in members), default=0.0)
            if self.options.down and k == 0 and not stub:
                stub = 4.0
            starts.append(at)
            inlets.append(inlet)
            symbols.append(symbol)
            ends.append(at + inlet + symbol + stub)
            at = ends[-1] + GAP
        return starts, inlets, symbols, ends

    def _along(self, block: Block) -> float:
        return block.h if self.options.down else max(block.w, block.name_width)

    def _xy(self, rank: float, cross: float) -> tuple[float, float]:
        return (cross + MARGIN, rank) if self.options.down else (rank, cross + MARGIN)

    def _point(self, rank: float, cross: float) -> str:
        x, y = self._xy(rank, cross)
        return f"{text.coordinate(x)} {text.coordinate(y)}"

    def centre(self, index: int) -> float:
        """Where the middle of a node's symbol stands along the rank."""
        k = self.layout.layer[index]
        return self.starts[k] + self.inlets[k] + self.symbols[k] / 2

    def paint(self) -> Picture:
        """All items: wires, then nodes, then texts."""
        for index, wire in enumerate(self.expression.wires):
            self._wire(index, wire)
        for node in self.expression.nodes:
            self._stub(node)
        for node in self.expression.nodes:
            self._node(node)
        across = max(
            place + block.after for place, block in zip(self.layout.cross, self.blocks, strict=True)
        )
        for route in self.layout.routes:
            across = max([across, *(place + 8 for place in route)])
        width, height = self._xy(self.ends[-1], across)
        return Picture(width + MARGIN, height + MARGIN, self.items)

    def _half(self, index: int) -> float:
        block = self.blocks[index]
        return (block.h if self.options.down else block.w) / 2

    def _entry(self, target: int, port: float, ports: list[float]) -> tuple[float, float]:
        """Where a wire meets the outline of a symbol: (rank, offset across)."""
        block = self.blocks[target]
        widest = max((abs(p) for p in ports), default=0.0)
        reach = 0.62 * (block.w if self.options.down else block.h) / 2
        offset = port * min(1.0, reach / widest) if widest else 0.0
        depth = self._half(target)
        if block.w == block.h:  # a circle
            depth = math.sqrt(max(depth**2 - offset**2, 0.0))
        elif self.options.down and abs(offset) > block.w / 2 - RADIUS:
            beyond = abs(offset) - (block.w / 2 - RADIUS)
            depth = math.sqrt(max(RADIUS**2 - beyond**2, 0.0))
        elif not self.options.down:
            depth = block.w / 2 - RADIUS + math.sqrt(max(RADIUS**2 - offset**2, 0.0))
        return self.centre(target) - depth, offset

    def _wire(self, index: int, wire: Wire) -> None:
        layout, block = self.layout, self.blocks[wire.target]
        rank, cross = self.ends[layout.layer[wire.source]], layout.cross[wire.source]
        d = [f"M{self._point(rank, cross)}"]
        for hop, at in enumerate(layout.routes[index]):
            k = layout.layer[wire.source] + 1 + hop
            d.append(self._curve(rank, cross, self.starts[k], at))
            d.append(f"L{self._point(self.ends[k], at)}")
            rank, cross = self.ends[k], at
        target, port = layout.cross[wire.target], block.ports[wire.port]
        k = layout.layer[wire.target]
        entry, offset = self._entry(wire.target, port, block.ports)
        if block.inlet:
            start = self.starts[k] + self.inlets[k] - block.inlet
            stop = start + block.inlet - 14
            d.append(self._curve(rank, cross, start, target + port))
            d.append(f"L{self._point(stop, target + port)}")
            self._inlet_labels(index, wire, start, target + port)
            rank, cross = stop, target + port
        elif self.starts[k] + self.inlets[k] > self.starts[k]:
            d.append(self._curve(rank, cross, self.starts[k], target + offset))
            rank, cross = self.starts[k], target + offset
        tip = entry - 3
        d.append(self._curve(rank, cross, tip, target + offset))
        self.items.append(Line(f"w{index}", "".join(d)))
        self._arrow(f"w{index}", entry - 1, target + offset)

    def _curve(self, r0: float, c0: float, r1: float, c1: float) -> str:
        if abs(c0 - c1) < 0.05:
            return f"L{self._point(r1, c1)}"
        middle = (r0 + r1) / 2
        points = self._point(middle, c0), self._point(middle, c1), self._point(r1, c1)
        return f"C{points[0]} {points[1]} {points[2]}"

    def _arrow(self, key: str, rank: float, cross: float) -> None:
        tip, low, high = (
            self._point(rank, cross),
            self._point(rank - 8, cross - 4),
            self._point(rank - 8, cross + 4),
        )
        self.items.append(Line(key, f"M{tip}L{low}L{high}Z", width=0, fill=WIRE))

    def _inlet_labels(self, index: int, wire: Wire, start: float, cross: float) -> None:
        rate, sent = rate_of(wire, self.options), contribution_of(wire, self.options)
        along = start + 20 if self.options.down else start + 5
        if rate:
            self._beside(f"r{index}", along, cross, rate, GREY, before=True)
        if sent:
            self._beside(f"c{index}", along, cross, sent, RED, before=False)

    def _beside(
        self, key: str, rank: float, cross: float, content: str, colour: str, *, before: bool
    ) -> None:
        """A text on the first (value) or second (gradient) side of a wire."""
        x, y = self._xy(rank, cross)
        if self.options.down:
            x, anchor = (x - 7, "end") if before else (x + 7, "start")
            self.items.append(Text(key, x, y, content, colour, anchor=anchor))
        else:
            self.items.append(Text(key, x, y + (-7 if before else 18), content, colour))

    def _stub(self, node: Node) -> None:
        k, cross = self.layout.layer[node.index], self.layout.cross[node.index]
        start, end = self.centre(node.index) + self._half(node.index), self.ends[k]
        last = node.index == len(self.expression.nodes) - 1
        if end > start:
            stop = end - 4 if last else end
            d = f"M{self._point(start, cross)}L{self._point(stop, cross)}"
            self.items.append(Line(f"s{node.index}", d))
            if last:
                self._arrow(f"s{node.index}", end, cross)
        lines, gradient = _labels(node, self.options)
        along = start + (22 if self.options.down else 6)
        colour = GREY if node.kind == "constant" else GREEN
        for i, line in enumerate(lines):
            key = f"v{node.index}"
            shift = len(lines) - 1 - i
            shade = GREY if shift else colour
            if self.options.down:
                self._beside(key, along + 17 * (i if len(lines) > 1 else 0), cross, line, shade,
                             before=True)  # fmt: skip
            else:
                self._beside(key, along, cross - 17 * shift, line, shade, before=True)
        if gradient:
            self._beside(f"g{node.index}", along, cross, gradient, RED, before=False)

    def _node(self, node: Node) -> None:
        block, key = self.blocks[node.index], f"n{node.index}"
        x, y = self._xy(self.centre(node.index), self.layout.cross[node.index])
        fill, stroke, ink = PAPER, INK, INK
        if node.kind == "input":
            fill, stroke = MIST, GREY
        elif node.kind == "constant":
            stroke = ink = GREY
        self.items.append(
            Shape(key, x - block.w / 2, y - block.h / 2, block.w, block.h, fill, stroke,
                  dashed=node.kind == "constant")
        )  # fmt: skip
        size = LABEL if node.kind == "constant" else SYMBOL
        if node.kind == "operation" and len(node.symbol) == 1:
            size += 4
        bold = node.kind == "input"
        self.items.append(Text(key, x, y + size * 0.355, node.symbol, ink, size, "middle", bold))
        if block.name_width and node.name:
            if self.options.down:
                self.items.append(
                    Text(key, x + block.w / 2 + 7, y + 5, node.name, ink, LABEL, "start", True)
                )
            else:
                top = y - block.h / 2 - 8
                self.items.append(Text(key, x, top, node.name, ink, LABEL, "middle", True))
