"""A small network to step through: forward neuron by neuron, backward gradient by gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bplib.draw import text
from bplib.draw.network import Plan, describe, row_key
from bplib.draw.page import Page, page
from bplib.draw.passes import LayerPass, Passes, run
from bplib.draw.stepper import Moment
from bplib.draw.svg import render
from bplib.errors import NotReadyError


def network_stepper(
    x: Any,
    layers: Sequence[tuple[Any, Any]],
    target: Any,
    *,
    activation: str | Sequence[str] = "sigmoid",
    letters: Sequence[str] = ("x", "h", "o"),
    weights: Sequence[str] = ("w", "v"),
    biases: Sequence[str] = ("b", "c"),
    predict: bool = True,
    digits: int = 4,
    title: str | None = None,
    alt: str | None = None,
) -> Page:
    """A network that the reader walks through, forward and then backward.

    It asks for each gradient before it shows it. Every number is computed beforehand; the page only
    shows and hides. Where no script runs (GitHub, print), the finished network is shown, with the
    steps in words.

    Arguments:
        x, layers, activation, letters, weights, biases, digits, title, alt: as in `draw.network`.
        target: (k,) or, for one output, a number.
        predict: whether the figure at first asks for each gradient before it shows it.

    Returns:
        A Page.

    Raises:
        NotReadyError: where there is no target, and so nothing to walk back from.
        ShapeError, DTypeError, UnknownNameError: as in `draw.network`.
    """
    caller = "draw.network_stepper"
    if target is None:
        raise NotReadyError(
            f"{caller}: without a target there is no loss, and nothing to walk back from."
        )
    passes = run(x, layers, target, activation, letters, weights, biases, caller)
    picture = Plan(passes, digits, gradients=True).paint()
    alt = alt or describe(passes, gradients=True, digits=digits)
    moments = Walk(passes, digits).moments()
    hidden = sorted({key for moment in moments for key in moment.show})
    return page(
        "stepper",
        svg=render(picture, None, title=title, alt=alt, keys=True),
        alt=alt,
        steps=[moment.say for moment in moments],
        data={
            "predict": predict,
            "before": describe(passes, gradients=False, digits=digits),
            "hidden": hidden,
            "moments": [moment.data() for moment in moments],
        },
    )


class Walk:
    """The moments of one walk through a network."""

    def __init__(self, passes: Passes, digits: int) -> None:
        self.passes, self.digits = passes, digits

    def moments(self) -> list[Moment]:
        """From the inputs to the loss, and from the loss to every weight and bias."""
        passes = self.passes
        depth = len(passes.layers)
        inputs = range(len(passes.names[0]))
        listed = ", ".join(
            f"{passes.names[0][k]} = {self._n(passes.layers[0].inputs[k])}" for k in inputs
        )
        out = [Moment("start", f"Going in: {listed}.", [f"v{k}" for k in inputs])]
        for index in range(depth):
            for k in range(len(passes.layers[index].outputs)):
                out.append(self._forward(index, k))
        out.append(self._loss())
        say = "Now backward. A unit of L moves L by one unit: its gradient is 1."
        out.append(Moment("turn", say, ["g9000"], ["g9000", "n9000"]))
        for index in reversed(range(depth)):
            layer = passes.layers[index]
            for k in range(len(layer.outputs)):
                out.append(self._output(index, k))
                out.append(self._delta(index, k))
                out.extend(self._row(index, k, row) for row in range(len(layer.inputs) + 1))
        count = sum(layer.W.size + layer.b.size for layer in passes.layers)
        out.append(Moment("end", f"Done. One walk back, and all {count} gradients are there."))
        return out

    def _n(self, value: Any) -> str:
        return text.number(value, self.digits)

    def _in(self, value: Any) -> str:
        """A number inside a product: negative ones in brackets."""
        shown = self._n(value)
        return f"({shown})" if shown.startswith("−") else shown

    def _forward(self, index: int, k: int) -> Moment:
        layer, number = self.passes.layers[index], 100 * (index + 1) + k
        products = [
            f"{self._n(value)} × {self._in(weight)}"
            for value, weight in zip(layer.inputs, layer.W[:, k], strict=True)
        ]
        z, name = layer.z_names[k], self.passes.names[index + 1][k]
        say = f"{z} = {' + '.join(products)} + {self._in(layer.b[k])} = {self._n(layer.z[k])}"
        inside = f"{layer.symbol}({self._n(layer.z[k])})" if layer.symbol else z
        say += f", and {name} = {inside} = {self._n(layer.outputs[k])}."
        rows = [f"w{row_key(index, k, row)}" for row in range(len(layer.inputs) + 1)]
        return Moment(
            "forward", say, [f"v{number}"], [f"n{number}", f"s{number}", f"v{number}", *rows]
        )

    def _loss(self) -> Moment:
        outputs, target = self.passes.layers[-1].outputs, self.passes.target
        squares = [f"({self._n(o)} − {self._in(y)})²" for o, y in zip(outputs, target, strict=True)]
        shown = " + ".join(squares)
        if len(squares) > 1:
            shown = f"({shown}) ÷ {len(squares)}"
        say = f"{self._n(target[0])} was wanted: L = {shown} = {self._n(self.passes.loss)}."
        if len(squares) > 1:
            say = f"L = {shown} = {self._n(self.passes.loss)}."
        return Moment("forward", say, ["v9000"], ["n9000", "v9000", "w9000", "w9001"])

    def _moment(self, say: str, ask: str, answer: Any, key: str, hot: list[str]) -> Moment:
        return Moment("backward", say, [key], [key, *hot], hot, ask, float(answer))

    def _output(self, index: int, k: int) -> Moment:
        """The gradient of what a neuron gives out."""
        layer, name = self.passes.layers[index], self.passes.names[index + 1][k]
        number, answer = 100 * (index + 1) + k, layer.doutputs[k]
        ask = f"How far does L move for a unit of {name}: what is d{name}?"
        if index == len(self.passes.layers) - 1:
            count = len(self.passes.target)
            factor = "2" if count == 1 else f"2/{count}"
            inside = f"{self._n(layer.outputs[k])} − {self._in(self.passes.target[k])}"
            say = f"The slope of the square: d{name} = {factor} × ({inside}) = {self._n(answer)}."
            return self._moment(say, ask, answer, f"g{number}", ["w9001", f"s{number}"])
        after = self.passes.layers[index + 1]
        parts = [
            f"{self._n(weight)} × {self._in(delta)}"
            for weight, delta in zip(after.W[k], after.deltas, strict=True)
        ]
        lead = "Back along the wire" if len(parts) == 1 else "Back along all its wires, added"
        say = f"{lead}: d{name} = {' + '.join(parts)} = {self._n(answer)}."
        wires = [f"w{row_key(index + 1, j, k)}" for j in range(len(after.b))]
        return self._moment(say, ask, answer, f"g{number}", [f"s{number}", *wires])

    def _delta(self, index: int, k: int) -> Moment:
        layer, name = self.passes.layers[index], self.passes.names[index + 1][k]
        number, answer = 100 * (index + 1) + k, layer.deltas[k]
        delta, arrives = layer.delta_names[k], layer.doutputs[k]
        slope = self._slope(layer, k)
        say = f"Through {layer.symbol or 'the neuron'}, whose slope here is {slope}: "
        say += f"{delta} = {self._n(arrives)} × {self._in(layer.slopes[k])} = {self._n(answer)}."
        ask = f"{self._n(arrives)} arrives at {name}. What is {delta}, the gradient of "
        ask += f"{layer.z_names[k]}?"
        return self._moment(say, ask, answer, f"t{number}", [f"n{number}"])

    def _slope(self, layer: LayerPass, k: int) -> str:
        a, slope = self._n(layer.outputs[k]), self._n(layer.slopes[k])
        if layer.activation == "sigmoid":
            return f"{a} × (1 − {a}) = {slope}"
        if layer.activation == "tanh":
            return f"1 − {self._in(layer.outputs[k])}² = {slope}"
        return slope

    def _row(self, index: int, k: int, row: int) -> Moment:
        layer = self.passes.layers[index]
        key, (name, _, answer) = row_key(index, k, row), layer.row(k, row)
        delta = f"{layer.delta_names[k]} = {self._n(layer.deltas[k])}"
        if row == len(layer.inputs):
            say = f"A bias is added, so it gets δ as it is: d{name} = {self._n(answer)}."
        else:
            other = f"{self._n(layer.inputs[row])} × {self._in(layer.deltas[k])}"
            say = f"A weight gets what it multiplies, times δ: d{name} = {other} = "
            say += f"{self._n(answer)}."
        ask = f"{delta}. What is d{name}?"
        return self._moment(say, ask, answer, f"c{key}", [f"w{key}"])
