"""Grading a class: the marks, and who is to blame for what."""

import csv
import io
import json
import os
import re
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import tiny_exercises as tiny
from test_grading_hostile import AFTER, CHECK, IMPORT, RIGHT, WRONG, notebook

from bplib.grading import contain
from bplib.grading import report as pages
from bplib.grading.contain import Limits, descendants
from bplib.grading.judge import Report, grade, refused
from bplib.grading.judges import _Judge, grade_all
from bplib.grading.plan import Plan
from bplib.grading.submissions import find_submissions
from bplib.grading.template import ALL_RIGHTS, remove
from bplib.grading.workers import GradingError, Workers, can_fork

ROOT = Path(__file__).resolve().parents[1]
BLANK = "def slope_between_points(x0, y0, x1, y1):\n    raise NotImplementedError()"
UPSIDE_DOWN = "def slope_between_points(x0, y0, x1, y1):\n    return (x1 - x0) / (y1 - y0)"
LIBRARY = (
    "import numpy as np\nfrom bplib import losses\ndef mean_squared_error(prediction, target):\n"
    "    return losses.mse(prediction, target)[0]"
)

needs_fork = pytest.mark.skipif(not can_fork(), reason="workers are forked, where that exists")

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
    (tmp_path / "none.ipynb").write_text("")
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
    assert found["blank"].marks[0].message == "○ **slope_between_points**: not attempted."
    assert found["none"].problems == ("none.ipynb is not a notebook that can be read.",)
    nowhere = "○ **slope_between_points**: there is no notebook to look for it in."
    assert found["none"].marks[0].message == nowhere
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


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_is_removed_whatever_is_in_it(tmp_path):
    """Deeper than Python's recursion and longer than any path, locked, and with ways out of it."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").write_text("kept")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "out").symlink_to(tmp_path / "kept")
    here = os.open(inside, os.O_RDONLY)
    for depth in range(1100):
        os.mkdir("d" * 9, dir_fd=here)
        if depth % 500 == 0:
            os.symlink(tmp_path / "kept", f"out_{depth}", dir_fd=here)
            os.close(os.open("file", os.O_CREAT | os.O_WRONLY, 0o000, dir_fd=here))
        below = os.open("d" * 9, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.fchmod(here, 0)
    os.close(here)
    os.chmod(inside, 0)
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    for name in ("inside", "link", "nothing"):
        remove(str(tmp_path / name))
    assert (
        not (tmp_path / "link").is_symlink()
        and not inside.exists()
        and (tmp_path / "kept/file").read_text() == "kept"
    )


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
def test_what_no_comparison_expects_is_for_the_teacher(tmp_path, workers, monkeypatch):
    notebook(tmp_path / "ada.ipynb", [RIGHT])
    monkeypatch.setattr("bplib.grading.judge.decide", lambda *given, **more: 1 / 0)
    (report,) = graded(tmp_path, workers).values()
    assert statuses(report)[0] == "unjudged" and not report.attempted
    assert "the answer cannot be judged (ZeroDivisionError)" in report.marks[0].message


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
@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_files_beside_a_notebook_are_those_of_its_student(tmp_path, workers):
    look = "import os\nfound = sorted(os.listdir('.'))"
    show = "def slope_between_points(x0, y0, x1, y1):\n    print(found, twice(2))\n    return 0"
    cells = [look, "from helpers import twice\nassert open('data.csv').read() == '1,2'", show]
    notebook(tmp_path / "ada/x.ipynb", cells)
    notebook(tmp_path / "ada/y.ipynb", [])
    notebook(tmp_path / "bob.ipynb", cells)
    for folder in (tmp_path / "ada", tmp_path):
        (folder / "helpers.py").write_text("def twice(x):\n    return 2 * x")
        (folder / "data.csv").write_text("1,2")
        (folder / "large.bin").write_bytes(bytes(2**21))
        (folder / "link").symlink_to("data.csv")
    found = graded(tmp_path, workers)
    assert found["ada"].problems == ()
    said = dict(found["ada"].marks[0].details)["your function printed"]
    assert said.strip() == "['data.csv', 'helpers.py', 'x.ipynb'] 4"
    assert "No module named 'helpers'" in found["bob"].problems[0]


@needs_fork
def test_what_is_drawn_without_a_seed_is_drawn_again(tmp_path, workers):
    drawn = "import random\nimport numpy as np\nx = np.random.rand() + random.random()"
    notebook(tmp_path / "ada.ipynb", [drawn, "def slope_between_points(*given):\n    return x"])
    assert graded(tmp_path, workers) == graded(tmp_path, workers)


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
