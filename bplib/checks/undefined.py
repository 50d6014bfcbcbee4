"""A check of a function that is not there yet, said in a sentence.

``check(mse_gradient)`` without the function never reaches the check: Python stops at the name. In a
notebook it still stops there, and the way it came is replaced by what to do about it.
"""

from __future__ import annotations

import difflib
import linecache
import re
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from . import registry
from .declare import Exercise

_CALL = re.compile(r"\b(?:check|check_all|hint|solution)\s*\(")


def sentence(missing: str, line: str, defined: Iterable[str]) -> str:
    """What to do about a name that a line of the notebook uses and nobody has defined.

    Arguments:
        missing: the name.
        line: the source of the line.
        defined: names that the notebook has.

    Returns:
        The sentence; empty where the line checks nothing, or the name is no exercise's.
    """
    exercises = registry.all_exercises()
    by_name = missing in exercises and not isinstance(exercises[missing], Exercise)
    if by_name and _CALL.search(line):
        return f'✗ {missing} · no function has this name; it goes in quotes, "{missing}".'
    if not re.search(rf"{_CALL.pattern}\s*{re.escape(missing)}\b", line):
        return ""
    if missing in exercises:
        return (
            f"✗ {missing} · not defined in this notebook yet: run the cell with `def {missing}`, "
            "then this one again."
        )
    close = difflib.get_close_matches(missing, [*exercises, *defined], 1, 0.7)
    if not close:
        return ""
    return f"✗ there is no '{missing}' in this notebook; did you mean '{close[0]}'?"


def listen() -> None:
    """From now on, in a notebook: the sentence in the place of Python's traceback.

    A handler that somebody else has set stays.
    """
    ipython: Any = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if getattr(shell, "kernel", None) is not None and not shell.custom_exceptions:
        shell.set_custom_exc((NameError,), _show)


def _show(
    shell: Any,
    kind: type[BaseException],
    error: Any,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    try:
        said = sentence(str(error.name), _last_line(trace), shell.user_ns)
    except Exception:  # whatever it is, Python's own words are always there
        said = ""
    if said:
        error._render_traceback_ = lambda: [said]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _last_line(trace: TracebackType | None) -> str:
    """The line that raised."""
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
