"""Exercises made from solutions, with nbgrader's own preprocessors."""

from __future__ import annotations

import logging
import re
import subprocess
from pathlib import Path
from typing import Any

from bplib.author.problem import AuthorError, read_notebook, tool
from bplib.author.twins import KERNEL, first_difference, inputs_key, one_line, synced_key

SOLUTION_ONLY = "solution-only"
# In the order in which `nbgrader generate_assignment` applies them, without its database.
PREPROCESSORS = (
    "LockCells",
    "ClearSolutions",
    "ClearOutput",
    "CheckCellMetadata",
    "ClearHiddenTests",
    "ClearMarkScheme",
    "ComputeChecksums",
)


def generate(solution: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The cells of the exercise notebook that belongs to a solution notebook.

    Regions between ``# BEGIN SOLUTION`` and ``# END SOLUTION`` become the stub, cells tagged
    ``solution-only`` are left out, and nothing keeps an output.
    """
    nbformat = tool("nbformat", "Generating exercises")
    preprocessors = tool("nbgrader.preprocessors", "Generating exercises")
    cells = [c for c in solution["cells"] if SOLUTION_ONLY not in c["metadata"].get("tags", [])]
    notebook = nbformat.from_dict(
        {
            "cells": cells,
            "metadata": {"kernelspec": KERNEL},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    quiet = logging.getLogger("bplib.author.nbgrader")
    quiet.setLevel(logging.CRITICAL + 1)  # what it says comes back as an exception too
    resources: dict[str, Any] = {"metadata": {}}
    for preprocessor in PREPROCESSORS:
        step = getattr(preprocessors, preprocessor)(log=quiet)
        try:
            notebook, resources = step.preprocess(notebook, resources)
        except Exception as error:  # nbgrader raises RuntimeError, ValueError and its own
            raise AuthorError(f"{name}: nbgrader refuses it: {one_line(error)}.") from error
        if preprocessor == "ClearSolutions":
            _quiet_at_the_top(notebook.cells)
    for cell in notebook.cells:
        if "BEGIN SOLUTION" in cell.source or "END SOLUTION" in cell.source:
            raise AuthorError(
                f"{name}: a solution region is not closed; each `# BEGIN SOLUTION` needs its "
                "`# END SOLUTION`."
            )
    return [_blank(cell) for cell in notebook.cells]


def _quiet_at_the_top(cells: list[Any]) -> None:
    """`pass` for a stub outside a function, where raising would stop the cells below it."""
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["source"] = re.sub(
                r"^raise NotImplementedError\(\)$", "pass", cell["source"], flags=re.MULTILINE
            )


def _blank(cell: Any) -> dict[str, Any]:
    blank = {k: v for k, v in cell.items() if k not in ("outputs", "execution_count")}
    blank["metadata"] = {k: v for k, v in cell["metadata"].items() if k != "execution"}
    if cell["cell_type"] == "code":
        blank.update(outputs=[], execution_count=None)
    return blank


def guard_exercise(path: Path, cells: list[dict[str, Any]]) -> None:
    """Stop when ``path`` holds edits that regenerating it would lose.

    Safe to replace: what equals the new exercise, what the generator itself wrote and nobody
    edited since, and what is committed as it stands.
    """
    if not path.exists():
        return
    old = read_notebook(path)
    if inputs_key(old["cells"]) in (inputs_key(cells), synced_key(old)) or is_committed(path):
        return
    where = first_difference(cells, old["cells"])
    raise AuthorError(
        f"exercises/{path.name} has uncommitted edits (first at {where}) and is generated from "
        f"solutions/text/{path.stem}.md; commit it or move your edits there, then sync again."
    )


def is_committed(path: Path) -> bool:
    """Whether git has ``path`` exactly as it is on disk; False outside a repository."""
    command = ["git", "status", "--porcelain", "--ignored", "--", path.name]
    try:
        answer = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    except OSError:
        return False
    return answer.returncode == 0 and not answer.stdout.strip()
