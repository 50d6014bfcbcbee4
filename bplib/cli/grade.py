"""``bplib grade``: a folder of submissions becomes a table, a CSV and a feedback page for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bplib.grading import report as pages
from bplib.grading.contain import LEVELS, keep_secrets
from bplib.grading.judge import Report, refused
from bplib.grading.judges import Stopped, grade_all
from bplib.grading.plan import Plan, plan_of_chapters, read_plan
from bplib.grading.secrets import secrets_of_the_course
from bplib.grading.session import clean
from bplib.grading.submissions import find_submissions
from bplib.grading.workers import GradingError

_MARKS = {"passed": ("✓", "green"), "not_attempted": ("○", "dim"), "missing": ("–", "dim")}


def grade(
    folder: Path,
    *,
    config: Path | None = None,
    chapters: Sequence[int] = (),
    csv: Path | None = None,
    html: Path | None = None,
    jobs: int | None = None,
    as_json: bool = False,
) -> int:
    """Grade every submission and show, or write, what each came to.

    Arguments:
        folder: of the submissions.
        config: the TOML file that says what counts.
        chapters: instead of it, chapters all of whose exercises count.
        csv: a file for the marks.
        html: a folder for the feedback pages.
        jobs: how many are graded side by side; one for each processor where it is None.
        as_json: print JSON in the place of the table.

    Returns:
        0 where every submission could be graded, 1 where one needs a look, 130 where it was
        stopped from the keyboard; what was graded before is shown and written.

    Raises:
        GradingError: for a request that means nothing.
    """
    plan = _plan(config, chapters)
    submissions = find_submissions(folder, plan.notebook)
    for path, what in ((csv, "the CSV"), (html, "the feedback pages")):
        _outside(path, folder, what)
        if path is not None:
            if config is not None and path.resolve() == config.resolve():
                raise GradingError(f"{path} says what counts; choose another place for {what}.")
            pages.could_write(path, folder=path is html)
    keep_secrets()
    hidden = [folder, *secrets_of_the_course(), *filter(None, [config, csv, html])]
    count = jobs or os.cpu_count() or 1
    with Progress(console=Console(stderr=True), transient=True, disable=not _watched()) as shown:
        task = shown.add_task("grading", total=len(submissions))
        try:
            graded = grade_all(
                submissions,
                folder,
                plan,
                jobs=count,
                hidden=hidden,
                done=lambda report: shown.advance(task),
            )
            reports, stopped = graded, False
        except Stopped as stop:
            graded, stopped = [stop.reports[k] for k in sorted(stop.reports)], True
            # In a table for programs nobody is left out without a word.
            reports = [
                stop.reports.get(number) or refused(one, plan, "not graded: stopped before.")
                for number, one in enumerate(submissions)
            ]
    if graded:
        unwritten = None
        try:
            if csv is not None:
                pages.write(csv, pages.to_csv(reports, plan))
            if html is not None:
                pages.write_pages(html, graded, plan)
        except GradingError as error:  # said in the end; what was found is shown all the same
            unwritten = error
        if as_json:
            sys.stdout.write(pages.to_json(reports, plan))
        else:
            _show(graded, plan)
        _say_level(graded)
        if unwritten is not None:
            raise unwritten
    if stopped:
        return _say_stopped(len(graded), len(reports), csv, html)
    return 1 if any(map(_needs_a_look, reports)) else 0


def _say_stopped(graded: int, count: int, csv: Path | None, html: Path | None) -> int:
    """What there is of a class that was not graded to its end; returns the exit code."""
    if graded:
        kept = [f"in {csv} the others are marked as not judged"] if csv is not None else []
        kept += [f"{html} has their pages"] if html is not None else []
        said = f"{graded} of {_count(count, 'submission')} were graded before"
        print(f"bplib: stopped; {'; '.join([said, *kept])}.", file=sys.stderr)
    else:
        print("bplib: stopped before the first was graded; nothing was written.", file=sys.stderr)
    return 130


def _watched() -> bool:
    return sys.stderr.isatty()


def _plan(config: Path | None, chapters: Sequence[int]) -> Plan:
    if config is not None and chapters:
        raise GradingError("say what counts once: with --config, or with --chapter.")
    if config is not None:
        return read_plan(config)
    if chapters:
        return plan_of_chapters(chapters)
    raise GradingError(
        "say which exercises count: --chapter 2 for all of a chapter, or --config grade.toml."
    )


def _outside(path: Path | None, folder: Path, what: str) -> None:
    """What is written must not stand among the submissions, where the next run would find it."""
    if path is not None and path.resolve().is_relative_to(folder.resolve()):
        raise GradingError(f"{path} is inside the submissions; choose another place for {what}.")


def _needs_a_look(report: Report) -> bool:
    """Whether a teacher should look at it: nothing could be judged, or not everything was."""
    return not report.attempted or any(mark.status == "unjudged" for mark in report.marks)


def _show(reports: Sequence[Report], plan: Plan) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=100)
    console.print(Text(f"{plan.title} · {_count(len(plan.points), 'exercise')}", style="bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for one in reports:
        notes = list(one.problems)
        if one.late_hours:
            notes.insert(0, f"{pages.late(one.late_hours)}.")
        table.add_row(
            Text(clean(one.student)),
            Text(f"{pages.number(one.points)} of {pages.number(one.of)}"),
            Text.assemble(*(_MARKS.get(mark.status, ("✗", "red")) for mark in one.marks)),
            Text("\n".join(clean(note) for note in notes)),
        )
    console.print(table)
    console.print()
    table = Table.grid(padding=(0, 2))
    for place, (name, right, mistake) in enumerate(pages.overview(reports, plan), start=1):
        often = f"most often {mistake}" if mistake else ""
        table.add_row(
            Text(str(place)), Text(name), Text(f"{right} of {len(reports)} right"), Text(often)
        )
    console.print(table)
    looks = sum(map(_needs_a_look, reports))
    said = f"{_count(len(reports), 'submission')} graded"
    console.print(Text(f"{said}; {looks} to look at." if looks else f"{said}."))


def _say_level(reports: Sequence[Report]) -> None:
    """Where the system gives less than it could, the teacher is told, once."""
    found = {one.level for one in reports if one.level} - {"namespaces"}
    if found:
        weakest = max(found, key=list(LEVELS).index)
        print(
            f"bplib: on this system the code of the submissions had {LEVELS[weakest]}. For code "
            "that may mean harm, grade in a container without a network.",
            file=sys.stderr,
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
