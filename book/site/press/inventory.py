"""Where NumPy's documentation is, name by name, so that the chapters' code can link there.

NumPy's own inventory would have to be fetched while the site is built. It is not needed: the page
of a function has the function's name, since its reference is generated as well.
"""

from __future__ import annotations

import inspect
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np

ADDRESS = "https://numpy.org/doc/stable/"
"""NumPy's documentation; nothing is loaded from there, readers may follow a link."""


def pages() -> dict[str, str]:
    """The functions and methods of NumPy that have a page of their own.

    Returns:
        {"numpy.exp": "reference/generated/numpy.exp.html", …}.
    """
    found = {}
    for module in (np, np.linalg):
        found |= {name: f"reference/generated/{name}.html" for name in _functions(module)}
    for kind, folder in ((np.ndarray, "reference"), (np.random.Generator, "reference/random")):
        name = "numpy.ndarray" if kind is np.ndarray else "numpy.random.Generator"
        methods = (f"{name}.{each}" for each in dir(kind) if not each.startswith("_"))
        found |= {method: f"{folder}/generated/{method}.html" for method in methods}
    for name in ("numpy.random.Generator", "numpy.random.default_rng"):
        found[name] = f"reference/random/generator.html#{name}"
    return found


def _functions(module: ModuleType) -> list[str]:
    members = ((name, getattr(module, name)) for name in module.__all__)
    return [
        f"{module.__name__}.{name}"
        for name, member in members
        if isinstance(member, np.ufunc) or inspect.isroutine(member) or inspect.isbuiltin(member)
    ]


def write(path: Path) -> None:
    """Write the inventory, in the format of Sphinx's objects.inv.

    Arguments:
        path: the file.
    """
    lines = (f"{name} py:function 1 {page} -\n" for name, page in sorted(pages().items()))
    head = (
        "# Sphinx inventory version 2\n# Project: NumPy\n# Version: 2\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head.encode() + zlib.compress("".join(lines).encode()))
