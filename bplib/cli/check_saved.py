"""``bplib check``: every exercise of the folder, from the notebooks as they were saved."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bplib.checks.progress import record_answer, store
from bplib.cli.saved import Request, exercises_in, requests
from bplib.course import CourseError

_COLOURS = {"passed": "green", "failed": "red", "not_attempted": "dim"}
_MARKS = {"passed": "✓", "not_attempted": "○"}
_WORDS = {"passed": "passed", "failed": "failed", "not_attempted": "not attempted"}


@dataclass(frozen=True)
class Row:
    """One line of the table: an exercise and what was found, or a notebook that cannot be run."""

    status: str  # passed | failed | not_attempted
    name: str
    text: str


def check_saved(what: list[str], *, seconds: float, start: Path | None = None) -> int:
    """Run the notebooks that are asked for one after the other and print the table.

    Arguments:
        what: chapters (``ch02``), exercise names, notebook files; empty for everything.
        seconds: time limit of one notebook.
        start: the folder to look from; the current one where it is None.

    Returns:
        0 when every exercise passed, 1 when one did not, is not attempted, or could not run.

    Raises:
        CourseError, UnknownNameError: for a request that means nothing here.
    """
    start = start or Path.cwd()
    # Where the output is not a terminal there is no width to keep to; 100 reads well in a log.
    console = Console() if sys.stdout.isatty() else Console(width=100)
    counts: Counter[str] = Counter()
    for request in requests(what, start):
        rows = check_notebook(request, seconds)
        counts.update(row.status for row in rows)
        _show(console, _shown_path(request.notebook, start), rows)
    summary = ", ".join(f"{counts[s]} {word}" for s, word in _WORDS.items() if counts[s])
    for note in store().take_notes():
        console.print(Text(note))
    console.print(Text(f"{summary or 'no exercises found'}."))
    return 0 if set(counts) == {"passed"} else 1


def check_notebook(request: Request, seconds: float) -> list[Row]:
    """The rows of one notebook, whatever its code does."""
    try:
        expected = exercises_in(request.notebook)
    except CourseError:
        return [Row("failed", request.notebook.stem, "not a readable notebook.")]
    facts, ended = run_in_child(request.notebook, seconds)
    verdicts: dict[str, dict] = {}
    raised: list[Row] = []
    at = 0
    for fact in facts:
        at = fact.get("at", at)
        if "result" in fact:
            verdicts[fact["result"]["exercise"]] = fact["result"]
        if "raised" in fact:
            raised.append(Row("failed", f"code cell {at}", fact["raised"]))
    rows = [_row(verdict) for verdict in verdicts.values()]
    unreached = "not reached."
    if not any("end" in fact for fact in facts):
        unreached = f"not reached; code cell {at} did not end."
        raised.append(Row("failed", f"code cell {at}", ended))
    rows += [Row("failed", name, unreached) for name in expected if name not in verdicts]
    if request.only is not None:
        rows = [row for row in rows if row.name in request.only]
        if all(row.name in verdicts for row in rows):
            raised = []  # what else is wrong in the notebook was not asked
    _record(verdicts[row.name] for row in rows if row.name in verdicts)
    return rows + raised


def _row(verdict: dict) -> Row:
    """A verdict as a row; the name stands in a column of its own."""
    name, text = verdict["exercise"], verdict["text"]
    text = re.sub(rf"\A[✓✗○] {re.escape(name)}(?: · |: )", "", text)
    status = verdict["status"] if verdict["status"] in _MARKS else "failed"
    if status == "passed":
        # How it was tried is for the notebook; here the mark says it.
        text = f"{text.partition(', inputs untouched')[0].rstrip('.')}."
    elif status == "not_attempted" and text.startswith("not attempted yet. "):
        text = "not attempted yet."
    return Row(status, name, text.split("\n")[0] if status == "passed" else text)


def _record(verdicts: Iterable[dict]) -> None:
    """What was checked here counts as progress, like a check in the notebook."""
    for verdict in verdicts:
        if verdict["status"] != "not_attempted" and "key" in verdict:
            record_answer(
                verdict["status"], verdict["misconception"], verdict["exercise"], verdict["key"]
            )


def run_in_child(notebook: Path, seconds: float) -> tuple[list[dict], str]:
    """Run a notebook in a process of its own; returns its facts and how the process ended."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "facts.jsonl"
        out.touch()
        command = [sys.executable, "-m", "bplib.cli.run_notebook", str(notebook), str(out)]
        child = subprocess.Popen(
            command,
            cwd=notebook.parent,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            ended = f"ended the process (exit code {child.wait(seconds)})."
        except subprocess.TimeoutExpired:
            ended = f"did not end within {seconds:g} s; is there a loop without an end?"
        finally:
            _kill(child)
        return _facts(out), ended


def _environment() -> dict[str, str]:
    """The child finds the same bplib, draws nothing on a screen, and leaves progress alone."""
    import bplib

    found = str(Path(bplib.__file__).parents[1])
    paths = [found, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "MPLBACKEND": "Agg",
        "BPLIB_PROGRESS": "memory",
    }


def _kill(child: subprocess.Popen) -> None:
    """End the child and whatever it started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    elif child.poll() is None:
        child.kill()
    child.wait()


def _facts(out: Path) -> list[dict]:
    """The complete lines that the child wrote."""
    facts = []
    for line in out.read_text(encoding="utf-8").splitlines():
        try:
            facts.append(json.loads(line))
        except ValueError:  # cut off in the middle when the child was ended
            break
    return facts


def _shown_path(path: Path, start: Path) -> str:
    start = start.resolve()
    return path.relative_to(start).as_posix() if path.is_relative_to(start) else str(path)


def _show(console: Console, title: str, rows: list[Row]) -> None:
    console.print(Text(title, style="bold"))
    table = Table.grid(padding=(0, 1))
    table.add_column(width=3, justify="right")
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        colour = _COLOURS[row.status]
        mark = _MARKS.get(row.status, "✗")
        table.add_row(Text(mark, style=colour), Text(row.name), Text(row.text))
    console.print(table)
    console.print()
