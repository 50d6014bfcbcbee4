"""What requirements/set_up.py decides, without installing anything."""

import importlib.util
import json
import platform
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "requirements" / "set_up.py"


@pytest.fixture
def set_up(tmp_path, monkeypatch):
    """The script, working on a small folder of its own; `done` records what it would have run."""
    spec = importlib.util.spec_from_file_location("set_up", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for lock in module.INCLUDED_IN:
        (tmp_path / "requirements" / f"{lock}.txt").write_text(f"{lock}==1\n")
    (tmp_path / "requirements" / "bench-torch.txt").write_text("torch==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "set-up.json")
    monkeypatch.setattr(module, "UNFINISHED", tmp_path / ".venv" / "set-up.unfinished")
    module.done = []
    module.version = platform.python_version()
    module.network = True

    def make_venv():
        module.done.append("new")
        module.VENV.mkdir(exist_ok=True)
        module.UNFINISHED.touch()

    def pip_install(*arguments):
        if not module.network:
            module.stop("no network")
        module.done.append(arguments[-1].removeprefix("requirements/"))

    monkeypatch.setattr(module, "make_venv", make_venv)
    monkeypatch.setattr(module, "pip_install", pip_install)
    monkeypatch.setattr(
        module, "version_of", lambda python: module.version if module.VENV.exists() else None
    )
    return module


def run(set_up, purpose="book"):
    set_up.done.clear()
    set_up.main([purpose])
    return set_up.done


def test_from_nothing_then_nothing(set_up, capsys):
    assert run(set_up) == ["new", "book.txt", "."]
    assert "Setting up .venv for book" in capsys.readouterr().out
    set_up.network = False  # nothing to do needs no network
    assert run(set_up) == []
    assert capsys.readouterr().out == ""


def test_an_author_adds_to_a_readers_environment_and_serves_both(set_up):
    run(set_up, "book")
    assert run(set_up, "test") == ["test.txt", "."]
    assert run(set_up, "book") == []
    assert run(set_up, "test") == []


def test_an_interrupted_set_up_is_done_again(set_up):
    set_up.network = False
    with pytest.raises(SystemExit, match="no network"):
        run(set_up)
    assert not set_up.STAMP.exists()
    set_up.network = True
    assert run(set_up) == ["new", "book.txt", "."]
    set_up.network = False
    with pytest.raises(SystemExit):
        run(set_up, "test")
    set_up.network = True
    assert run(set_up, "test") == ["new", "test.txt", "."]


def test_a_changed_lock_starts_again(set_up):
    run(set_up)
    (set_up.ROOT / "requirements" / "book.txt").write_text("book==2\n")
    assert run(set_up) == ["new", "book.txt", "."]


def test_a_changed_declaration_installs_again(set_up):
    run(set_up)
    (set_up.ROOT / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert run(set_up) == ["."]
    assert run(set_up) == []


def test_a_moved_folder_or_another_python_starts_again(set_up):
    run(set_up)
    stamp = json.loads(set_up.STAMP.read_text())
    for key, value in (("folder", "elsewhere"), ("python", "3.11.0")):
        set_up.STAMP.write_text(json.dumps(stamp | {key: value}))
        set_up.version = value if key == "python" else platform.python_version()
        assert run(set_up)[0] == "new"
        set_up.version = platform.python_version()


def test_an_environment_made_by_other_means_is_added_to_and_never_removed(set_up):
    set_up.VENV.mkdir()
    assert run(set_up) == ["book.txt", "."]
    assert run(set_up) == []
    (set_up.ROOT / "requirements" / "book.txt").write_text("book==2\n")
    assert run(set_up) == ["book.txt", "."]
    assert run(set_up) == []


def test_a_damaged_stamp_is_no_stamp(set_up):
    run(set_up)
    for damaged in ("{", "[]", ""):
        set_up.STAMP.write_text(damaged)
        assert run(set_up) == ["book.txt", "."]


def test_the_benchmarks_have_two_files_and_follow_both(set_up):
    assert run(set_up, "bench") == ["new", "bench.txt", "bench-torch.txt", "."]
    assert run(set_up, "bench") == []
    (set_up.ROOT / "requirements" / "bench-torch.txt").write_text("torch==2\n")
    assert run(set_up, "bench") == ["new", "bench.txt", "bench-torch.txt", "."]


@pytest.mark.parametrize(
    ("purpose", "folder"), [("test", ".venv"), ("bench", ".venv-bench"), ("docs", ".venv-docs")]
)
def test_benchmarks_and_website_have_environments_of_their_own(monkeypatch, purpose, folder):
    monkeypatch.setattr(sys, "argv", ["set_up.py", purpose])
    spec = importlib.util.spec_from_file_location("set_up", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.STAMP.parent == module.VENV == SCRIPT.parents[1] / folder


def test_an_old_python_gets_one_sentence(set_up, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    monkeypatch.setattr(platform, "python_version", lambda: "3.10.1")
    with pytest.raises(SystemExit) as stopped:
        run(set_up)
    assert stopped.value.code == ("set-up: Python 3.11 or newer is needed; this is Python 3.10.1.")


def test_an_unknown_purpose_gets_one_sentence(set_up):
    with pytest.raises(SystemExit) as stopped:
        run(set_up, "tset")
    assert stopped.value.code == "set-up: name one purpose: book or test or bench or docs."
