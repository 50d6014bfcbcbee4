"""What `bplib doctor` says of a machine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bplib import course, doctor
from bplib.blas import decision
from bplib.blas.advice import Advice
from bplib.blas.measure import Failed
from bplib.doctor import Finding

TOPICS = [
    "Python",
    "NumPy",
    "BLAS",
    "products",
    "GPU",
    "JupyterLab",
    "kernel",
    "matplotlib",
    "ipywidgets",
    "command line",
    "course",
    "progress",
    "nbgrader",
]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of its own, and a timing that takes no time; test_blas.py has the real one."""
    path = tmp_path / "cache/blas.json"
    monkeypatch.setattr(decision, "file", lambda: path)
    monkeypatch.delenv(decision.VARIABLE, raising=False)
    timed(monkeypatch, Advice("", "100 in float32"))
    return path


def timed(monkeypatch: pytest.MonkeyPatch, advice: Advice) -> None:
    monkeypatch.setattr(doctor, "compare", lambda: None)
    monkeypatch.setattr(doctor, "advise", lambda comparison: advice)


def test_everything_is_looked_at_once() -> None:
    findings = doctor.examine()
    assert [finding.topic for finding in findings] == TOPICS
    assert {finding.mark for finding in findings} <= {"✓", "○"}, doctor.report(findings)


def test_the_report_has_a_line_each_and_a_verdict() -> None:
    findings = [
        Finding("✓", "NumPy", "2.4"),
        Finding("✗", "JupyterLab", "not installed", "pip install 'bplib[book]'"),
    ]
    assert doctor.report(findings).splitlines() == [
        "✓ NumPy       2.4",
        "✗ JupyterLab  not installed",
        "              → pip install 'bplib[book]'",
        "",
        "Missing: JupyterLab.",
    ]
    assert doctor.report(findings[:1]).splitlines()[-1] == "Everything needed is here."


def test_the_exit_code_says_whether_something_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: [Finding("○", "GPU", "none")])
    assert doctor.main() == 0
    monkeypatch.setattr(doctor, "examine", lambda: [Finding("✗", "NumPy", "1.26")])
    assert doctor.main() == 1
    assert capsys.readouterr().out == (
        "○ GPU  none\n\nEverything needed is here.\n✗ NumPy  1.26\n\nMissing: NumPy.\n"
    )


def test_a_look_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Finding:
        raise OSError("half installed")

    monkeypatch.setattr(doctor, "look_at_gpu", broken)
    gpu = doctor.examine()[4]
    assert gpu == Finding("✗", "GPU", "looking at it raised OSError: half installed")


def test_old_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "__version__", "1.26.4")
    assert doctor.look_at_numpy() == Finding("✗", "NumPy", "1.26.4", "pip install 'numpy>=2.0'")
    monkeypatch.setattr(sys, "version_info", (3, 10))
    finding = doctor.look_at_python()
    assert (finding.mark, finding.remedy) == ("✗", "install Python 3.11 or newer")


