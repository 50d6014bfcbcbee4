"""What must hold of every notebook: each rule is a function over a repository.

A rule takes the root folder and returns sentences, each naming a notebook and, where there is one,
a cell; an empty list means that the rule holds. `RULES` has them all by name; ``tests/`` runs them
and proves that each can fail. Nothing here executes a notebook.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bplib.author.outputs import IGNORED
from bplib.author.problem import AuthorError, joined, tool
from bplib.author.rules_reference import REFERENCE_RULES
from bplib.author.rules_text import TEXT_RULES
from bplib.author.shelf import Cell, shelf
from bplib.author.sync import FOLDERS, exercise_out_of_step, out_of_step

LARGEST_OUTPUT = 300_000  # bytes of one cell's outputs
LARGEST_NOTEBOOK = 1_500_000  # bytes of one file

# Folders that begin a path on somebody's machine, and where packages are installed.
_MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:home|Users|tmp|root|mnt|opt|var|private|usr|work)/\w"
    r"|[A-Z]:\\(?:Users|Windows|Program)"
    r"|site-packages"
)
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")


def twins_agree(root: Path) -> list[str]:
    """Every text has its executed notebook, every notebook its text, and they say the same."""
    found = [problem for problem in out_of_step(root) if not problem.startswith("exercises/")]
    for notebook in shelf(root, *FOLDERS):
        if not (notebook.path.parent / "text" / f"{notebook.path.stem}.md").exists():
            found.append(f"{notebook.name} has no text in {notebook.folder}/text.")
    return found


def code_was_executed(root: Path) -> list[str]:
    """Every code cell holds something and was executed; nbval passes over cells that were not."""
    found = []
    for cell in _code(root, *FOLDERS):
        if not cell.source.strip():
            found.append(cell.says("the code cell is empty."))
        elif not cell.raw.get("execution_count"):
            found.append(cell.says("the code was not executed; run `make sync`."))
    return found


def errors_are_meant(root: Path) -> list[str]:
    """A cell raises exactly when it is tagged ``raises-exception``."""
    found = []
    for cell in _code(root, *FOLDERS):
        raised = [out["ename"] for out in cell.outputs if out["output_type"] == "error"]
        meant = "raises-exception" in cell.tags
        if raised and not meant:
            found.append(cell.says(f"it raised {raised[0]}, and no tag says that this is meant."))
        if meant and not raised:
            found.append(cell.says("it is tagged raises-exception and raised nothing."))
    return found


def no_warnings(root: Path) -> list[str]:
    """Nothing is written to stderr: a warning in a chapter is a mistake in the chapter."""
    found = []
    for cell in _code(root, *FOLDERS):
        for output in cell.outputs:
            if output.get("name") == "stderr" and IGNORED not in cell.tags:
                first = joined(output["text"]).strip().splitlines()[0]
                found.append(cell.says(f"it wrote to stderr: {first[:80]}"))
    return found


def outputs_are_portable(root: Path) -> list[str]:
    """No stored output names a path or an address of the machine that made it."""
    found = []
    for cell in _code(root):
        for text in _texts(cell):
            match = _MACHINE.search(text)
            if match is None and IGNORED not in cell.tags:
                match = _ADDRESS.search(text)
            if match:
                shown = text[match.start() : match.start() + 40].split("\n")[0]
                found.append(cell.says(f"an output names this machine: {shown}"))
                break
    return found


def sizes_are_small(root: Path) -> list[str]:
    """No cell's outputs above 300 kB, no notebook above 1.5 MB."""
    found = []
    for notebook in shelf(root):
        size = notebook.path.stat().st_size
        if size > LARGEST_NOTEBOOK:
            found.append(f"{notebook.name} has {size:,} bytes; {LARGEST_NOTEBOOK:,} is the most.")
        for cell in notebook.cells("code"):
            size = len(json.dumps(cell.outputs, ensure_ascii=False).encode())
            if size > LARGEST_OUTPUT:
                found.append(
                    cell.says(f"its outputs have {size:,} bytes; {LARGEST_OUTPUT:,} is the most.")
                )
    return found


def cell_ids_are_unique(root: Path) -> list[str]:
    """Every cell has an id, and no two cells of a notebook share one."""
    found = []
    for notebook in shelf(root):
        ids = Counter(cell.raw.get("id") for cell in notebook.cells())
        for cell in notebook.cells():
            identifier = cell.raw.get("id")
            if identifier is None:
                found.append(cell.says("it has no id."))
            elif ids[identifier] > 1:
                found.append(cell.says(f"its id {identifier} is used {ids[identifier]} times."))
    return found


def notebooks_are_valid(root: Path) -> list[str]:
    """Every notebook is what the notebook format says, version 4.5, for the kernel python3."""
    nbformat = tool("nbformat", "Checking the notebooks")
    found = []
    for notebook in shelf(root):
        try:
            nbformat.validate(nbformat.from_dict(notebook.raw), version=4, version_minor=5)
        except nbformat.ValidationError as error:
            found.append(f"{notebook.name} is not a valid notebook: {error.message}")
        if notebook.raw["metadata"].get("kernelspec", {}).get("name") != "python3":
            found.append(f"{notebook.name} does not ask for the kernel python3.")
    return found


def exercises_match(root: Path) -> list[str]:
    """Every exercise notebook is what the generator makes from its solution."""
    found = []
    solutions = {notebook.path.name: notebook for notebook in shelf(root, "solutions")}
    for solution in solutions.values():
        try:
            found += exercise_out_of_step(root, solution.path)
        except AuthorError as error:
            found.append(str(error))
    for notebook in shelf(root, "exercises"):
        if notebook.path.name not in solutions:
            found.append(f"{notebook.name} has no solution in solutions/.")
    return found


def slugs_are_shared(root: Path) -> list[str]:
    """Exercise and solution NN belong to a chapter of the same slug; numbers are not used twice."""
    chapters = {notebook.path.stem for notebook in shelf(root, "book")}
    found = [
        f"{notebook.name} belongs to no chapter of that name."
        for notebook in shelf(root, "solutions", "exercises")
        if notebook.path.stem not in chapters
    ]
    numbers = Counter(stem.split("_")[0] for stem in chapters)
    found += [f"two chapters have the number {n}." for n, times in numbers.items() if times > 1]
    return found


def _code(root: Path, *folders: str) -> Iterator[Cell]:
    for notebook in shelf(root, *folders):
        yield from notebook.cells("code")


def _texts(cell: Cell) -> Iterator[str]:
    """Every text in a cell's outputs, base64 images left out."""
    for output in cell.outputs:
        yield joined(output.get("text", ""))
        yield output.get("evalue", "")
        yield "\n".join(output.get("traceback", []))
        for mime, value in output.get("data", {}).items():
            if mime.startswith("text/") or mime == "image/svg+xml":
                yield joined(value)


RULES: dict[str, Callable[[Path], list[str]]] = {
    rule.__name__: rule
    for rule in (
        twins_agree,
        code_was_executed,
        errors_are_meant,
        no_warnings,
        outputs_are_portable,
        sizes_are_small,
        cell_ids_are_unique,
        notebooks_are_valid,
        exercises_match,
        slugs_are_shared,
        *TEXT_RULES,
        *REFERENCE_RULES,
    )
}
