"""The command line under a user's fingers: words that it does not know, Ctrl-C, every terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bplib.cli import main

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path


REFUSED = [
    ("xyz", "there is no command 'xyz'; there is author, book, check, doctor, export, grade, "
     "hint, progress, reset."),
    ("author chck", "there is no command 'chck'; did you mean 'check'?"),
    ("export nbgradr x", "there is no command 'nbgradr'; did you mean 'nbgrader'?"),
    ("--versoin", "there is no option '--versoin'; did you mean '--version'?"),
    ("check --foo", "there is no option '--foo'; there is --help, --json, --seconds, --watch."),
    ("hint", "hint wants NAME, the exercise, such as mse_gradient; bplib hint --help says more."),
    ("author new x", "author new wants --chapter, the chapter's number; bplib author new --help "
     "says more."),
    ("progress all", "progress takes no 'all'; bplib progress --help says what it takes."),
]  # fmt: skip


@pytest.mark.parametrize("words, sentence", REFUSED)
def test_what_the_parser_refuses(capsys, words: str, sentence: str) -> None:
    assert main(words.split()) == 2
    assert capsys.readouterr() == ("", f"bplib: {sentence}\n")


def test_a_value_that_is_no_number(capsys) -> None:
    assert main(["check", "--seconds", "soon"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("bplib: invalid value for '--seconds': ")
    assert err.endswith("; bplib check --help says more.\n")


def test_ctrl_c_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("bplib.doctor.main", interrupted)
    assert main(["doctor"]) == 130
    assert capsys.readouterr() == ("", "bplib: stopped.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent in another way there")
def test_ctrl_c_in_a_real_process(desk: Path) -> None:
    code = "import sys, time; from bplib import doctor\n"
    code += "def wait():\n    print('here', flush=True); time.sleep(60)\n"
    code += "doctor.main = wait\nfrom bplib.cli import main\nsys.exit(main(['doctor']))"
    running = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=ROOT,
    )  # fmt: skip
    assert running.stdout is not None and running.stdout.readline() == "here\n"
    time.sleep(0.1)
    os.kill(running.pid, signal.SIGINT)
    assert running.communicate(timeout=30)[1] == "bplib: stopped.\n"
    assert running.returncode == 130


def bplib(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bplib.cli", *words], capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_terminal_without_our_letters(desk: Path, encoding: str) -> None:
    done = bplib("progress", PYTHONIOENCODING=encoding)
    text = done.stdout.decode(encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "+ done, o not yet" in text and "?" not in text
    assert "o slope_between_points" in text


def test_a_narrow_terminal_breaks_between_words(desk: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["progress"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 40 for line in lines)
    assert "  ○ minimum_bill_gradients" in lines, "a mark stays with its name"


def test_a_table_in_a_narrow_terminal(desk: Path, monkeypatch, capsys) -> None:
    from rich.console import Console

    from bplib.cli.check_saved import show
    from bplib.cli.verdicts import Row

    row = Row("failed", "mse_gradient", "shape (3,) is right; every entry is 7.00 times too large.")
    show(Console(width=40), "mine.ipynb", [row])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[:3] == [
        "mine.ipynb",
        "  ✗ mse_gradient shape (3,) is right;",
        "                 every entry is 7.00",
    ]


def test_hints_say_what_to_type_in_a_terminal(desk: Path, capsys) -> None:
    def last(*words: str) -> str:
        assert main(["hint", "mse_gradient", *words]) == 0
        return capsys.readouterr().out.splitlines()[-1]

    assert [last(), last(), last()] == [
        "Next: `bplib hint mse_gradient 2`",
        "Next: `bplib hint mse_gradient 3`",
        'Next: `solution("mse_gradient")`, in a notebook',
    ]
    assert last("1") == "Next: `bplib hint mse_gradient 2`"
    assert last("4") == "○ mse_gradient: there are 3 hints, 1 to 3; not 4."
