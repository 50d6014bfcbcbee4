"""Grading a class: what counts, who handed in what, the marks, and what is written down."""

import _thread
import csv
import io
import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import tiny_exercises as tiny
from test_grading_hostile import AFTER, CHECK, IMPORT, RIGHT, WRONG, notebook

from bplib.cli import main
from bplib.grading import contain
from bplib.grading import report as pages
from bplib.grading.contain import Limits, descendants
from bplib.grading.judge import Mark, Report, grade, refused
from bplib.grading.judges import Stopped, _Judge, grade_all
from bplib.grading.plan import Plan, plan_of_chapters, read_plan
from bplib.grading.submissions import Unreadable, find_submissions, read_notebook
from bplib.grading.template import ALL_RIGHTS
from bplib.grading.workers import GradingError, Workers, can_fork

ROOT = Path(__file__).resolve().parents[1]
BLANK = "def slope_between_points(x0, y0, x1, y1):\n    raise NotImplementedError()"
UPSIDE_DOWN = "def slope_between_points(x0, y0, x1, y1):\n    return (x1 - x0) / (y1 - y0)"
LIBRARY = (
    "import numpy as np\nfrom bplib import losses\ndef mean_squared_error(prediction, target):\n"
    "    return losses.mse(prediction, target)[0]"
)

needs_fork = pytest.mark.skipif(not can_fork(), reason="workers are forked, where that exists")


def run(capsys, *words):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────


def planned(tmp_path, text):
    path = tmp_path / "grade.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


def test_a_chapter_counts_with_the_points_of_its_notebook():
    plan = plan_of_chapters([1, 0, 1])
    assert plan.title == "Chapters 0, 1"
    assert list(plan.points)[:2] == ["slope_between_points", "bitterness_slope"]
    assert plan.points["graph_gradients"] == 5.0 and "one_more_cup" not in plan.points
    assert plan_of_chapters([2]).title == "Chapter 2"


def test_a_plan_from_a_file(tmp_path):
    plan = planned(
        tmp_path,
        "title = 'Week 1'\nchapters = [0]\nnotebook = '00_welcome.ipynb'\nseeds = [5, 6, 7]\n"
        "due = 2026-03-01T18:00:00Z\nlate_percent_per_day = 10\nown_work = false\n"
        "[points]\nmse_gradient = 2.5\none_more_cup = 1\n[limits]\nseconds = 30\nmemory_mb = 512\n",
    )
    assert plan.points == {"slope_between_points": 1.0, "one_more_cup": 1.0, "mse_gradient": 2.5}
    assert (plan.title, plan.notebook, plan.seeds) == ("Week 1", "00_welcome", (5, 6, 7))
    assert (plan.most, plan.own_work, plan.late_percent_per_day) == (4.5, False, 10.0)
    assert plan.limits == Limits(seconds=30.0, memory_mb=512)
    assert plan.due.timestamp() == 1772388000
    assert Plan.from_json(plan.to_json()) == plan


def test_a_day_ends_at_its_midnight(tmp_path):
    day = planned(tmp_path, "chapters = [0]\ndue = 2026-03-01").due
    hour = planned(tmp_path, "chapters = [0]\ndue = 2026-03-02T00:00:00").due
    assert day == hour


PLANS = [
    ("", "it names no exercises; write `chapters = [2]`, or a table [points] with a line for "
     "each, such as `mse_gradient = 2`."),
    ("chapter = [2]", "there is no key 'chapter'; did you mean 'chapters'?"),
    ("[point]\nmse_gradient = 1", "there is no key 'point'; did you mean 'points'?"),
    ("[points]\nmse_gradeint = 1",
     "there is no exercise 'mse_gradeint'; did you mean 'mse_gradient'?"),
    ("[points]\nmse_gradient = -1", "`mse_gradient` is a number from 0 to 1e+06; it says -1."),
    ("[points]\nmse_gradient = 'two'", "`mse_gradient` is a number; it says 'two'."),
    ("[points]\nmse_gradient = nan", "`mse_gradient` is a number; it says nan."),
    ("[points]\nmse_gradient = true", "`mse_gradient` is a number; it says True."),
    ("[points]\nmse_gradient = 0", "the points of all exercises together are 0."),
    ("points = 3", "`points` is a table: write [points] and its lines below it."),
    ("chapters = 2", "`chapters` is a list of whole numbers, such as [2, 3]."),
    ("chapters = [77]", "chapter 77 has no exercises."),
    ("chapters = [0]\nseeds = [1.5]", "`seeds` is a list of whole numbers, such as [2, 3]."),
    ("chapters = [0]\nseeds = [-1]", "`seeds` is a list of whole numbers, such as [2, 3]."),
    (f"chapters = [0]\nseeds = {list(range(30))}", "`seeds` has 30 numbers; 20 are enough."),
    ("chapters = [0]\ntitle = 3", "`title` is a word in quotes; it says 3."),
    ("chapters = [0]\nown_work = 'no'", "`own_work` is true or false; it says 'no'."),
    ("chapters = [0]\nlate_percent_per_day = 101",
     "`late_percent_per_day` is a number from 0 to 100; it says 101."),
    ("chapters = [0]\ndue = 'soon'",
     "`due` is a date or a time, such as 2026-03-01T18:00:00; it says 'soon'."),
    ("chapters = [0]\n[limits]\nsecond = 3", "there is no limit 'second'; did you mean 'seconds'?"),
    ("chapters = [0]\n[limits]\nseconds = 0",
     "`seconds` is a number from 0.1 to 1e+06; it says 0."),
    ("chapters = [0]\n[limits]\nprocesses = 2.5", "`processes` is a whole number; it says 2.5."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), PLANS, ids=[one[0][:30] for one in PLANS])
