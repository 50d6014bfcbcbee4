"""A chapter's exercises as an assignment: what both graders' notebooks are written from."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bplib import course
from bplib.checks import registry
from bplib.checks.declare import AnyExercise, Chain, Prediction
from bplib.errors import BplibError
from bplib.export.predictions import prediction_tasks

_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:)([^)]*)\)")
_CHAPTER = re.compile(r"(\d\d)_\w+\.ipynb")
_STUB = "`raise NotImplementedError()`"


class ExportError(BplibError, RuntimeError):
    """One plain sentence about what stands in the way of an export."""


@dataclass(frozen=True)
class Text:
    """A cell of Markdown."""

    source: str


@dataclass(frozen=True)
class Code:
    """A cell of code that is nobody's answer, such as the imports."""

    source: str


@dataclass(frozen=True)
class Task:
    """An exercise: what to do, the worked answer between its markers, and what it is worth.

    Fields:
        exercise: the declaration, whose name is also that of the function or value.
        points: what a right answer is worth.
        statement: the Markdown above the answer; empty where there is none.
        answer: source of the solved answer cell, with `# BEGIN SOLUTION` and `# END SOLUTION`.
    """

    exercise: AnyExercise
    points: float
    statement: str
    answer: str

    @property
    def call(self) -> str:
        """The check as an expression without its closing bracket: `check(f, "f"`."""
        name = self.exercise.name
        if isinstance(self.exercise, Chain):
            return f'check_all(locals(), "{name}"'
        return f'check({name}, "{name}"'


@dataclass(frozen=True)
class Assignment:
    """A chapter's exercises in the order of the notebook.

    Fields:
        slug: the notebook's name, such as "01_chain_rule".
        title: its heading.
        parts: texts, code and tasks.

    Attributes:
        tasks: the tasks alone.
        points: what all of them are worth together.
    """

    slug: str
    title: str
    parts: tuple[Text | Code | Task, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks alone."""
        return tuple(part for part in self.parts if isinstance(part, Task))

    @property
    def points(self) -> float:
        """What all tasks are worth together."""
        return sum(task.points for task in self.tasks)


def assignments(chapters: list[int] | None = None) -> list[Assignment]:
    """The assignments of the course, one a chapter.

    Arguments:
        chapters: numbers of chapters; all where it is None.

    Returns:
        Assignments in the order of the book.

    Raises:
        ExportError: for a chapter without exercises, or a notebook that cannot be read.
        CourseError: where this installation has no book.
    """
    paths = course.notebooks(course.files() / "solutions")
    here = {int(path.name[:2]): path for path in paths}
    for number in chapters or ():
        if number not in here:
            known = ", ".join(map(str, here))
            raise ExportError(f"chapter {number} has no exercises; these chapters have: {known}.")
    return [read(path) for number, path in here.items() if chapters is None or number in chapters]


def read(path: Path) -> Assignment:
    """The assignment that a solution notebook makes, with the chapter's predictions.

    Arguments:
        path: of the notebook.

    Returns:
        The assignment; links that lead out of it are left as words.

    Raises:
        ExportError: where the notebook cannot be read as exercises, with the cell.
    """
    parts = list(_parts(path))
    names = {part.exercise.name for part in parts if isinstance(part, Task)}
    asked = [
        one
        for one in registry.of_chapter(int(path.name[:2]))
        if isinstance(one, Prediction) and one.name not in names
    ]
    if asked:
        heading, tasks = prediction_tasks(asked)
        first = next((i for i, part in enumerate(parts) if isinstance(part, Task)), len(parts))
        added: list[Text | Code | Task] = [Text(heading), *(Task(*one) for one in tasks)]
        # Nothing of this assignment may come between the text of an exercise and its answer.
        parts[first:first] = added
    title = next((p.source for p in parts if isinstance(p, Text)), path.stem).split("\n")[0]
    return Assignment(path.stem, title.lstrip("# "), tuple(parts))


def _parts(path: Path) -> Iterator[Text | Code | Task]:
    """The cells of a notebook as parts; a text right above an answer goes with its task."""
    text, answer = "", None
    for number, cell in enumerate(_cells(path), start=1):
        source = "".join(cell["source"])
        marks = cell["metadata"].get("nbgrader", {})
        if "solution-only" in cell["metadata"].get("tags", []):
            continue
        if answer is not None and not marks.get("grade"):
            raise ExportError(f"{path.name}, cell {number}: the check of the answer above is due.")
        if marks.get("grade"):
            task = _checked(source)
            if answer is None or task is None:
                raise ExportError(
                    f"{path.name}, cell {number}: a check is check(…) of the answer above, alone."
                )
            yield Task(registry.find(task), marks["points"], text, answer)
            text, answer = "", None
        elif marks.get("solution"):
            answer = source
        else:
            if text:
                yield Text(text)
            text = ""
            if cell["cell_type"] == "markdown":
                text = _standing_alone(source)
            else:
                yield Code(source)
    if answer is not None:
        raise ExportError(f"{path.name}: the check of the last answer is missing.")
    if text:
        yield Text(text)


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [{**cell, "metadata": cell["metadata"], "source": cell["source"]} for cell in cells]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExportError(f"{path.name} is not a readable notebook.") from error


def _checked(source: str) -> str | None:
    """The exercise that a cell checks; None where it does anything else."""
    try:
        (statement,) = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    if call.func.id not in ("check", "check_all") or not call.args:
        return None
    named = call.args[1] if len(call.args) > 1 else call.args[0]
    if isinstance(named, ast.Constant) and isinstance(named.value, str):
        return named.value
    return named.id if isinstance(named, ast.Name) else None


def _standing_alone(source: str) -> str:
    """A text without links that lead out of the assignment, naming the blank that graders leave."""

    def words(match: re.Match[str]) -> str:
        text, target = match.groups()
        chapter = _CHAPTER.search(target)
        if chapter is None or "chapter" in text.lower():
            return text
        return f"{text} (chapter {int(chapter.group(1))})"

    return _LINK.sub(words, source).replace(_STUB, "the `...`")
