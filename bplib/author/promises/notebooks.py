"""Promises of the notebooks: an exercise is asked, solved and blank where it should be."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bplib.author.promises.promise import DoesNotApply, Sentences, first_line
from bplib.author.promises.written import TO_WRITE
from bplib.checks import run_check
from bplib.checks.declare import AnyExercise, Exercise
from bplib.checks.hints import code_cells, is_answer
from bplib.course import notebooks

SHORT = 10  # characters below which a line is no more than `q = x + y`


def answer_cells(root: Path, folder: str, exercise: AnyExercise) -> list[str]:
    """Code cells of a chapter's notebook in `folder` that define the exercise's answer."""
    return [
        source
        for path in notebooks(root / folder, exercise.chapter)
        for source in code_cells(path)
        if is_answer(source, exercise.name)
    ]


@functools.cache
def checked_names(path: Path) -> frozenset[str]:
    """Names of exercises that a notebook's cells check."""
    found = set()
    for source in code_cells(path):
        if source.startswith("%") or "check" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "check",
                "check_all",
            ):
                named: Any = node.args[1] if len(node.args) > 1 else node.args[0]
                found.add(str(getattr(named, "value", None) or getattr(named, "id", "")))
    return frozenset(found)


def it_is_asked(exercise: AnyExercise, root: Path) -> Sentences:
    """A chapter or its exercises check it."""
    paths = notebooks(root / "book") + notebooks(root / "solutions")
    if not any(exercise.name in checked_names(path) for path in paths):
        yield f"no notebook has check({exercise.name}); `make sync` makes them from their texts."


def the_text_is_written(exercise: AnyExercise, root: Path) -> Sentences:
    """Nothing is left to write in the text of its notebook."""
    for path in sorted((root / "solutions" / "text").glob(f"{exercise.chapter:02d}_*.md")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if TO_WRITE in line:
                yield f"solutions/text/{path.name}, line {number}: {line.strip()}"


def hints_keep_the_solution(exercise: AnyExercise, root: Path) -> Sentences:
    """No hint holds a line of the worked answer."""
    for line in solution_code(exercise, root):
        for level, hint in enumerate(exercise.hints, start=1):
            if _squeezed(line) in _squeezed(hint):
                yield f"hint {level} holds a line of the worked answer: {line}"


def _squeezed(text: str) -> str:
    return re.sub(r"[\s`]", "", text)


def solution_code(exercise: AnyExercise, root: Path) -> Iterator[str]:
    """The lines of the worked answer (or the reference) that a hint must not give away."""
    cells = [c for c in answer_cells(root, "solutions", exercise) if "BEGIN SOLUTION" in c]
    if cells:
        region = re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", cells[0], re.DOTALL)
        source = "\n".join(region)
    elif isinstance(exercise, Exercise):
        source = inspect.getsource(exercise.reference)
    else:
        return
    for line in source.split("\n"):
        code = line.split("#")[0].strip()
        if not code.startswith("def ") and len(_squeezed(code.removeprefix("return "))) >= SHORT:
            yield code.removeprefix("return ")


@functools.cache
def solved(path: Path) -> dict[str, Any]:
    """What a solved notebook defines: its imports, functions and plain assignments, run."""
    space: dict[str, Any] = {"__name__": "solved"}
    for source in code_cells(path):
        if source.lstrip().startswith("%"):
            continue
        tree = ast.parse(source)
        kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign)
        tree.body = [
            node
            for node in tree.body
            if isinstance(node, kinds) and "draw" not in ast.unparse(node)
        ]
        exec(compile(tree, str(path), "exec"), space)
    return space


def solution_notebook(exercise: AnyExercise, root: Path) -> Path | None:
    """The notebook with the worked answer; None where an exercise stands in its chapter alone."""
    paths = notebooks(root / "solutions", exercise.chapter)
    return paths[0] if paths and answer_cells(root, "solutions", exercise) else None


def the_worked_answer_passes(exercise: Exercise, root: Path) -> Sentences:
    """The worked answer of the solutions passes."""
    path = solution_notebook(exercise, root)
    if path is None:
        if not any(exercise.name in checked_names(p) for p in notebooks(root / "book")):
            yield "no notebook in solutions has a worked answer."
            return
        raise DoesNotApply("it stands in its chapter alone")
    result = run_check(exercise.name, solved(path)[exercise.name])
    if not result.passed:
        yield f"the worked answer does not pass: {first_line(result)}"


def the_blank_is_blank(exercise: Exercise, root: Path) -> Sentences:
    """The exercises have it blank, once."""
    if solution_notebook(exercise, root) is None:
        raise DoesNotApply("it has no notebook of solutions")
    cells = [c for c in answer_cells(root, "exercises", exercise) if f"def {exercise.name}(" in c]
    if len(cells) != 1:
        yield f"{len(cells)} cells of exercises define {exercise.name}; one should."
        return
    if "raise NotImplementedError()" not in cells[0] or "BEGIN SOLUTION" in cells[0]:
        yield "the cell in exercises is not the blank; `make sync` makes it."
        return
    tree = ast.parse(textwrap.dedent(cells[0]))
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    space: dict[str, Any] = {}
    exec(compile(tree, "blank", "exec"), {"np": np}, space)
    result = run_check(exercise.name, space[exercise.name])
    if result.status != "not_attempted":
        yield f"the blank is taken for an attempt: {first_line(result)}"
