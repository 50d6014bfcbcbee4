"""The command line: what it prints, what it refuses, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from bplib import course
from bplib.checks.progress import store
from bplib.cli import main, open_book, saved
from bplib.course import where

ROOT = Path(__file__).resolve().parents[1]

IMPORT = "from bplib.checks import check, hint"
RIGHT = "def slope_between_points(x0, y0, x1, y1):\n    return (y1 - y0) / (x1 - x0)"
UPSIDE_DOWN = "def slope_between_points(x0, y0, x1, y1):\n    return (x1 - x0) / (y1 - y0)"
BLANK = "def slope_between_points(x0, y0, x1, y1):\n    raise NotImplementedError()"
CHECK = "check(slope_between_points)"


def notebook(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for s in sources
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), encoding="utf-8")
    return path


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder, with a progress file of its own, as the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


# ── in general ───────────────────────────────────────────────────────────────────────────────────


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    from bplib.cli.app import version

    assert run(capsys, "--version") == (0, f"bplib {version()}\n", "")


def test_no_words_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert code == 2
    for command in ("book", "check", "hint", "progress", "doctor"):
        assert f" {command} " in out
    assert err == ""


def test_unknown_words_get_the_close_match(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "chek")
    assert (code, out, err) == (2, "", "bplib: there is no command 'chek'; did you mean 'check'?\n")
    code, out, err = run(capsys, "hint", "slope_betwen_points")
    assert (code, out, err) == (
        2,
        "",
        "bplib: there is no exercise 'slope_betwen_points'; did you mean 'slope_between_points'?\n",
    )


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_a_missing_package_is_one_sentence(package: str) -> None:
    code = f"import sys; sys.modules[{package!r}] = None\n"
    code += "from bplib.cli import main; sys.exit(main(['--version']))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"bplib: the command line needs {package}: pip install 'bplib[book]'.\n")


def test_a_mistake_in_bplib_itself_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bplib.doctor.main", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_hint_and_progress(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "hint", "slope_between_points")
    assert (code, err) == (0, "")
    assert out.startswith("Hint 1 of 3 · slope_between_points: ")
    assert run(capsys, "hint", "slope_between_points")[1].startswith("Hint 2 of 3 · ")
    code, out, err = run(capsys, "progress")
    assert (code, err) == (0, "")
    assert "slope_between_points" in out


def test_doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("bplib.doctor.main", lambda: 1)
    assert main(["doctor"]) == 1


# ── bplib check ──────────────────────────────────────────────────────────────────────────────────


def test_check_right(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT, RIGHT, CHECK, "hint('x')")
    code, out, err = run(capsys, "check")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "exercises/00_welcome.ipynb"
    assert lines[1].startswith("  ✓ slope_between_points ")
    assert lines[-1] == "1 passed."
    assert store().entry("slope_between_points")["done"] is True


def test_check_wrong_names_the_mistake(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT, UPSIDE_DOWN, CHECK)
    code, out, err = run(capsys, "check")
    assert (code, err) == (1, "")
    assert "  ✗ slope_between_points case 1 of 6" in out
    assert "Likely mistake: the fraction is upside down" in out
    assert out.splitlines()[-1] == "1 failed."
    assert store().entry("slope_between_points")["attempts"] == 1


def test_check_blank(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT, BLANK, CHECK)
    code, out, err = run(capsys, "check")
    assert (code, err) == (1, "")
    assert "  ○ slope_between_points not attempted yet" in out
    assert out.splitlines()[-1] == "1 not attempted."
    assert store().entry("slope_between_points")["attempts"] == 0


def test_one_notebook_never_stops_another(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(desk / "exercises/00_loop.ipynb", IMPORT, "while True:\n    pass", CHECK)
    notebook(desk / "exercises/01_gone.ipynb", IMPORT, "import os\nos._exit(0)", CHECK)
    notebook(desk / "exercises/02_exit.ipynb", "import sys\nsys.exit(3)", "def f(:\n    pass")
    (desk / "exercises/03_half.ipynb").write_text('{"cells": [', encoding="utf-8")
    notebook(desk / "exercises/04_right.ipynb", IMPORT, RIGHT, CHECK)
    start = time.monotonic()
    code, out, err = run(capsys, "check", "--seconds", "4")
    assert time.monotonic() - start < 40
    assert (code, err) == (1, "")
    table = [line.split(None, 1) for line in out.splitlines()]
    undefined = "NameError in line 1: name 'slope_between_points' is not defined"
    missing = "no cell defines it; `def slope_between_points(x0, y0, x1, y1):` is missing."
    assert [" ".join(words[1].split()) for words in table if words and words[0] in "✓✗"][:-1] == [
        f"slope_between_points {missing}",
        "code cell 2 did not end within 1.3 s; is there a loop without an end?",
        f"code cell 3 {undefined}",
        f"slope_between_points {missing}",
        "code cell 2 ended the process with exit code 0.",
        f"code cell 3 {undefined}",
        "code cell 1 SystemExit in line 2: 3",
        "code cell 2 SyntaxError in line 1: invalid syntax",
        "03_half not a readable notebook.",
    ]
    assert out.splitlines()[-1] == "1 passed, 2 failed, 7 problems."


def test_a_cell_that_raises_hides_no_later_one(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook(
        desk / "exercises/00_welcome.ipynb",
        "%matplotlib inline\n!pip list\n" + IMPORT,
        "x = 1\n\nundefined",
        RIGHT,
        CHECK,
        "display(1)\ncheck(..., 'no_such_exercise')",
    )
    code, out, _ = run(capsys, "check")
    assert code == 1
    words = [" ".join(line.split()) for line in out.splitlines()]
    assert words[1].startswith("✓ slope_between_points")
    assert words[2].startswith("✗ no_such_exercise there is no exercise 'no_such_exercise'; there")
    assert "✗ code cell 2 NameError in line 3: name 'undefined' is not defined" in words


def test_what_to_check(desk: Path) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT, RIGHT, CHECK)
    notebook(desk / "exercises/01_chain.ipynb", IMPORT, "check(..., 'one_more_cup')")
    notebook(desk / "exercises/00_welcome.new.ipynb", IMPORT, BLANK, CHECK)
    notebook(desk / "book/00_welcome.ipynb", IMPORT, "check(..., 'first_prediction')")

    def meant(*words: str) -> list[tuple[str, set[str] | None]]:
        found = saved.requests(list(words), desk)
        return [
            (one.notebook.relative_to(desk).as_posix(), one.only and set(one.only)) for one in found
        ]

    welcome, chain = "exercises/00_welcome.ipynb", "exercises/01_chain.ipynb"
    assert meant() == meant("ch00", "1") == meant("0", "ch01") == [(welcome, None), (chain, None)]
    assert meant("slope_between_points") == [(welcome, {"slope_between_points"})]
    assert meant("one_more_cup") == [(chain, {"one_more_cup"})]
    assert meant(chain) == meant("one_more_cup", "ch01") == meant("1", "one_more_cup")
    assert meant(chain) == [(chain, None)]
    assert meant("first_prediction") == [("book/00_welcome.ipynb", {"first_prediction"})]


def test_only_the_exercise_that_was_asked_for(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook(
        desk / "exercises/00_welcome.ipynb", IMPORT, RIGHT, CHECK, "check(..., 'one_more_cup')"
    )
    code, out, _ = run(capsys, "check", "slope_between_points")
    assert (code, out.splitlines()[-1]) == (0, "1 passed.")
    assert store().entry("slope_between_points")["done"] is True


def test_an_exercise_that_is_not_reached_says_why(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT, RIGHT.replace("):", "):::"), CHECK)
    code, out, _ = run(capsys, "check", "slope_between_points")
    words = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 1
    assert words[1:3] == [
        "✗ slope_between_points its check was not reached.",
        "✗ code cell 2 SyntaxError in line 1: invalid syntax",
    ]


@pytest.mark.parametrize("folder", ["", "exercises", "book", "book/images"])
def test_the_notebooks_are_found_from_inside(desk: Path, folder: str) -> None:
    path = notebook(desk / "exercises/00_welcome.ipynb", IMPORT)
    (desk / "book/images").mkdir(parents=True)
    start = desk / folder
    if folder == "book/images":
        with pytest.raises(course.CourseError):
            saved.saved_notebooks(start)
    else:
        assert saved.saved_notebooks(start) == [path]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["ch09"], "there is no exercise notebook of chapter 9 here."),
        (["02_none.ipynb"], "there is no notebook 02_none.ipynb."),
        (["first_prediction"], "no notebook here has the exercise first_prediction."),
        (
            ["one_more_cop"],
            "there is no exercise 'one_more_cop'; did you mean 'one_more_cup'?",
        ),
    ],
)
def test_requests_that_mean_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT)
    assert run(capsys, "check", *words) == (2, "", f"bplib: {sentence}\n")


def test_no_notebooks_here(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check") == (
        2,
        "",
        f"bplib: there are no exercise notebooks in {desk.name}; go to your working copy "
        "(bplib book makes one), or name a file: bplib check FILE\n",
    )


def test_no_exercises_is_no_pass(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", "1 + 1")
    code, out, _ = run(capsys, "check")
    assert (code, out.splitlines()[-1]) == (1, "no exercises found.")


def test_the_table_without_colour(desk: Path) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT, BLANK, CHECK)
    done = subprocess.run(
        [sys.executable, "-m", "bplib.cli", "check"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONUTF8": "1"},
        cwd=desk,
    )
    assert b"\x1b" not in done.stdout
    assert "○ slope_between_points" in done.stdout.decode()


def test_a_loop_costs_no_later_exercise(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(desk / "exercises/00_welcome.ipynb", IMPORT, "while True:\n    pass", RIGHT, CHECK)
    code, out, _ = run(capsys, "check", "--seconds", "3")
    words = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 1
    assert words[1].startswith("✓ slope_between_points")
    assert words[2] == "✗ code cell 2 did not end within 1 s; is there a loop without an end?"


def test_a_notebook_finds_its_folder_and_its_environment(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHERE_MY_DATA_IS", "here")
    (desk / "exercises").mkdir()
    (desk / "exercises/numbers.txt").write_text("1 2")
    look = "import os\nassert os.environ['WHERE_MY_DATA_IS'] == 'here'\nopen('numbers.txt').read()"
    notebook(desk / "exercises/00_welcome.ipynb", look, IMPORT, RIGHT, CHECK)
    assert run(capsys, "check")[0] == 0


# ── bplib book ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small course in the place of the real one."""
    notebook(tmp_path / "course/book/00_welcome.ipynb", "1 + 1")
    notebook(tmp_path / "course/exercises/00_welcome.ipynb", BLANK)
    monkeypatch.setattr(where, "files", lambda: tmp_path / "course")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_book_lays_out_a_working_copy(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "book", "--files-only") == (0, "2 files laid out in backprop-book.\n", "")
    assert (small / "backprop-book/book/00_welcome.ipynb").is_file()
    assert run(capsys, "book", "mine", "--files-only")[1] == "2 files laid out in mine.\n"
    assert run(capsys, "book", "mine", "--files-only")[1] == ""


