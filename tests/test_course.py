"""A reader's working copy: laid out, brought up to date, never overwritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bplib import course
from bplib.course import CourseError, layout, where
from bplib.errors import UnknownNameError

FIRST = "book/01_small.ipynb"
TASK = "exercises/01_small.ipynb"


def notebook(*sources: str, output: str = "") -> str:
    cells = [
        {
            "cell_type": "code",
            "execution_count": 1 if output else None,
            "metadata": {},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": output}],
            "source": source.splitlines(keepends=True),
        }
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small course in the place of the real one."""
    root = tmp_path / "course"
    for name, text in {
        FIRST: notebook("1 + 1"),
        TASK: notebook("def f(x):\n    raise NotImplementedError()"),
        "solutions/01_small.ipynb": notebook("def f(x):\n    return x"),
        "book/images/map.svg": "<svg/>",
        "book/text/01_small.md": "for authors",
        "book/01_small.new.ipynb": "somebody's copy",
    }.items():
        put(root / name, text)
    monkeypatch.setattr(where, "files", lambda: root)
    return root


@pytest.fixture
def mine(tmp_path: Path, source: Path) -> Path:
    """A working copy, just laid out."""
    course.lay_out(tmp_path / "mine")
    return tmp_path / "mine"


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def names(root: Path) -> list[str]:
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


LAID_OUT = [".bplib-course.json", FIRST, "book/images/map.svg", TASK]


def test_lay_out_brings_what_a_reader_needs(tmp_path: Path, source: Path) -> None:
    done = course.lay_out(tmp_path / "mine")
    assert names(tmp_path / "mine") == LAID_OUT
    assert done.new == [FIRST, "book/images/map.svg", TASK]
    assert done.sentences() == [f"3 files laid out in {tmp_path / 'mine'}."]


def test_solutions_come_when_asked_for_and_then_stay(tmp_path: Path, source: Path) -> None:
    course.lay_out(tmp_path / "mine", with_solutions=True)
    assert "solutions/01_small.ipynb" in names(tmp_path / "mine")
    assert course.lay_out(tmp_path / "mine").sentences() == []
    assert "solutions/01_small.ipynb" in names(tmp_path / "mine")


def test_a_second_time_does_nothing(mine: Path) -> None:
    before = {name: (mine / name).stat().st_mtime_ns for name in LAID_OUT[1:]}
    assert course.lay_out(mine).sentences() == []
    assert {name: (mine / name).stat().st_mtime_ns for name in LAID_OUT[1:]} == before


def test_what_was_not_touched_is_updated(mine: Path, source: Path) -> None:
    put(source / FIRST, notebook("2 + 2"))
    put(source / "book/02_next.ipynb", notebook("3"))
    done = course.lay_out(mine)
    assert (done.updated, done.new, done.kept) == ([FIRST], ["book/02_next.ipynb"], [])
    assert (mine / FIRST).read_text(encoding="utf-8") == notebook("2 + 2")
    assert done.sentences() == [f"1 file laid out in {mine}.", f"Brought up to date: {FIRST}."]


def test_a_notebook_that_was_only_run_is_not_touched(mine: Path, source: Path) -> None:
    put(mine / FIRST, notebook("1 + 1", output="2"))
    assert course.lay_out(mine).sentences() == []
    assert (mine / FIRST).read_text(encoding="utf-8") == notebook("1 + 1", output="2")
    put(source / FIRST, notebook("2 + 2"))
    assert course.lay_out(mine).updated == [FIRST]


ANSWER = notebook("def f(x):\n    return x + 0")
BETTER = notebook("def f(x):\n    raise NotImplementedError()", "check(f)")


def test_what_was_touched_is_kept_and_the_new_version_put_beside(mine: Path, source: Path) -> None:
    put(mine / TASK, ANSWER)
    assert course.lay_out(mine).sentences() == []
    put(source / TASK, BETTER)
    done = course.lay_out(mine)
    assert (done.kept, done.beside) == ([TASK], ["exercises/01_small.new.ipynb"])
    assert done.sentences() == [
        f"{TASK} has changed in the course; you changed it too, so yours stays and the new "
        "version is exercises/01_small.new.ipynb."
    ]
    assert (mine / TASK).read_text(encoding="utf-8") == ANSWER
    assert (mine / "exercises/01_small.new.ipynb").read_text(encoding="utf-8") == BETTER
    assert course.lay_out(mine).sentences() == []  # said once


