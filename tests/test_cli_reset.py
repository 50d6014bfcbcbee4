"""bplib reset: an exercise, a chapter or everything again, and nothing of the reader's lost."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bplib.checks.progress import record_answer, store
from bplib.cli import main
from bplib.cli.start_again import OPEN

ANSWER = "def mse_gradient(X, y, theta):\n    return 0"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Path:
    """A working copy with one answer written, and progress in three exercises."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "progress.json"))
    assert main(["book", "mine", "--files-only"]) == 0
    write(tmp_path / "mine/exercises/02_linear_regression.ipynb", "mse_gradient", ANSWER)
    write(tmp_path / "mine/exercises/02_linear_regression.ipynb", "predict_line", "x = 1")
    for name in ("mse_gradient", "predict_line", "bitterness_slope"):
        record_answer("passed", None, name, "a")
    monkeypatch.chdir(tmp_path / "mine")
    capsys.readouterr()
    return tmp_path / "mine"


def write(path: Path, name: str, source: str) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    cell(content, name).update(source=source, execution_count=7)
    path.write_text(json.dumps(content), encoding="utf-8")


def cell(content: dict, name: str) -> dict:
    marks = [(c, c["metadata"].get("nbgrader", {})) for c in content["cells"]]
    return next(c for c, mark in marks if mark.get("grade_id") == name)


def source(path: Path, name: str) -> str:
    return "".join(cell(json.loads(path.read_text(encoding="utf-8")), name)["source"])


def run(capsys, *words: str) -> tuple[int, str, str]:
    code = main(["reset", *words])
    return code, *capsys.readouterr()


def test_one_exercise(desk: Path, capsys) -> None:
    book = Path("exercises/02_linear_regression.ipynb")
    code, out, err = run(capsys, "mse_gradient")
    backup = desk / "exercises/02_linear_regression.backup-1.ipynb"
    progress = desk.parent / "progress.json"
    assert (code, err) == (0, "")
    assert out == (
        f"✓ mse_gradient is as delivered; yours is in {backup}.\n"
        f"✓ The progress of mse_gradient is forgotten; as it was, it is in {progress}.backup-1.\n"
        f"{OPEN}\n"
    )
    assert "NotImplementedError" in source(book, "mse_gradient")
    assert source(book, "predict_line") == "x = 1", "the neighbour stays"
    assert source(backup, "mse_gradient") == ANSWER
    assert not store().entry("mse_gradient")["done"] and store().entry("predict_line")["done"]
    before = json.loads(Path(f"{progress}.backup-1").read_text(encoding="utf-8"))
    assert before["exercises"]["mse_gradient"]["done"]


@pytest.mark.parametrize("word", ["ch02", "2", "02_linear_regression"])
def test_a_chapter(desk: Path, capsys, word: str) -> None:
    code, out, err = run(capsys, word)
    assert (code, err) == (0, "")
    assert out.startswith(f"✓ {word} is as delivered; yours is in ")
    assert "✓ The progress of " in out and " exercises is forgotten; as it was, it is in " in out
    assert "NotImplementedError" in source(
        Path("exercises/02_linear_regression.ipynb"), "predict_line"
    )
    assert not store().entry("predict_line")["done"] and store().entry("bitterness_slope")["done"]


def test_everything(desk: Path, capsys) -> None:
    code, out, err = run(capsys, "--all")
    assert (code, err) == (0, "")
    assert out.count("is as delivered") == 3
    assert store().read()["exercises"] == {}
    assert len(list(Path("exercises").glob("*.backup-1.ipynb"))) == 3


def test_a_chapter_of_the_book_has_no_progress(desk: Path, capsys) -> None:
    code, out, err = run(capsys, "book/02_linear_regression", "--dir", ".")
    assert (code, err) == (0, "") and out.endswith(
        f"book/02_linear_regression.backup-1.ipynb.\n{OPEN}\n"
    )
    assert store().entry("mse_gradient")["done"]


def test_a_prediction_has_only_progress(desk: Path, capsys) -> None:
    record_answer("passed", None, "first_prediction", "a")
    code, out, err = run(capsys, "first_prediction")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert not store().entry("first_prediction")["done"]
    nothing = "Nothing to reset: first_prediction has no progress.\n"
    assert run(capsys, "first_prediction") == (0, nothing, "")


