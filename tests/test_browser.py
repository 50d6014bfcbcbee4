"""What bplib does in a browser, where Python has no processes, no threads and no alarm.

Only the name of the platform is borrowed here; `make test-lite` runs the book in Pyodide itself.
"""

import importlib
import json
import sys
import time
import types

import numpy as np
import pytest
import tiny_exercises as tiny

import bplib.grading
from bplib import backend, browser, doctor, errors
from bplib.checks import progress
from bplib.checks.decide import decide
from bplib.checks.limit import TimeLimit, time_limit
from bplib.checks.progress import _store, default_path, record_answer, store


@pytest.fixture
def in_a_browser(monkeypatch, tmp_path):
    """A browser that keeps files; its drive is the folder that comes back."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(browser, "DRIVE", tmp_path)
    monkeypatch.delenv("BPLIB_PROGRESS", raising=False)
    _store.cache_clear()
    yield tmp_path
    _store.cache_clear()


def test_this_is_none():
    assert not browser.here()


def test_a_loop_without_end_ends(in_a_browser):
    def endless(x):
        while True:
            pass

    started = time.monotonic()
    with pytest.raises(TimeLimit), time_limit(0.05):
        endless(1)
    with pytest.raises(TimeLimit), time_limit(0.05):
        try:
            endless(1)
        except Exception:
            raise AssertionError("a time limit is no Exception") from None
    assert time.monotonic() - started < 5


def test_what_was_traced_before_is_traced_again(in_a_browser):
    def mine(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(mine)
    try:
        with time_limit(1):
            sum(range(10))
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)


def test_a_loop_without_end_is_a_verdict(in_a_browser):
    def endless(X, y, theta):
        while True:
            pass

    def right(X, y, theta):
        return tiny.gradient(X, y, theta)

    assert decide(tiny.exercise(seconds=0.1), endless).status == "timeout"
    assert decide(tiny.exercise(), right).passed


def test_progress_lies_where_the_list_of_files_shows_it(in_a_browser):
    assert default_path() == in_a_browser / "progress.json"
    assert not list(in_a_browser.iterdir())
    # JupyterLite puts an empty module in the place of fcntl.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "fcntl", types.ModuleType("fcntl"))
        record_answer("passed", None, "one", "a")
    kept = json.loads((in_a_browser / "progress.json").read_text(encoding="utf-8"))
    assert kept["exercises"]["one"]["done"] is True
    assert store().take_notes() == []
    assert [one.name for one in in_a_browser.iterdir()] == ["progress.json"]


def test_progress_says_how_to_take_it_along(in_a_browser, capsys):
    progress()
    assert "as `progress.json` in the list of files" in capsys.readouterr().out


def test_a_browser_that_keeps_nothing_is_said_once(in_a_browser, monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "DRIVE", tmp_path / "absent")
    record_answer("passed", None, "one", "a")
    assert store().entry("one")["done"] is True
    (note,) = store().take_notes()
    assert note.startswith("This browser keeps no files for the page")
    assert not (tmp_path / "absent").exists()


def test_a_package_is_fetched_by_importing_it(in_a_browser):
    with pytest.raises(errors.MissingExtraError) as found:
        errors.need("no_such_package.part", "book", "draw.graph")
    assert str(found.value) == (
        "draw.graph needs no_such_package: run `import no_such_package` in a cell of its own, "
        "which fetches it where it can"
    )


def test_there_is_no_gpu(in_a_browser):
    with pytest.raises(errors.MissingExtraError, match="a browser gives Python no GPU"):
        backend.to_device(np.ones(3))


def test_there_are_no_processes_to_grade_in(in_a_browser):
    with pytest.raises(ImportError, match="a browser has no processes"):
        importlib.reload(bplib.grading)


def test_the_doctor_asks_for_nothing_that_cannot_be_had(in_a_browser):
    topics = [finding.topic for finding in doctor.examine()]
    assert topics == ["Python", "NumPy", "GPU", "matplotlib", "progress"]
    assert "pip install" not in doctor.report(doctor.examine())
    assert doctor.look_for("x", "no-such-package", "").found == (
        "not fetched yet: `import no-such-package` in a cell does"
    )
