"""Turns blocks and a layout into wires, boxes and texts."""

from __future__ import annotations

import math

from bplib.draw import text
from bplib.draw.blocks import Block, Options, contribution_of, labels, rate_of
from bplib.draw.expression import Expression, Node, Wire
from bplib.draw.layout import Layout
from bplib.draw.shapes import GAP, LABEL, MARGIN, RADIUS, SYMBOL, Line, Picture, Shape, Text
from bplib.draw.style import GREEN, GREY, INK, MIST, PAPER, RED, WIRE


class Painter:
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
        lines, gradient = labels(node, self.options)
        colour = GREY if node.kind == "constant" else GREEN
        texts = [(f"v{node.index}", line, colour if line is lines[-1] else GREY) for line in lines]
        if gradient:
            texts.append((f"g{node.index}", gradient, RED))
        for i, (key, content, shade) in enumerate(texts):
            before = shade != RED
            if self.options.stacked:
                self._beside(key, start + 16 + 17 * i, cross, content, shade, before=False)
            elif self.options.down:
                along = start + 22 + 17 * i * before
                self._beside(key, along, cross, content, shade, before=before)
            else:
                above = 17 * (len(lines) - 1 - i) * before
                self._beside(key, start + 6, cross - above, content, shade, before=before)

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