def test_a_plan_that_cannot_be_meant(tmp_path, text, sentence):
    with pytest.raises(GradingError, match=f"^{re.escape(f'grade.toml: {sentence}')}$"):
        planned(tmp_path, text)


def test_a_plan_that_cannot_be_read(tmp_path):
    with pytest.raises(GradingError, match=r"^grade.toml is not TOML: .*line 1.*\.$"):
        planned(tmp_path, "points = 3 3")
    with pytest.raises(GradingError, match=r"none.toml cannot be read: no such file or directory"):
        read_plan(tmp_path / "none.toml")


# ── who handed in what ───────────────────────────────────────────────────────────────────────────


def found(folder, name=None):
    return [(one.student, one.notebooks, one.problems) for one in find_submissions(folder, name)]


def test_files_and_folders_are_students(tmp_path):
    notebook(tmp_path / "Zoë.ipynb", [])
    notebook(tmp_path / "adam/work/02_x.ipynb", [])
    notebook(tmp_path / "adam/01_x.ipynb", [])
    notebook(tmp_path / "adam/.ipynb_checkpoints/01_x-checkpoint.ipynb", [])
    notebook(tmp_path / "__MACOSX/adam/01_x.ipynb", [])
    (tmp_path / "empty").mkdir()
    (tmp_path / "readme.txt").write_text("not a submission")
    assert found(tmp_path) == [
        ("adam", ("adam/01_x.ipynb", "adam/work/02_x.ipynb"), ()),
        ("empty", (), ("a notebook is not in the folder.",)),
        ("Zoë", ("Zoë.ipynb",), ()),
    ]
    assert found(tmp_path, "02_x")[0] == ("adam", ("adam/work/02_x.ipynb",), ())
    assert found(tmp_path, "09_y")[0] == ("adam", (), ("09_y.ipynb is not in the folder.",))


def test_who_handed_in_something_else_is_there_too(tmp_path):
    """A class is counted by names: nobody is left out because of what the file is."""
    notebook(tmp_path / "ada.IPYNB", [])
    notebook(tmp_path / "deep/1/2/3/4/5/x.ipynb", [])
    for name in ("Ada.py", "bob.zip", "eve.m.tar.gz", "jan.ipynb.txt", "kim.pdf", "readme.txt",
                 "list.csv", ".hidden.zip", "zed/work.zip", "zed/notes.txt"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    missing = "a notebook is not in the folder."
    assert found(tmp_path) == [
        ("ada", ("ada.IPYNB",), ()),
        ("bob", (), ("bob.zip is an archive; unpack it and grade again.",)),
        ("deep", (), (missing, "5 is a folder too deep to be looked into.")),
        ("eve.m", (), ("eve.m.tar.gz is an archive; unpack it and grade again.",)),
        ("jan", (), ("jan.ipynb.txt does not end in .ipynb; rename it and grade again.",)),
        ("kim", (), ("kim.pdf is no notebook; a file NAME.ipynb is due.",)),
        ("zed", (), (missing, "work.zip is an archive; unpack it and grade again.")),
    ]


def test_the_folders_of_nbgrader(tmp_path):
    path = notebook(tmp_path / "course/submitted/bitdiddle/ps1/one.ipynb", [])
    (path.parent / "timestamp.txt").write_text("2026-03-01 18:00:00.5 UTC")
    (tmp_path / "course/source").mkdir()
    for folder in (tmp_path / "course/submitted", tmp_path / "course"):
        (one,) = [s for s in find_submissions(folder) if s.notebooks]
        assert (one.student, one.notebooks) == ("bitdiddle", ("bitdiddle/ps1/one.ipynb",))
        assert one.when == 1772388000.5


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_not_followed(tmp_path):
    secret = notebook(tmp_path / "elsewhere/secret.ipynb", [RIGHT])
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "eve.ipynb").symlink_to(secret)
    (folder / "mallory").symlink_to(secret.parent)
    (folder / "trent").mkdir()
    (folder / "trent" / "x.ipynb").symlink_to(secret)
    (folder / "trent" / "y").symlink_to(secret.parent)
    assert found(folder) == [
        ("eve", (), ("eve.ipynb is a link; it was not followed.",)),
        ("mallory", (), ("mallory is a link; it was not followed.",)),
        ("trent", (), ("x.ipynb is a link; it was not followed.",)),
    ]
    with pytest.raises(Unreadable, match="is a link"):
        read_notebook(folder / "eve.ipynb", 1)


