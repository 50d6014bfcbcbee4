"""The computational graph of a tape expression as SVG: values above the wires, gradients below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bplib.draw.expression import Expression, read
from bplib.draw.geometry import place
from bplib.draw.svg import render
from bplib.errors import UnknownNameError


class Drawing:
    """A picture made of SVG: show it in a notebook, read `.svg`, or `.save(path)` it.

    Arguments:
        svg: the picture.
        alt: the same in words, for those who do not see it.
    """

    def __init__(self, svg: str, alt: str) -> None:
        self.svg = svg
        self.alt = alt

    def save(self, path: str | Path) -> Path:
        """Write the picture to an .svg file and return its path."""
        path = Path(path)
        path.write_text(self.svg + "\n", encoding="utf-8")
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.alt}

    def __repr__(self) -> str:
        return self.alt


def graph(
    y: Any,
    *,
    values: bool = True,
    gradients: bool = True,
    rates: bool = False,
    title: str | None = None,
    direction: str = "auto",
    digits: int = 4,
    dy: Any = None,
    alt: str | None = None,
) -> Drawing:
    """Draw the computational graph of a tape expression.

    Every Tensor is drawn once, however often it is used. Its value stands in green above (or left
    of) the wire that leaves it, its gradient in red below (or right of) it. Where a Tensor is used
    more than once, each wire also carries what it sends back; these add up to the gradient.

    Arguments:
        y: the result, a bplib.tape.Tensor.
        values: whether to show the values.
        gradients: whether to show the gradients.
        rates: whether to write the local derivative on every wire between numbers.
        title: a line above the graph.
        direction: "right", "down", or "auto", which goes right as long as the graph stays readable.
        digits: significant digits.
        dy: the gradient that arrives at y, of y's shape; 1 when y is a number.
        alt: the graph in words; written for you when left out.

    Returns:
        A Drawing.

    Raises:
        DTypeError: where y is not a Tensor.
        ShapeError: where y has several entries and there is no dy.
        UnknownNameError: for another direction.
    """
    known_direction("draw.graph", direction)
    expression = read(y, dy=dy, gradients=gradients, digits=digits)
    options = {"values": values, "gradients": gradients, "rates": rates}
    picture = place(expression, direction, **options)
    alt = alt or describe(expression, values=values, gradients=gradients)
    return Drawing(render(picture, expression, title=title, alt=alt), alt)


def known_direction(caller: str, direction: str) -> str:
    """The direction, if there is one of this name."""
    if direction not in ("auto", "right", "down"):
        raise UnknownNameError(
            f"{caller}: there is no direction '{direction}'; there is auto, right, down."
        )
    return direction


def describe(expression: Expression, *, values: bool = True, gradients: bool = True) -> str:
    """The graph in words: what it computes from what, and every gradient of an input."""
    result = expression.nodes[-1]
    inputs = [node for node in expression.nodes if node.kind == "input"]
    steps = sum(node.kind == "operation" for node in expression.nodes)
    name = result.name or "the result"

    def with_value(node: Any) -> str:
        return f"{node.symbol} = {node.value}" if values else node.symbol

    listing = _join([with_value(node) for node in inputs])
    sentence = (
        f"Computational graph: {steps} operation{'s' * (steps != 1)} "
        f"lead{'s' * (steps == 1)} from {listing or 'constants'} to {name}"
    )
    sentence += f" = {result.value}." if values else "."
    known = [node for node in inputs if gradients and node.gradient is not None]
    if known:
        plural = "Gradients" if len(known) > 1 else "Gradient"
        sentence += f" {plural}: " + _join([f"{n.gradient} for {n.symbol}" for n in known]) + "."
    return sentence


def _join(parts: list[str], most: int = 8) -> str:
    if len(parts) > most:
        parts = parts[: most - 1] + [f"{len(parts) - most + 1} more"]
    return (
        parts[0]
        if len(parts) == 1
        else ", ".join(parts[:-1]) + " and " * bool(parts) + (parts[-1] if parts else "")
    )
