"""Strokes of a pen into the small images that the digits are: bitmap, blocks, counts.

The digits of the UCI repository began as black and white forms. Each was cut out, brought to one
size and laid on a grid of 32 × 32 pixels, and the dark pixels of every block of 4 × 4 were counted:
8 × 8 numbers from 0 to 16. The same is done here with what a pen draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bplib.errors import DomainError, DTypeError, ShapeError, kind_of

SIZE = 32
"""Rows and columns of the bitmap."""
BLOCK = 4
"""Rows and columns of a block; its dark pixels are counted, 0 to 16."""
PEN = 0.12
"""Half the width of the pen, as a share of the larger side of what was drawn."""
WIDTH = 18
"""Columns of the bitmap that a digit fills; all rows are filled, as in the data."""
STRETCH = 1.5
"""How much more a digit may be stretched in one direction than in the other."""


def as_strokes(op: str, strokes: Any) -> list[np.ndarray]:
    """Strokes as float arrays of points, without the empty ones.

    Arguments:
        op: who asks; it opens the sentence.
        strokes: a sequence of strokes, each (n, 2): points x to the right, y down.

    Returns:
        A list of float64 arrays (n, 2).

    Raises:
        DTypeError: where strokes is no sequence, or holds no numbers.
        ShapeError: where a stroke is not a list of pairs.
        DomainError: where a coordinate is not finite.
    """
    if isinstance(strokes, str) or not isinstance(strokes, Sequence | np.ndarray):
        raise DTypeError(f"{op}: strokes is {kind_of(strokes)}; a list of strokes is needed.")
    found = []
    for i, stroke in enumerate(strokes):
        try:
            points = np.array(stroke, dtype=np.float64)
        except (TypeError, ValueError):
            raise DTypeError(f"{op}: stroke {i} is not a list of points (x, y).") from None
        if points.size == 0:
            continue
        if points.ndim != 2 or points.shape[1] != 2:
            raise ShapeError(f"{op}: stroke {i} has shape {points.shape}; it needs (points, 2).")
        if not np.isfinite(points).all():
            raise DomainError(f"{op}: stroke {i} has a coordinate that is not finite.")
        found.append(points)
    return found


def stroke_bitmap(strokes: Any) -> np.ndarray:
    """Strokes as a bitmap, cut out, brought to one size and centred.

    What the pen covers is cut out with the pen's width, stretched to fill all 32 rows and 18 of the
    columns (in one direction at most 1.5 times as much as in the other, so that a 1 stays slim),
    and laid in the middle. A pixel is dark where its centre is nearer to a stroke than half the
    pen's width.

    Arguments:
        strokes: a sequence of strokes, each (n, 2): points x to the right, y down, in any unit.

    Returns:
        (32, 32), booleans; all False where nothing was drawn.

    Raises:
        DTypeError, ShapeError, DomainError: for strokes that are not lists of finite points.

    Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
        Learning Repository, for the size and the place of the digits; the pen's width and the
        columns are measured on them.
    """
    drawn = as_strokes("draw.stroke_bitmap", strokes)
    if not drawn:
        return np.zeros((SIZE, SIZE), dtype=bool)
    points = np.concatenate(drawn)
    low, high = points.min(axis=0), points.max(axis=0)
    size = float((high - low).max())
    radius = PEN * size if size > 0 else 1.0
    middle, extent = (low + high) / 2, high - low + 2 * radius
    by_y = SIZE / extent[1]
    by_x = float(np.clip(WIDTH / extent[0], by_y / STRETCH, by_y * STRETCH))
    by_x = min(by_x, SIZE / extent[0])
    by_y = min(by_y, by_x * STRETCH)
    centres = np.arange(SIZE) + 0.5 - SIZE / 2
    x, y = np.meshgrid(centres / by_x + middle[0], centres / by_y + middle[1])
    pixels = np.stack([x.ravel(), y.ravel()], axis=1)
    return (_distance(pixels, drawn) <= radius).reshape(SIZE, SIZE)


def _distance(pixels: np.ndarray, strokes: list[np.ndarray]) -> np.ndarray:
    """How far each pixel is from the nearest stroke."""
    nearest = np.full(len(pixels), np.inf)
    for stroke in strokes:
        ends = stroke if len(stroke) > 1 else np.repeat(stroke, 2, axis=0)
        for start, end in zip(ends[:-1], ends[1:], strict=True):
            along = end - start
            length = along @ along
            away = pixels - start
            if length > 0:
                away = away - np.clip(away @ along / length, 0, 1)[:, None] * along
            nearest = np.minimum(nearest, np.einsum("ij,ij->i", away, away))
    return np.sqrt(nearest)


def block_counts(bitmap: Any) -> np.ndarray:
    """How many pixels of every 4 × 4 block are dark.

    Arguments:
        bitmap: (rows, columns), booleans, or numbers that are dark where they are not 0; both
            sides multiples of 4.

    Returns:
        (rows / 4, columns / 4), float64, whole numbers from 0 to 16.

    Raises:
        ShapeError: where it is no such table.

    Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
        Learning Repository.
    """
    dark = np.asarray(bitmap) != 0
    if dark.ndim != 2 or dark.size == 0 or dark.shape[0] % BLOCK or dark.shape[1] % BLOCK:
        raise ShapeError(
            f"draw.block_counts: bitmap has shape {dark.shape}; it needs rows and columns in "
            f"multiples of {BLOCK}."
        )
    rows, columns = dark.shape[0] // BLOCK, dark.shape[1] // BLOCK
    return dark.reshape(rows, BLOCK, columns, BLOCK).sum(axis=(1, 3)).astype(np.float64)


def stroke_image(strokes: Any) -> np.ndarray:
    """Strokes as an image like those of `data.digits()`: `block_counts(stroke_bitmap(strokes))`.

    Arguments:
        strokes: a sequence of strokes, each (n, 2): points x to the right, y down, in any unit.

    Returns:
        (8, 8), float64, whole numbers from 0 to 16.

    Raises:
        DTypeError, ShapeError, DomainError: for strokes that are not lists of finite points.

    Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
        Learning Repository.
    """
    return block_counts(stroke_bitmap(strokes))
