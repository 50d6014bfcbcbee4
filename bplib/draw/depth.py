"""How large signals and gradients are in every layer of a deep network, for settings to choose."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bplib.draw import text
from bplib.draw.page import Page, page
from bplib.draw.player import pack
from bplib.draw.style import GREEN, GREY, INK, RED
from bplib.draw.svg import frame
from bplib.errors import DTypeError, ShapeError

Key = tuple[Any, ...]
_WIDTH, _HEIGHT = 460.0, 316.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 66.0, 440.0, 20.0, 232.0


def depth(
    sizes: Mapping[Key, tuple[Any, Any]],
    choices: Sequence[str] = ("bend", "start", "layers"),
    *,
    start: Key | None = None,
    alt: str = "The size of the signal and of the gradient in every layer of a network",
) -> Page:
    """A figure in which the reader chooses a network and sees signal and gradient layer by layer.

    Forward in green, backward in red and dashed, on a logarithmic axis. Every number is computed
    beforehand. There is a list to choose from for each part of the keys; where no script runs, the
    network `start` is shown, and all others are in a folded list in words.

    Arguments:
        sizes: {key: (signal, gradient)}; two arrays (D,), a number at least 0 for each layer. A
            key holds one word or number for each choice, and every combination is there.
        choices: what the parts of a key are called.
        start: the key that is shown first; the first one when left out.
        alt: what the figure shows, in words.

    Returns:
        A Page.

    Raises:
        ShapeError: where a combination is missing, a key or an array does not fit, or no network
            is given.
        DTypeError: where arrays hold no numbers.
    """
    if not sizes:
        raise ShapeError("draw.depth: sizes is empty; it needs at least one network.")
    options = _options(sizes, choices)
    keys = list(itertools.product(*options))
    for key in keys:
        if key not in sizes:
            raise ShapeError(f"draw.depth: {key} is missing; every combination is needed.")
    start = keys[0] if start is None else tuple(start)
    if start not in sizes:
        raise ShapeError(f"draw.depth: start is {start}, which is not among the networks.")
    arrays = {key: _arrays(key, sizes[key]) for key in keys}
    words = [
        " · ".join(f"{name} {part}" for name, part in zip(choices, key, strict=True))
        + f": {say(*arrays[key])}"
        for key in keys
    ]
    pictures = [picture(*arrays[key], alt=alt) for key in keys]
    at = keys.index(start)
    extra, runs = pack(pictures, at)
    said = " ".join(alt.split()).rstrip(".")
    return page(
        "depth",
        svg=pictures[at],
        alt=f"{said}. {words[at]}",
        steps=words,
        caption=words[at],
        summary="Every network in words",
        data={
            "alt": said + ". ",
            "choices": list(choices),
            "options": [list(map(str, one)) for one in options],
            "start": [one.index(part) for one, part in zip(options, start, strict=True)],
            "words": words,
            "extra": extra,
            "runs": runs,
        },
    )


def _options(sizes: Mapping[Key, Any], choices: Sequence[str]) -> list[list[Any]]:
    """For each choice what there is to choose from, in the order in which it comes up."""
    options: list[list[Any]] = [[] for _ in choices]
    for key in sizes:
        if not isinstance(key, tuple) or len(key) != len(options):
            raise ShapeError(
                f"draw.depth: the key {key!r} needs {len(options)} parts: {', '.join(choices)}."
            )
        for part, found in zip(key, options, strict=True):
            if part not in found:
                found.append(part)
    return options


def _arrays(key: Key, pair: Any) -> tuple[Any, Any]:
    try:
        signal, gradient = (np.asarray(one, dtype=float) for one in pair)
    except (TypeError, ValueError):
        raise DTypeError(f"draw.depth: {key} needs two arrays of numbers.") from None
    if signal.ndim != 1 or signal.shape != gradient.shape or not signal.size:
        raise ShapeError(
            f"draw.depth: {key} has arrays of shape {signal.shape} and {gradient.shape}; both "
            "need (D,), a number for each layer."
        )
    return signal, gradient


def say(signal: Any, gradient: Any) -> str:
    """One sentence: where both begin and where they end."""
    n, last = text.number, len(signal)
    if last == 1:
        return f"one layer, signal {n(signal[0], 2)}, gradient {n(gradient[0], 2)}."
    return (
        f"the signal goes from {n(signal[0], 2)} in layer 1 to {n(signal[-1], 2)} in layer {last}; "
        f"the gradient comes back from {n(gradient[-1], 2)} in layer {last} to "
        f"{n(gradient[0], 2)} in layer 1."
    )


def _powers(arrays: Sequence[Any]) -> tuple[int, int, int]:
    """(lowest, highest, step) of the powers of ten on the axis."""
    positive = np.concatenate([one[(one > 0) & np.isfinite(one)] for one in arrays])
    powers = np.round(np.log10(positive), 6) if positive.size else np.zeros(1)
    low, high = math.floor(powers.min()), math.ceil(powers.max())
    if high - low < 2:
        low, high = low - 1, low + 1
    step = next(k for k in (1, 2, 5, 10, 20, 50, 100, 200) if (high - low) / k <= 6)
    return step * math.floor(low / step), step * math.ceil(high / step), step


def picture(signal: Any, gradient: Any, *, alt: str) -> str:
    """The SVG of one network."""
    c = text.coordinate
    low, high, step = _powers((signal, gradient))
    layers = len(signal)

    def across(layer: int) -> float:
        return _LEFT + (_RIGHT - _LEFT) * ((layer - 1) / (layers - 1) if layers > 1 else 0.5)

    def up(power: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (power - low) / (high - low)

    parts = []
    for power in range(low, high + 1, step):
        y = c(up(power))
        label = "1" if power == 0 else f"10{text.superscript(str(power))}"
        parts.append(
            f'<path d="M{c(_LEFT)} {y}H{c(_RIGHT)}" stroke="#E6EAEE"/>\n'
            f'<text x="{c(_LEFT - 8)}" y="{c(up(power) + 5)}" text-anchor="end" '
            f'fill="{GREY}">{label}</text>\n'
        )
    for layer in sorted({1, (layers + 1) // 2, layers}):
        parts.append(
            f'<text x="{c(across(layer))}" y="{c(_BOTTOM + 20)}" text-anchor="middle" '
            f'fill="{GREY}">{layer}</text>\n'
        )
    middle = c((_LEFT + _RIGHT) / 2)
    parts.append(
        f'<text x="{middle}" y="{c(_BOTTOM + 40)}" text-anchor="middle" fill="{INK}">layer</text>\n'
        f'<text transform="translate(16 {c((_TOP + _BOTTOM) / 2)}) rotate(-90)" '
        f'text-anchor="middle" fill="{INK}">root of the mean square</text>\n'
    )
    for values, colour, dash in ((signal, GREEN, ""), (gradient, RED, ' stroke-dasharray="7 4"')):
        places = [
            (across(i), up(math.log10(value)))
            for i, value in enumerate(values, start=1)
            if value > 0 and math.isfinite(value)
        ]
        if places:
            line = "L".join(f"{c(x)} {c(y)}" for x, y in places)
            parts.append(
                f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2.4"{dash}/>\n'
            )
        if layers <= 20:  # further apart than they are wide
            parts += [
                f'<circle cx="{c(x)}" cy="{c(y)}" r="2.6" fill="{colour}"/>\n' for x, y in places
            ]
    key = (
        (66.0, GREEN, "", "signal, forward"),
        (246.0, RED, ' stroke-dasharray="7 4"', "gradient, backward"),
    )
    for left, colour, dash, name in key:
        low_edge = _BOTTOM + 66
        parts.append(
            f'<path d="M{c(left)} {c(low_edge - 5)}h26" stroke="{colour}" '
            f'stroke-width="2.4"{dash}/>\n'
            f'<text x="{c(left + 33)}" y="{c(low_edge)}" fill="{INK}">{name}</text>\n'
        )
    return frame(_WIDTH, _HEIGHT, "".join(parts), alt, size=14)
