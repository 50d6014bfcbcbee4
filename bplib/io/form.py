"""The form of a file: what its header says beside the arrays, and the sum over everything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

VERSION = 1
"""Of the metadata; a file with a higher one was written by a later bplib."""

ENTRIES = ("bplib_format", "architecture", "arrays", "state", "metadata", "sha256")


def sha256(entries: Mapping[str, str], arrays: Mapping[str, np.ndarray]) -> str:
    """The sum over all entries but itself, and over every byte of the arrays in their order.

    Arguments:
        entries: texts by the names of ENTRIES.
        arrays: C-contiguous NumPy arrays by name.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for key in ENTRIES[:-1]:
        digest.update(f"{key}={entries[key]}\n".encode())
    for array in arrays.values():
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
