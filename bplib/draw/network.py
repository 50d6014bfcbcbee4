"""A small dense network with every value and every gradient on it.

Each neuron is a box: its sum z goes in green, its delta (the gradient of z) in red. Before the box
every weight has a straight piece of wire of its own, with its value above and its gradient below,
so that no text meets another however many wires cross on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bplib.draw import text
from bplib.draw.graph import Drawing
from bplib.draw.passes import Passes, run
from bplib.draw.shapes import MARGIN, Line, Picture, Shape, Text
from bplib.draw.style import GREEN, GREY, INK, MIST, PAPER, RED, WIRE
from bplib.draw.svg import render

SMALL = 14.0
MORE = 10
"""Digits of a number while the pointer rests on it."""
ROW, BETWEEN, CROSSING, PAD = 45.0, 18.0, 44.0, 9.0
"""Height of a weight's row, room between neurons, width in which wires cross, room in a box."""


def network(
    x: Any,
    layers: Sequence[tuple[Any, Any]],
    target: Any = None,
    *,
    activation: str | Sequence[str] = "sigmoid",
    gradients: bool = True,
    letters: Sequence[str] = ("x", "h", "o"),
    weights: Sequence[str] = ("w", "v"),
    biases: Sequence[str] = ("b", "c"),
    digits: int = 4,
    title: str | None = None,
    alt: str | None = None,
) -> Drawing:
    """Draw a dense network for one sample, with every value and every gradient on it.

    Values are green: a weight's stands above its wire, a neuron's sum z in its box, its output on
    the wire that leaves it. Gradients are red: a weight's stands below its wire, the delta of a
    neuron (the gradient of its z) in its box, that of its output below the wire that leaves it.
    Where the picture is part of the page, a number shows ten digits under the pointer.

    Arguments:
        x: the inputs (n,).
        layers: (W, b) of each layer, W (n_in, n_out) and b (n_out,).
        target: (k,) or, for one output, a number; without it nothing is compared and there are no
            gradients.
        activation: "sigmoid", "tanh", "relu" or "identity", for all layers or one for each.
        gradients: whether to show the gradients of the loss, the mean of (output − target)².
        letters: of the neurons: the inputs and every layer.
        weights: letters of the weights, one for each layer.
        biases: letters of the biases, one for each layer.
        digits: significant digits.
        title: a line above the network.
        alt: the network in words; written for you when left out.

    Returns:
        A Drawing.

    Raises:
        ShapeError: where the shapes do not fit, or there are not as many letters as layers.
        DTypeError: where x, a weight or a bias is not a float array.
        UnknownNameError: for another activation.
    """
    passes = run(x, layers, target, activation, letters, weights, biases, "draw.network")
    shown = gradients and passes.loss is not None
    picture = Plan(passes, digits, gradients=shown).paint()
    alt = alt or describe(passes, gradients=shown, digits=digits)
    return Drawing(render(picture, None, title=title, alt=alt), alt)


def describe(passes: Passes, *, gradients: bool, digits: int = 4) -> str:
    """The network in words: its sizes, inputs, output, loss and the deltas."""

    def listed(names: list[str], values: Any) -> str:
        pairs = zip(names, values, strict=True)
        return ", ".join(f"{name} = {text.number(value, digits)}" for name, value in pairs)

    first, last = passes.layers[0], passes.layers[-1]
    sizes = "-".join(str(len(names)) for names in passes.names)
    said = f"A {sizes} network. {listed(passes.names[0], first.inputs)} go in; "
    said += f"{listed(passes.names[-1], last.outputs)} comes out"
    if passes.loss is None:
        return said + "."
    target = ", ".join(text.number(one, digits) for one in passes.target)
    said += f", {target} was wanted, and the loss is {text.number(passes.loss, digits)}."
    if gradients:
        deltas = [listed(list(layer.delta_names), layer.deltas) for layer in passes.layers]
        said += f" Deltas: {', '.join(deltas)}."
    return said


