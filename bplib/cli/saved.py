"""Which notebooks ``bplib check`` reads, and which exercises stand in them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from bplib import course, errors
from bplib.checks import registry
from bplib.course import CourseError

_CHAPTER = re.compile(r"(?:ch)?(\d{1,2})\Z")


@dataclass(frozen=True)
class Request:
    """One notebook to run, and the exercises to report (all that stand in it when None)."""

    notebook: Path
    only: frozenset[str] | None = None


def requests(what: list[str], start: Path) -> list[Request]:
    """What to run for the words on the command line; everything in the folder for none.

    Arguments:
        what: chapters (``ch02``), exercise names, notebooks (files, or names without ``.ipynb``),
            folders.
        start: the folder to look from.

    Returns:
        One request for each notebook.

    Raises:
        CourseError: for a file, a folder or a chapter that is not there.
        UnknownNameError: for a name that no exercise has.
    """
    if not what:
        return [Request(path) for path in saved_notebooks(start)]
    found: dict[Path, set[str] | None] = {}
    for word in what:
        for path, only in _meant(word, start):
            names = found.get(path, set())
            # Asking for a whole notebook outweighs asking for one exercise of it.
            found[path] = None if only is None or names is None else names | {only}
    return [
        Request(path, None if only is None else frozenset(only)) for path, only in found.items()
    ]


def _meant(word: str, start: Path) -> list[tuple[Path, str | None]]:
    chapter = _CHAPTER.match(word)
    if chapter:
        number = int(chapter.group(1))
        paths = [p for p in saved_notebooks(start) if p.name.startswith(f"{number:02d}_")]
        if not paths:
            raise CourseError(f"there is no exercise notebook of chapter {number} here.")
        return [(path, None) for path in paths]
    if word.endswith(".ipynb"):
        path = start / word
        if not path.is_file():
            raise CourseError(f"there is no notebook {word}.")
        return [(path.resolve(), None)]
    if word not in registry.all_exercises():
        return [(path, None) for path in _by_place(word, start)]
    for path in saved_notebooks(start) + _chapters(start):
        if word in exercises_in(path):
            return [(path, word)]
    raise CourseError(f"no notebook here has the exercise {word}.")


def _by_place(word: str, start: Path) -> list[Path]:
    """The notebooks of a folder, or the one notebook of a name such as ``02_linear_regression``."""
    folder = start / word
    if folder.is_dir():
        here = course.notebooks(folder) or course.notebooks(folder / "exercises")
        if not here and not folder.samefile(start):
            raise CourseError(f"there are no exercise notebooks in {word}.")
        return here or saved_notebooks(start)
    file = folder.with_name(f"{folder.name}.ipynb")
    if file.is_file():
        return [file.resolve()]
    if not re.match(r"\d\d_", word):
        registry.find(word)  # which says the closest
    by_name = {path.stem: path for path in saved_notebooks(start)}
    if word not in by_name:
        raise errors.unknown("notebook", word, by_name)
    return [by_name[word]]


def saved_notebooks(start: Path) -> list[Path]:
    """The exercise notebooks of the folder, or of the working copy that it belongs to.

    Looked for in the folder itself, in its ``exercises``, in the ``exercises`` beside it, and in
    the working copy that ``bplib book`` makes here. Copies (``NAME.new.ipynb``) are left out.
    """
    start = start.resolve()
    folders = [start / "exercises", start.parent / "exercises", start / "backprop-book/exercises"]
    if start.name not in ("book", "solutions"):
        folders.insert(0, start)
    for folder in folders:
        paths = course.notebooks(folder)
        if paths:
            return paths
    raise CourseError(
        f"there are no exercise notebooks in {start.name or start}; go to your working copy "
        "(bplib book makes one), or name a file: bplib check FILE"
    )


def _chapters(start: Path) -> list[Path]:
    """The chapters beside the exercises: predictions stand there."""
    try:
        beside = saved_notebooks(start)[0].parent.parent / "book"
    except CourseError:
        beside = course.files() / "book"
    return course.notebooks(beside)


def code_cells(path: Path) -> list[str]:
    """The sources of a notebook's code cells; raises `CourseError` when it cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{path.name} is not a readable notebook.") from error


def exercises_in(path: Path) -> list[str]:
    """The names of the book's exercises that a notebook checks, in the order of the book."""
    return checked_in(code_cells(path))


def checked_in(cells: list[str]) -> list[str]:
    """The names of the book's exercises that these cells check, in the order of the book."""
    text = "\n".join(cells)
    return [
        name
        for name in registry.all_exercises()
        if re.search(rf"\bcheck(?:_all)?\s*\([^\n]*\b{name}\b", text)
    ]