def test_two_submissions_of_one_name_are_both_there_and_said(tmp_path):
    notebook(tmp_path / "ada.ipynb", [])
    notebook(tmp_path / "ada/x.ipynb", [])
    said = ("2 submissions carry the name ada.",)
    assert found(tmp_path) == [("ada", ("ada.ipynb",), said), ("ada", ("ada/x.ipynb",), said)]


def test_not_more_notebooks_than_anybody_needs(tmp_path):
    for k in range(20):
        notebook(tmp_path / f"ada/{k:02}.ipynb", [])
    ((student, names, problems),) = found(tmp_path)
    assert len(names) == 12 and problems == ("20 notebooks; the first 12 were graded.",)


NO_NOTEBOOKS = {
    "no JSON": (b"{'cells': [", "is not a notebook that can be read."),
    "nothing": (b"", "is not a notebook that can be read."),
    "no cells": (b"{}", "is not a notebook that can be read."),
    "a list": (b"[[1]]", "is not a notebook that can be read."),
    "deep": (b"[" * 10**5, "is not a notebook that can be read."),
    "bytes": (bytes(range(256)), "is not a notebook that can be read."),
    "R": (
        b'{"cells": [], "metadata": {"kernelspec": {"name": "ir", "language": "R"}}}',
        "is written in r; a Python notebook is due.",
    ),
    "cells": (
        json.dumps({"cells": 2001 * [{"cell_type": "code", "source": ""}]}).encode(),
        "has 2001 cells of code; more than 2000 are not run.",
    ),
    "large": (b" " * (2**20 + 1), "is 1 MB; more than 1 MB are not read."),
}


@pytest.mark.parametrize("case", NO_NOTEBOOKS)
def test_what_is_no_notebook(tmp_path, case):
    content, sentence = NO_NOTEBOOKS[case]
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=f"^{re.escape(sentence)}$"):
        read_notebook(path, 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    with pytest.raises(Unreadable, match="is not a file"):
        read_notebook(tmp_path / "pipe.ipynb", 1)
    with pytest.raises(Unreadable, match="is not a file|is a directory|permission"):
        read_notebook(tmp_path / "folder.ipynb", 1)


def test_a_sparse_giant_is_not_read(tmp_path):
    path = tmp_path / "x.ipynb"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(Unreadable, match="is 200 MB; more than 20 MB are not read"):
        read_notebook(path, 20)


@needs_fork
def test_a_notebook_full_of_pictures_or_letters(tmp_path, workers):
    notebook(tmp_path / "letters.ipynb", [RIGHT, "# é\ud800" + "名" * 10**6])
    notebook(tmp_path / "novel.ipynb", ["#" * 6 * 10**6])
    path = notebook(tmp_path / "pictures.ipynb", [RIGHT])
    content = json.loads(path.read_text())
    content["cells"].append({"cell_type": "markdown", "source": "x" * 15 * 2**20})
    path.write_text(json.dumps(content))
    found = graded(tmp_path, workers)
    assert statuses(found["letters"])[0] == statuses(found["pictures"])[0] == "passed"
    assert found["novel"].problems[0] == (
        "novel.ipynb has more than five million letters of code in it."
    )


def test_a_notebook_from_before_2015(tmp_path):
    cells = [{"cell_type": "code", "input": [RIGHT, "\n"]}, {"cell_type": "heading", "source": ""}]
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))
    assert read_notebook(path, 1).cells == [f"{RIGHT}\n"]


def test_the_name_of_the_kernel_does_not_matter(tmp_path):
    path = notebook(tmp_path / "x.ipynb", [RIGHT])
    content = json.loads(path.read_text())
    content["metadata"] = {"kernelspec": {"name": "no-such-kernel", "language": "python"}}
    path.write_text(json.dumps(content))
    assert read_notebook(path, 1).cells == [RIGHT]


# ── grading ──────────────────────────────────────────────────────────────────────────────────────

PLAN = Plan(
    {"slope_between_points": 1.0, "one_more_cup": 1.0, "mean_squared_error": 2.0}, seeds=(3, 4)
)


@pytest.fixture(scope="module")
def workers():
    with Workers(Limits()) as made:
        yield made


def graded(folder, workers, plan=PLAN):
    return {one.student: grade(one, folder, plan, workers) for one in find_submissions(folder)}


def statuses(report):
    return [one.status for one in report.marks]


@needs_fork
def test_marks(tmp_path, workers):
    notebook(tmp_path / "right.ipynb", [IMPORT, RIGHT, CHECK, "check(3.6, 'one_more_cup')"])
    notebook(tmp_path / "wrong.ipynb", [IMPORT, UPSIDE_DOWN, CHECK, "check(3.7, 'one_more_cup')"])
    notebook(tmp_path / "blank.ipynb", [IMPORT, BLANK, CHECK, "check(..., 'one_more_cup')"])
    notebook(tmp_path / "library.ipynb", [LIBRARY, "one_more_cup = 3.6"])
    notebook(tmp_path / "empty.ipynb", [])
    found = graded(tmp_path, workers)
    assert statuses(found["right"]) == ["passed", "passed", "missing"]
    assert (found["right"].points, found["right"].of) == (2.0, 4.0)
    assert "· 12 cases, inputs untouched" in found["right"].marks[0].message
    assert statuses(found["wrong"]) == ["failed", "failed", "missing"]
    assert found["wrong"].marks[0].misconception == "upside-down"
    assert "Likely mistake" in found["wrong"].marks[0].message
    assert statuses(found["blank"]) == ["not_attempted", "not_attempted", "missing"]
    assert statuses(found["library"]) == ["missing", "passed", "failed"]
    assert found["library"].marks[2].misconception == "library"
    nothing = ("no exercise of this assignment has an answer in it.",)
    assert found["blank"].problems == found["empty"].problems == nothing
    assert not found["blank"].attempted and found["wrong"].attempted
    for one in found.values():
        assert Report.from_json(one.to_json()) == one


