"""What a notebook in a worker finds under `bplib.checks`: names that register and judge nothing.

The checks proper are not there: their package has no folder to import from, so that neither a
reference nor a solution can be imported in the ordinary way.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

NAME = "bplib.checks"
_NEEDED = ("call", "library", "progress")
"""Modules of the checks that call a function and look on; they hold no exercise."""

needed: dict[str, Any] = {}
"""Those modules, once `install` has loaded them."""

_listeners: list[Callable[[str, Any], None]] = []


def install() -> None:
    """Puts the stand-in in the place of `bplib.checks`, before anything imports the real one."""
    import bplib

    package = types.ModuleType(NAME, "Registers what is checked.")
    package.__path__ = [str(Path(str(bplib.__file__)).parent / "checks")]
    sys.modules[NAME] = package
    for name in _NEEDED:
        needed[name] = importlib.import_module(f"{NAME}.{name}")
    for name in [one for one in sys.modules if one.startswith(f"{NAME}.")]:
        del sys.modules[name]
    package.__dict__.clear()
    public = (check, check_all, hint, progress, run_check, solution, CheckFailed, Result)
    spec = importlib.machinery.ModuleSpec(NAME, None, is_package=True)
    package.__dict__.update(__name__=NAME, __path__=[], __doc__=__doc__, __spec__=spec)
    package.__dict__.update({one.__name__: one for one in public})


def listen(listener: Callable[[str, Any], None]) -> None:
    """Calls `listener(name, answer)` for everything that is checked from now on."""
    _listeners[:] = [listener]


def _heard(name: Any, answer: Any) -> None:
    if isinstance(name, str):
        for listener in _listeners:
            listener(name, answer)


class CheckFailed(AssertionError):
    """What the strict form of a check raises; here nothing fails, since nothing is judged."""


class Result:
    """What `run_check` returns; here it knows nothing."""


def check(answer: Any = ..., name: Any = None, **options: Any) -> None:
    """Registers an answer under the name it is given, or its own."""
    _heard(getattr(answer, "__name__", None) if name is None else name, answer)


def check_all(namespace: Any = None, name: Any = None, **options: Any) -> None:
    """Registers the values under all names of a chain."""
    _heard(name, dict(namespace) if isinstance(namespace, Mapping) else ...)


def run_check(name: Any = None, answer: Any = ..., seed: Any = None) -> Result:
    """Registers like `check`."""
    _heard(name, answer)
    return Result()


def hint(*given: Any, **options: Any) -> None:
    """Shows nothing here."""


def solution(*given: Any, **options: Any) -> None:
    """Shows nothing here."""


def progress(*given: Any, **options: Any) -> None:
    """Shows nothing here."""