def absent(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make packages look as if they were not installed."""
    real_spec, real_version = importlib.util.find_spec, importlib.metadata.version

    def find_spec(name: str, package: str | None = None):
        return None if name in names else real_spec(name, package)

    def version(name: str) -> str:
        if name in names:
            raise importlib.metadata.PackageNotFoundError(name)
        return real_version(name)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    monkeypatch.setattr(importlib.metadata, "version", version)


BOOK = "pip install 'bplib[book]'"


def test_what_is_missing_comes_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    absent(monkeypatch, "jupyterlab", "matplotlib", "ipywidgets", "ipykernel", "typer", "nbgrader",
           "cupy")  # fmt: skip
    found = {finding.topic: finding for finding in doctor.examine()}
    assert found["JupyterLab"] == Finding("✗", "JupyterLab", "not installed", BOOK)
    assert found["matplotlib"] == Finding("✗", "matplotlib", "not installed", BOOK)
    assert found["ipywidgets"] == Finding("✗", "ipywidgets", "not installed", BOOK)
    assert found["kernel"] == Finding("✗", "kernel", "ipykernel is not installed", BOOK)
    sentence = "typer not installed; the bplib command cannot run"
    assert found["command line"] == Finding("✗", "command line", sentence, BOOK)
    sentence = "not installed; only needed to grade a class with it"
    assert found["nbgrader"] == Finding("○", "nbgrader", sentence)
    sentence = "CuPy is not installed; everything runs on the CPU"
    assert found["GPU"] == Finding("○", "GPU", sentence)


def test_colab_needs_no_jupyterlab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "look_for", lambda topic, *_: Finding("✗", topic, "missing", BOOK))
    assert doctor.look_at_lab().mark == "✗"
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    assert doctor.look_at_lab() == Finding(
        "○", "JupyterLab", "not installed; in Colab nobody needs it"
    )


def pool(**changes: object) -> dict:
    usual = {
        "user_api": "blas",
        "internal_api": "openblas",
        "version": "0.3.31",
        "num_threads": 2,
        "architecture": "Haswell",
    }
    return {**usual, **changes}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, "openblas 0.3.31, 2 threads, Haswell kernels"),
        ({"internal_api": "mkl", "num_threads": 1}, "mkl 0.3.31, 1 thread, Haswell kernels"),
        ({"architecture": None, "version": None}, "openblas, 2 threads"),
    ],
)
def test_blas(monkeypatch: pytest.MonkeyPatch, changes: dict, found: str) -> None:
    monkeypatch.setattr(doctor, "_blas_pools", lambda: [pool(**changes)])
    assert doctor.look_at_blas() == Finding("✓", "BLAS", found)


def test_blas_without_threadpoolctl(monkeypatch: pytest.MonkeyPatch) -> None:
    absent(monkeypatch, "threadpoolctl")
    build = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    finding = doctor.look_at_blas()
    assert (finding.mark, finding.remedy) == ("✓", "")
    assert finding.found.startswith(build["name"])


def test_faster_kernels_are_advised_and_remembered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = Advice("SkylakeX", "100 in float32", "set it")
    timed(monkeypatch, advice)
    assert doctor.look_at_products() == Finding("○", "products", "100 in float32", "set it")
    assert decision.remembered() == "SkylakeX"
    assert doctor.main(["--environment"]) == 0
    printed = "OPENBLAS_CORETYPE=SkylakeX\n" if kernels_differ() else ""
    assert capsys.readouterr().out == printed


def kernels_differ() -> bool:
    return doctor.platform.machine().lower() in ("x86_64", "amd64")


def test_a_busy_machine_takes_no_decision_back(monkeypatch: pytest.MonkeyPatch) -> None:
    unsure = Advice("", "100 in float32", "too busy", certain=False)
    timed(monkeypatch, unsure)
    assert doctor.look_at_products().mark == "○"
    assert decision.remembered() == ""  # nothing was known, and asking again would not help
    decision.remember("SkylakeX")
    doctor.look_at_products()
    assert decision.remembered() == "SkylakeX"


def test_what_the_user_has_set_is_timed_and_not_remembered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(decision.VARIABLE, "SkylakeX")
    assert doctor.look_at_products() == Finding("✓", "products", "100 in float32")
    assert decision.remembered() is None
    assert doctor.main(["--environment"]) == 0
    assert capsys.readouterr().out == ""


def test_products_that_cannot_be_timed_are_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def failed() -> None:
        raise Failed("its process ended with code 1")

    monkeypatch.setattr(doctor, "compare", failed)
    sentence = "matrix products could not be timed: its process ended with code 1"
    assert doctor.look_at_products() == Finding("○", "products", sentence)
    assert decision.remembered() is None


def test_a_course_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise course.CourseError("this installation of bplib has no book in it.")

    monkeypatch.setattr(course, "files", missing)
    sentence = "this installation of bplib has no book in it."
    assert doctor.look_at_course() == Finding("✗", "course", "not found", sentence)


def test_progress_is_looked_at_and_not_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "deep/progress.json"
    monkeypatch.setenv("BPLIB_PROGRESS", str(path))
    assert doctor.look_at_progress() == Finding("✓", "progress", f"nothing done yet ({path})")
    assert not path.parent.exists()
    path.parent.mkdir()
    path.write_text('{"version": 1, "exercises": {"a": {"done": true}, "b": {}}}')
    assert doctor.look_at_progress() == Finding("✓", "progress", f"1 exercise done ({path})")
    path.write_text("{")
    sentence = f"{path} is damaged; the next check keeps a copy and begins a new one"
    assert doctor.look_at_progress() == Finding("✗", "progress", sentence)
    assert path.read_text() == "{"


def test_progress_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    monkeypatch.setenv("BPLIB_PROGRESS", str(path))
    monkeypatch.setattr(doctor.os, "access", lambda *arguments: False)
    remedy = "set BPLIB_PROGRESS to a file that you can write"
    expected = Finding("✗", "progress", f"{path} cannot be written", remedy)
    assert doctor.look_at_progress() == expected


def test_progress_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPLIB_PROGRESS", "memory")
    sentence = "kept in memory until the session ends"
    assert doctor.look_at_progress() == Finding("✓", "progress", sentence)


ONLY_NUMPY = """
import importlib.abc, sys

class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Nothing())
import runpy
runpy.run_module("bplib.doctor", run_name="__main__")
"""


def test_it_runs_with_numpy_alone(tmp_path: Path) -> None:
    names = {
        "rich", "typer", "platformdirs", "threadpoolctl", "matplotlib", "jupyterlab",
        "jupyter_client", "ipykernel", "IPython", "ipywidgets", "nbformat", "nbgrader", "cupy",
    }  # fmt: skip
    code = ONLY_NUMPY.format(names=names)
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=Path(__file__).resolve().parents[1],
        env={**doctor.os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)},
    )
    assert done.stderr == ""
    assert "✓ NumPy" in done.stdout
    assert "GFLOP/s on one core" in done.stdout
    assert "Traceback" not in done.stdout


CONSOLE = """
from bplib import doctor
doctor.examine = lambda: [doctor.Finding("✓", "NumPy", "2.4")]
doctor.main()
"""


def test_a_console_without_the_marks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONSOLE],
        capture_output=True,
        env={**doctor.os.environ, "PYTHONIOENCODING": "ascii"},
        cwd=Path(__file__).resolve().parents[1],
    )
    assert done.stderr == b""
    assert b"? NumPy" in done.stdout
