"""Submissions that hang, break, cheat or mean harm: each costs itself alone, within its limit."""

import dataclasses
import json
import os
import sys
import time
from pathlib import Path

import pytest

from bplib.grading import session
from bplib.grading.contain import Limits
from bplib.grading.judge import grade
from bplib.grading.plan import Plan
from bplib.grading.secrets import secrets_of_the_course
from bplib.grading.submissions import find_submissions
from bplib.grading.workers import GradingError, Workers, can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="workers are forked, where that exists")

LIMITS = Limits(
    seconds=20, cell_seconds=5, call_seconds=5, memory_mb=256, file_mb=4, processes=24,
    notebook_mb=1,
)  # fmt: skip
SHORT = {"seconds": 6, "cell_seconds": 0.5, "call_seconds": 0.5}
POINTS = {"slope_between_points": 1.0, "bitterness_slope": 2.0}
PLAN = Plan(POINTS, seeds=(7,), limits=LIMITS)

IMPORT = "from bplib.checks import check"
RIGHT = "def slope_between_points(x0, y0, x1, y1):\n    return (y1 - y0) / (x1 - x0)"
CHECK = "check(slope_between_points)"
AFTER = "def bitterness_slope(cups):\n    return 9 * cups + 3"


def body(text):
    """A `slope_between_points` with this text as its body, between good cells."""
    inside = "".join(f"    {line}\n" for line in text.split("\n"))
    return [IMPORT, f"def slope_between_points(x0, y0, x1, y1):\n{inside}", CHECK, AFTER]


def cell(text):
    """A bad cell between two good answers."""
    return [IMPORT, RIGHT, text, AFTER]


def notebook(path, cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [{"cell_type": "code", "source": one, "metadata": {}} for one in cells]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4}), encoding="utf-8")
    return path


@pytest.fixture(scope="module", autouse=True)
def little_grace():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_GRACE", 0.3)
        yield


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """The folder of the submissions, with that of somebody else in it."""
    folder = tmp_path_factory.mktemp("submissions")
    notebook(folder / "somebody_else.ipynb", [RIGHT, "secret_of_somebody_else = 1"])
    return folder


@pytest.fixture(scope="module")
def workers(hall):
    level = os.environ.get("GRADING_LEVEL", "namespaces")
    with Workers(LIMITS, [hall, *secrets_of_the_course()], level) as made:
        try:
            made.start().socket.close()
        except GradingError as error:
            if level == "namespaces":
                raise
            pytest.skip(f"{level}: {error}")
        yield made


@pytest.fixture
def graded(hall, workers, monkeypatch):
    """Grades one submission of these cells; returns its report and how long it took."""

    def run(cells, **more):
        limits = dataclasses.replace(LIMITS, **more)
        monkeypatch.setattr(workers, "limits", limits)
        path = notebook(hall / "one.ipynb", cells)
        (submission,) = [one for one in find_submissions(hall) if one.student == "one"]
        started = time.monotonic()
        try:
            report = grade(submission, hall, dataclasses.replace(PLAN, limits=limits), workers)
        finally:
            path.unlink()
        # That it ends: how late, on a busy machine, is no business of a test.
        assert time.monotonic() - started < limits.seconds + 60
        return report

    return run


def statuses(report):
    return [one.status for one in report.marks]


# ── code that does not end, or ends too much ─────────────────────────────────────────────────────

LOOPS = {
    "loop": "while True:\n    pass",
    "bare except": "while True:\n    try:\n        while True:\n            pass\n    except:\n"
    "        pass",
    "in C": "import ctypes\nctypes.CDLL(None).sleep(100)",
    "a regular expression": "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')",
    "with a child that lives on": "import os, time\nif os.fork() == 0:\n    os.setsid()\n"
    "    time.sleep(100)\nwhile True:\n    pass",
}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_function_that_does_not_end_costs_itself_alone(graded, loop):
    report = graded(body(LOOPS[loop]), **SHORT)
    assert statuses(report) == ["timeout", "passed"]
    assert "no answer after 0.5 s" in report.marks[0].message
    assert report.points == 2.0


