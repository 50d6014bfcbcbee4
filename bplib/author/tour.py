"""``bplib author tour``: what the checks say on the way from wrong to right, by running them."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bplib import checks
from bplib.author.problem import write_atomically
from bplib.author.tour_attempts import TOUR
from bplib.checks import registry

PAGE = Path("book/tour_of_the_checks.md")
WIDTH = 92  # characters of a line of what is said

_OPENING = """\
# A tour of the checks

What does a wrong answer hear? Eleven exercises, each tried three times before it is right. The \
code is what somebody might type; everything below a call of `check` is what the check said to it, \
written down by running it (`bplib author tour`). In Jupyter the same words stand in a small card.

`dprice` is the slope of the result with respect to `price`: how far the result moves for a small \
step of the price. A check calls the function on several *cases*, inputs that it makes from a \
number, the *seed*; with the seed, the same cases come again. A longer calculation is checked name \
by name instead, by `check_all`, up to the first name that is wrong.

Three things to watch for. The numbers come first, so that you can find the mistake yourself. A \
mistake gets a name only where exactly one explanation fits every case. And the answer is never \
given away: the last line of a wrong one is where help is.
"""


def page(tour: Mapping[str, Sequence[str]] = TOUR) -> str:
    """The tour as Markdown, the same text every time.

    Arguments:
        tour: names of exercises with the cells that a learner runs.

    Returns:
        The page.
    """
    parts = [_OPENING]
    for name, cells in tour.items():
        exercise = registry.find(name)
        parts.append(f"## {name}\n\n*Chapter {exercise.chapter}.* {exercise.statement}\n")
        for source, said in transcript(name, cells):
            parts.append(f"```python\n{source}\n```\n\n```text\n{said}\n```\n")
    return "\n".join(parts)


def transcript(name: str, cells: Sequence[str]) -> list[tuple[str, str]]:
    """What is said to a learner who runs these cells, one after the other, and nothing before.

    Arguments:
        name: the exercise's name.
        cells: sources; one that defines the exercise's function is followed by its check.

    Returns:
        (source, what was said) for each cell.
    """
    names: dict[str, Any] = {"np": np, "check": checks.check, "hint": checks.hint}
    names["check_all"] = checks.check_all
    found = []
    with _nothing_done_yet():
        for number, cell in enumerate(cells, start=1):
            source = cell.strip()
            if source.startswith(f"def {name}("):
                source += f"\n\n\ncheck({name})"
            place = f"<cell {number}>"
            # Where an exception names a line, the check reads it from here.
            linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(source, place, "exec", dont_inherit=True), names)
            found.append((source, _folded(out.getvalue().rstrip())))
    return found


def _folded(text: str) -> str:
    """Lines as a terminal folds them; what is indented is code or numbers, and stays."""
    lines = []
    for line in text.split("\n"):
        whole = line.startswith(" ") or len(line) <= WIDTH
        lines += [line] if whole else textwrap.wrap(line, WIDTH, break_on_hyphens=False)
    return "\n".join(lines)


@contextlib.contextmanager
def _nothing_done_yet() -> Iterator[None]:
    """A progress file that is thrown away: the tour counts from the first attempt."""
    before = os.environ.get("BPLIB_PROGRESS")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BPLIB_PROGRESS"] = str(Path(folder) / "progress.json")
        try:
            yield
        finally:
            del os.environ["BPLIB_PROGRESS"]
            if before is not None:
                os.environ["BPLIB_PROGRESS"] = before


def has_place(root: Path) -> bool:
    """Whether a repository is the one of these checks, which the page belongs to.

    Arguments:
        root: the repository.

    Returns:
        True or False.
    """
    return (root / "bplib" / "checks").is_dir()


def out_of_date(root: Path) -> list[str]:
    """A sentence where the page is not what the checks say now.

    Arguments:
        root: the repository.

    Returns:
        One sentence, or none.
    """
    path = root / PAGE
    if path.exists() and path.read_text(encoding="utf-8") == page():
        return []
    return [f"{PAGE.as_posix()} is not what the checks say now; run `make sync`."]


def write(root: Path) -> bool:
    """Writes the page.

    Arguments:
        root: the repository.

    Returns:
        Whether anything changed.
    """
    return write_atomically(root / PAGE, page())
