"""The verdicts on one notebook, as it was saved: its cells run in a worker, the judging here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bplib.checks import registry
from bplib.checks.decide import decide
from bplib.checks.given import LAMBDA, name_of
from bplib.checks.progress import record_answer
from bplib.cli.saved import Request, checked_in, code_cells
from bplib.course import CourseError
from bplib.errors import UnknownNameError
from bplib.grading.contain import Limits
from bplib.grading.definitions import which_counts, why_not
from bplib.grading.judge import judged
from bplib.grading.session import Disturbed, OutOfTime, Session
from bplib.grading.workers import Workers

_STATUSES = ("passed", "not_attempted")


@dataclass(frozen=True)
class Row:
    """One line of the table: an exercise and what was found, or a notebook that cannot be run."""

    status: str  # passed | failed | not_attempted
    name: str
    text: str
    misconception: str | None = None
    is_exercise: bool = False


def check_notebook(request: Request, seconds: float, workers: Workers | None = None) -> list[Row]:
    """The rows of one notebook, whatever its code does."""
    try:
        cells = code_cells(request.notebook)
    except CourseError:
        return [Row("failed", request.notebook.stem, "not a readable notebook.")]
    facts, ended = run_in_child(request.notebook, cells, seconds, workers)
    verdicts = {fact["result"]["exercise"]: fact["result"] for fact in facts if "result" in fact}
    raised = [
        Row("failed", f"code cell {fact['at']}", fact["raised"])
        for fact in facts
        if "raised" in fact
    ]
    if not raised and not any("end" in fact for fact in facts):
        raised.append(Row("failed", request.notebook.stem, ended))
    rows = [_row(verdict, cells) for verdict in verdicts.values()]
    for name in checked_in(cells):
        if name not in verdicts:
            rows.append(Row("failed", name, why_not(name, cells, bool(raised)), is_exercise=True))
    if request.only is not None:
        rows = [row for row in rows if row.name in request.only]
        if all(row.name in verdicts for row in rows):
            raised = []  # what else is wrong in the notebook was not asked
    _record(verdicts[row.name] for row in rows if row.name in verdicts)
    return rows + raised


def _row(verdict: dict, cells: list[str]) -> Row:
    """A verdict as a row; the name stands in a column of its own."""
    name, text = verdict["exercise"], verdict["text"]
    text = re.sub(rf"\A[✓✗○] {re.escape(name)}(?: · |: )", "", text)
    status = verdict["status"] if verdict["status"] in _STATUSES else "failed"
    if status == "passed":
        # How it was tried is for the notebook; here the mark says it.
        text = f"{text.partition(', inputs untouched')[0].rstrip('.')}."
    elif status == "not_attempted" and text.startswith("not attempted yet. "):
        text = "not attempted yet."
    text = text.split("\n")[0] if status == "passed" else text
    if status == "failed" and (which := which_counts(name, cells)):
        text = f"{text}\n{which}"
    return Row(status, name, text, verdict.get("misconception"), is_exercise=True)


def _record(verdicts: Iterable[dict]) -> None:
    """What was checked here counts as progress, like a check in the notebook."""
    for verdict in verdicts:
        if verdict["status"] != "not_attempted" and "key" in verdict:
            record_answer(
                verdict["status"], verdict["misconception"], verdict["exercise"], verdict["key"]
            )


def run_in_child(
    notebook: Path, cells: list[str], seconds: float, workers: Workers | None = None
) -> tuple[list[dict], str]:
    """Run a notebook in a process of its own, and judge here what it checks.

    Arguments:
        notebook: the file; its cells run in its folder.
        cells: the sources of its code cells.
        seconds: time limit of the whole of it; a third of that for one cell.
        workers: where processes come from; made for this notebook alone where it is None.

    Returns:
        Facts in order: ``at`` and ``raised`` for a cell that raised or did not end, ``result`` for
        everything that was checked, ``end`` where all cells were reached; and how it ended if not.
    """
    if workers is None:
        with children(seconds) as workers:
            return run_in_child(notebook, cells, seconds, workers)
    folder = str(notebook.resolve().parent)
    facts: list[dict] = []
    with Session(workers, cells, notebook.name, folder=folder) as session:
        try:
            for name, key in session.reached().items():  # what was judged stays when time is up
                facts.append({"result": _verdict(session, name, key)})
            facts.append({"end": True})
        except (OutOfTime, Disturbed):
            pass
        facts[:0] = [{"at": at, "raised": said} for at, said in sorted(session.found.items())]
    return facts, f"did not end within {seconds:g} s; is there a loop without an end?"


def children(seconds: float) -> Workers:
    """Where the processes of a reader's own notebooks come from; it belongs in a ``with``."""
    limits = Limits(seconds=seconds, cell_seconds=round(seconds / 3, 1))
    return Workers(limits, level="own")


def _verdict(session: Session, name: str, key: str) -> dict:
    """The verdict on what was checked under a name; ``key`` tells one attempt from the next."""
    try:
        if name == LAMBDA:
            name_of(lambda: None)  # which says what to write instead
        judge = partial(decide, call=session.call, watch=session.library_call)
        result = judged(session, registry.find(name), judge)
    except (UnknownNameError, ValueError, TypeError) as error:  # or nothing that a check expects
        return {"exercise": name, "status": "error", "text": f"✗ {name} · {error}"}
    if result is None:
        return {"exercise": name, "status": "error", "text": f"✗ {name} · it has no answer."}
    return {
        "exercise": result.exercise,
        "status": result.status,
        "text": result.text,
        "misconception": result.misconception,
        "key": key,
    }