@pytest.mark.parametrize("loop", LOOPS)
def test_a_cell_that_does_not_end_costs_itself_alone(graded, loop):
    report = graded(cell(LOOPS[loop]), **SHORT)
    assert statuses(report) == ["passed", "passed"]
    assert report.problems == (
        "code cell 3: did not end within 0.5 s; is there a loop without an end?",
    )


def test_a_notebook_of_nothing_but_loops_ends_with_its_time(graded):
    loop = "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except:\n        pass"
    report = graded([*[loop] * 20, RIGHT], **{**SHORT, "seconds": 2})
    assert statuses(report) == ["unjudged", "unjudged"] and report.points == 0
    assert "not reached before the notebook's time was up" in report.marks[0].message
    inside = "".join(f"    {line}\n" for line in loop.split("\n"))
    both = [f"def {name}(*given):\n{inside}" for name in POINTS]
    report = graded(both, **{**SHORT, "seconds": 1})
    assert set(statuses(report)) <= {"timeout", "unjudged"} and report.points == 0


ENDS = {
    "import os\nos._exit(0)": " with exit code 0",
    "import os\nos._exit(3)": " with exit code 3",
    "import os\nos.abort()": " by signal 6, a crash outside of Python",
    "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)": "",
    "import os\nos.closerange(0, 256)": "",
    "import ctypes\nctypes.string_at(0)": " by signal 11, a crash outside of Python",
}


@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_the_process_is_the_end_of_one_answer(graded, end):
    report = graded(body(end))
    assert statuses(report) == ["error", "passed"], report
    how = ENDS[end].partition(" ")[2].partition(" ")[2]
    assert f"your code stops with the end of its whole process: {how}" in report.marks[0].message


@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_the_process_is_the_end_of_one_cell(graded, end):
    report = graded(cell(end))
    assert statuses(report) == ["passed", "passed"], report
    (problem,) = report.problems
    assert problem.startswith(f"code cell 3: ended the process{ENDS[end]}")


def test_sys_exit_is_an_error_like_any_other(graded):
    report = graded(body("import sys\nsys.exit(0)"))
    assert statuses(report) == ["error", "passed"]
    assert "SystemExit: 0" in report.marks[0].message
    report = graded(cell("import sys\nsys.exit(0)"))
    assert statuses(report) == ["passed", "passed"]
    assert report.problems == ("code cell 3: SystemExit in line 2: 0",)


# ── too much of everything ───────────────────────────────────────────────────────────────────────


def test_eight_gigabytes_are_not_there(graded):
    report = graded(cell("import numpy as np\nx = np.ones(10**9)"))
    assert statuses(report) == ["passed", "passed"]
    assert "MemoryError" in report.problems[0]
    report = graded(body("return bytearray(8 * 10**9)"))
    assert statuses(report) == ["error", "passed"]
    assert "MemoryError" in report.marks[0].message


def test_a_gigabyte_of_output_goes_nowhere(graded):
    report = graded(body("for k in range(10):\n    print('x' * 10**5)\nreturn 0.0"))
    assert statuses(report) == ["failed", "passed"]
    assert len(dict(report.marks[0].details)["your function printed"]) <= 2001
    flood = "import os\nline = b'z' * 2**20\nfor k in range(1000):\n    os.write(1, line)"
    report = graded(cell(flood))
    assert (statuses(report), report.problems) == (["passed", "passed"], ())


def test_an_answer_of_any_size_is_compared_by_its_shape(graded):
    large = "import numpy as np\nreturn np.zeros((3000, 1500))"
    report = graded(body(large))
    assert "an array of shape (3000, 1500); a number is due" in report.marks[0].message
    report = graded(body("return ['x' * 10**6] * 1000"))
    assert "a list of 1000; a number is due" in report.marks[0].message
    assert statuses(report) == ["failed", "passed"]


def test_a_fork_bomb_stays_small(graded):
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    assert statuses(graded(body(bomb), **SHORT)) == ["timeout", "passed"]
    assert len(session_processes()) < 5


def session_processes():
    """Processes that descend from this one and are not the fork server."""
    from bplib.grading.contain import descendants

    found = []
    for number in descendants(os.getpid()):
        try:
            command = Path(f"/proc/{number}/cmdline").read_bytes()
        except OSError:
            continue
        if b"bplib.grading" in command:
            found.append(number)
    return found


