"""Bring texts, notebooks, outputs and exercises into step."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bplib.author import exercises, twins
from bplib.author.execute import execute
from bplib.author.outputs import tidy
from bplib.author.problem import AuthorError, read_notebook, write_atomically

FOLDERS = ("book", "solutions")


@dataclass(frozen=True)
class Pair:
    """A text and the notebook that is made from it."""

    text: Path
    notebook: Path

    @property
    def name(self) -> str:
        """Folder and slug: ``book/01_chain_rule``."""
        return f"{self.notebook.parent.name}/{self.notebook.stem}"


def pairs(root: Path) -> list[Pair]:
    """Every text of the repository with its notebook, in reading order."""
    found = []
    for folder in FOLDERS:
        for text in sorted((root / folder / "text").glob("*.md")):
            found.append(Pair(text, root / folder / f"{text.stem}.ipynb"))
    return found


def chosen(everything: list[Pair], names: Iterable[str]) -> list[Pair]:
    """The pairs meant by ``names``: a slug, its number, ``book/slug`` or a path; all if empty."""
    names = list(names)
    if not names:
        return everything
    found = []
    for name in names:
        path = Path(name)
        parents = set(path.parent.parts) - {"text", "."}
        stem = path.stem if path.suffix in (".md", ".ipynb") else path.name
        matches = [
            pair
            for pair in everything
            if (pair.notebook.stem == stem or pair.notebook.stem.split("_")[0] == stem)
            and (not parents & set(FOLDERS) or pair.notebook.parent.name in parents)
        ]
        if not matches:
            raise AuthorError(_no_text(stem, everything))
        found += [pair for pair in matches if pair not in found]
    return found


def _no_text(stem: str, everything: list[Pair]) -> str:
    known = sorted({pair.notebook.stem for pair in everything})
    close = difflib.get_close_matches(stem, known, n=1, cutoff=0.5)
    hint = f"; did you mean '{close[0]}'?" if close else "."
    return f"there is no text '{stem}' in book/text or solutions/text{hint}"


def nothing_in(root: Path) -> str:
    """What to say of a folder that is no repository of a book."""
    return f"there is nothing to sync: {root} has no book/text or solutions/text."


def notebook_text(cells: list[dict[str, Any]], key: str) -> str:
    """A notebook file as it is stored: sorted keys, minimal metadata, the synced key."""
    notebook = {
        "cells": cells,
        "metadata": {
            "bplib": {"inputs": key},
            "kernelspec": twins.KERNEL,
            "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    lines = [_as_lines(cell) for cell in notebook["cells"]]  # type: ignore[attr-defined]
    return (
        json.dumps({**notebook, "cells": lines}, indent=1, ensure_ascii=False, sort_keys=True)
        + "\n"
    )


def _as_lines(cell: dict[str, Any]) -> dict[str, Any]:
    """Texts as lists of lines, the way Jupyter stores them, so that diffs read well."""
    cell = {**cell, "source": _split(cell["source"])}
    if "outputs" in cell:
        cell["outputs"] = [_output_lines(output) for output in cell["outputs"]]
    return cell


def _output_lines(output: dict[str, Any]) -> dict[str, Any]:
    output = dict(output)
    if "text" in output:
        output["text"] = _split(output["text"])
    if "data" in output:
        output["data"] = {
            # Images in base64 and JSON stay whole, as nbformat writes them.
            mime: _split(value) if _is_text(mime, value) else value
            for mime, value in output["data"].items()
        }
    return output


def _is_text(mime: str, value: Any) -> bool:
    return isinstance(value, (str, list)) and (
        mime.startswith("text/") or mime in ("image/svg+xml", "application/javascript")
    )


def _split(text: str | list[str]) -> list[str]:
    return text if isinstance(text, list) else text.splitlines(keepends=True)


def make(pair: Pair, quick: bool = False, fresh: bool = False) -> tuple[str, bool]:
    """The file content of a pair's notebook, and whether it had to be executed."""
    cells = twins.read_text(pair.text)
    old = twins.guard(pair.text, pair.notebook, cells)
    key = twins.inputs_key(cells)
    if quick and old is not None and key == synced_of(old):
        return pair.notebook.read_text(encoding="utf-8"), False
    executed = execute(cells, pair.notebook.parent, pair.name)
    tidy(executed, old, fresh)
    return notebook_text(executed, key), True


