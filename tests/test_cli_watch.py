"""bplib check --watch and --json: reading along with a learner, and with a program."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bplib.cli import main
from bplib.cli.watch import watch

HEAD = "from bplib.checks import check"
BLANK = "def slope_between_points(x0, y0, x1, y1):\n    raise NotImplementedError()"
UPSIDE_DOWN = "def slope_between_points(x0, y0, x1, y1):\n    return (x1 - x0) / (y1 - y0)"
RIGHT = "def slope_between_points(x0, y0, x1, y1):\n    return (y1 - y0) / (x1 - x0)"
BITTER = "def bitterness_slope(cups):\n    raise NotImplementedError()"


def write(path: Path, *sources: str) -> None:
    cells = [
        {"cell_type": "code", "source": one, "metadata": {}, "outputs": [], "execution_count": None}
        for one in sources
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))  # clocks of file systems may be coarse


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "progress.json"))
    write(tmp_path / "exercises/00_welcome.ipynb", HEAD, BLANK, "check(slope_between_points)")
    write(tmp_path / "exercises/01_chain_rule.ipynb", HEAD, BITTER, "check(bitterness_slope)")
    return tmp_path


def evening(*happenings):
    """A `wait` during which one thing after another happens, and Ctrl-C in the end."""
    coming = iter(happenings)

    def wait(seconds: float) -> None:
        if seconds < 0.3:  # between two looks at a file that has changed
            return
        try:
            next(coming)()
        except StopIteration:
            raise KeyboardInterrupt from None

    return wait


def test_one_thing_at_a_time(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    welcome = desk / "exercises/00_welcome.ipynb"

    def save(answer: str):
        return lambda: write(welcome, HEAD, answer, "check(slope_between_points)")

    def nothing() -> None:
        pass

    code = watch(
        [], seconds=60, wait=evening(nothing, save(UPSIDE_DOWN), save(UPSIDE_DOWN), save(RIGHT))
    )
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    start, wrong, again, right = out.split("exercises/00_welcome.ipynb was saved")
    assert start == (
        "0 of 2 done. Next:\n  ○ slope_between_points not attempted yet.\n\n"
        "Save a notebook, and it is checked again. Ctrl-C ends.\n"
    )
    assert "✗ slope_between_points" in wrong and "upside down" in wrong
    assert wrong.endswith("0 of 2 done. Next: slope_between_points, above.\n")
    assert again.startswith("; no verdict has changed.\n0 of 2 done. Next:\n")
    assert "✓ slope_between_points" in right
    assert "1 of 2 done. Next:\n  ○ bitterness_slope" in right
    assert right.endswith("The watch is over.\n")


def test_all_done_and_a_file_that_goes_away(desk: Path, capsys) -> None:
    welcome = desk / "exercises/00_welcome.ipynb"
    write(welcome, HEAD, RIGHT, "check(slope_between_points)")
    code = watch(["ch00"], seconds=60, wait=evening(welcome.unlink, lambda: None))
    assert code == 0
    assert capsys.readouterr().out.startswith("1 of 1 done: all of them.\n")


def test_half_a_notebook_is_said_and_not_the_end(desk: Path, capsys) -> None:
    write(desk / "exercises/00_welcome.ipynb", HEAD, RIGHT, "check(slope_between_points)")
    welcome = desk / "exercises/00_welcome.ipynb"

    def half() -> None:
        welcome.write_text('{"cells": [', encoding="utf-8")

    def whole() -> None:
        write(welcome, HEAD, RIGHT, "check(slope_between_points)")

    assert watch(["ch00"], seconds=60, wait=evening(half, whole)) == 0
    out = capsys.readouterr().out
    assert "00_welcome not a readable notebook." in out
    assert out.count("1 of 1 done: all of them.") == 3, "what was found before stays"


def test_a_file_that_goes_while_it_is_written_holds_up_no_other(desk: Path, capsys) -> None:
    welcome, chain = desk / "exercises/00_welcome.ipynb", desk / "exercises/01_chain_rule.ipynb"
    content = welcome.read_bytes()

    def half_and_gone() -> None:
        write(welcome, HEAD, RIGHT, "check(slope_between_points)")
        wait.between = welcome.unlink

    def others() -> None:
        write(
            chain,
            HEAD,
            BITTER.replace("raise NotImplementedError()", "return 7"),
            "x = 1",
            "check(bitterness_slope)",
        )

    def back() -> None:
        welcome.write_bytes(content.replace(b"raise NotImplementedError()", b"return 1"))

    happen = evening(half_and_gone, others, back, lambda: None)

    class Wait:
        between = None

        def __call__(self, seconds: float) -> None:
            happen(seconds)
            if seconds < 0.3 and self.between is not None:
                between, self.between = self.between, None
                between()

    wait = Wait()
    assert watch([], seconds=60, wait=wait) == 0
    out = capsys.readouterr().out
    assert out.count("was saved") == 2
    assert out.index("01_chain_rule.ipynb was saved") < out.index("00_welcome.ipynb was saved")


def test_a_new_file_of_the_same_size_and_time_is_noticed(desk: Path, capsys) -> None:
    welcome = desk / "exercises/00_welcome.ipynb"
    write(welcome, HEAD, RIGHT, "check(slope_between_points)")

    def replaced() -> None:
        before = welcome.stat()
        beside = welcome.with_suffix(".part")
        beside.write_bytes(welcome.read_bytes().replace(b"(y1 - y0)", b"(y1 + y0)"))
        os.utime(beside, ns=(before.st_atime_ns, before.st_mtime_ns))
        os.replace(beside, welcome)

    assert watch(["ch00"], seconds=60, wait=evening(replaced)) == 0
    out = capsys.readouterr().out
    assert "exercises/00_welcome.ipynb was saved\n  ✗ slope_between_points" in out


def test_two_notebooks_saved_at_once(desk: Path, capsys) -> None:
    def both() -> None:
        write(desk / "exercises/00_welcome.ipynb", HEAD, RIGHT, "check(slope_between_points)")
        answer = BITTER.replace("raise NotImplementedError()", "return 7")
        write(desk / "exercises/01_chain_rule.ipynb", HEAD, answer, "check(bitterness_slope)")

    assert watch([], seconds=60, wait=evening(both)) == 0
    out = capsys.readouterr().out
    assert out.count("was saved") == 2 and "✗ bitterness_slope" in out


def test_ctrl_c_in_the_middle_of_a_check(desk: Path, capsys, monkeypatch) -> None:
    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bplib.cli.watch.check_notebook", interrupted)
    assert watch([], seconds=60) == 0
    assert capsys.readouterr().out == "The watch is over.\n"


def test_json(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        desk / "exercises/00_welcome.ipynb",
        HEAD, UPSIDE_DOWN, "check(slope_between_points)", "1 / 0",
    )  # fmt: skip
    code = main(["check", "--json"])
    out, err = capsys.readouterr()
    assert (code, err) == (1, "")
    found = json.loads(out)
    first, second = found["exercises"]
    assert first["notebook"] == "exercises/00_welcome.ipynb"
    assert (first["exercise"], first["status"]) == ("slope_between_points", "failed")
    assert first["misconception"] == "upside-down" and "upside down" in first["text"]
    assert (second["exercise"], second["status"]) == ("bitterness_slope", "not_attempted")
    assert second["misconception"] is None
    (problem,) = found["problems"]
    assert problem["where"] == "code cell 4" and problem["text"].startswith("ZeroDivisionError")
    assert found["summary"] == {"passed": 0, "failed": 1, "not_attempted": 1, "problems": 1}


def test_what_was_judged_stays_when_time_is_up(desk: Path, capsys) -> None:
    slow = "import time\ndef bitterness_slope(cups):\n    time.sleep(1.5)\n    return 9 * cups + 3"
    write(
        desk / "exercises/00_welcome.ipynb",
        HEAD, RIGHT, "check(slope_between_points)", slow, "check(bitterness_slope)",
    )  # fmt: skip
    assert main(["check", "ch00", "--json", "--seconds", "4"]) == 1
    found = {
        one["exercise"]: one["status"] for one in json.loads(capsys.readouterr().out)["exercises"]
    }
    assert found["slope_between_points"] == "passed"
    assert found["bitterness_slope"] == "failed"


def test_both_at_once_are_refused(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "--watch"]) == 2
    assert capsys.readouterr().err == (
        "bplib: --watch is for reading along, and --json for programs; choose one.\n"
    )
