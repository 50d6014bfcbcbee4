"""Files of weights in a browser: what bplib.io asks of safetensors, without its compiled part.

The format: eight bytes with the length of a header, the header as JSON (name -> dtype, shape and
place), then the numbers. Pyodide has the real package at its own address, and then that is taken.
Source: the README of safetensors, version 0.7, section Format.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

__version__ = "0.7.0"
METADATA = "__metadata__"
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


class SafetensorError(Exception):
    """The file is not what its header says."""


class safe_open:
    """A file, opened to be read.

    Arguments:
        path: of the file.
        framework: "numpy".

    Raises:
        SafetensorError: where the header is none, or the numbers are not where it says.
    """

    def __init__(self, path: Any, framework: str) -> None:
        whole = Path(path).read_bytes()
        length = int.from_bytes(whole[:8], "little")
        try:
            header = json.loads(whole[8 : 8 + length])
            self._metadata = header.pop(METADATA, None)
            self._data = whole[8 + length :]
            places = sorted(entry["data_offsets"] for entry in header.values())
            self._entries = {name: _checked(entry) for name, entry in header.items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            raise SafetensorError("invalid header") from None
        ends = [0, *(end for _, end in places)]
        if [start for start, _ in places] != ends[:-1] or ends[-1] != len(self._data):
            raise SafetensorError("the numbers do not fill the file")

    def __enter__(self) -> safe_open:
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def metadata(self) -> dict[str, str] | None:
        """The texts that were saved beside the numbers."""
        return self._metadata

    def keys(self) -> list[str]:
        """The names of the arrays."""
        return sorted(self._entries)

    def get_tensor(self, name: str) -> np.ndarray:
        """One array, a copy."""
        dtype, shape, (start, end) = self._entries[name]
        return np.frombuffer(self._data[start:end], dtype).reshape(shape).copy()


def _checked(entry: dict[str, Any]) -> tuple[np.dtype, tuple[int, ...], tuple[int, int]]:
    dtype, shape = np.dtype(DTYPES[entry["dtype"]]), tuple(entry["shape"])
    start, end = entry["data_offsets"]
    if end - start != math.prod(shape) * dtype.itemsize or min(shape, default=0) < 0:
        raise ValueError
    return dtype, shape, (start, end)