def test_who_ends_all_processes_ends_none_but_its_own(graded, workers):
    if workers.level != "namespaces":
        pytest.skip("the processes of the same user are in reach")
    report = graded(cell("import os\nos.kill(-1, 9)"))
    assert statuses(report) == ["passed", "passed"], report


@pytest.mark.skipif(sys.platform != "linux", reason="found through /proc")
def test_children_that_leave_the_session_end_with_it(graded):
    away = (
        "import os, time\nfor k in range(3):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0:\n            os.setsid()\n            time.sleep(300)\n"
        "        os._exit(0)"
    )
    report = graded(cell(away))
    assert statuses(report) == ["passed", "passed"]
    assert len(session_processes()) == 1


def test_a_full_folder_is_full(graded, workers):
    if workers.level != "namespaces":
        pytest.skip("the size of a folder is limited in name spaces only")
    fill = "for k in range(100):\n    open(f'f{k}', 'wb').write(b'x' * 10**6)"
    report = graded(cell(fill))
    assert statuses(report) == ["passed", "passed"] and "OSError" in report.problems[0]


# ── cheating ─────────────────────────────────────────────────────────────────────────────────────

CHEATS = {
    "NumPy's comparisons": "import numpy as np\n"
    "np.allclose = np.array_equal = lambda *a, **k: True\n"
    "np.abs = np.isfinite = np.max = lambda *a, **k: np.float64(0.0)",
    "modules": "import sys\nclass Yes:\n    def __getattr__(self, name):\n"
    "        return lambda *a, **k: True\nfor name in list(sys.modules):\n"
    "    if 'decide' in name or 'compare' in name or 'checks' in name:\n"
    "        sys.modules[name] = Yes()",
    "check": "import bplib.checks\nbplib.checks.check = check = lambda *a, **k: print('passed')",
    "a result": "import bplib.checks, gc\nfor one in gc.get_objects():\n"
    "    if type(one).__name__ == '_Worker':\n"
    "        for k in range(50):\n            one.say(status='passed', points=100, ran=True)",
    "open files": "import os\nfor number in range(3, 256):\n    try:\n"
    '        os.write(number, b\'{"status": "passed"}\' * 1000)\n    except OSError:\n'
    "        pass",
    "a length": "import gc, socket, struct\nfor one in gc.get_objects():\n"
    "    if isinstance(one, socket.socket):\n"
    "        one.send(struct.pack('>4sIQ16s', b'bpl1', 2**31, 2**60, b'x' * 16))",
    "the worker": "import gc\nfor one in gc.get_objects():\n"
    "    if type(one).__name__ == '_Worker':\n"
    "        say = type(one).say\n"
    "        type(one).say = lambda self, **k: say(self, **{**k, 'status': 'passed', 'passed': 1})",
}
WRONG = "def slope_between_points(x0, y0, x1, y1):\n    return 0.0"


@pytest.mark.parametrize("cheat", CHEATS)
def test_no_trick_makes_a_wrong_answer_right(graded, cheat):
    report = graded([IMPORT, WRONG, AFTER, CHEATS[cheat], "check(slope_between_points)"])
    assert statuses(report)[0] in ("failed", "error"), report
    assert report.marks[0].points == 0.0
    # The same inside the function that is called, where it may cost that answer but no other.
    report = graded(body(CHEATS[cheat] + "\nreturn 0.0"))
    assert statuses(report)[0] in ("failed", "error"), report


def test_who_talks_between_the_questions_is_named_in_the_table(graded):
    report = graded([IMPORT, RIGHT, CHEATS["a result"], AFTER])
    assert set(statuses(report)) == {"error"} and report.points == 0.0
    (problem,) = report.problems
    assert problem == "the notebook: disturbed the grading: an answer that nobody asked for."


def test_what_is_equal_to_everything_is_not_right(graded):
    yes = (
        "import numpy as np\nclass Yes(float):\n    def __eq__(self, other):\n        return True\n"
        "    __sub__ = __rsub__ = __abs__ = lambda self, *other: Yes(0)\nreturn Yes(0.5)"
    )
    assert statuses(graded(body(yes))) == ["failed", "passed"]


