"""``bplib check --watch``: a notebook is checked again whenever it is saved."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bplib.checks.progress import store
from bplib.cli.check_saved import console_for_output, show, shown_path
from bplib.cli.saved import Request, requests
from bplib.cli.verdicts import Row, check_notebook, children
from bplib.grading.workers import Workers

PAUSE = 0.4  # seconds between two looks; a file that two looks find alike has been written whole

Look = tuple[int, int, int] | None


def watch(
    what: list[str],
    *,
    seconds: float,
    start: Path | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Check once, then again whenever a notebook is saved, until Ctrl-C.

    After each save it shows the exercises whose verdict has changed, and the one that comes next:
    one thing to do at a time.

    Arguments:
        what: chapters (``ch02``), exercise names, notebook files; empty for everything.
        seconds: time limit of one notebook.
        start: the folder to look from; the current one where it is None.
        wait: lets some seconds pass.

    Returns:
        0, at Ctrl-C.

    Raises:
        CourseError, UnknownNameError: for a request that means nothing here.
    """
    start = start or Path.cwd()
    console = console_for_output()
    asked = requests(what, start)
    verdicts: dict[Path, list[Row]] = {}
    try:
        with children(seconds) as workers:
            seen = {request.notebook: _look(request.notebook) for request in asked}
            for request in asked:
                verdicts[request.notebook] = check_notebook(request, seconds, workers)
            _say_what_is_next(console, verdicts)
            console.print(Text("Save a notebook, and it is checked again. Ctrl-C ends."))
            while True:
                wait(PAUSE)
                for request in asked:
                    now = _look(request.notebook)
                    if now is None or now == seen[request.notebook]:
                        continue
                    seen[request.notebook] = _settled(request.notebook, now, wait)
                    if seen[request.notebook] is None:
                        continue
                    title = f"{shown_path(request.notebook, start)} was saved"
                    _again(console, title, request, seconds, workers, verdicts)
    except KeyboardInterrupt:
        console.print(Text("The watch is over."))
        return 0


def _again(
    console: Console,
    title: str,
    request: Request,
    seconds: float,
    workers: Workers,
    verdicts: dict[Path, list[Row]],
) -> None:
    before = {row.name: row for row in verdicts[request.notebook]}
    rows = check_notebook(request, seconds, workers)
    if any(row.is_exercise for row in rows):  # half a file changes nothing that was found before
        verdicts[request.notebook] = rows
    changed = [row for row in rows if before.get(row.name) != row]
    if changed:
        show(console, title, changed)
    else:
        console.print(Text(f"{title}; no verdict has changed."))
    _say_what_is_next(console, verdicts, shown={row.name for row in changed})


def _say_what_is_next(
    console: Console,
    verdicts: dict[Path, list[Row]],
    shown: frozenset[str] | set[str] = frozenset(),
) -> None:
    rows = [row for found in verdicts.values() for row in found]
    counts = Counter(row.status for row in rows if row.is_exercise)
    done = f"{counts['passed']} of {counts.total()} done"
    following = next((row for row in rows if row.status != "passed"), None)
    for note in store().take_notes():
        console.print(Text(note))
    if following is None:
        console.print(Text(f"{done}: all of them."))
    elif following.name in shown:
        console.print(Text(f"{done}. Next: {following.name}, above."))
    else:
        show(console, f"{done}. Next:", [following])


def _look(path: Path) -> Look:
    """What tells one saving of a file from another; None while it is not there."""
    try:
        found = path.stat()
    except OSError:  # an editor is just putting the new one in its place
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _settled(path: Path, now: Look, wait: Callable[[float], None]) -> Look:
    """Waits until a file is no longer being written; None where it has gone for now."""
    while True:
        wait(PAUSE / 2)
        later = _look(path)
        if later == now:
            return later
        now = later