def test_book_without_jupyterlab(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_book.importlib.util, "find_spec", lambda name: None)
    code, out, err = run(capsys, "book", "mine")
    assert (code, out) == (2, "2 files laid out in mine.\n")
    assert err == (
        f"bplib: JupyterLab is not installed, so the book in {(small / 'mine').resolve()} cannot "
        "be opened yet: pip install 'bplib[book]'\n"
    )


def test_book_here_is_for_clones(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "--here opens this clone's own folders; leave out DIR, or leave out --here."
    assert run(capsys, "book", "mine", "--here") == (2, "", f"bplib: {sentence}\n")
    monkeypatch.setattr(course, "is_clone", lambda: False)
    sentence = (
        "--here is for a clone of the repository, and this bplib is an installed package; "
        "use: bplib book DIR"
    )
    assert run(capsys, "book", "--here") == (2, "", f"bplib: {sentence}\n")


def test_book_on_a_file(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "taken").write_text("mine")
    sentence = "taken cannot hold the book: taken is a file, not a folder."
    assert run(capsys, "book", "taken") == (2, "", f"bplib: {sentence}\n")


def test_a_port_that_is_taken(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "port {} cannot be used; leave out --port to get a free one."
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert run(capsys, "book", "mine", "--port", str(port))[2] == (
            f"bplib: {sentence.format(port)}\n"
        )
    assert run(capsys, "book", "mine", "--port", "99999")[2] == f"bplib: {sentence.format(99999)}\n"


def test_no_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_book, "PORTS", range(99998, 100000))
    with pytest.raises(course.CourseError) as stop:
        open_book._free_port(None)
    assert str(stop.value) == "no port from 99998 to 99999 is free; choose one: --port N"


@pytest.mark.parametrize(
    ("platform", "environment", "screen"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "SSH_CONNECTION": "1"}, False),
        ("darwin", {}, True),
        ("darwin", {"SSH_CONNECTION": "1"}, False),
        ("win32", {}, True),
    ],
)
def test_screen(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict, screen: bool
) -> None:
    monkeypatch.setattr(open_book.sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert open_book.has_screen() is screen


def test_root_is_told_to_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_book.os, "geteuid", lambda: 0, raising=False)
    assert "--allow-root" in open_book.server_command(Path("mine"), 8888)
    monkeypatch.setattr(open_book.os, "geteuid", lambda: 1000, raising=False)
    assert "--allow-root" not in open_book.server_command(Path("mine"), 8888)


