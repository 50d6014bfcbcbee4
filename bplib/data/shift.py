"""Images moved by whole pixels, to make more samples of the ones there are."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, ShapeError, kind_of


def shifted(images: Array, down: int, right: int) -> Array:
    """Every image moved by whole pixels; what moves over the edge is lost, what comes in is 0.

    Y[…, r, c] = X[…, r − down, c − right], and 0 where that lies outside.

    Arguments:
        images: (…, rows, columns), array of at least two axes; floats or whole numbers.
        down: by how many pixels to move down; a negative number moves up.
        right: by how many pixels to move to the right; a negative number moves to the left.

    Returns:
        A fresh array of the shape and dtype of `images`.

    Raises:
        ShapeError: for fewer than two axes, or an empty array.
        DTypeError: for something that is not an array of numbers, or a distance that is not whole.

    Source: P. Simard, D. Steinkraus, J. Platt (2003), Best Practices for Convolutional Neural
        Networks Applied to Visual Document Analysis, ICDAR, section 2, for the idea.
    """
    kind = getattr(getattr(images, "dtype", None), "kind", None)
    if kind is None or kind not in "fiu":
        what = kind_of(images) if kind is None else f"an array of {images.dtype}"
        raise DTypeError(f"shifted: images is {what}; an array of numbers is needed.")
    if images.ndim < 2 or images.size == 0:
        raise ShapeError(
            f"shifted: images has shape {images.shape}; it needs (…, rows, columns), not empty."
        )
    moves = [expect.whole("shifted", name, by) for name, by in (("down", down), ("right", right))]
    out = xp_of(images).zeros_like(images)
    into, out_of = zip(*map(_overlap, moves, images.shape[-2:]), strict=True)
    out[(..., *into)] = images[(..., *out_of)]
    return out


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    """Where to, and where from, along one axis."""
    return (
        slice(min(max(by, 0), size), max(size + min(by, 0), 0)),
        slice(min(max(-by, 0), size), max(size - max(by, 0), 0)),
    )
