"""Grades a class of 200, each with the seven exercises of chapter 1, and says what it took.

python -m benchmarks.grading                 200 submissions, a judge for each processor
python -m benchmarks.grading --students 20 --jobs 1

A fifth of the notebooks is blank, a fifth has a wrong answer in it and a fifth one that never ends;
the others are solved.  Memory is what the judges and their fork servers hold together, looked at
after every tenth submission, and the most that this process held so far.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
import time
from pathlib import Path

from bplib.grading.contain import Limits, descendants
from bplib.grading.judge import Report
from bplib.grading.judges import grade_all
from bplib.grading.plan import Plan, plan_of_chapters
from bplib.grading.secrets import secrets_of_the_course
from bplib.grading.submissions import find_submissions

ROOT = Path(__file__).resolve().parents[1]
NAME = "01_chain_rule.ipynb"
WRONG = "def bitterness_slope(cups):\n    return 9 * cups\n"
ENDLESS = "def bitterness_slope(cups):\n    while True:\n        pass\n"


def hand_in(folder: Path, students: int) -> None:
    """Writes a class's submissions."""
    solved = json.loads((ROOT / "solutions" / NAME).read_text(encoding="utf-8"))
    blank = json.loads((ROOT / "exercises" / NAME).read_text(encoding="utf-8"))

    def with_cell(source: str) -> dict:
        cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        return {**solved, "cells": [*solved["cells"], cell]}

    kinds = (blank, with_cell(WRONG), with_cell(ENDLESS), solved, solved)
    for k in range(students):
        path = folder / f"student_{k:03}" / NAME
        path.parent.mkdir()
        path.write_text(json.dumps(kinds[k % len(kinds)]), encoding="utf-8")


def megabytes() -> float:
    """What the processes that this one started hold, shared pages counted once each."""
    total = 0
    for number in descendants(os.getpid()):
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has ended, or is not ours to look into
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def own_peak() -> float:
    """The most that this process held at any moment so far."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return math.nan
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main() -> None:
    """Runs it and prints a line for time and one for memory."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--call-seconds", type=float, default=1.0)
    options = parser.parse_args()
    limits = Limits(call_seconds=options.call_seconds)
    plan = Plan(plan_of_chapters([1]).points, limits=limits)
    held: list[float] = []
    peaks: dict[int, float] = {}
    count = 0

    def done(report: Report) -> None:
        nonlocal count
        count += 1
        if count % 10 == 0:
            held.append(megabytes())
        if count in (50, options.students):
            peaks[count] = own_peak()

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        hand_in(folder, options.students)
        started = time.monotonic()
        reports = grade_all(
            find_submissions(folder),
            folder,
            plan,
            jobs=options.jobs,
            hidden=[folder, *secrets_of_the_course()],
            done=done,
        )
        seconds = time.monotonic() - started
    points = sorted({f"{one.points:g}" for one in reports}, key=float)
    print(
        f"{len(reports)} notebooks of {len(plan.points)} exercises in {seconds:.0f} s with "
        f"{options.jobs} judges ({reports[0].level}); points {', '.join(points)} of {plan.most:g}"
    )
    if held:
        print(
            f"memory of all judges and workers: {held[0]:.0f} MB after 10, {max(held):.0f} MB at "
            f"most, {held[-1]:.0f} MB after {10 * len(held)}"
        )
    said = ", ".join(f"{peak:.0f} MB after {after}" for after, peak in peaks.items())
    print(f"memory of this process, at most: {said}")


if __name__ == "__main__":
    main()
