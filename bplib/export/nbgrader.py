"""A course folder for nbgrader: settings, a header, and one source notebook an assignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bplib.checks.declare import Chain, Exercise
from bplib.export.assignment import Assignment, Code, Task, Text
from bplib.export.cells import Cell, code, markdown, notebook
from bplib.export.seeds import hidden_seeds

_CONFIG = '''\
"""Settings of this course; run nbgrader in this folder."""

import os

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "backpropagation"
c.IncludeHeaderFooter.header = "source/header.ipynb"
# A blank is the same in a function and in brackets, and the notebook runs past it.
c.ClearSolutions.code_stub = {"python": "...  # YOUR CODE HERE"}
# A right answer that is slow is called a few dozen times, a few seconds each.
c.ExecutePreprocessor.timeout = 300

# The checks note attempts; those of a class are not the grader's own progress.
os.environ["BPLIB_PROGRESS"] = "memory"
'''

_HEADER = """\
Before you hand this in, restart the kernel and run all cells. A cell that checks an answer is \
silent when the answer is right, and says what is wrong when it is not. It needs `bplib`: \
`pip install 'bplib[book]'`, and `bplib book` opens the chapters.

Write your answers where it says `...` or `YOUR CODE HERE`, and leave the checks as they are."""

_README = """\
# A course for nbgrader

Made by `bplib export nbgrader` from the exercises of *Backpropagation from the Ground Up*. In \
this folder, with nbgrader and bplib installed:

```bash
nbgrader generate_assignment {first}   # release/{first}: what the class gets
nbgrader autograde {first}             # grades submitted/NAME/{first}/{first}.ipynb
nbgrader generate_feedback {first}     # feedback/NAME/{first}: a page for each
nbgrader export                        # grades.csv
```

{table}

An answer that passes bplib's check gets the points of its exercise, and any other gets none. The \
release has each check as the learner sees it; for functions, nbgrader keeps three more, whose \
cases are made from seeds that the release does not hold. They were drawn from {seed}: \
`bplib export nbgrader DIR --seed {seed}` makes the same course again, and another number makes \
other cases.

The learners' code runs with your rights: for a class that you do not know, run nbgrader in a \
container without a network. And it runs in the kernel that checks it, so code that means to \
cheat can replace the check; `bplib grade` judges outside of it.
"""


def nbgrader_course(assignments: Sequence[Assignment], seed: int) -> dict[str, bytes]:
    """The files of a course folder that nbgrader 0.9 takes as it is.

    Arguments:
        assignments: what the course holds, in order.
        seed: the number that the seeds of the hidden tests are drawn from.

    Returns:
        Contents by name.
    """
    rows = "\n".join(f"| {a.slug} | {len(a.tasks)} | {a.points:g} |" for a in assignments)
    table = f"| assignment | exercises | points |\n|---|---|---|\n{rows}"
    readme = _README.format(first=assignments[0].slug, table=table, seed=seed)
    files = {
        "README.md": readme.encode(),
        "nbgrader_config.py": _CONFIG.encode(),
        "source/header.ipynb": notebook([markdown(_HEADER)]),
    }
    for one in assignments:
        files[f"source/{one.slug}/{one.slug}.ipynb"] = notebook(_cells(one, seed))
    return files


def _cells(assignment: Assignment, seed: int) -> Iterator[Cell]:
    for part in assignment.parts:
        if isinstance(part, Text):
            yield markdown(part.source)
        elif isinstance(part, Code):
            yield code(part.source)
        else:
            if part.statement:
                yield markdown(part.statement)
            name = part.exercise.name
            yield code(part.answer, nbgrader=_marks(name, solution=True))
            check = _marks(f"{name}-check", grade=True, locked=True, points=part.points)
            yield code(_check(part, seed), nbgrader=check)


def _check(task: Task, seed: int) -> str:
    """The test cell: it raises unless the answer is right, and says nothing if it is."""
    which = "check_all" if isinstance(task.exercise, Chain) else "check"
    lines = [f"from bplib.checks import {which}", "", f"{task.call}, strict=True)"]
    if isinstance(task.exercise, Exercise):
        lines += [
            "# BEGIN HIDDEN TESTS",
            f"for seed in {hidden_seeds(seed, task.exercise.name)}:",
            f"    {task.call}, seed=seed, strict=True)",
            "# END HIDDEN TESTS",
        ]
    return "\n".join(lines)


def _marks(grade_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "grade": False,
        "grade_id": grade_id,
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
        **changes,
    }
