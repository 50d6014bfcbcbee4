"""The cells of a notebook, run one after the other in one namespace, as in Jupyter."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import re
import sys
import traceback
import types
import warnings
from typing import Any


def fresh_main() -> dict[str, Any]:
    """The namespace of a new `__main__`, with the names that Jupyter adds."""
    module = types.ModuleType("__main__")
    module.__dict__["display"] = _nothing
    module.__dict__["get_ipython"] = _Nobody
    module.__dict__["input"] = _nobody_answers
    sys.modules["__main__"] = module
    return module.__dict__


def _nothing(*arguments: Any, **options: Any) -> None:
    """What shows something in Jupyter has nobody to show it to here."""


def _nobody_answers(prompt: Any = "") -> str:
    raise EOFError("there is nobody to answer input() here; a value in the code does")


class _Nobody:
    """Stands for Jupyter's shell: whatever it is asked to do, nothing happens."""

    def __getattr__(self, name: str) -> Any:
        return _nothing


def run_cell(source: str, name: str, namespace: dict[str, Any]) -> str | None:
    """Runs one cell.

    Arguments:
        source: its text; what is Jupyter's own in it (%timeit, !pip) is left out.
        name: what tracebacks call it.
        namespace: of all cells.

    Returns:
        In one line what it raised, or None.
    """
    try:
        source = in_python(source) + "\n"
        # Tracebacks and the exercise's source are read from here.
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        code = compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, namespace))
        else:
            exec(code, namespace)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit in a cell is the cell's problem too
        if type(error).__name__ == "TimeLimit":
            raise
        return _said(error, name)
    return None


_OF_PYTHON = ("time", "timeit", "capture", "prun")
"""Magics whose cell is Python, with a line above it; the cells of others are something else."""

# Each part takes all it can and gives nothing back: a long line costs no more than its length.
_INDENT = re.compile(r"(?:[ \t]*+\n)*+([ \t]*+)")
_CELL = re.compile(r"\s*+%%(\w*+)")
_TIME = re.compile(r"(\s*+)%time\s++(?=\S)")  # what it times also happens
_LINE = re.compile(r"(\s*+)(?:[%!?]|[\w.]++\?{1,2}+\s*+\Z)")
_GIVEN = re.compile(r"([\w, \t]++=)\s*+[%!](?!=)")
_ANY = re.compile(r"^(?:[ \t]*+[%!?]|[\w, \t]++=[ \t]*+[%!])|\?[ \t]*+$", re.MULTILINE)


def in_python(source: str) -> str:
    """A cell without what is Jupyter's own; line numbers stay, and what is Python stays as it is.

    Arguments:
        source: the text of a cell.

    Returns:
        Python, as far as that is known: shell commands and magics do nothing, and are None where
        something is assigned from them.
    """
    indent = _INDENT.match(source)
    if indent is not None and indent[1]:  # as Jupyter does with a cell that is indented as a whole
        source = "\n".join(line.removeprefix(indent[1]) for line in source.split("\n"))
    if not _ANY.search(source):
        return source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError):
        pass
    else:  # text in quotes, or a remainder on a line of its own
        return source
    lines = source.split("\n")
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    cell = _CELL.match(lines[first])
    if cell is not None:
        if cell[1] not in _OF_PYTHON:
            return ""
        lines[first] = ""
        return in_python("\n".join(lines))
    for k, line in enumerate(lines):
        line = _TIME.sub(r"\1", line, count=1) if _TIME.match(line) else line
        line = _GIVEN.sub(r"\1 None  # ", line, count=1) if _GIVEN.match(line) else line
        lines[k] = _LINE.sub(r"\1pass  # ", line, count=1) if _LINE.match(line) else line
    return "\n".join(lines)


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
