"""What a checked function must not change for the rest of the notebook, or for its own verdict.

A function that replaces `np.mean`, or draws from NumPy's global random stream, would otherwise
decide what the reference returns, or what the reader's next cell draws.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

_MODULES = (np, np.linalg)
_NUMPYS_OWN = tuple(
    {name: one for name, one in vars(module).items() if callable(one)} for module in _MODULES
)


@contextmanager
def numpys_own() -> Iterator[None]:
    """NumPy's functions as they were when the checks were loaded; afterwards as before."""
    replaced = _put_back()
    try:
        yield
    finally:
        _put_back()
        for module, name, one in replaced:
            setattr(module, name, one)


def _put_back() -> list[tuple[Any, str, Any]]:
    """Undoes replacements of NumPy's functions; returns them as (module, name, replacement)."""
    replaced = []
    for module, own in zip(_MODULES, _NUMPYS_OWN, strict=True):
        now = vars(module)
        for name, one in own.items():
            if now.get(name) is not one:
                replaced.append((module, name, now.get(name)))
                setattr(module, name, one)
    return replaced


@contextmanager
def untouched() -> Iterator[None]:
    """Undoes what a call does to NumPy, to the global random streams and to Python's hooks."""
    streams = np.random.get_state()  # noqa: NPY002  (a learner may use the old global stream)
    own_stream = random.getstate()
    profile, trace = sys.getprofile(), sys.gettrace()
    try:
        with numpys_own():
            yield
    finally:
        np.random.set_state(streams)  # noqa: NPY002
        random.setstate(own_stream)
        if sys.getprofile() is not profile:
            sys.setprofile(profile)
        if sys.gettrace() is not trace:
            sys.settrace(trace)
