"""What a worker holds: looked at from inside, with a control that shows that looking finds."""

import os
import sys
from pathlib import Path

import pytest
from test_grading_hostile import RIGHT, notebook

from bplib.checks import registry
from bplib.grading.contain import Limits
from bplib.grading.judge import grade
from bplib.grading.plan import Plan
from bplib.grading.secrets import secrets_of_the_course
from bplib.grading.session import Session
from bplib.grading.submissions import find_submissions
from bplib.grading.workers import Workers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks around in /proc")

SEED = 7_316_845_920_173
PLAN = Plan({"slope_between_points": 1.0, "bitterness_slope": 1.0}, seeds=(SEED,))

LOOK = r"""
import ctypes, os, sys

def regions():
    for line in open("/proc/self/maps"):
        place, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights.startswith("r") and not "".join(name).startswith(("[v", "/")):
            yield [int(end, 16) for end in place.split("-")]

def in_memory(halves):
    #Which of the texts are there; each is asked for in halves, or the question would be found.
    found, step = set(), 2**22
    for start, end in regions():
        for at in range(start, end, step):
            piece = ctypes.string_at(at, min(step + 300, end - at))
            for k, (first, second) in enumerate(halves):
                here = piece.find(first)
                while here >= 0:
                    after = here + len(first)
                    if piece[after : after + len(second)] == second:
                        found.add(k)
                        break
                    here = piece.find(first, here + 1)
    return sorted(found)

modules = sorted(name for name in sys.modules if name.startswith("bplib.checks"))
environment = dict(os.environ)
began_with = open("/proc/self/environ").read()
command = open("/proc/self/cmdline").read().split("\0")
files = {}
for number in range(256):
    try:
        files[number] = os.readlink(f"/proc/self/fd/{number}").partition(":")[0]
    except OSError:
        pass
"""


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    """A session in which somebody else's submission was graded before, by the same fork server."""
    hall = tmp_path_factory.mktemp("hall")
    notebook(hall / "ada.ipynb", [RIGHT, "of_ada = 'the words that ' + 'ada wrote'"])
    hidden = [hall, *secrets_of_the_course()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOME_TOKEN", "a token of the teacher's")
        with Workers(Limits(seconds=30, call_seconds=10), hidden) as workers:
            (ada,) = find_submissions(hall)
            assert grade(ada, hall, PLAN, workers).marks[0].status == "passed"
            with Session(workers, [LOOK], "x.ipynb") as session:
                session.ready()
                assert session.problems == []
                yield session


def values(session, *names):
    found = session.values_of("", names)
    return [found[name] for name in names]


def test_no_module_of_the_checks_is_there(inside):
    assert values(inside, "modules") == [["bplib.checks"]]


def test_neither_open_files_nor_the_command_line_say_anything(inside):
    files, command = values(inside, "files", "command")
    assert files == {0: "/dev/null", 1: "/dev/null", 2: "/dev/null", 3: "socket"}
    assert command[1:] == ["-P", "-m", "bplib.grading.template", ""]


def test_the_environment_is_of_a_few_words(inside):
    environment, began_with = values(inside, "environment", "began_with")
    plain = {"HOME", "TMPDIR", "PATH", "LANG", "MPLBACKEND", "LC_CTYPE", "BPLIB_DATA"}
    assert set(environment) <= plain
    assert "teacher" not in began_with and str(SEED) not in began_with


def words_of_the_teacher():
    """Sentences and names that stand in the declarations, in the plan, or with another student."""
    exercise = registry.find("slope_between_points")
    return [
        *(one.message for one in exercise.misconceptions),
        *exercise.hints,
        exercise.after,
        "checks/exercises/ch00",
        str(SEED),
        "the words that ada wrote",
        "a token of the teacher's",
    ]


def digits(number):
    """A whole number as it lies in memory: of Python's own, and of NumPy's."""
    yield from (
        ((number & (2**bits - 1)).to_bytes(4, "little"), (number >> bits).to_bytes(4, "little"))
        for bits in (30, 32)
    )


def test_neither_references_nor_seeds_are_in_its_memory(inside):
    words = words_of_the_teacher()
    halves = [(word[: len(word) // 2].encode(), word[len(word) // 2 :].encode()) for word in words]
    halves += digits(SEED)
    control = [(b"what was ", b"handed over"), *digits(SEED + 41)]
    look = (
        f"import numpy as np\nhigh, low = {(SEED + 41) >> 30}, {(SEED + 41) & (2**30 - 1)}\n"
        "number = (high << 30) + low\narray = np.array([number, number])\n"
        "text = ' '.join(['what', 'was', 'handed', 'over']).encode()\n"
        f"found = in_memory({halves + control!r})\n"
    )
    with Session(inside.workers, [LOOK, look], "x.ipynb") as session:
        found = session.values_of("", ["found"]).get("found")
        assert session.problems == []
    held = [halves[k] for k in found if k < len(halves)]
    assert held == [] and found == [len(halves) + k for k in range(len(control))]


def test_the_teacher_holds_them_all():
    """Else the tests above would look for nothing."""
    words = words_of_the_teacher()
    assert len(words) >= 10 and all(len(word) > 10 for word in words)
    assert os.path.exists(Path(secrets_of_the_course()[0]) / "exercises" / "ch00.py")
