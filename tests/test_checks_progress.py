"""Progress: never lost, never half written, never in the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bplib.checks import progress as shown
from bplib.checks.progress import (
    Store,
    answer_key,
    default_path,
    record_answer,
    record_hint,
    record_solution,
    store,
)


@pytest.fixture
def path(tmp_path, monkeypatch):
    where = tmp_path / "data" / "progress.json"
    monkeypatch.setenv("BPLIB_PROGRESS", str(where))
    return where


def entries(path):
    return json.loads(path.read_text(encoding="utf-8"))["exercises"]


def test_reading_creates_nothing(path):
    assert store().entry("slope_between_points")["attempts"] == 0
    shown()
    assert not path.parent.exists()


def test_answers_hints_and_solutions_are_kept(path):
    record_answer("failed", "upside-down", "one", "a")
    record_answer("failed", "upside-down", "one", "a")
    record_hint("one", 2)
    record_hint("one", 1)
    record_solution("one")
    record_answer("passed", None, "one", "b")
    record_answer("failed", None, "one", "c")
    entry = entries(path)["one"]
    assert entry["attempts"] == 3, "the same answer twice is one attempt"
    assert entry["hints"] == 2 and entry["solution"] and entry["solution_first"]
    assert entry["done"] is True, "done stays done"
    assert list(entry["answers"]) == ["a", "b", "c"]
    assert not list(path.parent.glob("*.part"))


def test_the_file_does_not_grow_for_ever(path):
    for k in range(80):
        record_answer("failed", None, "one", str(k))
    assert entries(path)["one"]["attempts"] == 80
    assert list(entries(path)["one"]["answers"]) == [str(k) for k in range(30, 80)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"version": 1}',
        b'{"version": "1", "exercises": {}}',
        b'{"version": true, "exercises": {}}',
        b'{"version": 1, "exercises": []}',
        b'{"version": 1, "exercises": {"one": 3}}',
        b'{"version": 1, "exercises": {"one": {"attempts": "many"}}}',
        b'{"version": 1, "exercises": {"one": {"hints": -4}}}',
        b'{"version": 1, "exercises": {"one": {"attempts": true}}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_set_aside_and_said(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    record_answer("passed", None, "one", "a")
    aside = path.with_name("progress.json.damaged-1")
    assert aside.read_bytes() == content
    assert entries(path)["one"]["done"] is True
    assert store().take_notes() == [
        f"Your progress file was damaged. It is kept as {aside}, and a new one is begun."
    ]
    assert store().take_notes() == []
    path.write_bytes(content)
    store().read()
    assert path.with_name("progress.json.damaged-2").read_bytes() == content


def test_a_file_from_a_newer_version_is_left_as_it_is(path):
    path.parent.mkdir()
    newer = '{"version": 99, "exercises": {"one": "in a way of the future"}}'
    path.write_text(newer)
    record_answer("passed", None, "two", "a")
    assert path.read_text() == newer
    assert store().entry("two")["done"] is True, "kept until the session ends"
    (note,) = store().take_notes()
    assert note.startswith(f"Your progress file ({path}) is from a newer bplib.")


def test_a_home_that_cannot_be_written_is_said_once(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("BPLIB_PROGRESS", str(blocked / "progress.json"))
    record_answer("passed", None, "one", "a")
    record_answer("passed", None, "two", "a")
    assert store().entry("one")["done"] and store().entry("two")["done"]
    (note,) = store().take_notes()
    assert "The checks work all the same" in note


def test_a_path_that_is_a_folder_is_survived(tmp_path, monkeypatch):
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path))
    record_answer("passed", None, "one", "a")
    assert store().entry("one")["done"]
    assert len(store().take_notes()) == 1


def test_an_interrupted_write_leaves_the_old_file(path, monkeypatch):
    record_answer("passed", None, "one", "a")
    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        record_answer("passed", None, "two", "a")
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.part"))


def test_two_kernels_writing_at_once_lose_nothing(path):
    program = (
        "import sys\n"
        "from bplib.checks.progress import record_answer\n"
        "for k in range(25):\n"
        "    record_answer('passed', None, f'{sys.argv[1]}_{k}', 'a')\n"
        "    record_answer('failed', None, 'both', f'{sys.argv[1]}_{k}')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, who]) for who in "abc"]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    found = entries(path)
    assert len(found) == 76
    assert found["both"]["attempts"] == 75


def test_memory_is_a_store_without_a_file(monkeypatch):
    monkeypatch.setenv("BPLIB_PROGRESS", "memory")
    assert store().path is None and store() is store()
    fresh = Store(None)
    fresh.update(lambda data: data["exercises"].update(one={"done": True}))
    assert fresh.entry("one")["done"] is True


def test_without_platformdirs_there_is_a_sensible_place(monkeypatch):
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    found = default_path()
    assert found.name == "progress.json" and "bplib" in str(found)


def test_the_key_of_an_answer_is_its_source():
    space = {}
    # A file name of its own: Python 3.13 knows a source for "<string>" in a process begun by -c.
    for line in ("def f(x): return x", "def g(x): return x", "def h(x): return 2 * x"):
        exec(compile(line, "<typed at a prompt>", "exec"), space)
    assert answer_key(space["f"]) == answer_key(space["g"]) != answer_key(space["h"])
    assert answer_key(3.0) == answer_key(3.0) != answer_key(3.1)


def test_a_file_that_another_process_has_begun_anew_is_not_set_aside(path):
    path.parent.mkdir()
    path.write_text('{"version": 1, "exercises": {"one": {"done": true}}}')
    assert store()._set_aside(b"{")["exercises"] == {"one": {"done": True}}
    assert not list(path.parent.glob("*.damaged-*")) and not store().take_notes()


def test_no_home_folder_is_said_and_leaves_no_folder_behind(tmp_path, monkeypatch):
    from bplib.checks.progress import _store

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", "")
    monkeypatch.setattr(
        sys.modules["bplib.checks.progress"], "default_path", lambda: Path("~/bplib/progress.json")
    )
    _store.cache_clear()
    try:
        record_answer("passed", None, "one", "a")
        assert store().entry("one")["done"] is True
        (note,) = store().take_notes()
        assert note.startswith("There is no home folder to keep your progress in")
        assert not list(tmp_path.iterdir())
    finally:
        _store.cache_clear()


def test_a_path_from_the_environment_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", "kept_here.json")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert store().path == tmp_path / "kept_here.json"
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert store().path == tmp_path / "kept_here.json"
    monkeypatch.setenv("BPLIB_PROGRESS", "~/kept.json")
    assert store().path == tmp_path / "home" / "kept.json"


def test_a_full_disk_is_said_and_the_old_file_stays(path, monkeypatch):
    record_answer("passed", None, "one", "a")
    before = path.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    record_answer("passed", None, "two", "a")
    assert path.read_bytes() == before and not list(path.parent.glob("*.part"))
    (note,) = store().take_notes()
    assert "cannot be written (No space left on device). The checks work all the same" in note
    assert store().entry("one")["done"] and store().entry("two")["done"]


def test_an_answer_that_cannot_be_described_has_a_key():
    class Broken:
        def __repr__(self):
            raise ValueError

    assert answer_key(Broken()) == answer_key(Broken()) != answer_key(3.0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_in_its_place_is_said(path):
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    record_answer("passed", None, "one", "a")
    assert store().take_notes() == [
        f"Your progress file ({path}) is not a file. The checks work all the same; what you do "
        "now is kept until this session ends."
    ]
    assert store().entry("one")["done"]
