"""Recognises an answer that hands back the library's own.

The learner's function runs some more cases under a profile hook, which sees every Python function
that is entered.  What counts is a call of bplib *from outside* bplib: that an input of the case is
a function of bplib's, or that a permitted function calls others, is nobody's fault.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from .call import code_of, in_process
from .declare import Exercise

_PACKAGE = __name__.partition(".")[0]
_CHECKS = __name__.rpartition(".")[0]
# Loading data or asking where an array lives is not the answer to anything.
_FREE = tuple(
    f"{_PACKAGE}.{name}" for name in ("data", "backend", "errors", "expect", "draw", "grading")
)

Watcher = Callable[[Exercise, Callable[..., Any], Sequence[tuple]], str | None]


def library_call(
    exercise: Exercise, function: Callable[..., Any], cases: Sequence[tuple]
) -> str | None:
    """Name of the first function of bplib that the answer rests on and may not; None if none."""
    forbidden = {code_of(f) for f in (exercise.reference, *exercise.equivalents)} - {None}
    return first_call(function, cases, exercise.uses, exercise.seconds, forbidden)


def first_call(
    function: Callable[..., Any],
    cases: Sequence[tuple],
    uses: tuple[str, ...],
    seconds: float,
    forbidden: Collection[Any] = (),
) -> str | None:
    """The same for a function alone: `uses` may be called, `forbidden` holds code that may not."""
    found: list[str] = []

    def look(frame: Any, event: str, argument: Any) -> None:
        module, code = str(frame.f_globals.get("__name__", "")), frame.f_code
        if event != "call" or found or not _inside(module):
            return
        caller = frame.f_back
        handed_in = caller is not None and caller.f_code is watched.__code__
        if not handed_in and _inside(str(caller.f_globals.get("__name__", ""))):
            return
        if module.startswith(_CHECKS) and code not in forbidden:
            return
        if module.startswith(_FREE):
            return
        name = f"{_offered_by(module, code.co_qualname)}.{code.co_qualname}"
        if not _allowed(name, uses):
            found.append(_public(name))

    def watched(*given: Any) -> Any:
        before = sys.getprofile()
        sys.setprofile(look)
        try:
            return function(*given)
        finally:
            sys.setprofile(before)

    started = time.monotonic()
    for inputs in cases:
        in_process(watched, inputs, seconds)
        if found or time.monotonic() - started > seconds / 2:
            break
    return found[0] if found else None


def _inside(module: str) -> bool:
    return module == _PACKAGE or module.startswith(_PACKAGE + ".")


def _offered_by(module: str, name: str) -> str:
    """The package that a reader imports the name from: bplib.losses for bplib.losses.regression."""
    package = module.rpartition(".")[0]
    offered = getattr(sys.modules.get(package), "__all__", ()) if package != _PACKAGE else ()
    return package if name.partition(".")[0] in offered else module


def _allowed(name: str, uses: tuple[str, ...]) -> bool:
    return any(f".{use}." in f".{name}." for use in uses)


def _public(name: str) -> str:
    """The name a reader knows: the class for a method, no private modules of the checks."""
    if name.startswith(_CHECKS):
        return "the reference of the checks"
    words = name.replace(".<locals>", "").split(".")
    shown = [word for word in words if not word.startswith(("_", "<"))]
    return ".".join(shown)
