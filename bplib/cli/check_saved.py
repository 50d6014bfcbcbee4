"""``bplib check``: every exercise of the folder, from the notebooks as they were saved."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bplib.checks.progress import store
from bplib.cli.saved import requests
from bplib.cli.verdicts import Row, check_notebook, children

_COLOURS = {"passed": "green", "failed": "red", "not_attempted": "dim"}
_MARKS = {"passed": "✓", "not_attempted": "○"}
PROBLEM = "problem"
_WORDS = {"passed": "passed", "failed": "failed", "not_attempted": "not attempted"}
FORMAT = 1
"""Of what --json prints; it grows with a change that a program reading it would notice."""


def check_saved(
    what: list[str], *, seconds: float, as_json: bool = False, start: Path | None = None
) -> int:
    """Run the notebooks that are asked for one after the other and print the table.

    Arguments:
        what: chapters (``ch02``), exercise names, notebook files; empty for everything.
        seconds: time limit of one notebook.
        as_json: print one JSON object in the place of the tables.
        start: the folder to look from; the current one where it is None.

    Returns:
        0 when every exercise passed, 1 when one did not, is not attempted, or could not run.

    Raises:
        CourseError, UnknownNameError: for a request that means nothing here.
    """
    start = start or Path.cwd()
    console = console_for_output()
    counts: Counter[str] = Counter()
    found: list[tuple[str, Row]] = []
    asked = requests(what, start)
    with children(seconds) as workers:
        for request in asked:
            rows = check_notebook(request, seconds, workers)
            counts.update(row.status if row.is_exercise else PROBLEM for row in rows)
            title = shown_path(request.notebook, start)
            found += [(title, row) for row in rows]
            if not as_json:
                show(console, title, rows)
    if as_json:
        print(_as_json(found, counts))
    else:
        for note in store().take_notes():
            console.print(Text(note))
        console.print(Text(f"{in_words(counts) or 'no exercises found'}."))
    return 0 if set(counts) == {"passed"} else 1


def console_for_output() -> Console:
    """A console as wide as the terminal; elsewhere there is no width, and 100 reads well."""
    return Console() if sys.stdout.isatty() else Console(width=100)


def in_words(counts: Counter[str]) -> str:
    """Such as "3 passed, 1 failed, 1 problem": exercises, then what else went wrong."""
    said = [f"{counts[status]} {word}" for status, word in _WORDS.items() if counts[status]]
    if count := counts[PROBLEM]:
        said.append(f"{count} problem{'' if count == 1 else 's'}")
    return ", ".join(said)


def _as_json(found: list[tuple[str, Row]], counts: Counter[str]) -> str:
    """Exercises with their verdicts, what else went wrong, and how many of each."""
    exercises = [
        {
            "notebook": notebook,
            "exercise": row.name,
            "status": row.status,
            "misconception": row.misconception,
            "text": row.text,
        }
        for notebook, row in found
        if row.is_exercise
    ]
    problems = [
        {"notebook": notebook, "where": row.name, "text": row.text}
        for notebook, row in found
        if not row.is_exercise
    ]
    summary = {**{status: counts[status] for status in _WORDS}, "problems": counts[PROBLEM]}
    everything = {
        "format": FORMAT,
        "exercises": exercises,
        "problems": problems,
        "summary": summary,
    }
    return json.dumps(everything, indent=1, ensure_ascii=False)


def shown_path(path: Path, start: Path) -> str:
    """A notebook's path as the reader would type it."""
    start = start.resolve()
    return path.relative_to(start).as_posix() if path.is_relative_to(start) else str(path)


def show(console: Console, title: str, rows: list[Row]) -> None:
    """Print a title and the table of some rows."""
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