def test_a_newer_version_replaces_an_untouched_one_beside(mine: Path, source: Path) -> None:
    put(mine / TASK, ANSWER)
    put(source / TASK, BETTER)
    course.lay_out(mine)
    put(source / TASK, notebook("third"))
    assert course.lay_out(mine).beside == ["exercises/01_small.new.ipynb"]
    put(mine / "exercises/01_small.new.ipynb", notebook("mine as well"))
    put(source / TASK, notebook("fourth"))
    assert course.lay_out(mine).beside == ["exercises/01_small.new-2.ipynb"]
    assert (mine / "exercises/01_small.new.ipynb").read_text(encoding="utf-8") == notebook(
        "mine as well"
    )


def test_new_outputs_alone_put_nothing_beside(mine: Path, source: Path) -> None:
    put(mine / FIRST, notebook("1 + 3"))
    put(source / FIRST, notebook("1 + 1", output="2"))
    assert course.lay_out(mine).sentences() == []
    assert names(mine) == LAID_OUT


def test_a_deleted_file_comes_back(mine: Path) -> None:
    (mine / TASK).unlink()
    assert course.lay_out(mine).new == [TASK]
    assert (mine / TASK).exists()


def test_what_left_the_course_stays_with_the_reader(mine: Path, source: Path) -> None:
    (source / FIRST).unlink()
    done = course.lay_out(mine)
    assert done.gone == [FIRST]
    assert done.sentences() == [f"No longer part of the course, kept as you have it: {FIRST}."]
    assert (mine / FIRST).exists()
    assert course.lay_out(mine).sentences() == []


def test_the_readers_own_files_are_left_alone(mine: Path, source: Path) -> None:
    put(mine / "book/notes.txt", "mine")
    put(source / FIRST, notebook("2 + 2"))
    course.lay_out(mine)
    assert (mine / "book/notes.txt").read_text(encoding="utf-8") == "mine"


DAMAGED = (
    "",
    "{",
    "[]",
    '{"format": 1}',
    '{"format": 1, "files": [1]}',
    '{"format": 1, "files": {"a": {}}}',
    '{"format": "1"}',
)


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_record_is_set_aside(mine: Path, source: Path, text: str) -> None:
    put(mine / TASK, ANSWER)
    put(mine / layout.MANIFEST, text)
    done = course.lay_out(mine)
    assert done.notes == [
        "The record of what was delivered was damaged and is set aside as "
        ".bplib-course.json.damaged-1; every notebook that differs from the course is treated "
        "as yours."
    ]
    assert (mine / TASK).read_text(encoding="utf-8") == ANSWER
    assert (mine / ".bplib-course.json.damaged-1").read_text(encoding="utf-8") == text
    assert done.kept == [TASK]
    assert course.lay_out(mine).sentences() == []


def test_without_a_record_nothing_is_overwritten(mine: Path, source: Path) -> None:
    (mine / layout.MANIFEST).unlink()
    put(mine / TASK, ANSWER)
    put(source / FIRST, notebook("2 + 2"))
    done = course.lay_out(mine)
    assert done.kept == [FIRST, TASK]
    assert (mine / TASK).read_text(encoding="utf-8") == ANSWER


def test_half_a_notebook_is_the_readers_too(mine: Path, source: Path) -> None:
    put(mine / TASK, '{"cells": [')
    put(source / TASK, BETTER)
    assert course.lay_out(mine).kept == [TASK]
    assert (mine / TASK).read_text(encoding="utf-8") == '{"cells": ['


def test_a_newer_bplib_is_not_undone(mine: Path, source: Path) -> None:
    put(mine / layout.MANIFEST, '{"format": 2, "files": {}}')
    put(source / FIRST, notebook("2 + 2"))
    with pytest.raises(CourseError) as stop:
        course.lay_out(mine)
    assert str(stop.value) == f"{mine} was laid out by a newer bplib; nothing was changed."
    assert (mine / FIRST).read_text(encoding="utf-8") == notebook("1 + 1")