class Plan:
    """Places everything and paints it.

    Keys, by which a stepper finds the items: a neuron k of layer l has the number 100 l + k, its
    box n, values v, the delta t, the gradient of its output g, the wire that leaves it s; a row
    (weight or bias) has its wire w, value r and gradient c with the number of its neuron and row.
    """

    def __init__(self, passes: Passes, digits: int, *, gradients: bool) -> None:
        self.passes, self.digits, self.gradients = passes, digits, gradients
        self.items: list[Line | Shape | Text] = []
        self.texts: list[Line | Shape | Text] = []
        self.ends: list[tuple[float, float]] = []
        rows = [len(layer.inputs) + 1 for layer in passes.layers]
        heights = [len(passes.names[0]) * (ROW + BETWEEN)]
        heights += [
            len(layer.outputs) * (n * ROW + BETWEEN)
            for n, layer in zip(rows, passes.layers, strict=True)
        ]
        below = 2 * (ROW * 2 + BETWEEN) if passes.loss is not None else 0.0
        self.height = max([*heights[:-1], heights[-1] + below])

    def number(self, value: Any) -> str:
        return text.number(value, self.digits)

    def paint(self) -> Picture:
        """All items, wires first."""
        at = self._inputs(MARGIN)
        for index in range(len(self.passes.layers)):
            at = self._layer(index, at + CROSSING)
        at += MARGIN
        return Picture(at, self.height + MARGIN, self.items + self.texts)

    def _write(
        self, key: str, x: float, y: float, content: str, colour: str,
        anchor: str = "start", bold: bool = False, value: Any = None,
    ) -> None:  # fmt: skip
        more = "" if value is None else text.number(value, MORE)
        self.texts.append(
            Text(
                key, x, y, content, colour, SMALL, anchor, bold, more if more not in content else ""
            )
        )

    def _inputs(self, left: float) -> float:
        names, values = self.passes.names[0], self.passes.layers[0].inputs
        wide = max(text.width(name, SMALL, True) for name in names) + 2 * PAD
        wide = max(wide, 34.0)
        stub = max(text.width(self.number(value), SMALL) for value in values) + 10
        step = self.height / len(names)
        for k, (name, value) in enumerate(zip(names, values, strict=True)):
            y = step * (k + 0.5) + MARGIN / 2
            self.items.append(Line(f"s{k}", _straight(left + wide, left + wide + stub, y)))
            self.texts.append(Shape(f"n{k}", left, y - 17, wide, 34, MIST, GREY))
            self._write(f"n{k}", left + wide / 2, y + 5, name, INK, "middle", True)
            self._write(f"v{k}", left + wide + 5, y - 7, self.number(value), GREEN, value=value)
            self.ends.append((left + wide + stub, y))
        return left + wide + stub

    def _layer(self, index: int, left: float) -> float:
        """One layer from `left` on; returns where its wires end."""
        layer = self.passes.layers[index]
        inlet, box, stub = self._widths(index)
        rows = len(layer.inputs) + 1
        last = index == len(self.passes.layers) - 1
        room = self.height - (2 * ROW + BETWEEN if last and self.passes.loss is not None else 0)
        step = room / len(layer.outputs)
        ends = []
        for k in range(len(layer.outputs)):
            y = step * (k + 0.5) + MARGIN / 2
            number = 100 * (index + 1) + k
            for row in range(rows):
                self._row(index, k, row, left, inlet, y + (row - (rows - 1) / 2) * ROW)
            self._box(index, k, left + inlet, box, y, rows * ROW - 8)
            start, end = left + inlet + box, left + inlet + box + stub
            self.items.append(Line(f"s{number}", _straight(start, end, y)))
            out, dout = layer.outputs[k], layer.doutputs[k]
            self._write(f"v{number}", start + 6, y - 7, self.number(out), GREEN, value=out)
            if self.gradients:
                self._write(f"g{number}", start + 6, y + 18, self.number(dout), RED, value=dout)
            ends.append((end, y))
        self.ends = ends
        if last and self.passes.loss is not None:
            self._loss(left, inlet, box, room + MARGIN / 2)
        return left + inlet + box + stub

    def _widths(self, index: int) -> tuple[float, float, float]:
        """Widths of the rows, of the boxes and of the wires that leave them."""
        layer = self.passes.layers[index]
        inlet = box = stub = 0.0
        for k in range(len(layer.outputs)):
            for row in range(len(layer.inputs) + 1):
                name, value, gradient = layer.row(k, row)
                head = text.width(f"{name} ", SMALL) + text.width(self.number(value), SMALL)
                tail = text.width(self.number(gradient), SMALL) if self.gradients else 0.0
                inlet = max(inlet, head, tail)
            lines = self._lines(index, k)
            box = max([box, *(text.width(line, SMALL, one is None) for line, _, _, one in lines)])
            out = [layer.outputs[k]] + [layer.doutputs[k]] * self.gradients
            stub = max([stub, *(text.width(self.number(one), SMALL) for one in out)])
        return inlet + 20, box + 2 * PAD, stub + 14

    def _lines(self, index: int, k: int) -> list[tuple[str, str, str, Any]]:
        """What stands in a box: (text, colour, letter of its key, value); names have none."""
        layer, number = self.passes.layers[index], self.number
        name, z = self.passes.names[index + 1][k], layer.z_names[k]
        lines = [(f"{z} = {number(layer.z[k])}", GREEN, "v", layer.z[k])]
        inside = f"{layer.symbol}({z})" if layer.symbol else z
        lines.append((f"{name} = {inside}", INK, "n", None))
        if self.gradients:
            delta = f"{layer.delta_names[k]} = {number(layer.deltas[k])}"
            lines.append((delta, RED, "t", layer.deltas[k]))
        return lines

    def _box(self, index: int, k: int, left: float, width: float, y: float, height: float) -> None:
        number = 100 * (index + 1) + k
        self.items.append(Line(f"n{number}", _rounded(left, y, width, height), fill=PAPER))
        self.items.append(Line(f"n{number}", _rounded(left, y, width, height), INK, 1.4))
        lines = self._lines(index, k)
        for i, (content, colour, letter, value) in enumerate(lines):
            at, key = y + 5 + (i - (len(lines) - 1) / 2) * 24, f"{letter}{number}"
            bold = value is None
            self._write(key, left + width / 2, at, content, colour, "middle", bold, value)

    def _row(self, index: int, k: int, row: int, left: float, inlet: float, y: float) -> None:
        """A weight, or in the last row the bias."""
        layer = self.passes.layers[index]
        key = row_key(index, k, row)
        if row < len(layer.inputs):
            x0, y0 = self.ends[row]
            middle = (x0 + left) / 2
            c = text.coordinate
            curve = f"M{c(x0)} {c(y0)}C{c(middle)} {c(y0)} {c(middle)} {c(y)} {c(left)} {c(y)}"
            self.items.append(Line(f"w{key}", f"{curve}L{c(left + inlet - 5)} {c(y)}"))
        else:
            self.items.append(Line(f"w{key}", _straight(left + 4, left + inlet - 5, y)))
        self.items.append(Line(f"w{key}", _arrow(left + inlet, y), width=0, fill=WIRE))
        name, value, gradient = layer.row(k, row)
        self._write(f"m{key}", left + 6, y - 7, name, GREY)
        beside = left + 6 + text.width(f"{name} ", SMALL)
        self._write(f"r{key}", beside, y - 7, self.number(value), GREEN, value=value)
        if self.gradients:
            self._write(f"c{key}", left + 6, y + 18, self.number(gradient), RED, value=gradient)

    def _loss(self, left: float, inlet: float, box: float, top: float) -> None:
        """The comparison below the outputs: what was wanted, and the loss."""
        passes, number = self.passes, self.number
        several = len(passes.target) > 1
        y = top + ROW
        wanted = ", ".join(number(one) for one in passes.target)
        name = f"y = {wanted}"
        wide = text.width(name, SMALL, True) + 2 * PAD
        at = left + inlet - 30 - wide
        self.items.append(Line("w9000", _straight(at + wide, left + inlet - 5, y)))
        self.items.append(Line("w9000", _arrow(left + inlet, y), width=0, fill=WIRE))
        self.texts.append(Shape("n9001", at, y - 16, wide, 32, PAPER, GREY, dashed=True))
        self._write("n9001", at + wide / 2, y + 5, name, GREY, "middle")
        start = left + inlet
        formula = "L = mean (o − y)²" if several else "L = (o − y)²"
        across = max(box, text.width(formula, SMALL, True) + 2 * PAD)
        for end, height in self.ends:
            c = text.coordinate
            turn = f"M{c(end)} {c(height)}V{c(y - 10)}Q{c(end)} {c(y)} {c(end - 10)} {c(y)}"
            self.items.append(Line("w9001", f"{turn}H{c(start + across + 5)}"))
        self.items.append(Line("w9001", _arrow(start + across, y, back=True), width=0, fill=WIRE))
        self.items.append(Line("n9000", _rounded(start, y, across, 2 * ROW - 12), fill=PAPER))
        self.items.append(Line("n9000", _rounded(start, y, across, 2 * ROW - 12), INK, 1.4))
        lines = [(formula, INK, "n9000", None), (number(passes.loss), GREEN, "v9000", passes.loss)]
        if self.gradients:
            lines.append(("1", RED, "g9000", 1.0))
        for i, (content, colour, key, value) in enumerate(lines):
            at_y, bold = y + 5 + (i - (len(lines) - 1) / 2) * 22, value is None
            self._write(key, start + across / 2, at_y, content, colour, "middle", bold, value)


