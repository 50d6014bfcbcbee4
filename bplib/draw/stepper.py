"""A graph to step through: values appear going forward, gradients going backward."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bplib.draw import sentences, text
from bplib.draw.expression import Expression, read
from bplib.draw.geometry import place
from bplib.draw.graph import describe, known_direction
from bplib.draw.page import Page, page
from bplib.draw.svg import render
from bplib.errors import NotReadyError


@dataclass
class Moment:
    """One step: what appears, what is marked, what is said, and what may be asked before."""

    phase: str  # "start", "forward", "turn", "backward" or "end"
    say: str
    show: list[str] = field(default_factory=list)
    hot: list[str] = field(default_factory=list)
    mark: list[str] = field(default_factory=list)
    ask: str | None = None
    answer: float | None = None

    def data(self) -> dict[str, Any]:
        """What the page needs to know."""
        out: dict[str, Any] = {"phase": self.phase, "say": self.say}
        out.update(
            {"show": self.show} if self.show else {}, **{"hot": self.hot} if self.hot else {}
        )
        if self.ask is not None and self.answer is not None:
            out.update(ask=self.ask, mark=self.mark, answer=float(f"{self.answer:.10g}"))
        return out


def stepper(
    y: Any,
    *,
    predict: bool = True,
    rates: bool = False,
    title: str | None = None,
    direction: str = "auto",
    digits: int = 4,
    dy: Any = None,
    alt: str | None = None,
) -> Page:
    """A figure that walks through a tape expression, forward and then backward.

    The reader steps with buttons or arrow keys. Every number is computed by the tape beforehand;
    the page only shows and hides. Where no script runs (GitHub, print), the finished graph is
    shown, with the steps in words.

    Arguments:
        y: the result, a bplib.tape.Tensor that depends on at least one input.
        predict: whether the figure at first asks for each gradient that is a number before it
            shows it.
        rates, title, direction, digits, dy, alt: as in `draw.graph`.

    Returns:
        A Page.

    Raises:
        DTypeError: where y is not a Tensor.
        ShapeError: where y has several entries and there is no dy.
        UnknownNameError: for another direction.
        NotReadyError: where nothing in y wants a gradient.
    """
    expression = read(y, dy=dy, digits=digits)
    if y.constant or not expression.reverse:
        raise NotReadyError(
            "draw.stepper: there is nothing to step through; "
            "y must be computed from at least one Tensor by at least one operation."
        )
    picture = place(expression, known_direction("draw.stepper", direction), rates=rates)
    alt = alt or describe(expression)
    svg = render(picture, expression, title=title, alt=alt, keys=True)
    moments = walk(expression, digits=digits)
    hidden = sorted({key for moment in moments for key in moment.show})
    return page(
        "stepper",
        svg=svg,
        alt=alt,
        steps=[moment.say for moment in moments],
        data={
            "predict": predict,
            "before": describe(expression, values=False, gradients=False),
            "hidden": hidden,
            "moments": [moment.data() for moment in moments],
        },
    )


def walk(expression: Expression, *, digits: int = 4) -> list[Moment]:
    """All moments of the way forward and back."""
    nodes = expression.nodes
    leaves = [node for node in nodes if node.kind != "operation"]
    known = [f"{n.symbol} = {n.value}" for n in leaves if n.kind == "input"]
    start = "Going in: " + ", ".join(known) + "."
    moments = [Moment("start", start, show=[f"v{node.index}" for node in leaves])]
    for node in nodes:
        if node.kind == "operation":
            arriving = expression.inputs_of(node.index)
            wires = [f"w{expression.wires.index(w)}" for w in arriving]
            wires += [f"s{w.source}" for w in arriving]
            i = node.index
            moments.append(
                Moment(
                    "forward",
                    sentences.forward(expression, node),
                    [f"v{i}"],
                    [f"n{i}", f"s{i}", f"v{i}", *wires],
                )
            )
    last = nodes[-1]
    name = last.name or "the result"
    say = (
        f"Now backward. When {name} moves by a little, {name} moves by just as much: "
        f"its gradient is {last.gradient}."
        if text.is_number(last.tensor.value)
        else f"Now backward. At {name} arrives the gradient {last.gradient}."
    )
    moments.append(Moment("turn", say, [f"g{last.index}"], [f"s{last.index}", f"g{last.index}"]))
    for index in expression.reverse:
        moments.extend(_backward(expression, index, digits))
    inputs = [node for node in nodes if node.kind == "input" and node.gradient is not None]
    listing = ", ".join(f"{node.gradient} for {node.symbol}" for node in inputs)
    plural = "gradients" if len(inputs) > 1 else "gradient"
    moments.append(
        Moment("end", f"Done. One walk back gave the {plural}: {listing}.",
               hot=[f"g{node.index}" for node in inputs])
    )  # fmt: skip
    return moments


def _backward(expression: Expression, index: int, digits: int) -> list[Moment]:
    """What one operation sends back, wire by wire."""
    moments = []
    for wire in expression.inputs_of(index):
        if wire.sent is None:
            continue
        w = expression.wires.index(wire)
        show = [f"c{w}"] if wire.contribution is not None else []
        if sentences.is_last_report(expression, wire):
            show.append(f"g{wire.source}")
        moment = Moment(
            "backward",
            sentences.backward(expression, wire, digits=digits),
            show,
            [f"w{w}", f"n{index}", *show] + ([f"s{wire.source}"] if len(show) else []),
        )
        if text.is_number(wire.sent):
            single = len(expression.uses_of(wire.source)) == 1
            moment.mark = [f"w{w}"] + [f"s{wire.source}"] * single
            moment.ask = sentences.question(expression, wire)
            moment.answer = float(wire.sent)
        moments.append(moment)
    return moments