def test_a_notebook_that_was_deleted_comes_back_without_a_backup(desk: Path, capsys) -> None:
    Path("exercises/00_welcome.ipynb").unlink()
    assert run(capsys, "ch00") == (0, "✓ ch00 is as delivered.\n", "")
    assert Path("exercises/00_welcome.ipynb").exists()


def test_nothing_is_reset_where_one_word_means_nothing(desk: Path, capsys) -> None:
    code, out, err = run(capsys, "mse_gradient", "ch77")
    assert (code, out) == (2, "") and "no exercise notebook of chapter 77" in err
    assert not list(Path("exercises").glob("*.backup*"))
    assert source(Path("exercises/02_linear_regression.ipynb"), "mse_gradient") == ANSWER


def test_resets_at_once_keep_all(tmp_path: Path) -> None:
    mine = tmp_path / "02_line.ipynb"
    mine.write_text("mine", encoding="utf-8")
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(sys.modules["bplib.course.reset"]._kept, [mine] * 24))
    assert len(set(kept)) == 24 and all(path.read_text() == "mine" for path in kept)


def test_a_folder_that_cannot_be_written_to(desk: Path, monkeypatch, capsys) -> None:
    def refused(*given: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sys.modules["bplib.course.reset"], "open", refused, raising=False)
    code, out, err = run(capsys, "mse_gradient")
    assert (code, out) == (2, "")
    assert err == f"bplib: {desk} cannot be written to; nothing was reset.\n"
    assert source(Path("exercises/02_linear_regression.ipynb"), "mse_gradient") == ANSWER
    assert store().entry("mse_gradient")["done"]


def test_no_room_for_the_copy_of_the_progress(desk: Path, monkeypatch, capsys) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys.modules["bplib.checks.progress"], "write_whole", full)
    code, _, err = run(capsys, "mse_gradient")
    assert code == 2
    assert err == "bplib: the progress could not be forgotten: no space left on device.\n"
    assert store().entry("mse_gradient")["done"]


@pytest.mark.parametrize(
    "content, note",
    [
        ('{"version": 9, "exercises": {}}', "is from a newer bplib. It stays as it is"),
        ("{", "Your progress file was damaged. It is kept as "),
    ],
)
def test_a_progress_file_that_cannot_be_read_is_said(
    desk: Path, capsys, content: str, note: str
) -> None:
    progress = desk.parent / "progress.json"
    progress.write_text(content, encoding="utf-8")
    code, out, err = run(capsys, "mse_gradient")
    assert (code, err) == (0, "") and out.count("\n") == 3 and note in out
    kept = progress if "version" in content else desk.parent / "progress.json.damaged-1"
    assert kept.read_text(encoding="utf-8") == content


REFUSED = [
    ((), "name what to reset: an exercise, a chapter such as ch02, or --all."),
    (("ch02", "--all"), "name what to reset: an exercise, a chapter such as ch02, or --all."),
    (("mse_gradeint",), "there is no exercise 'mse_gradeint'; did you mean 'mse_gradient'?"),
    (("ch77",), "there is no exercise notebook of chapter 77."),
    (("02_linear_regresion",), "there is no notebook 'exercises/02_linear_regresion'; did you "
     "mean 'exercises/02_linear_regression'?"),
    (("mse_gradient", "--dir", "elsewhere"),
     "there is no exercises/02_linear_regression.ipynb in elsewhere."),
]  # fmt: skip


@pytest.mark.parametrize("words, sentence", REFUSED)
def test_what_is_refused(desk: Path, capsys, words: tuple[str, ...], sentence: str) -> None:
    assert run(capsys, *words) == (2, "", f"bplib: {sentence}\n")
    assert store().entry("mse_gradient")["done"]
    assert not list(Path("exercises").glob("*.backup*"))


def test_a_cell_that_is_gone(desk: Path, capsys) -> None:
    path = Path("exercises/02_linear_regression.ipynb")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"].remove(cell(content, "mse_gradient"))
    path.write_text(json.dumps(content), encoding="utf-8")
    code, out, err = run(capsys, "mse_gradient")
    assert (code, out) == (2, "")
    assert err.endswith("has no cell for mse_gradient; reset the whole notebook.\n")
    path.write_text("{", encoding="utf-8")
    assert "is not a readable notebook; reset all of it." in run(capsys, "mse_gradient")[2]