@needs_fork
def test_what_was_right_when_it_was_checked_is_right(tmp_path, workers):
    helper = "def rise(a, b):\n    return scale * (b - a)\nscale = 1.0"
    answer = (
        "def slope_between_points(x0, y0, x1, y1):\n"
        "    return [rise(y0, y1) / rise(x0, x1) for _ in 'x'][0]"
    )
    later = "def rise(a, b, c):\n    return 0"
    notebook(tmp_path / "helper.ipynb", [IMPORT, helper, answer, CHECK, later])
    notebook(tmp_path / "global.ipynb", [IMPORT, helper, answer, CHECK, "scale = None"])
    notebook(tmp_path / "itself.ipynb", [IMPORT, RIGHT, CHECK, WRONG])
    notebook(tmp_path / "never.ipynb", [IMPORT, helper, answer, "scale = None", CHECK])
    notebook(tmp_path / "mended.ipynb", [IMPORT, helper, WRONG, CHECK, answer])
    found = {name: statuses(one)[0] for name, one in graded(tmp_path, workers).items()}
    assert found == {
        "helper": "passed", "global": "passed", "itself": "failed", "never": "error",
        "mended": "passed",
    }  # fmt: skip


@needs_fork
@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
def test_names_with_odd_characters(tmp_path, workers):
    names = [
        "-rf.ipynb",
        "a\nb.ipynb",
        "名前.ipynb",
        "'\"<>&$(x);.ipynb",
        " .ipynb",
        "a" * 200 + ".ipynb",
    ]
    for name in names:
        notebook(tmp_path / name, [RIGHT])
    os.rename(notebook(tmp_path / "z.ipynb", [RIGHT]), os.fsencode(tmp_path) + b"/\xff.ipynb")
    found = graded(tmp_path, workers)
    assert len(found) == 7
    assert {statuses(one)[0] for one in found.values()} == {"passed"}
    paths = pages.write_pages(tmp_path / "pages", list(found.values()), PLAN)
    assert len({path.name.casefold() for path in paths}) == 7
    rows = list(csv.reader(io.StringIO(pages.to_csv(list(found.values()), PLAN))))
    assert len(rows) == 8


@needs_fork
def test_the_best_of_several_notebooks_counts(tmp_path, workers):
    notebook(tmp_path / "ada/one.ipynb", [UPSIDE_DOWN, "one_more_cup = 3.6", "1 / 0"])
    notebook(tmp_path / "ada/two.ipynb", [RIGHT])
    (tmp_path / "ada/three.ipynb").write_text("no JSON")
    report = graded(tmp_path, workers)["ada"]
    assert statuses(report) == ["passed", "passed", "missing"]
    assert [one.notebook for one in report.marks] == ["ada/two.ipynb", "ada/one.ipynb", ""]
    assert report.problems == (
        "ada/one.ipynb: code cell 3: ZeroDivisionError in line 1: division by zero",
        "ada/three.ipynb is not a notebook that can be read.",
    )


@needs_fork
def test_functions_of_the_case_are_called_by_the_grader(tmp_path, workers):
    plan = Plan({"central_gradient": 1.0}, seeds=(3,))
    right = (
        "import numpy as np\ndef central_gradient(f, x, h):\n    out = np.zeros(x.shape)\n"
        "    for i in np.ndindex(x.shape):\n        up, down = x.astype(float), x.astype(float)\n"
        "        up[i] += h\n        down[i] -= h\n        out[i] = (f(up) - f(down)) / (2 * h)\n"
        "    return out"
    )
    notebook(tmp_path / "right.ipynb", [right])
    notebook(tmp_path / "whole.ipynb", [right.replace("/ (2 * h)", "/ h")])
    notebook(tmp_path / "no.ipynb", ["def central_gradient(f, x, h):\n    return f([1, 'a'])"])
    found = graded(tmp_path, workers, plan)
    assert statuses(found["right"]) == ["passed"], found["right"].marks[0].message
    assert statuses(found["whole"]) == ["failed"] and found["whole"].marks[0].misconception
    assert statuses(found["no"]) == ["error"] and "Error" in found["no"].marks[0].message


