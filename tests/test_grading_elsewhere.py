"""Grading where there is no fork, no alarm and no limit of the system, as on Windows."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_grading_hostile import AFTER, CHECK, IMPORT, RIGHT, body, notebook

from bplib.cli.grade import _say_level
from bplib.grading import workers
from bplib.grading.contain import LEVELS, Limits
from bplib.grading.judge import Report
from bplib.grading.session import Session
from bplib.grading.workers import Workers

ROOT = Path(__file__).resolve().parents[1]

WITHOUT = """
import os, signal, socket, sys
for name in ("fork", "forkpty", "setsid", "killpg", "getuid", "geteuid", "register_at_fork",
             "O_NOFOLLOW", "O_NONBLOCK", "mkfifo", "chown", "setresuid"):
    vars(os).pop(name, None)
for name in ("SIGALRM", "SIGCHLD", "setitimer", "ITIMER_REAL", "pthread_sigmask", "pthread_kill"):
    vars(signal).pop(name, None)
for name in ("send_fds", "recv_fds", "AF_UNIX"):
    vars(socket).pop(name, None)
sys.modules["resource"] = None
"""
"""What makes every Python that is started poorer; it is loaded before anything else."""


@pytest.mark.skipif(os.name == "nt", reason="there the other tests show it")
def test_a_class_where_there_is_nothing_of_unix(tmp_path):
    (tmp_path / "poor").mkdir()
    (tmp_path / "poor/sitecustomize.py").write_text(WITHOUT)
    folder = tmp_path / "submissions"
    notebook(folder / "ada.ipynb", [IMPORT, RIGHT, CHECK])
    notebook(folder / "ben.ipynb", body("while True:\n    try:\n        while True:\n"
             "            pass\n    except BaseException:\n        pass"))  # fmt: skip
    notebook(folder / "eve.ipynb", [RIGHT, "import os\nos._exit(3)", AFTER])
    (tmp_path / "grade.toml").write_text(
        "points = {slope_between_points = 1, bitterness_slope = 1}\n"
        "[limits]\nseconds = 20\ncall_seconds = 0.5\n"
    )
    words = ["grade", str(folder), "--config", str(tmp_path / "grade.toml"), "--json", "--jobs=2"]
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from bplib.cli import main; sys.exit(main())", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "poor"), str(ROOT)])},
        capture_output=True, text=True, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {one["student"]: one for one in json.loads(done.stdout)["submissions"]}
    statuses = {name: [one["status"] for one in found[name]["exercises"]] for name in found}
    assert statuses == {
        "ada": ["passed", "missing"], "ben": ["timeout", "passed"], "eve": ["passed", "passed"],
    }  # fmt: skip
    assert found["eve"]["problems"] == ["code cell 2: ended the process with exit code 3."]
    assert done.stderr.splitlines()[-1] == (
        "bplib: on this system the code of the submissions had a process of its own and a limit "
        "on time. For code that may mean harm, grade in a container without a network."
    )


def test_a_process_of_its_own_ends_when_its_grader_is_gone(tmp_path):
    """Whatever the code is doing: where nothing of the system ends it, it ends by itself."""
    loop = "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass"
    with Workers(Limits(), level="process") as made:
        session = Session(made, [loop], "x.ipynb")
        channel = made.start()
        question = {"do": "run", "question": 1, "file": "x", "folder": "", "files": {}}
        question |= {"cells": session.cells, "skip": (), "seconds": 60.0}
        channel.send(question, time.monotonic() + 9)
        assert channel.receive(time.monotonic() + 9)["at"] == 1
        process = made._server
        channel.socket.close()
        assert process.wait(5) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="as it is there")
def test_the_keyboard_reaches_nobody_who_was_started(monkeypatch):
    assert workers.apart() == {"start_new_session": True}
    monkeypatch.setattr(workers.sys, "platform", "win32")
    monkeypatch.setattr(workers.subprocess, "CREATE_NEW_PROCESS_GROUP", 512, raising=False)
    assert workers.apart() == {"creationflags": 512}


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_said_in_words(level, capsys):
    """The weakest that any submission had; nothing where there is no better one."""
    _say_level([Report("ada", (), (), level=one) for one in ("namespaces", level, "")])
    said = capsys.readouterr().err
    if level == "namespaces":
        assert said == ""
    else:
        assert said.startswith("bplib: on this system the code of the submissions had ")
        assert LEVELS[level] in said and said.endswith("in a container without a network.\n")
