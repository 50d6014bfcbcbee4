"""The reports as a teacher and a student want them: a CSV, JSON, and a feedback page for each.

The same reports give the same bytes: no dates, no timings, no machine.  What a student wrote is
escaped wherever it appears, and in a spreadsheet nothing of theirs becomes a formula.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bplib.checks.render import to_html
from bplib.grading.judge import Mark, Report
from bplib.grading.plan import Plan
from bplib.grading.session import clean
from bplib.grading.workers import GradingError

WORDS = {
    "passed": "right",
    "failed": "not right yet",
    "error": "stopped with an error",
    "timeout": "did not end in time",
    "not_attempted": "not attempted",
    "missing": "missing",
    "unjudged": "not judged",
}
"""What each status is called."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
_FILE = re.compile(r"[^\w.-]+")


def number(value: float) -> str:
    """Points as one writes them: 3, 2.5, 0.33."""
    return f"{round(value, 2):g}"


def late(hours: float) -> str:
    """How late in words: "1 day 3 h late"."""
    if hours < 1:
        return f"{max(1, round(hours * 60))} min late"
    days, rest = divmod(round(hours), 24)
    words = ([f"{days} day{'' if days == 1 else 's'}"] if days else []) + (
        [f"{rest} h"] if rest else []
    )
    return f"{' '.join(words)} late"


# ── for the teacher ──────────────────────────────────────────────────────────────────────────────


def to_csv(reports: Sequence[Report], plan: Plan) -> str:
    """One line for each submission: points of everything, points and status of each exercise."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = ["student", "points", "of", "late_hours", "percent_off", "notebooks", "notes"]
    writer.writerow(head + [f"{name}{end}" for name in plan.points for end in ("", ".status")])
    for one in reports:
        hours = "" if one.late_hours is None else f"{one.late_hours:g}"
        row = [one.student, number(one.points), number(one.of), hours, number(one.percent_off)]
        row += ["; ".join(one.notebooks), " ".join(one.problems)]
        for mark in one.marks:
            known = f" ({mark.misconception})" if mark.misconception else ""
            row += [number(mark.points), mark.status + known]
        writer.writerow([_cell(text) for text in row])
    return text.getvalue()


def _cell(text: str) -> str:
    """Text for a spreadsheet: a formula becomes the text that it is, numbers stay numbers."""
    text = " ".join(clean(text, 2000).split())
    return f"'{text}" if text.startswith(_FORMULA) else text


def to_json(reports: Sequence[Report], plan: Plan) -> str:
    """Everything that is known, for programs."""
    found = [
        {
            "student": clean(one.student),
            "notebooks": [clean(name) for name in one.notebooks],
            "points": round(one.points, 6),
            "of": one.of,
            "late_hours": one.late_hours,
            "percent_off": one.percent_off,
            "problems": list(one.problems),
            "exercises": [
                {
                    "name": mark.exercise,
                    "status": mark.status,
                    "points": mark.points,
                    "of": mark.of,
                    "misconception": mark.misconception,
                    "message": mark.message,
                }
                for mark in one.marks
            ],
        }
        for one in reports
    ]
    whole: dict[str, Any] = {"title": plan.title, "submissions": found}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def overview(reports: Sequence[Report], plan: Plan) -> list[tuple[str, int, str]]:
    """For every exercise: its name, how many have it right, and the commonest mistake."""
    rows = []
    for place, name in enumerate(plan.points):
        marks = [one.marks[place] for one in reports]
        right = sum(mark.status == "passed" for mark in marks)
        labels = Counter(mark.misconception for mark in marks if mark.misconception)
        label, count = min(labels.items(), key=lambda one: (-one[1], one[0]), default=("", 0))
        rows.append((name, right, f"{label} ({count})" if label else ""))
    return rows


# ── for the student ──────────────────────────────────────────────────────────────────────────────

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:54em;margin:2em auto;padding:0 1em;
  overflow-wrap:anywhere}
h1{font-size:1.5em;margin-bottom:0}h2{font-size:1.05em;margin:1.8em 0 .2em}
.points{float:right;font-weight:normal}ul{padding-left:1.2em}
pre{white-space:pre-wrap}
"""


def to_page(report: Report, plan: Plan) -> str:
    """A page for one student: no scripts, nothing loaded from anywhere, readable on its own."""
    who = html.escape(clean(report.student))
    total = f"{number(report.points)} of {number(report.of)} points"
    parts = [
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>",
        "<meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>{html.escape(plan.title)} · {who}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{html.escape(clean(plan.title))}</h1>",
        f"<p>{who} · <strong>{total}</strong>{_when(report)}</p>",
    ]
    if report.problems:
        items = "".join(f"<li>{html.escape(clean(one))}</li>" for one in report.problems)
        parts.append(f"<h2>About the notebook</h2><ul>{items}</ul>")
    parts += [_exercise(mark) for mark in report.marks]
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _when(report: Report) -> str:
    if not report.late_hours:
        return ""
    cost = f", {number(report.percent_off)} % off" if report.percent_off else ""
    return f" · {late(report.late_hours)}{cost}"


def _exercise(mark: Mark) -> str:
    points = f"{number(mark.points)} of {number(mark.of)}"
    head = f"<h2>{html.escape(mark.exercise)}<span class='points'>{points}</span></h2>"
    lines = [clean(line, 2000) for line in mark.message.split("\n")]
    details = [(title, clean(text, 6000)) for title, text in mark.details]
    return head + to_html(lines, details)


def write_pages(folder: Path, reports: Sequence[Report], plan: Plan) -> list[Path]:
    """Writes a page for each report.

    Arguments:
        folder: made where it is not there yet.
        reports: one page each.
        plan: what counted.

    Returns:
        The files, in the order of the reports.

    Raises:
        GradingError: where the folder cannot be written.
    """
    paths, taken = [], set[str]()
    for report in reports:
        name = page_name(report.student, taken)
        taken.add(name.casefold())
        path = folder / name
        write(path, to_page(report, plan))
        paths.append(path)
    return paths


def page_name(student: str, taken: set[str]) -> str:
    """A file name that every system takes, unlike those taken: "zoë müller" → "zoë_müller.html"."""
    plain = unicodedata.normalize("NFC", clean(student))
    stem = _FILE.sub("_", plain).strip("._")[:80] or "student"
    if stem.casefold() in ("con", "prn", "aux", "nul"):  # devices, on Windows
        stem += "_"
    name, count = f"{stem}.html", 1
    while name.casefold() in taken:
        count += 1
        name = f"{stem}-{count}.html"
    return name


def write(path: Path, text: str) -> None:
    """Writes a file whole, with the folder that it is in; `GradingError` where it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n", errors="replace")
    except OSError as error:
        raise _cannot_write(path, error) from error


def could_write(path: Path, *, folder: bool) -> None:
    """Tries beforehand whether a file, or files in a folder, can be written.

    Arguments:
        path: of the file or the folder; what stands there stays as it is.
        folder: whether it is a folder, which is made.

    Raises:
        GradingError: where it cannot; after an hour of grading that would come too late.
    """
    try:
        if folder:
            path.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=path).close()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        path.open("ab").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> GradingError:
    reason = (error.strerror or str(error)).lower()
    return GradingError(f"{path} cannot be written: {reason}.")