@needs_fork
def test_chains_are_judged_by_their_values(tmp_path, workers, small_book):
    plan = Plan({"tiny_chain": 1.0}, seeds=(3,))
    start = "import numpy as np\nprediction, y = np.arange(5.0), np.ones(5)\nerror = prediction - y"
    check = "from bplib.checks import check_all\ncheck_all(locals(), 'tiny_chain')\nloss = None"
    notebook(tmp_path / "right.ipynb", [start, "loss = (error ** 2).mean()", check])
    notebook(tmp_path / "wrong.ipynb", [start, "loss = (error ** 2).sum()", check])
    notebook(tmp_path / "unchecked.ipynb", [start, "loss = (error ** 2).mean()"])
    notebook(tmp_path / "half.ipynb", [start])
    found = {name: one.marks[0] for name, one in graded(tmp_path, workers, plan).items()}
    assert {name: one.status for name, one in found.items()} == {
        "right": "passed", "wrong": "failed", "unchecked": "passed", "half": "not_attempted",
    }  # fmt: skip
    assert found["wrong"].misconception == "sum"


ANSWERS = [
    (lambda x: x * x, "passed"), (lambda x: None, "not_attempted"), (lambda x: print(x), "failed"),
    (lambda x: [x * x], "failed"),
    (lambda x: x / 0, "error"), (lambda x, y: x, "failed"), (lambda: 3, "failed"),
    (lambda x: "nine", "failed"), (lambda x: (one for one in "ab"), "failed"),
    (lambda x: np.float32(x * x), "passed"), (lambda x: np.array(x * x), "passed"),
    (lambda x: np.nan, "failed"), (lambda x: 10**400, "failed"), (lambda x: x * x + 0j, "failed"),
    (lambda x: {"a": x}, "failed"), (lambda x: np, "failed"), (lambda x: object(), "failed"),
    (lambda x: len, "failed"), (lambda x: np.full((3, 4), x), "failed"), (3.5, "failed"),
    ([1, 2], "failed"), (float, "failed"), (lambda x=2.0, *more: x * x, "passed"),
]  # fmt: skip


@needs_fork
def test_a_worker_says_what_the_notebook_would_say(tmp_path, workers, small_book):
    """Every kind of answer gets the same words from a worker as in the reader's own kernel."""
    import inspect

    from bplib.checks.decide import decide
    from bplib.grading.session import Session

    source = inspect.getsource(sys.modules[__name__])
    listed = re.search(r"^ANSWERS = (\[.*?^\])", source, re.DOTALL | re.MULTILINE)[1]
    exercise = tiny.number()
    cells = ["import numpy as np", f"answers = [one for one, _ in {listed}]".replace("# fmt", "#")]
    cells += [f"answer_{k} = answers[{k}]" for k in range(len(ANSWERS))]
    with Session(workers, cells, "x.ipynb") as session:
        for k, (answer, status) in enumerate(ANSWERS):
            here = decide(exercise, answer, 3)
            there = decide(
                exercise,
                session.answer_to(f"answer_{k}"),
                3,
                call=session.call,
                watch=session.library_call,
            )
            assert there.status == here.status == status, (k, here.text, there.text)
            cut = re.compile(r" at line \d+, `[^`]*`")  # where it stands differs, and nothing else
            assert cut.sub("", there.text) == cut.sub("", here.text)
        assert session.problems == []


LOCKED = (
    "import os\nos.makedirs('a/b/c')\nopen('a/b/c/x', 'w').close()\nos.symlink('/', 'a/b/root')\n"
    "os.chmod('a/b/c', 0)\nos.chmod('a', 0)\nos._exit(5)"
)


@pytest.mark.parametrize("level", ["limits", "process"])
def test_every_system_can_grade(tmp_path, level):
    notebook(tmp_path / "right.ipynb", [IMPORT, RIGHT, CHECK])
    with Workers(Limits(), level=level) as made:
        report = graded(tmp_path, made)["right"]
        assert statuses(report) == ["passed", "missing", "missing"] and report.level == level
        if level == "limits":
            notebook(tmp_path / "ends.ipynb", [IMPORT, WRONG, LOCKED, AFTER])
            report = graded(tmp_path, made)["ends"]
            assert statuses(report)[0] == "failed"
            assert [one.name for one in made.folder.iterdir()] == []
            assert report.problems == ("code cell 3: ended the process with exit code 5.",)
        folder = made.folder
    assert not folder.exists()


@needs_fork
def test_a_judge_that_is_taken_down_is_replaced(tmp_path):
    notebook(tmp_path / "ada.ipynb", [RIGHT])
    notebook(tmp_path / "eve.ipynb", ["import time\ntime.sleep(30)"])
    ada, eve = find_submissions(tmp_path)
    brief = {"folder": str(tmp_path), "inside": str(tmp_path), "plan": PLAN.to_json()}
    judge = _Judge(json.dumps({**brief, "hidden": [], "level": "limits"}), PLAN)
    try:
        assert statuses(judge.grade(ada))[0] == "passed"
        threading.Timer(0.3, judge.process.kill).start()
        report = judge.grade(eve)
        assert set(statuses(report)) == {"unjudged"} and report.points == 0.0
        assert report.problems == ("the submission ended the process that graded it.",)
        assert statuses(judge.grade(ada))[0] == "passed"
    finally:
        judge.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")
