"""A slider over pictures that were computed beforehand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bplib.draw.figure import svg_of
from bplib.draw.page import Page, page
from bplib.errors import DTypeError, ShapeError

_PIECE = re.compile(r"[^>\n]*[>\n]")


def player(
    frames: Sequence[Any],
    captions: Sequence[str],
    *,
    label: str = "step",
    values: Sequence[Any] | None = None,
    alt: str | None = None,
    start: int = 0,
) -> Page:
    """A figure with a slider: one picture and one sentence for each position.

    The reader drags, presses Back, Next and Play, or uses the arrow keys. Where no script runs,
    the frame `start` is shown with its caption, and the other captions in a folded list. Parts
    that frames share are stored once, so frames drawn on the same axes cost little.

    Arguments:
        frames: matplotlib figures, Drawings or SVG texts, at least one.
        captions: a sentence for each frame that says what to see.
        label: what the slider changes, "learning rate".
        values: what to write beside the slider for each frame; 1, 2, 3 … when left out.
        alt: what all frames have in common, in words.
        start: index of the frame that is shown first.

    Returns:
        A Page.

    Raises:
        ShapeError: for no frames, another number of captions or values, or a start outside.
        DTypeError: for a frame that is not a picture.
    """
    frames, captions = list(frames), [" ".join(str(caption).split()) for caption in captions]
    if not frames:
        raise ShapeError("draw.player: there are no frames; it needs at least one.")
    marks = (
        [str(i) for i in range(1, len(frames) + 1)] if values is None else list(map(str, values))
    )
    for name, given in (("captions", captions), ("values", marks)):
        if len(given) != len(frames):
            raise ShapeError(
                f"draw.player: {len(given)} {name} for {len(frames)} frames; each frame needs one."
            )
    if not 0 <= start < len(frames):
        raise ShapeError(f"draw.player: start is {start}; there are frames 0 to {len(frames) - 1}.")
    pictures = [_svg(frame, i) for i, frame in enumerate(frames)]
    alt = " ".join((alt or "A figure with a slider").split()).rstrip(".")
    extra, runs = pack(pictures, start)
    words = [f"{label} {mark}: {caption}" for mark, caption in zip(marks, captions, strict=True)]
    return page(
        "player",
        svg=pictures[start],
        alt=f"{alt}. {captions[start]}",
        steps=words,
        caption=captions[start],
        summary="Every frame in words",
        data={
            "alt": alt + ". ",
            "label": label,
            "marks": marks,
            "captions": captions,
            "start": start,
            "extra": extra,
            "runs": runs,
        },
    )


def _svg(frame: Any, index: int) -> str:
    if isinstance(frame, str) and frame.lstrip().startswith("<svg"):
        return frame
    if isinstance(getattr(frame, "svg", None), str):
        return frame.svg
    if hasattr(frame, "savefig") or hasattr(frame, "get_xlabel"):
        return svg_of(frame, unique_ids=False)
    raise DTypeError(
        f"draw.player: frame {index} is of type {type(frame).__name__}; it must be a matplotlib "
        "figure, a Drawing, or SVG text."
    )


def pieces(svg: str) -> list[str]:
    """A picture cut after every tag and line; the script on the page cuts in the same way."""
    cut = _PIECE.findall(svg)
    rest = svg[sum(map(len, cut)) :]
    return cut + [rest] if rest else cut


def pack(pictures: Sequence[str], start: int) -> tuple[list[str], list[list[int]]]:
    """What the pictures share, once: (pieces that the start picture lacks, runs of each picture).

    A run is a pair (first, last) into the pieces of the start picture followed by the others.
    """
    table = pieces(pictures[start])
    first = len(table)
    place: dict[str, int] = {}
    for i, piece in enumerate(table):
        place.setdefault(piece, i)
    runs: list[list[int]] = []
    for picture in pictures:
        run: list[int] = []
        for piece in pieces(picture):
            # The piece that follows the last one keeps the run going, even if it is a repeat.
            after = run[-1] + 1 if run else 0
            if after < len(table) and table[after] == piece:
                at = after
            else:
                at = place.setdefault(piece, len(table))
                if at == len(table):
                    table.append(piece)
            if run and at == run[-1] + 1:
                run[-1] = at
            else:
                run += [at, at]
        runs.append(run)
    return table[first:], runs