def test_what_breaks_when_it_is_looked_at_costs_itself_alone(graded):
    shy = (
        "class Shy:\n    @property\n    def __class__(self):\n        raise ValueError('no')\n"
        "    __array__ = __repr__ = __len__ = __class__\n"
    )
    assert statuses(graded(body(shy + "return Shy()"))) == ["error", "passed"]
    report = graded(body(shy + "return {Shy()}"))
    assert statuses(report) == ["error", "passed"]
    assert "what is returned cannot be read" in report.marks[0].message


def test_a_removed_check_loses_nothing(graded):
    assert statuses(graded([RIGHT, AFTER])) == ["passed", "passed"]
    renamed = [IMPORT, RIGHT.replace("slope_between", "my"), "check(my_points, 'bitterness_slope')"]
    assert statuses(graded(renamed)) == ["missing", "failed"]
    by_name = [IMPORT, RIGHT.replace("slope_between", "my"), "check(my_points, "
               "'slope_between_points')"]  # fmt: skip
    assert statuses(graded(by_name)) == ["passed", "missing"]


# ── what is in reach ─────────────────────────────────────────────────────────────────────────────

LOOK = r"""
import gc, os, sys
def walk():
    found = []
    for name, module in list(sys.modules.items()):
        if name.startswith(("bplib.checks.exercises", "bplib.checks.registry", "bplib.checks.de")):
            found.append(name)
    for one in gc.get_objects():
        name = getattr(one, "__module__", None)
        if isinstance(name, str) and name.startswith("bplib.checks.exercises"):
            found.append(repr(one))
        if isinstance(one, str) and "secret_of_somebody_else" in one:
            found.append("another's text")
        if isinstance(one, dict) and "bitterness_slope" in one and "slope_between_points" in one:
            if one is not globals():
                found.append("a table of exercises")
    for name in ("bplib.checks.exercises.ch00", "bplib.checks.registry", "bplib.checks.decide"):
        try:
            __import__(name)
            found.append(f"imported {name}")
        except ImportError:
            pass
    for name in os.environ:
        if "BPLIB" in name or "TOKEN" in name or "KEY" in name:
            found.append(name)
    for number in range(3, 256):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
            if not target.startswith("socket:") or number != 3:
                found.append(f"{number} {target}")
        except OSError:
            pass
    for parent in {os.getppid(), *map(int, filter(str.isdigit, os.listdir("/proc")))}:
        if parent == os.getpid():
            continue
        for name in ("mem", "environ", "maps"):
            try:
                if open(f"/proc/{parent}/{name}", "rb").read(1):
                    found.append(f"/proc/{parent}/{name}")
            except OSError:
                pass
    return found
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks around in /proc")
def test_neither_references_nor_others_are_in_memory(graded, workers, monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "of the teacher")
    show = "def slope_between_points(x0, y0, x1, y1):\n    print(walk())\n    return 0.0"
    report = graded([LOOK, show, AFTER])
    found = dict(report.marks[0].details)["your function printed"]
    if workers.level == "limits":  # other processes of the same user are in reach
        assert "bplib" not in found and "secret" not in found and "TOKEN" not in found
    else:
        assert found.strip() == "[]"


REACH = r"""
import glob, os, socket
def reach():
    found = []
    for folder in FOLDERS:
        if glob.glob(os.path.join(folder, "**", "*.*"), recursive=True):
            found.append(folder)
    for path in (*FOLDERS, BESIDE, "/tmp", "/var/tmp", "/dev/shm"):
        try:
            open(os.path.join(path, "left_behind"), "w").close()
            found.append(f"wrote {path}")
        except OSError:
            pass
    try:
        os.remove(os.path.join(BESIDE, "precious.txt"))
        found.append("removed")
    except OSError:
        pass
    try:
        socket.create_connection((HOST, PORT), timeout=1)
        found.append("network")
    except OSError:
        pass
    return found
