"""Numbers as text, and the width of a text in a drawing."""

from __future__ import annotations

import math
from html import escape as _escape
from typing import Any

import numpy as np

_SUPERSCRIPT = str.maketrans("0123456789+-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻·")

# Advance widths in em of DejaVu Sans and its sibling Verdana, the widest faces in the font list
# of the drawings: a box measured with them is never too small for another face.
_WIDTHS = {
    **dict.fromkeys("0123456789", 0.65),
    **dict.fromkeys(".,:;·'| ", 0.36),
    **dict.fromkeys("()[]-/", 0.44),
    **dict.fromkeys("ijlI", 0.34),
    **dict.fromkeys("frt", 0.44),
    **dict.fromkeys("+−×÷=<>~≈", 0.84),
    **dict.fromkeys("mMW%", 0.98),
    **dict.fromkeys("w@", 0.88),
    **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉", 0.46),
    "…": 1.0,
}


def escape(text: str) -> str:
    """Text as it may stand in SVG or HTML, quotes included."""
    return _escape(str(text), quote=True)


def width(text: str, size: float, bold: bool = False) -> float:
    """Width in pixels of one line of `text` at font size `size`, on the generous side."""
    em = sum(_WIDTHS.get(ch, 0.72 if ch.isupper() else 0.63) for ch in text)
    return em * size * (1.1 if bold else 1.0)


def coordinate(value: float) -> str:
    """A coordinate with at most one decimal, the same text on every processor."""
    # The first rounding swallows differences in the last bits, the second one shortens.
    short = round(round(float(value), 6), 1)
    return f"{short:.1f}".rstrip("0").rstrip(".") if short else "0"


def superscript(text: str) -> str:
    """Digits raised: `superscript("-2")` is "⁻²"."""
    return str(text).translate(_SUPERSCRIPT)


def number(value: Any, digits: int = 4) -> str:
    """A number with `digits` significant digits, a true minus sign and no trailing zeros."""
    value = float(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    # As in number formatting everywhere: first swallow the last bits, then shorten, so that
    # 0.125 and 0.12500000000000003 read alike.
    text = f"{float(f'{value:.12g}'):.{digits}g}"
    if "e" in text:
        mantissa, power = text.split("e")
        text = f"{mantissa}·10{superscript(str(int(power)))}"
    return text.replace("-", "−")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as it is written in the book: (3,) or (3, 2)."""
    return "(3,)".replace("3", str(shape[0])) if len(shape) == 1 else str(tuple(shape))


def is_number(value: Any) -> bool:
    """Whether `value` holds one number without axes."""
    return np.ndim(value) == 0


def array_text(value: Any, digits: int = 4, limit: int = 6) -> str | None:
    """The entries of a small array in brackets; None when it has more than `limit` entries."""
    array = np.asarray(value)
    if array.ndim == 0:
        return number(array, digits)
    if array.size > limit or array.ndim > 2:
        return None
    if array.ndim == 1:
        return "[" + ", ".join(number(entry, digits) for entry in array) + "]"
    rows = (array_text(row, digits, limit) or "[]" for row in array)
    return "[" + ", ".join(rows) + "]"


def value_lines(value: Any, digits: int = 4, longest: int = 30) -> tuple[str, str | None]:
    """What stands on a wire for `value`: (main line, shape line or None)."""
    if is_number(value):
        return number(value, digits), None
    array = np.asarray(value)
    shape = shape_text(array.shape)
    for few in range(digits, 1, -1):
        entries = array_text(array, few)
        if entries is None:
            return shape, None
        if len(entries) <= longest:
            return entries, shape
    return shape, None
