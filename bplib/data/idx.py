"""The IDX format, in which MNIST and its relatives come: a short header, then bytes.

Two zero bytes, 8 for unsigned bytes, the number of axes, then the size of each axis as four bytes,
the most significant first; then the entries, the last axis running fastest.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from pathlib import Path

import numpy as np

from bplib.errors import FormatError

UNSIGNED_BYTES = 8


def read_idx(op: str, path: Path, axes: tuple[int | None, ...]) -> np.ndarray:
    """All entries of an IDX file of bytes, packed by gzip or not; nothing but a whole one passes.

    Arguments:
        op: who asks; it opens the sentence.
        path: the file; unpacked where its name ends in .gz.
        axes: the size that each axis must have, None where any will do: (None, 28, 28).

    Returns:
        A uint8 array.

    Raises:
        FormatError: for a file of another kind, other axes, one that is cut off, goes on after
            its end, or is damaged.

    Source: Y. LeCun, C. Cortes, C. Burges, The MNIST Database of Handwritten Digits, "File formats
        for the MNIST database".
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as stream:
            return _read(op, path, stream, axes)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise FormatError(
            f"{op}: {path} is damaged, gzip cannot unpack it; delete it and get it again."
        ) from None


def _read(
    op: str, path: Path, stream: gzip.GzipFile | io.BufferedReader, axes: tuple[int | None, ...]
) -> np.ndarray:
    magic = stream.read(4)
    expected = bytes([0, 0, UNSIGNED_BYTES, len(axes)])
    if magic != expected:
        raise FormatError(
            f"{op}: {path} begins with the bytes {magic.hex(' ') or '(none)'}; an IDX file of "
            f"bytes with {len(axes)} axes begins with {expected.hex(' ')}."
        )
    header = stream.read(4 * len(axes))
    if len(header) < 4 * len(axes):
        raise FormatError(f"{op}: {path} ends inside its header; delete it and get it again.")
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4"))
    if any(wanted not in (None, size) for wanted, size in zip(axes, shape, strict=True)):
        wanted = ", ".join("any" if size is None else str(size) for size in axes)
        raise FormatError(f"{op}: {path} holds an array {shape}; ({wanted}) is needed.")
    size = math.prod(shape)
    content = stream.read()
    if size == 0 or len(content) != size:
        found = f"more than {size}" if len(content) > size else str(len(content))
        raise FormatError(
            f"{op}: {path} announces {size} entries and holds {found}; delete it and get it again."
        )
    return np.frombuffer(content, np.uint8).reshape(shape)
