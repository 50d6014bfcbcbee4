"""Arrays as the bytes of a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import DTYPES, METADATA

NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


def save(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> bytes:
    """The content of a file.

    Arguments:
        arrays: C-contiguous, by name; the widest numbers go first, so that all are aligned.
        metadata: texts beside them.

    Returns:
        The bytes.
    """
    header: dict[str, Any] = {METADATA: dict(metadata)} if metadata else {}
    data, end = [], 0
    for name in sorted(arrays, key=lambda name: (-arrays[name].itemsize, name)):
        array = arrays[name]
        start, end = end, end + array.nbytes
        header[name] = {
            "dtype": NAMES[array.dtype.newbyteorder("<")],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
        data.append(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *data])
