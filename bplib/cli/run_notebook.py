"""The child process of ``bplib check``: runs one notebook's code and writes down the verdicts.

``python -m bplib.cli.run_notebook NOTEBOOK OUT``: the code cells run in order in one namespace,
as in Jupyter. Calls of ``check`` and ``check_all`` are answered by `run_check`, and each verdict is
one line of JSON in OUT, written at once: what was found stays when a later cell never ends.

This keeps a crash or an endless loop of one notebook away from the others. It is no protection
against code that means harm.
"""

from __future__ import annotations

import json
import linecache
import sys
import traceback
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from bplib import checks
from bplib.checks import registry
from bplib.checks.declare import Chain
from bplib.checks.progress import answer_key
from bplib.cli.saved import code_cells


def main(notebook: Path, out: Path) -> None:
    """Run the notebook; OUT gets lines with ``at``, ``result``, ``raised`` and, last, ``end``."""
    cells = code_cells(notebook)
    with out.open("a", encoding="utf-8", buffering=1) as file:
        listen(file)
        module = types.ModuleType("__main__")
        module.__dict__["display"] = _nothing
        module.__dict__["get_ipython"] = lambda: None
        sys.modules["__main__"] = module
        for number, source in enumerate(cells, start=1):
            _tell(file, at=number)
            problem = _run_cell(source, f"<cell {number} of {notebook.name}>", module.__dict__)
            if problem:
                _tell(file, at=number, raised=problem)
        _tell(file, end=True)


def listen(file: TextIO) -> None:
    """Put listeners in the place of what a notebook imports from `bplib.checks`."""

    def check(answer: Any, name: str | None = None, **options: Any) -> None:
        known = getattr(answer, "__name__", "?") if name is None else name
        _verdict(file, known, answer, answer)

    def check_all(namespace: Mapping[str, Any], name: str, **options: Any) -> None:
        exercise = registry.all_exercises().get(name)
        if isinstance(exercise, Chain):
            steps = {step[0]: namespace.get(step[0]) for step in exercise.steps}
            _verdict(file, name, dict(namespace), steps)
        else:
            check(namespace.get(name, ...), name)

    stand_ins: dict[str, Callable[..., None]] = {"check": check, "check_all": check_all}
    stand_ins |= dict.fromkeys(("hint", "solution", "progress"), _nothing)
    for name, stand_in in stand_ins.items():
        setattr(checks, name, stand_in)


def _nothing(*arguments: Any, **options: Any) -> None:
    """What shows something in Jupyter has nobody to show it to here."""


def _verdict(file: TextIO, name: str, answer: Any, hashed: Any) -> None:
    """Ask for the verdict on an answer; ``hashed`` is what tells one attempt from the next."""
    try:
        result = checks.run_check(name, answer)
    except Exception as error:  # an unknown name, or an answer that no check expects
        _tell(file, result={"exercise": name, "status": "error", "text": f"✗ {name} · {error}"})
        return
    _tell(
        file,
        result={
            "exercise": result.exercise,
            "status": result.status,
            "text": result.text,
            "misconception": result.misconception,
            "key": answer_key(hashed),
        },
    )


def _run_cell(source: str, name: str, namespace: dict[str, Any]) -> str | None:
    """Run one cell; returns in one line what it raised, or None."""
    # Jupyter's own commands (%timeit, !pip) say nothing about an exercise.
    lines = ["" if line.startswith(("%", "!")) else line for line in source.split("\n")]
    source = "\n".join(lines) + "\n"
    # Tracebacks and the exercise's source are read from here.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        exec(compile(source, name, "exec"), namespace)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit in a cell is the cell's problem too
        place = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == name
        ]
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
        where = f" in line {line or place[-1]}" if line or place else ""
        said = " ".join(str(getattr(error, "msg", None) or error).split())
        return f"{type(error).__name__}{where}: {said}".rstrip(": ")
    return None


def _tell(file: TextIO, **facts: Any) -> None:
    file.write(json.dumps(facts) + "\n")
    file.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
