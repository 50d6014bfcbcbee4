"""Grades one submission: runs its notebooks in workers and decides about all that counts.

Which exercises count, and what for, the plan says.  An answer is the function of the exercise's
name, wherever in the notebooks it stands; that its check was removed or replaced changes nothing.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bplib.checks import registry
from bplib.checks.chain import decide_chain
from bplib.checks.decide import decide
from bplib.checks.declare import AnyExercise, Chain, Exercise, Prediction
from bplib.checks.predict import decide_prediction
from bplib.checks.result import Result
from bplib.grading.definitions import defined_in, which_counts
from bplib.grading.plan import Plan
from bplib.grading.session import MISSING, Disturbed, OutOfTime, RemoteFunction, Session, clean
from bplib.grading.submissions import Notebook, Submission, Unreadable, read_beside, read_notebook
from bplib.grading.workers import GradingError, Workers

STATUSES = ("passed", "failed", "error", "timeout", "not_attempted", "unjudged", "missing")
"""From the best to the least; the last two are said by grading alone."""

_DAY = 86400.0
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # another one in every run


@dataclass(frozen=True)
class Mark:
    """What one exercise came to.

    Fields:
        exercise: its name.
        status: one of `STATUSES`.
        points: given for it.
        of: what it is worth.
        message: lines of light markup for the student.
        details: (title, text), folded away below.
        misconception: label of the mistake, where it is known.
        notebook: where the answer stands; empty where there is none.
    """

    exercise: str
    status: str
    points: float
    of: float
    message: str
    details: tuple[tuple[str, str], ...] = ()
    misconception: str | None = None
    notebook: str = ""


@dataclass(frozen=True)
class Report:
    """What one submission came to.

    Fields:
        student: as in the submission.
        notebooks: as in the submission.
        marks: one for every exercise that counts, in the order of the book.
        problems: sentences about the submission itself: cells that raised, files not read.
        late_hours: how long after the due date; 0 in time, None where no date is set.
        percent_off: what lateness costs.
        level: what the workers were kept from, a key of `contain.LEVELS`.

    Attributes:
        points: of all exercises, less what lateness costs.
        of: the most there is.
        attempted: whether any exercise has an answer.
    """

    student: str
    notebooks: tuple[str, ...]
    marks: tuple[Mark, ...]
    problems: tuple[str, ...] = ()
    late_hours: float | None = None
    percent_off: float = 0.0
    level: str = ""

    @property
    def points(self) -> float:
        """The points of all exercises, less what lateness costs."""
        return sum(one.points for one in self.marks) * (1 - self.percent_off / 100)

    @property
    def of(self) -> float:
        """The most there is."""
        return sum(one.of for one in self.marks)

    @property
    def attempted(self) -> bool:
        """Whether any exercise has an answer that was judged."""
        return any(one.status in STATUSES[:4] for one in self.marks)

    def to_json(self) -> str:
        """The report for another process."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Report:
        """The report that `to_json` wrote."""
        found = json.loads(text)
        marks = [
            Mark(**{**one, "details": tuple((a, b) for a, b in one["details"])})
            for one in found["marks"]
        ]
        return Report(
            **{
                **found,
                "marks": tuple(marks),
                "notebooks": tuple(found["notebooks"]),
                "problems": tuple(found["problems"]),
            }
        )


def grade(submission: Submission, folder: Path, plan: Plan, workers: Workers) -> Report:
    """The report on one submission, whatever its code does.

    Arguments:
        submission: what was handed in.
        folder: of all submissions.
        plan: what counts.
        workers: where its code runs.

    Returns:
        The report.

    Raises:
        GradingError: where no worker can be started, which says nothing about the submission.
    """
    problems = list(submission.problems)
    read = 0
    best: dict[str, Mark] = {}
    for name in submission.notebooks:
        alone = len(submission.notebooks) == 1
        said = "" if alone else f"{clean(name)}: "
        try:
            own = Path(name).parent != Path()  # else what is beside it belongs to others
            found, more = _grade_notebook(folder / name, own, plan, workers)
        except Unreadable as error:
            problems.append(f"{clean(name)} {error}")
            continue
        read += 1
        problems += [f"{said}{one}" for one in more]
        for mark in found:
            held = best.get(mark.exercise)
            if held is None or STATUSES.index(mark.status) < STATUSES.index(held.status):
                where = "" if mark.status == "missing" else clean(name)
                best[mark.exercise] = dataclasses.replace(mark, notebook=where)
    nowhere = "there is no notebook to look for it in."
    marks = tuple(best.get(name) or _missing(name, plan, nowhere) for name in plan.points)
    late, off = _lateness(submission, plan)
    report = Report(submission.student, submission.notebooks, marks, (), late, off, workers.level)
    if read and not report.attempted:
        problems.append("no exercise of this assignment has an answer in it.")
    return dataclasses.replace(report, problems=tuple(problems))


def _missing(name: str, plan: Plan, text: str = "not in the notebook.") -> Mark:
    return Mark(name, "missing", 0.0, plan.points[name], f"○ **{name}**: {text}")


def refused(submission: Submission, plan: Plan, problem: str) -> Report:
    """The report on a submission that could not be graded at all."""
    text = "could not be graded."
    marks = tuple(
        dataclasses.replace(_missing(name, plan, text), status="unjudged") for name in plan.points
    )
    late, off = _lateness(submission, plan)
    problems = (*submission.problems, problem)
    return Report(submission.student, submission.notebooks, marks, problems, late, off)


