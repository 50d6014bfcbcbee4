"""The cells of a notebook, run one after the other in one namespace, as in Jupyter."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
from typing import Any


def fresh_main() -> dict[str, Any]:
    """The namespace of a new `__main__`, with the names that Jupyter adds."""
    module = types.ModuleType("__main__")
    module.__dict__["display"] = _nothing
    module.__dict__["get_ipython"] = lambda: None
    sys.modules["__main__"] = module
    return module.__dict__


def _nothing(*arguments: Any, **options: Any) -> None:
    """What shows something in Jupyter has nobody to show it to here."""


def run_cell(source: str, name: str, namespace: dict[str, Any]) -> str | None:
    """Runs one cell.

    Arguments:
        source: its text; lines of Jupyter's own (%timeit, !pip) are left out.
        name: what tracebacks call it.
        namespace: of all cells.

    Returns:
        In one line what it raised, or None.
    """
    lines = ["" if line.startswith(("%", "!")) else line for line in source.split("\n")]
    source = "\n".join(lines) + "\n"
    # Tracebacks and the exercise's source are read from here.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        exec(compile(source, name, "exec", dont_inherit=True), namespace)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit in a cell is the cell's problem too
        if type(error).__name__ == "TimeLimit":
            raise
        return _said(error, name)
    return None


def _said(error: BaseException, name: str) -> str:
    try:
        place = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == name
        ]
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
        where = f" in line {line or place[-1]}" if line or place else ""
        said = " ".join(str(getattr(error, "msg", None) or error).split())
    except Exception:  # an exception that cannot even say what it is
        where = said = ""
    return f"{type(error).__name__}{where}: {said}".rstrip(": ")
