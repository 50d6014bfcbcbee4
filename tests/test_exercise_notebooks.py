"""Every exercise in its notebooks: solved, blank, and with hints that give nothing away."""

import ast
import functools
import inspect
import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from bplib.checks import run_check
from bplib.checks.declare import Exercise
from bplib.checks.hints import code_cells, is_answer
from bplib.checks.registry import all_exercises

ROOT = Path(__file__).resolve().parents[1]
ALL = list(all_exercises().values())
FUNCTIONS = [e for e in ALL if isinstance(e, Exercise)]

each_function = pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda e: e.name)
each = pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.name)


def notebooks(folder):
    return sorted((ROOT / folder).glob("[0-9][0-9]_*.ipynb"))


def answer_cells(folder, exercise):
    """Code cells of a chapter's notebook in `folder` that define the exercise's answer."""
    return [
        source
        for path in notebooks(folder)
        if path.name.startswith(f"{exercise.chapter:02d}_")
        for source in code_cells(path)
        if is_answer(source, exercise.name)
    ]


def checked_names(path):
    """Names of exercises that a notebook's cells check or give hints to."""
    found = set()
    for source in code_cells(path):
        if source.startswith("%") or "check" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
                found.add(name_of_check(node))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check_all":
                found.add(node.args[1].value)
    return found


def name_of_check(node):
    if len(node.args) > 1:
        return node.args[1].value
    return getattr(node.args[0], "id", None)


@pytest.mark.parametrize("path", notebooks("book") + notebooks("solutions"), ids=lambda p: p.stem)
def test_notebooks_check_only_what_is_declared(path):
    assert checked_names(path) <= set(all_exercises())


def test_every_exercise_stands_in_a_notebook():
    asked = set()
    for folder in ("book", "solutions"):
        for path in notebooks(folder):
            asked |= checked_names(path)
    assert set(all_exercises()) <= asked


@each
def test_hints_are_three_and_hold_no_line_of_the_solution(exercise):
    assert len(exercise.hints) == 3 and len(set(exercise.hints)) == 3
    for line in solution_code(exercise):
        for hint in exercise.hints:
            assert squeezed(line) not in squeezed(hint), (line, hint)


def squeezed(text):
    return re.sub(r"[\s`]", "", text)


def solution_code(exercise):
    """The lines of the worked answer (or the reference) that a hint must not give away."""
    cells = [c for c in answer_cells("solutions", exercise) if "BEGIN SOLUTION" in c]
    if cells:
        region = re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", cells[0], re.DOTALL)
        source = "\n".join(region)
    elif isinstance(exercise, Exercise):
        source = inspect.getsource(exercise.reference)
    else:
        return []
    lines = [line.split("#")[0].strip() for line in source.split("\n")]
    lines = [re.sub(r"^return ", "", line) for line in lines if not line.startswith("def ")]
    return [line for line in lines if len(squeezed(line)) >= 10]


@functools.cache
def solved(path):
    """What a solved notebook defines: its imports, functions and plain assignments, run."""
    space = {"__name__": "solved"}
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


def solution_notebook(exercise):
    paths = [p for p in notebooks("solutions") if p.name[:2] == f"{exercise.chapter:02d}"]
    if not paths or not answer_cells("solutions", exercise):
        return None
    return paths[0]


@each_function
def test_the_solutions_notebook_passes(exercise):
    path = solution_notebook(exercise)
    if path is None:
        assert any(exercise.name in checked_names(p) for p in notebooks("book")) or not notebooks(
            "solutions"
        ), f"{exercise.name} has no worked answer"
        pytest.skip("no solutions notebook")
    result = run_check(exercise.name, solved(path)[exercise.name])
    assert result.passed, result.text


@each_function
def test_the_exercises_notebook_has_it_blank(exercise):
    if solution_notebook(exercise) is None:
        pytest.skip("no solutions notebook")
    cells = [c for c in answer_cells("exercises", exercise) if f"def {exercise.name}(" in c]
    assert len(cells) == 1
    assert "raise NotImplementedError()" in cells[0] and "BEGIN SOLUTION" not in cells[0]
    space = {}
    tree = ast.parse(textwrap.dedent(cells[0]))
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    exec(compile(tree, "blank", "exec"), {"np": np}, space)
    assert run_check(exercise.name, space[exercise.name]).status == "not_attempted"


def test_solved_notebooks_hold_no_failed_check():
    for path in notebooks("solutions"):
        outputs = json.dumps(
            [c.get("outputs") for c in json.loads(path.read_text())["cells"]], ensure_ascii=False
        )
        assert "✗" not in outputs, path.name
