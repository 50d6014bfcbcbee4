"""Hints, one more each time, and the worked answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import BplibError
from .declare import AnyExercise, Prediction
from .progress import record_hint, record_solution, store
from .show_values import value

_asked: set[str] = set()  # exercises whose solution was asked for once, without an attempt


def hint_lines(
    exercise: AnyExercise,
    spoken: str,
    level: int | None = None,
    ask: Callable[[str, int], str] | None = None,
) -> list[str]:
    """The lines of a hint; that it was read is noted.

    Arguments:
        exercise: the exercise.
        spoken: how the reader calls it, `f` or `"f"`.
        level: 1 to 3; without it the first hint not read yet, and after the third all three.
        ask: says what to ask for next, as `next_help` does; the command line has its own.

    Returns:
        Lines of light markup, the last one says what to ask for next.
    """
    name, count = exercise.name, len(exercise.hints)
    if level is not None and not (type(level) is int and 1 <= level <= count):
        return [f"○ **{name}**: there are {count} hints, 1 to {count}; not {level!r}."]
    read = store().entry(name)["hints"]
    wanted = min(read + 1, count) if level is None else level
    record_hint(name, wanted)
    first = 1 if level is None and read >= count else wanted
    lines = [
        f"Hint {k} of {count} · **{name}**: {exercise.hints[k - 1]}"
        for k in range(first, wanted + 1)
    ]
    return [*lines, f"Next: {(ask or next_help)(spoken, wanted)}"]


def next_help(spoken: str, read: int) -> str:
    """What to ask for next.

    Arguments:
        spoken: how the reader calls the exercise.
        read: how many hints have been read.

    Returns:
        The call to write, in backticks.
    """
    if read >= 3:
        return f"`solution({spoken})`"
    return f"`hint({spoken})` ({read + 1} of 3)"


def solution_lines(exercise: AnyExercise, spoken: str) -> tuple[list[str], str]:
    """The lines above a worked answer, and its source.

    Arguments:
        exercise: the exercise.
        spoken: how the reader calls it.

    Returns:
        Lines of light markup, and the source: empty while it still asks back, or where the solution
        notebooks are not installed.
    """
    name = exercise.name
    entry = store().entry(name)
    if not entry["attempts"] and name not in _asked:
        _asked.add(name)
        ask = (
            f"○ **{name}**: you have not tried it yet, and a wrong first try teaches more than a "
            "right answer read."
        )
        return [ask, f"Still want to see it? Run `solution({spoken})` once more."], ""
    source = worked_answer(exercise)
    if source is None:
        return [f"○ **{name}**: the solution notebooks are not installed here."], ""
    record_solution(name)
    return [f"A worked answer · **{name}**", f"What to notice: {exercise.after}"], source


def worked_answer(exercise: AnyExercise) -> str | None:
    """The worked answer from the course's solution notebook, without the markers around it.

    Arguments:
        exercise: the exercise.

    Returns:
        Its source; for a prediction the value; None where the notebook is not there.
    """
    if isinstance(exercise, Prediction):
        return value(exercise.answer)
    from ..course import notebooks

    folder = solutions_folder()
    if folder is None:
        return None
    for path in notebooks(folder, exercise.chapter):
        for source in code_cells(path):
            if is_answer(source, exercise.name):
                return "\n".join(
                    line
                    for line in source.split("\n")
                    if line.strip() not in ("# BEGIN SOLUTION", "# END SOLUTION")
                ).strip()
    return None


def is_answer(source: str, name: str) -> bool:
    """Whether a cell holds an answer: it defines the function, or holds a marked region for it.

    Arguments:
        source: the cell's.
        name: the exercise's name.

    Returns:
        True or False.
    """
    if re.search(rf"^def {name}\(", source, re.MULTILINE):
        return True
    return "BEGIN SOLUTION" in source and name in source


def code_cells(path: Path) -> Iterator[str]:
    """The sources of a notebook's code cells.

    Arguments:
        path: of the notebook.

    Returns:
        The sources in order; none where the notebook cannot be read.
    """
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
    except (OSError, ValueError, KeyError):
        return
    for cell in cells:
        if cell.get("cell_type") == "code":
            yield "".join(cell.get("source", ""))


def solutions_folder() -> Path | None:
    """The course's `solutions/`: the clone's, or the one inside the package.

    Returns:
        The folder, or None where there is none.
    """
    from ..course import files

    try:
        folder = Path(files()) / "solutions"
    except BplibError:
        return None
    return folder if folder.is_dir() else None
