"""The table of what a layer and the layers inside it make, hold, compute and keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import xp_of
from bplib.errors import DomainError, DTypeError, kind_of
from bplib.layers.base import Layer
from bplib.layers.place import called
from bplib.layers.probe import Probe

HEAD = ("layer", "output", "parameters", "FLOPs forward", "backward", "cache")


@dataclass(frozen=True)
class Row:
    """One layer in a summary.

    Fields:
        place: such as "1.0", the first layer inside the second; "" for the outermost.
        layer: what it is, its repr.
        output_shape: of what it returns, None where it was not called.
        parameters: how many numbers it learns itself, without its inner layers.
        forward_flops: operations forward, itself; None where nobody has counted.
        backward_flops: operations backward, itself; None where nobody has counted.
        cache_bytes: what it keeps from forward to backward, and no row above keeps.
    """

    place: str
    layer: str
    output_shape: tuple[int, ...] | None
    parameters: int
    forward_flops: int | None
    backward_flops: int | None
    cache_bytes: int


@dataclass(frozen=True)
class Summary:
    """What `Layer.summary` found; printed, it is a table.

    Fields:
        input_shape: of the batch.
        dtype: of the batch.
        rows: one for each layer, each before what it is made of.
        parameters: how many numbers are learned; what stands in two places counts once.
        gradient_bytes: what the parameters' gradients take.
        optimizer_bytes: what the optimizer takes.
        optimizer: its name, "" without one.
    """

    input_shape: tuple[int, ...]
    dtype: str
    rows: tuple[Row, ...]
    parameters: int
    gradient_bytes: int
    optimizer_bytes: int
    optimizer: str

    @property
    def forward_flops(self) -> int:
        """Operations of one forward pass, of all layers that are counted."""
        return sum(row.forward_flops or 0 for row in self.rows)

    @property
    def backward_flops(self) -> int:
        """Operations of one backward pass, of all layers that are counted."""
        return sum(row.backward_flops or 0 for row in self.rows)

    @property
    def cache_bytes(self) -> int:
        """What all layers together keep from forward to backward."""
        return sum(row.cache_bytes for row in self.rows)

    @property
    def training_bytes(self) -> int:
        """Caches, gradients and the optimizer's state: what training keeps beside the values."""
        return self.cache_bytes + self.gradient_bytes + self.optimizer_bytes

    def __str__(self) -> str:
        table = [HEAD, *self._lines(), self._totals()]
        widths = [max(len(line[i]) for line in table) for i in range(len(HEAD))]
        lines = [
            "  ".join(
                [line[0].ljust(widths[0])]
                + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
            ).rstrip()
            for line in table
        ]
        lines.insert(-1, "-" * max(map(len, lines)))
        return "\n".join([*lines, *self._notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def line(cells: tuple[str, ...], tag: str = "td") -> str:
            inside = "".join(
                f'<{tag} style="text-align:{"right" if i else "left"};white-space:pre">'
                f"{escape(cell)}</{tag}>"
                for i, cell in enumerate(cells)
            )
            return f"<tr>{inside}</tr>"

        body = [line(cells) for cells in (*self._lines(), self._totals())]
        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        return (
            f"<table><thead>{line(HEAD, 'th')}</thead><tbody>{''.join(body)}</tbody></table>{notes}"
        )

    def _lines(self) -> Iterator[tuple[str, ...]]:
        for row in self.rows:
            depth = row.place.count(".") + 1 if row.place else 0
            place = f"({row.place.rpartition('.')[2]}) " if row.place else ""
            yield (
                "  " * depth + place + row.layer,
                str(row.output_shape or "not called"),
                f"{row.parameters:,}",
                _short(row.forward_flops),
                _short(row.backward_flops),
                f"{_short(row.cache_bytes)}B",
            )

    def _totals(self) -> tuple[str, ...]:
        flops = _short(self.forward_flops), _short(self.backward_flops)
        return "total", "", f"{self.parameters:,}", *flops, f"{_short(self.cache_bytes)}B"

    def _notes(self) -> Iterator[str]:
        shape = f"a batch of shape {self.input_shape}, {self.dtype}"
        state = f" + {_short(self.optimizer_bytes)}B {self.optimizer}" if self.optimizer else ""
        yield (
            f"Training on {shape}, keeps {_short(self.cache_bytes)}B caches + "
            f"{_short(self.gradient_bytes)}B gradients{state} = {_short(self.training_bytes)}B."
        )
        unknown = [row.layer for row in self.rows if row.forward_flops is None]
        if unknown:
            yield f"Not counted: the FLOPs of {', '.join(dict.fromkeys(unknown))}; see Layer.flops."


def summary_of(layer: Layer, input_shape: Any, dtype: Any, optimizer: Any) -> Summary:
    """The summary of a layer; see `Layer.summary`.

    Arguments:
        layer: what is asked about.
        input_shape: of a batch.
        dtype: of the batch, or None for that of the parameters.
        optimizer: one, its class, a number of slots, or None.

    Returns:
        The Summary.

    Raises:
        ShapeError: where a layer does not take what arrives.
        DTypeError: where an argument is of a wrong kind.
        DomainError: where a size is below 1.
    """
    if not isinstance(input_shape, tuple | list):
        raise DTypeError(
            f"summary: input_shape is {kind_of(input_shape)}; a tuple such as (32, 64) is needed."
        )
    shape = tuple(expect.count("summary", "input_shape", n) for n in input_shape)
    values = [one.value for one in (*layer.parameters(), *layer.buffers())]
    if dtype is None:
        dtype = values[0].dtype if values else np.dtype(np.float64)
    dtype = np.dtype(np.int64) if layer.takes_labels else expect.precision("summary", dtype)
    probe = Probe(layer)
    probe.run((xp_of(values[0]) if values else np).zeros(shape, dtype=dtype))
    parameters = layer.parameters()
    gradient_bytes = sum(one.value.nbytes for one in parameters)
    return Summary(
        shape,
        str(dtype),
        tuple(_row(probe, place, one) for place, one in probe.layers.items()),
        sum(one.value.size for one in parameters),
        gradient_bytes,
        *_state(optimizer, gradient_bytes),
    )


def _row(probe: Probe, place: str, layer: Layer) -> Row:
    inner = {id(one) for child in layer.children().values() for one in child.parameters()}
    own = [one.value.size for one in layer.own_parameters() if id(one) not in inner]
    there, back = probe.flops[place] or (None, None)
    return Row(
        place, called(layer), probe.shapes.get(place), sum(own), there, back, probe.kept[place]
    )


def _state(optimizer: Any, parameter_bytes: int) -> tuple[int, str]:
    """The bytes that an optimizer takes, and its name."""
    if optimizer is None:
        return 0, ""
    slots = getattr(optimizer, "slots", None)
    if isinstance(slots, tuple):
        if isinstance(optimizer, type):
            return len(slots) * parameter_bytes, optimizer.__name__
        return optimizer.nbytes, type(optimizer).__name__
    if isinstance(optimizer, bool) or not isinstance(optimizer, int):
        raise DTypeError(
            f"summary: optimizer is {kind_of(optimizer)}; an optimizer, its class, or how many "
            "numbers it keeps for each parameter is needed."
        )
    if optimizer < 0:
        raise DomainError(f"summary: optimizer is {optimizer}; it must be at least 0.")
    return optimizer * parameter_bytes, "optimizer"


def _short(n: int | None) -> str:
    """A number with three digits and a prefix: 25.7 M."""
    if n is None:
        return "?"
    size, prefixes = float(n), " kMGTPE"
    while size >= 999.5 and len(prefixes) > 1:
        size, prefixes = size / 1000, prefixes[1:]
    digits = 0 if size >= 99.95 or prefixes[0] == " " else 1 if size >= 9.995 else 2
    return f"{size:.{digits}f} {prefixes[0].strip()}"
