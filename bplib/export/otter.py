"""Assignments for otter-grader: a master notebook and the grader's requirements for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import bplib
from bplib.checks.declare import Chain, Exercise
from bplib.export.assignment import Assignment, Code, Task, Text
from bplib.export.cells import Cell, code, markdown, notebook, raw
from bplib.export.seeds import hidden_seeds

_CONFIG = """\
# ASSIGNMENT CONFIG
name: {slug}
requirements: requirements.txt
export_cell:
    pdf: false
tests:
    ok_format: false
generate:
    show_stdout: true
"""

_README = """\
# Assignments for otter-grader

Made by `bplib export otter` from the exercises of *Backpropagation from the Ground Up*. With \
otter-grader and bplib installed, for each folder:

```bash
cd {first}
otter assign {first}.ipynb dist                     # dist/student and dist/autograder
otter run -a dist/autograder/{first}-autograder*.zip SUBMISSION.ipynb
otter grade -n {first} -a dist/autograder/{first}-autograder*.zip SUBMISSIONS/
```

{table}

An answer that passes bplib's check gets the points of its exercise, and any other gets none. The \
hidden tests use cases made from seeds that the learners' notebook does not hold. They were drawn \
from {seed}: `bplib export otter DIR --seed {seed}` makes the same assignments again, and another \
number makes other cases.

`requirements.txt` is what otter installs into its container; it asks for bplib by its version. A \
wheel's address may stand there as well. Outside a container, as with `otter run`, the learners' \
code runs with your rights, and `BPLIB_PROGRESS=memory` before the command keeps their attempts \
out of your own progress. The answers are checked where they run, so code that means to cheat can \
replace the check; `bplib grade` judges outside of it.
"""


def otter_assignments(assignments: Sequence[Assignment], seed: int) -> dict[str, bytes]:
    """The files that `otter assign` of otter-grader 7 takes as they are, a folder an assignment.

    Arguments:
        assignments: in order.
        seed: the number that the seeds of the hidden tests are drawn from.

    Returns:
        Contents by name.
    """
    rows = "\n".join(f"| {a.slug} | {len(a.tasks)} | {a.points:g} |" for a in assignments)
    table = f"| folder | questions | points |\n|---|---|---|\n{rows}"
    readme = _README.format(first=assignments[0].slug, table=table, seed=seed)
    files = {"README.md": readme.encode()}
    for one in assignments:
        files[f"{one.slug}/{one.slug}.ipynb"] = notebook(_cells(one, seed))
        files[f"{one.slug}/requirements.txt"] = f"bplib=={bplib.__version__}\n".encode()
    return files


def _cells(assignment: Assignment, seed: int) -> Iterator[Cell]:
    yield raw(_CONFIG.format(slug=assignment.slug))
    for part in assignment.parts:
        if isinstance(part, Text):
            yield markdown(part.source)
        elif isinstance(part, Code):
            yield code(part.source)
        else:
            yield from _question(part, seed)


def _question(task: Task, seed: int) -> Iterator[Cell]:
    name = task.exercise.name
    yield raw(f"# BEGIN QUESTION\nname: {name}\npoints: {task.points:g}\nall_or_nothing: true")
    if task.statement:
        yield markdown(task.statement)
    yield raw("# BEGIN SOLUTION")
    yield code(task.answer)
    yield raw("# END SOLUTION")
    yield raw("# BEGIN TESTS")
    yield code(_test(task, f"{_call(task)}, strict=True)"))
    if isinstance(task.exercise, Exercise):
        seeds = hidden_seeds(seed, name)
        body = f"for seed in {seeds}:\n        {_call(task)}, seed=seed, strict=True)"
        yield code("# HIDDEN\n" + _test(task, body, "_hidden"))
    yield raw("# END TESTS")
    yield raw("# END QUESTION")


def _test(task: Task, body: str, tail: str = "") -> str:
    """A test function, its name its own; otter hands it the learner's value, or None without."""
    name = task.exercise.name
    which, given = ("check_all", "env") if isinstance(task.exercise, Chain) else ("check", name)
    return f"def test_{name}{tail}({given}):\n    from bplib.checks import {which}\n\n    {body}"


def _call(task: Task) -> str:
    return task.call.replace("locals()", "env")
