"""Giving a notebook, or one exercise of it, back as it was delivered; what was written is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bplib import errors
from bplib.course.layout import plain_sentences, write_whole
from bplib.course.where import CourseError, delivered

Cell = dict[str, Any]


def reset(directory: str | os.PathLike, name: str) -> Path | None:
    """Give one notebook back as it was delivered, after a backup of the reader's.

    Arguments:
        directory: the working copy.
        name: such as ``01_chain_rule`` (its exercises) or ``book/01_chain_rule``.

    Returns:
        The path of the backup, ``NAME.backup-1.ipynb`` beside it; None where there was nothing to
        keep.

    Raises:
        UnknownNameError: where the course has no such notebook; the sentence offers the closest.
        CourseError: where the directory cannot be written to.
    """
    target = Path(directory).expanduser()
    key = notebook_called(name)
    return _replace(target, target / key, delivered(with_solutions=True)[key].read_bytes())


def notebook_called(name: str) -> str:
    """The delivered notebook that a name stands for.

    Arguments:
        name: such as ``01_chain_rule`` (its exercises), ``book/01_chain_rule`` or a file's name.

    Returns:
        Its relative name, ``exercises/01_chain_rule.ipynb``.

    Raises:
        UnknownNameError: where the course has no such notebook; the sentence offers the closest.
    """
    course = delivered(with_solutions=True)
    wanted = name.removesuffix(".ipynb")
    wanted = wanted if "/" in wanted else f"exercises/{wanted}"
    if f"{wanted}.ipynb" not in course:
        known = [n.removesuffix(".ipynb") for n in course if n.endswith(".ipynb")]
        raise errors.unknown("notebook", wanted, known)
    return f"{wanted}.ipynb"


def reset_exercise(directory: str | os.PathLike, name: str) -> Path | None:
    """Give the cell of one exercise back as it was delivered; the notebook's others stay.

    Arguments:
        directory: the working copy.
        name: the exercise's name, such as ``mse_gradient``.

    Returns:
        The path of the backup of the whole notebook.

    Raises:
        CourseError: where the working copy has no such cell, or it cannot be written to.
    """
    target = Path(directory).expanduser()
    key, fresh = _delivered_cell(name)
    path = target / key
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        mine = [cell for cell in notebook["cells"] if _answers(cell) == name]
    except FileNotFoundError:
        raise CourseError(f"there is no {key} in {target}.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CourseError(f"{path} is not a readable notebook; reset all of it.") from None
    if len(mine) != 1:
        count = "no cell" if not mine else f"{len(mine)} cells"
        raise CourseError(f"{path} has {count} for {name}; reset the whole notebook.")
    mine[0].update(source=fresh["source"], outputs=[], execution_count=None)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return _replace(target, path, text.encode())


def _delivered_cell(name: str) -> tuple[str, Cell]:
    for key, path in delivered().items():
        if key.startswith("exercises/") and key.endswith(".ipynb"):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if _answers(cell) == name:
                    return key, cell
    raise CourseError(f"{name} has no cell to write in; it stands in the text of the chapter.")


def _answers(cell: Cell) -> str | None:
    """The exercise that a cell is the answer to."""
    marked = cell["metadata"].get("nbgrader", {})
    return marked.get("grade_id") if marked.get("solution") else None


def _replace(target: Path, path: Path, data: bytes) -> Path | None:
    with plain_sentences(target, "cannot be written to; nothing was reset."):
        backup = _kept(path) if path.exists() else None
        write_whole(path, data)
    return backup


def _kept(path: Path) -> Path:
    """A copy under the first free name, which two resets at once never share."""
    mine = path.read_bytes()
    number = 0
    while True:
        number += 1
        backup = path.with_name(f"{path.stem}.backup-{number}.ipynb")
        try:
            with open(backup, "xb") as file:
                file.write(mine)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            continue
        except BaseException:
            backup.unlink(missing_ok=True)
            raise
        return backup