def _lateness(submission: Submission, plan: Plan) -> tuple[float | None, float]:
    """Hours after the due date, and the percent that they cost."""
    if plan.due is None or submission.when is None:
        return None, 0.0
    late = max(0.0, submission.when - plan.due.timestamp())
    off = min(100.0, math.ceil(late / _DAY) * plan.late_percent_per_day)
    return round(late / 3600, 2), off


# ── one notebook ─────────────────────────────────────────────────────────────────────────────────


def _grade_notebook(
    path: Path, own: bool, plan: Plan, workers: Workers
) -> tuple[list[Mark], list[str]]:
    notebook = read_notebook(path, plan.limits.notebook_mb)
    beside = read_beside(path) if own else {}
    with Session(workers, notebook.cells, path.name, notebook.content, beside) as session:
        marks = [_mark(registry.find(name), plan, session, notebook) for name in plan.points]
        return marks, session.problems


def _mark(exercise: AnyExercise, plan: Plan, session: Session, notebook: Notebook) -> Mark:
    """What one exercise came to in one notebook."""
    name, worth = exercise.name, plan.points[exercise.name]
    try:
        result = judged(session, exercise, partial(_on_seeds, plan=plan, session=session))
    except OutOfTime:
        text = "not reached before the notebook's time was up."
        return Mark(name, "unjudged", 0.0, worth, f"✗ **{name}** · {text}")
    except Disturbed as error:
        text = f"no answer can be heard: the notebook {error}"
        return Mark(name, "error", 0.0, worth, f"✗ **{name}** · {text}")
    except GradingError:
        raise
    except Exception as error:  # a value that no comparison expects: for the teacher to look at
        text = f"the answer cannot be judged ({type(error).__name__})."
        return Mark(name, "unjudged", 0.0, worth, f"✗ **{name}** · {text}")
    if result is None:
        return _no_answer(exercise, plan, session, notebook)
    lines = _ADDRESS.sub("", result.message)
    if result.status == "not_attempted":  # what to do next is for the notebook
        lines = f"○ **{name}**: not attempted."
    elif result.passed:
        lines += f"\n{exercise.after}"
    elif which := which_counts(name, notebook.cells):
        lines += f"\n{which}"
    return Mark(
        name,
        result.status,
        worth if result.passed else 0.0,
        worth,
        lines,
        tuple((title, _ADDRESS.sub("", text)) for title, text in result.details),
        result.misconception,
    )


def judged(
    session: Session, exercise: AnyExercise, judge: Callable[[Exercise, Any], Result]
) -> Result | None:
    """The verdict on the answer that a notebook holds to an exercise.

    Arguments:
        session: of the notebook.
        exercise: any of the book.
        judge: decides about a function; a worker's is a `RemoteFunction`.

    Returns:
        The verdict, None where there is no answer. What was right when it was checked is right.
    """
    if isinstance(exercise, Prediction):
        value = session.value_of(exercise.name)
        return None if value is MISSING else decide_prediction(exercise, value)
    if isinstance(exercise, Chain):
        return decide_chain(exercise, session.values_of(exercise.name, names_of(exercise)))
    answer = session.answer_to(exercise.name)
    if answer is MISSING:
        return None
    result = judge(exercise, answer)
    if not result.passed:
        then = session.answer_to(exercise.name, then=True)
        if isinstance(then, RemoteFunction) and (before := judge(exercise, then)).passed:
            return before
    return result


def _no_answer(exercise: AnyExercise, plan: Plan, session: Session, notebook: Notebook) -> Mark:
    """Why there is none: its cell stopped, or nothing in the notebook has its name."""
    name = exercise.name
    for number in reversed(defined_in(name, notebook.cells)):
        if number in session.found:
            said = session.found[number]
            text = f"its cell, code cell {number}, stopped before it was there: {said}"
            return Mark(name, "error", 0.0, plan.points[name], f"✗ **{name}** · {text}")
    if isinstance(exercise, Exercise):
        return _missing(name, plan, "no function of this name is in the notebook.")
    return _missing(name, plan)


def _on_seeds(exercise: Exercise, function: Any, plan: Plan, session: Session) -> Result:
    """The first verdict that is no pass, else the pass."""
    seconds = min(exercise.seconds, plan.limits.call_seconds)
    exercise = dataclasses.replace(exercise, seconds=seconds)
    for seed in plan.seeds:
        result = decide(
            exercise,
            function,
            seed,
            call=session.call,
            own_work=plan.own_work and seed == plan.seeds[-1],
            watch=session.library_call,
        )
        if not result.passed:
            return result
    count, each = len(plan.seeds) * exercise.n_cases, f"{exercise.n_cases} cases"
    message = result.message.replace(each, f"{count} cases", 1)
    return dataclasses.replace(result, message=message)


def names_of(chain: Chain) -> list[str]:
    """The names that a chain is judged by: its steps and what they are calculated from."""
    names = dict.fromkeys(str(step[0]) for step in chain.steps)
    for step in chain.steps:
        names |= dict.fromkeys(inspect.signature(step[1]).parameters)
    return list(names)