def test_an_interruption_loses_nothing(
    mine: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(mine / TASK, ANSWER)
    put(source / FIRST, notebook("2 + 2"))
    put(source / TASK, BETTER)
    real, calls = os.replace, []

    def interrupted(*arguments: str) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setattr(layout.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        course.lay_out(mine)
    monkeypatch.undo()
    monkeypatch.setattr(where, "files", lambda: source)
    assert (mine / TASK).read_text(encoding="utf-8") == ANSWER
    assert not [name for name in names(mine) if "/.bplib-" in name]
    assert course.lay_out(mine).kept == [TASK]
    assert (mine / FIRST).read_text(encoding="utf-8") == notebook("2 + 2")


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(layout.tempfile, "mkstemp", refused)
    with pytest.raises(CourseError) as stop:
        course.lay_out(tmp_path / "mine")
    assert str(stop.value) == (
        f"{tmp_path / 'mine'} cannot be written to; choose another folder: bplib book DIR"
    )


def test_a_full_disk(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(layout.tempfile, "mkstemp", full)
    with pytest.raises(CourseError) as stop:
        course.lay_out(tmp_path / "mine")
    assert str(stop.value) == f"{tmp_path / 'mine'} cannot hold the book: no space left on device."


def test_a_file_in_the_way(tmp_path: Path, source: Path) -> None:
    put(tmp_path / "taken", "a file")
    with pytest.raises(CourseError) as stop:
        course.lay_out(tmp_path / "taken")
    assert str(stop.value) == (
        f"{tmp_path / 'taken'} cannot hold the book: {tmp_path / 'taken'} is a file, not a folder."
    )


def test_reset_makes_a_backup_first(mine: Path) -> None:
    put(mine / TASK, ANSWER)
    backup = course.reset(mine, "01_small")
    assert backup == mine / "exercises/01_small.backup-1.ipynb"
    assert backup.read_text(encoding="utf-8") == ANSWER
    assert "NotImplementedError" in (mine / TASK).read_text(encoding="utf-8")
    put(mine / TASK, BETTER)
    assert course.reset(mine, "exercises/01_small.ipynb").name == "01_small.backup-2.ipynb"


def test_reset_of_an_unknown_notebook(mine: Path) -> None:
    with pytest.raises(UnknownNameError) as stop:
        course.reset(mine, "01_smal")
    assert str(stop.value) == (
        "there is no notebook 'exercises/01_smal'; did you mean 'exercises/01_small'?"
    )


# ── where the files are ──────────────────────────────────────────────────────────────────────────


def test_this_clone_is_found() -> None:
    root = Path(__file__).resolve().parents[1]
    assert course.is_clone()
    assert course.files() == root
    assert "book/01_chain_rule.ipynb" in course.delivered()
    assert not any(name.startswith("solutions/") for name in course.delivered())


def test_copies_are_no_notebooks_of_the_course(tmp_path: Path) -> None:
    for name in ("01_b", "01_b.backup-1", "01_b.new", "00_a", "12_c", "notes", "1_d"):
        put(tmp_path / f"{name}.ipynb", "")
    assert [path.stem for path in course.notebooks(tmp_path)] == ["00_a", "01_b", "12_c"]
    assert course.notebooks(tmp_path, 1) == [tmp_path / "01_b.ipynb"]
    assert course.notebooks(tmp_path / "nowhere") == []


def test_an_installed_package_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site/bplib"
    put(package / "course/files/book/01_small.ipynb", notebook("1"))
    monkeypatch.setattr(where, "_PACKAGE", package)
    monkeypatch.setattr(where, "_PACKED", package / "course/files")
    assert not course.is_clone()
    assert course.files() == package / "course/files"
    assert list(course.delivered()) == [FIRST]


def test_a_package_without_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "_PACKAGE", tmp_path / "site/bplib")
    monkeypatch.setattr(where, "_PACKED", tmp_path / "site/bplib/course/files")
    with pytest.raises(CourseError) as stop:
        course.files()
    assert str(stop.value) == (
        "this installation of bplib has no book in it; install it again: "
        "pip install --force-reinstall 'bplib[book]'"
    )
