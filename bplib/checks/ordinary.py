"""Answers in Python's and NumPy's own classes, so that no class of the learner's answers for them.

A subclass may compare equal to everything, or raise when it is looked at.  What it holds is judged,
and what it says of itself is not asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_DEPTH = 4  # lists in lists: deeper ones are no right answer, and one may hold itself
_OWN = (np.ndarray, np.matrix, np.ma.MaskedArray, type(np.ma.masked))


def ordinary(value: Any, depth: int = _DEPTH) -> Any:
    """The same numbers, words, lists and dicts without classes of anybody's own.

    Arguments:
        value: whatever was returned; it stays as it is.
        depth: how many lists in lists are looked into.

    Returns:
        The value, or its like; anything that is none of these as it is.
    """
    if isinstance(value, np.ndarray):
        return value if type(value) in _OWN else np.ndarray.view(value, np.ndarray)
    if isinstance(value, np.generic | bool):
        return value
    if isinstance(value, float):
        return float.__pos__(value)
    if isinstance(value, int):
        return int.__pos__(value)
    if isinstance(value, str):
        return str.__str__(value)
    if depth == 0:
        return value
    if isinstance(value, list):
        return [ordinary(one, depth - 1) for one in list.__iter__(value)]
    if isinstance(value, tuple):
        return tuple(ordinary(one, depth - 1) for one in tuple.__iter__(value))
    if isinstance(value, dict):
        return {
            key: ordinary(dict.__getitem__(value, key), depth - 1) for key in dict.__iter__(value)
        }
    return value
