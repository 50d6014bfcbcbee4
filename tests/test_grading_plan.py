"""Grading a class: what counts, and who handed in what."""

import json
import os
import re

import pytest
from test_grading_hostile import RIGHT, notebook

from bplib.grading.contain import Limits
from bplib.grading.plan import Plan, plan_of_chapters, read_plan
from bplib.grading.submissions import Unreadable, find_submissions, read_notebook
from bplib.grading.workers import GradingError

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