def row_key(index: int, k: int, row: int) -> str:
    """The number of a row's keys: layer, neuron, row."""
    return f"{10_000 * (index + 1) + 100 * k + row}"


def _straight(x0: float, x1: float, y: float) -> str:
    c = text.coordinate
    return f"M{c(x0)} {c(y)}L{c(x1)} {c(y)}"


def _arrow(x: float, y: float, *, back: bool = False) -> str:
    c, away = text.coordinate, 8 if back else -8
    return f"M{c(x)} {c(y)}L{c(x + away)} {c(y - 4)}L{c(x + away)} {c(y + 4)}Z"


def _rounded(left: float, middle: float, width: float, height: float, r: float = 12.0) -> str:
    """A box with rounded corners."""
    c = text.coordinate
    top, bottom, right = middle - height / 2, middle + height / 2, left + width
    return (
        f"M{c(left + r)} {c(top)}H{c(right - r)}Q{c(right)} {c(top)} {c(right)} {c(top + r)}"
        f"V{c(bottom - r)}Q{c(right)} {c(bottom)} {c(right - r)} {c(bottom)}"
        f"H{c(left + r)}Q{c(left)} {c(bottom)} {c(left)} {c(bottom - r)}"
        f"V{c(top + r)}Q{c(left)} {c(top)} {c(left + r)} {c(top)}Z"
    )