def test_a_fork_server_that_is_taken_down_leaves_nothing(tmp_path):
    notebook(tmp_path / "ada.ipynb", [RIGHT])
    away = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(300)\n"
    notebook(tmp_path / "eve.ipynb", [RIGHT, away + "os.kill(os.getppid(), 9)\ntime.sleep(9)"])
    ada, eve = find_submissions(tmp_path)
    brief = {"folder": str(tmp_path), "inside": str(tmp_path), "plan": PLAN.to_json()}
    judge = _Judge(json.dumps({**brief, "hidden": [], "level": "limits"}), PLAN)
    try:
        assert statuses(judge.grade(eve))[0] == "passed"
        assert statuses(judge.grade(ada))[0] == "passed"
        assert len(descendants(judge.process.pid)) == 1
    finally:
        judge.stop()


@needs_fork
def test_an_answer_that_is_not_there_is_told_why(tmp_path, workers):
    notebook(tmp_path / "cell.ipynb", [RIGHT.replace(":", "")])
    notebook(tmp_path / "other.ipynb", [RIGHT.replace("slope", "rise")])
    notebook(tmp_path / "twice.ipynb", [RIGHT, UPSIDE_DOWN])
    notebook(tmp_path / "magic.ipynb", [f"{RIGHT}\n\nfiles = !ls\n%timeit 1 + 1"])
    found = {name: one.marks[0] for name, one in graded(tmp_path, workers).items()}
    assert found["magic"].status == "passed"
    assert (found["cell"].status, found["cell"].message) == (
        "error",
        "✗ **slope_between_points** · its cell, code cell 1, stopped before it was there: "
        "SyntaxError in line 1: expected ':'",
    )
    assert (found["other"].status, found["other"].message) == (
        "missing",
        "○ **slope_between_points**: no function of this name is in the notebook.",
    )
    assert found["twice"].message.endswith(
        "\nIt is defined in code cells 1 and 2; the last one counts."
    )


@needs_fork
def test_of_many_cells_that_stop_the_first_are_named(tmp_path, workers):
    notebook(tmp_path / "ada.ipynb", [RIGHT, *["1 / 0"] * 300])
    report = graded(tmp_path, workers)["ada"]
    assert statuses(report)[0] == "passed" and len(report.problems) == 13
    assert report.problems[-1] == "288 more code cells stopped too."


@needs_fork
def test_no_worker_is_nobodys_mistake(tmp_path, monkeypatch):
    """A Python that does not start is said once; no submission gets marks for it."""
    notebook(tmp_path / "class/ada.ipynb", [RIGHT])
    notebook(tmp_path / "class/bob.ipynb", [RIGHT])
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/matplotlib.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    with pytest.raises(GradingError, match=r"^the workers' Python does not start; "):
        grade_all(find_submissions(tmp_path / "class"), tmp_path / "class", PLAN, jobs=2)


def test_a_worker_that_is_missing_later_costs_nobody_points(tmp_path, monkeypatch):
    notebook(tmp_path / "ada.ipynb", [])
    notebook(tmp_path / "bob.ipynb", [])

    def one(judge, submission):
        if submission.student == "bob":
            raise GradingError("no worker can be started.")
        return refused(submission, PLAN, "as a test.")

    monkeypatch.setattr(_Judge, "grade", one)
    _, bob = grade_all(find_submissions(tmp_path), tmp_path, PLAN, jobs=1)
    assert set(statuses(bob)) == {"unjudged"}
    assert bob.problems == ("could not be graded: no worker can be started.",)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="every user is the same there")
def test_root_runs_nothing_with_all_its_rights(tmp_path, monkeypatch):
    """Limits alone hold nobody back who may end every process and remove every file."""
    for name in ("prctl", "_readable_by_all"):
        monkeypatch.setattr(contain, name, lambda *given: False)
    monkeypatch.setattr(contain, "_own_world", lambda *given: (_ for _ in ()).throw(OSError))
    monkeypatch.setattr(contain.os, "getuid", lambda: 0)
    for wanted in ("namespaces", "user"):
        with pytest.raises(contain.AllRights):
            contain.withdraw([], str(tmp_path), wanted)
    assert contain.withdraw([], str(tmp_path), "limits") == "limits"
    monkeypatch.setattr(contain.os, "getuid", lambda: 1000)
    assert contain.withdraw([], str(tmp_path), "namespaces") == "limits"


@needs_fork
def test_root_is_told_why(monkeypatch):
    monkeypatch.setattr(Workers, "_await", lambda *given: ALL_RIGHTS)
    with Workers(Limits()) as made, pytest.raises(GradingError, match=r"^you are root, and this "):
        made.start()


# ── what is written down ─────────────────────────────────────────────────────────────────────────


def a_report(student="ada", message="✗ **f** · wrong", problems=(), late=None, off=0.0):
    marks = (Mark("f", "failed", 0.0, 1.0, message, (("inputs", "x = 1"),), "sign", "x.ipynb"),
             Mark("g", "passed", 2.0, 2.0, "✓ **g** · right"))  # fmt: skip
    return Report(student, ("x.ipynb",), marks, tuple(problems), late, off, "namespaces")


TWO = Plan({"f": 1.0, "g": 2.0}, title="Week <1>")