def test_a_server_that_dies_is_said(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import os; print(os.environ['OPENBLAS_CORETYPE'], file=open('seen', 'w')); exit(1)"
    dead = [sys.executable, "-c", program]
    monkeypatch.setattr(open_book, "server_command", lambda root, port: dead)
    advice = {"OPENBLAS_CORETYPE": "SkylakeX"}
    monkeypatch.setattr(open_book.decision, "assignment", lambda environment: advice)
    code, out, err = run(capsys, "book", "mine")
    assert code == 2
    assert (small / "mine/seen").read_text() == "SkylakeX\n"
    assert "faster here with OPENBLAS_CORETYPE=SkylakeX, so the book has it set." in out
    assert err == (
        "bplib: JupyterLab did not start; its messages are above, and `bplib doctor` says what is "
        "missing.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a request to end cannot be handed on there")
def test_the_book_is_served_until_it_is_stopped(tmp_path: Path) -> None:
    reader = subprocess.Popen(
        [sys.executable, "-m", "bplib.cli", "book", "mine", "--no-open"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "OPENBLAS_CORETYPE": ""},
    )
    try:
        assert reader.stdout is not None
        address = next(line.strip() for line in reader.stdout if "http://" in line)
        page, token = address.split("?token=")
        assert page.endswith("/lab/tree/book/00_welcome.ipynb")
        root = page.partition("/lab/")[0]
        where = f"{root}/api/contents/book/00_welcome.ipynb?content=0&token={token}"
        with urllib.request.urlopen(where, timeout=20) as answer:
            assert json.load(answer)["type"] == "notebook"
        with urllib.request.urlopen(f"{root}/lab?token={token}", timeout=20) as answer:
            lab = answer.read().decode()
        # No question about news, and none of an author's extensions beside the text.
        off = json.loads(re.search(r'"disabledExtensions":\s*(\[[^]]*\])', lab)[1])
        assert {"@jupyterlab/apputils-extension:announcements", "@jupyter/nbgrader"} <= set(off)
    finally:
        reader.send_signal(signal.SIGTERM)
        code = reader.wait(30)
        reader.stdout.close()
    assert code == 0
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{root}/api", timeout=2)