def synced_of(notebook: dict[str, Any]) -> str | None:
    """The synced key of a notebook that is complete: every code cell executed, inputs as synced."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    complete = all(cell.get("execution_count") for cell in code)
    key = twins.synced_key(notebook)
    return key if complete and key == twins.inputs_key(notebook["cells"]) else None


def exercise_text(solution_path: Path) -> tuple[str, list[dict[str, Any]]]:
    """The file content of the exercise that belongs to a solution notebook, and its cells."""
    cells = exercises.generate(read_notebook(solution_path), f"solutions/{solution_path.name}")
    return notebook_text(cells, twins.inputs_key(cells)), cells


def _attempt(job: tuple[Pair, bool, bool]) -> tuple[str, bool] | str:
    """`make` for a worker process: a sentence in the place of an exception."""
    try:
        return make(*job)
    except AuthorError as error:
        return str(error)


def sync(
    root: Path,
    names: Iterable[str] = (),
    *,
    quick: bool = False,
    fresh: bool = False,
    jobs: int = 2,
    say: Callable[[str], None] = print,
) -> list[str]:
    """Make every chosen notebook and exercise from its text; returns what went wrong.

    Each notebook is written in one step and only when it changed; one that fails stops nothing
    but itself. ``quick`` executes only what changed; ``fresh`` takes new outputs even for cells
    tagged ``nbval-ignore-output``.
    """
    work = chosen(pairs(root), names)
    if not work:
        raise AuthorError(nothing_in(root))
    problems: list[str] = []
    todo = [(pair, quick, fresh) for pair in work]
    for pair, result in zip(work, _run(todo, jobs), strict=True):
        if isinstance(result, str):
            problems.append(result)
            say(f"✗ {result}")
            continue
        text, executed = result
        written = write_atomically(pair.notebook, text)
        say(f"✓ {pair.name}: {_did(executed, written)}")
        if pair.notebook.parent.name == "solutions":
            problems += _sync_exercise(root, pair, say)
    return problems


def _did(executed: bool, written: bool) -> str:
    if not executed:
        return "unchanged, not executed"
    return "executed, written" if written else "executed, nothing changed"


def _sync_exercise(root: Path, pair: Pair, say: Callable[[str], None]) -> list[str]:
    path = root / "exercises" / pair.notebook.name
    try:
        text, cells = exercise_text(pair.notebook)
        exercises.guard_exercise(path, cells)
    except AuthorError as error:
        say(f"✗ {error}")
        return [str(error)]
    if write_atomically(path, text):
        say(f"✓ exercises/{path.stem}: generated")
    return []


def _run(todo: list[tuple[Pair, bool, bool]], jobs: int) -> Iterable[tuple[str, bool] | str]:
    """The results in order; several kernels side by side when there is more than one notebook."""
    if jobs < 2 or len(todo) < 2:
        yield from map(_attempt, todo)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_attempt, todo)


def out_of_step(root: Path, names: Iterable[str] = ()) -> list[str]:
    """What a sync would change, told without executing or writing anything."""
    found = []
    for pair in chosen(pairs(root), names):
        cells = twins.read_text(pair.text)
        if not pair.notebook.exists():
            found.append(f"{pair.name}.ipynb is missing; run `make sync`.")
            continue
        old = read_notebook(pair.notebook)
        if twins.inputs_key(old["cells"]) != twins.inputs_key(cells):
            where = twins.first_difference(cells, old["cells"])
            found.append(f"{pair.name}.ipynb and its text differ at {where}; run `make sync`.")
        elif synced_of(old) is None:
            found.append(f"{pair.name}.ipynb is not fully executed; run `make sync`.")
        if pair.notebook.parent.name == "solutions":
            found += exercise_out_of_step(root, pair.notebook)
    return found


def exercise_out_of_step(root: Path, solution: Path) -> list[str]:
    """A sentence when the exercise is not what the generator makes from this solution."""
    path = root / "exercises" / solution.name
    if not path.exists():
        return [f"exercises/{path.name} is missing; run `make sync`."]
    text, cells = exercise_text(solution)
    if path.read_text(encoding="utf-8") == text:
        return []
    where = twins.first_difference(cells, read_notebook(path)["cells"])
    return [
        f"exercises/{path.name} is not what its solution generates (first at {where}); "
        "run `make sync`."
    ]


def from_notebook(root: Path, name: str) -> Path:
    """Write the text of a notebook that was edited in Jupyter; returns the text's path."""
    matches = chosen(pairs(root), [name])
    if len(matches) != 1:
        both = " or ".join(pair.name for pair in matches)
        raise AuthorError(f"'{name}' names several notebooks; say {both}.")
    pair = matches[0]
    write_atomically(pair.text, twins.text_from_notebook(pair.text, pair.notebook))
    return pair.text