class Page(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.words = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.words.append(data)


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"&<!--</title></style>"


def test_a_hostile_text_is_text_on_the_page():
    report = a_report(EVIL, f"✗ **{EVIL}** · `{EVIL}` {EVIL}", (EVIL,))
    plan = Plan({"f": 1.0, "g": 2.0}, title=EVIL)
    page = Page(pages.to_page(report, plan))
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "strong", "ul",
               "li", "div", "span", "code", "details", "summary", "pre"}  # fmt: skip
    assert page.elements <= allowed
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert "".join(page.words).count("<script>alert(1)</script>") >= 5


def test_a_page_says_what_counts():
    text = pages.to_page(a_report(late=25.2, off=20.0, problems=("code cell 3: raised",)), TWO)
    words = " ".join("".join(Page(text).words).split())
    assert "Week <1> ada · 1.6 of 3 points · 1 day 1 h late, 20 % off" in words
    assert "About the notebookcode cell 3: raised" in words
    assert "f0 of 1✗ f · wrong" in words and "g2 of 2✓" in words.replace("\xa0", " ")
    assert "default-src 'none'" in text and "http" not in text.replace("http-equiv", "")


def test_lateness_in_words():
    assert [pages.late(h) for h in (0.001, 0.5, 3.2, 24, 50)] == [
        "1 min late", "30 min late", "3 h late", "1 day late", "2 days 2 h late",
    ]  # fmt: skip


def test_a_spreadsheet_gets_no_formula():
    report = a_report("=HYPERLINK(1)", problems=("+cmd|' /C calc'!A0", "a\nb\x1b[1m"))
    rows = list(csv.reader(io.StringIO(pages.to_csv([report], TWO))))
    assert rows[0] == ["student", "points", "of", "late_hours", "percent_off", "notebooks",
                       "notes", "f", "f.status", "g", "g.status"]  # fmt: skip
    assert rows[1] == ["'=HYPERLINK(1)", "2", "3", "", "0", "x.ipynb",
                       "'+cmd|' /C calc'!A0 a b�[1m", "0", "failed (sign)", "2",
                       "passed"]  # fmt: skip


def test_names_of_pages():
    taken = set()
    names = ["ada", "Ada", "../../etc/passwd", "zoë müller", "con", "", "...", "a" * 300, "<b>"]
    names += [unicodedata.normalize("NFD", "zoë müller"), "名前", "\udcff"]
    made = []
    for name in names:
        made.append(pages.page_name(name, taken))
        taken.add(made[-1].casefold())
    assert made[:7] == ["ada.html", "Ada-2.html", "etc_passwd.html", "zoë_müller.html", "con_.html",
                        "student.html", "student-2.html"]  # fmt: skip
    assert made[8:] == ["b.html", "zoë_müller-2.html", "名前.html", "student-3.html"]
    assert all("/" not in name and len(name) < 100 for name in made)


def test_the_commonest_mistake():
    assert pages.overview([a_report(), a_report()], TWO) == [("f", 0, "sign (2)"), ("g", 2, "")]


# ── the command ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def classroom(tmp_path):
    """Submissions of all kinds, and a plan."""
    folder = tmp_path / "submissions"
    notebook(folder / "ada.ipynb", [IMPORT, RIGHT, CHECK])
    notebook(folder / "Bob <b>.ipynb", [IMPORT, UPSIDE_DOWN, CHECK])
    notebook(folder / "eve/work.ipynb", [IMPORT, "import os\nos._exit(0)", BLANK])
    notebook(folder / "mallory.ipynb", ["import os, signal\nos.kill(os.getppid(), 9)", RIGHT])
    (folder / "zed.ipynb").write_text("{")
    for path in folder.rglob("*.ipynb"):
        os.utime(path, (1772388000 + 3600, 1772388000 + 3600))
    os.utime(folder / "ada.ipynb", (1772388000, 1772388000))
    (tmp_path / "grade.toml").write_text(
        "title = 'Week 1'\nchapters = [0]\nseeds = [4]\ndue = 2026-03-01T18:00:00Z\n"
        "late_percent_per_day = 50\n[limits]\nseconds = 20\n"
    )
    return tmp_path


@needs_fork
def test_a_class(classroom, capsys):
    words = ["grade", classroom / "submissions", "--config", classroom / "grade.toml", "--jobs", 2,
             "--csv", classroom / "out/marks.csv", "--html", classroom / "pages"]  # fmt: skip
    code, out, err = run(capsys, *words)
    assert code == 1
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:2] == ["Week 1 · 1 exercise", "ada 1 of 1 ✓"]
    assert lines[2] == "Bob <b> 0 of 1 ✗ 1 h late."
    assert "eve 0 of 1 ○ 1 h late." in lines
    assert "code cell 2: ended the process with exit code 0." in lines
    assert "zed.ipynb is not a notebook that can be read." in lines
    assert "1 slope_between_points 2 of 5 right most often upside-down (1)" in lines
    assert lines[-1] == "5 submissions graded; 2 to look at."
    rows = list(csv.DictReader(io.StringIO((classroom / "out/marks.csv").read_text("utf-8"))))
    assert [(row["student"], row["points"], row["late_hours"]) for row in rows] == [
        ("ada", "1", "0"), ("Bob <b>", "0", "1"), ("eve", "0", "1"), ("mallory", "0.5", "1"),
        ("zed", "0", "1"),
    ]  # fmt: skip
    assert sorted(path.name for path in (classroom / "pages").iterdir()) == [
        "Bob_b.html", "ada.html", "eve.html", "mallory.html", "zed.html",
    ]  # fmt: skip
    # The same once more, one after the other: the same bytes, whoever was quicker.
    before = {p: p.read_bytes() for p in classroom.rglob("*") if p.suffix in (".csv", ".html")}
    words[5] = 1
    assert run(capsys, *words, "--json")[0] == 1
    assert before == {p: p.read_bytes() for p in before}