"""


def test_in_name_spaces_files_and_network_are_out_of_reach(graded, workers, hall, tmp_path):
    if workers.level != "namespaces":
        pytest.skip("this system has no name spaces for us")
    import socket

    (tmp_path / "precious.txt").write_text("kept")
    names = [str(one) for one in (hall, *secrets_of_the_course())]
    with socket.create_server(("127.0.0.1", 0)) as door:
        told = (
            f"FOLDERS, BESIDE, HOST, PORT = {names!r}, {str(tmp_path)!r}, '127.0.0.1', "
            f"{door.getsockname()[1]}"
        )
        show = "def slope_between_points(x0, y0, x1, y1):\n    print(reach())\n    return 0.0"
        report = graded([told + REACH, show, AFTER])
    assert dict(report.marks[0].details)["your function printed"].strip() == "[]"
    assert (tmp_path / "precious.txt").read_text() == "kept"
    assert (hall / "somebody_else.ipynb").is_file()


def test_the_home_folder_is_out_of_sight(hall, tmp_path, monkeypatch):
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/id").write_text("private")
    (tmp_path / "marks.csv").write_text("private")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/numbers").write_text("open")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("BPLIB_DATA", str(tmp_path / "data"))
    look = (
        "import os\nfound = []\nfor name in ('.ssh/id', 'marks.csv', 'data/numbers'):\n"
        f"    path = os.path.join({str(tmp_path)!r}, name)\n"
        "    try:\n        with open(path) as file:\n            found.append(file.read())\n"
        "    except OSError:\n        pass\nfound += os.listdir('/run')"
    )
    show = "def slope_between_points(x0, y0, x1, y1):\n    print(found)\n    return 0.0"
    with Workers(LIMITS) as made:
        made.start().socket.close()
        if made.level != "namespaces":
            pytest.skip("this system has no name spaces for us")
        notebook(hall / "one.ipynb", [look, show])
        (submission,) = [one for one in find_submissions(hall) if one.student == "one"]
        report = grade(submission, hall, PLAN, made)
    said = dict(report.marks[0].details)["your function printed"].strip()
    assert said in ("['', 'open']", "[]")  # the second where the worker is another user


def test_what_is_hidden_stays_hidden(graded, workers):
    """New name spaces inside give rights inside, and none over what stands outside."""
    if workers.level != "namespaces":
        pytest.skip("this system has no name spaces for us")
    folders = [str(one) for one in secrets_of_the_course()]
    attack = (
        "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
        "done = [libc.unshare(0x10000000 | 0x20000)]\n"
        f"for path in {folders!r}:\n    libc.umount2(path.encode(), 2)\n"
        "libc.mount(None, b'/', None, 0x20 | 0x1000, None)\n"
        f"found = [one for path in {folders!r} if os.path.isdir(path) for one in "
        "os.listdir(path)]\n"
        f"for path in {folders!r}:\n    try:\n        open(path + '/left', 'w')\n"
        "        found.append(path)\n    except OSError:\n        pass"
    )
    show = "def slope_between_points(x0, y0, x1, y1):\n    print(found)\n    return 0.0"
    report = graded([attack, show, AFTER])
    assert dict(report.marks[0].details)["your function printed"].strip() == "[]"


def test_the_tour_of_the_checks_gives_no_answers(graded, workers):
    """Right answers stand in the tour, too; a worker finds neither its page nor its source."""
    if workers.level != "namespaces":
        pytest.skip("this system has no name spaces for us")
    attack = (
        "from bplib.author.tour_attempts import TOUR\n"
        "for cells in TOUR.values():\n    for cell in cells:\n        exec(cell)"
    )
    report = graded([attack])
    assert not any(mark.status == "passed" for mark in report.marks)
    assert secrets_of_the_course()[1].name == "author"


def test_its_own_folder_holds_the_notebook_alone_and_may_be_emptied(graded):
    remove = "import os\nfound = sorted(os.listdir('.'))\nfor one in found:\n    os.remove(one)"
    show = "def slope_between_points(x0, y0, x1, y1):\n    print(found)\n    return 0.0"
    report = graded([remove, show, AFTER])
    assert dict(report.marks[0].details)["your function printed"] == "['one.ipynb']"
    assert statuses(report) == ["failed", "passed"]


def test_nothing_stays_for_the_next_one(graded):
    graded(cell("open('left', 'w').write('for the next')\nimport numpy\nnumpy.left = 1"))
    graded(cell("open('../left', 'w').write('for the next')"))
    show = (
        "def slope_between_points(x0, y0, x1, y1):\n    import os, numpy\n"
        "    print(os.listdir('.'), hasattr(numpy, 'left'), os.path.exists('../left'))\n"
        "    return 0.0"
    )
    report = graded([show, AFTER])
    assert dict(report.marks[0].details)["your function printed"] == "['one.ipynb'] False False"