@needs_fork
def test_a_class_that_is_stopped(classroom, capsys, monkeypatch):
    """Ctrl-C keeps what was graded, leaves nobody out without a word, and leaves nothing behind."""
    before = descendants(os.getpid())
    notebook(classroom / "submissions/b.ipynb", ["import time\ntime.sleep(60)"])
    words = ["grade", classroom / "submissions", "--chapter", 0, "--jobs", 1,
             "--csv", classroom / "marks.csv", "--html", classroom / "pages"]  # fmt: skip

    def stop(*given, done, **more):
        def then(report):
            done(report)
            threading.Timer(0.3, _thread.interrupt_main).start()

        return grade_all(*given, done=then, **more)

    monkeypatch.setattr("bplib.cli.grade.grade_all", stop)
    code, out, err = run(capsys, *words)
    assert code == 130
    assert err.splitlines()[-1] == (
        f"bplib: stopped; 1 of 6 submissions were graded before; in {classroom / 'marks.csv'} the "
        f"others are marked as not judged; {classroom / 'pages'} has their pages."
    )
    assert "ada  1 of 1  ✓" in out and "Bob" not in out and "1 submission graded." in out
    rows = list(csv.DictReader(io.StringIO((classroom / "marks.csv").read_text("utf-8"))))
    assert [row["slope_between_points.status"] for row in rows] == ["passed", *5 * ["unjudged"]]
    assert rows[1]["notes"] == "not graded: stopped before."
    assert [path.name for path in (classroom / "pages").iterdir()] == ["ada.html"]
    assert descendants(os.getpid()) == before

    (classroom / "marks.csv").unlink()
    monkeypatch.setattr("bplib.cli.grade.grade_all", lambda *given, **more: _stopped())
    code, out, err = run(capsys, *words)
    said = "bplib: stopped before the first was graded; nothing was written.\n"
    assert (code, out, err) == (130, "", said)
    assert not (classroom / "marks.csv").exists()


def _stopped():
    raise Stopped({})


@needs_fork
def test_json_for_programs(classroom, capsys):
    for name in ("eve/work.ipynb", "mallory.ipynb", "zed.ipynb"):
        (classroom / "submissions" / name).unlink()
    (classroom / "submissions/eve").rmdir()
    words = ["grade", classroom / "submissions", "--chapter", 0, "--jobs", 1, "--json"]
    code, out, err = run(capsys, *words)
    assert code == 0
    found = json.loads(out)
    assert found["title"] == "Chapter 0"
    ada, bob = found["submissions"]
    assert (ada["student"], ada["points"], ada["late_hours"]) == ("ada", 1.0, None)
    assert bob["exercises"][0]["misconception"] == "upside-down"


def test_requests_that_mean_nothing(tmp_path, capsys):
    folder = tmp_path / "submissions"

    def refused(*words):
        code, out, err = run(capsys, "grade", folder, *words)
        assert (code, out) == (2, "")
        return err

    chapter = ("--chapter", 0)
    assert refused(*chapter) == f"bplib: there is no folder {folder}.\n"
    folder.mkdir()
    assert refused(*chapter) == (
        f"bplib: {folder} holds no submissions; they are files NAME.ipynb, or a folder for each "
        "student with notebooks inside.\n"
    )
    notebook(folder / "ada.ipynb", [])
    assert refused() == (
        "bplib: say which exercises count: --chapter 2 for all of a chapter, or --config "
        "grade.toml.\n"
    )
    assert refused(*chapter, "--config", "x.toml") == (
        "bplib: say what counts once: with --config, or with --chapter.\n"
    )
    assert refused("--chapter", 77) == "bplib: chapter 77 has no exercises.\n"
    inside = folder / "pages"
    assert refused(*chapter, "--html", inside) == (
        f"bplib: {inside} is inside the submissions; choose another place for the feedback pages.\n"
    )
    assert refused(*chapter, "--csv", folder / "x.csv").endswith(
        "is inside the submissions; choose another place for the CSV.\n"
    )
    code, out, err = run(capsys, "grade", folder / "ada.ipynb", *chapter)
    assert err == (
        f"bplib: {folder / 'ada.ipynb'} is a file; name the folder that the submissions are in.\n"
    )


def test_the_worker_modules_do_not_load_the_checks():
    """What the fork server imports must not bring the exercises into its memory."""
    code = (
        "from bplib.grading import template, worker\ntemplate.preload()\nimport sys\n"
        "print(sorted(n for n in sys.modules if n.startswith('bplib.checks')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "['bplib.checks']\n"
