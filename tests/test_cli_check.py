"""bplib check: which answer counts, what is said where there is none, what --json promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bplib.cli import main, saved

HEAD = "from bplib.checks import check"
CHECK = "check(slope_between_points)"
DEF = "def slope_between_points(x0, y0, x1, y1):\n    return "
RIGHT, WRONG = DEF + "(y1 - y0) / (x1 - x0)", DEF + "(x1 - x0) / (y1 - y0)"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path


def write(path: Path, *sources: str) -> Path:
    cells = [{"cell_type": "code", "source": one, "metadata": {}} for one in sources]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def found(capsys, desk: Path, *notebooks: tuple[str, ...]) -> tuple[int, dict]:
    """The exit code, and what --json prints, for notebooks 00_mine, 01_mine and so on."""
    for number, sources in enumerate(notebooks):
        write(desk / f"{number:02d}_mine.ipynb", HEAD, *sources)
    code = main(["check", "--json"])
    out, err = capsys.readouterr()
    assert err == ""
    return code, json.loads(out)


TWO = [
    ((RIGHT, WRONG, CHECK), "failed", "It is defined in code cells 2 and 3; the last one counts."),
    ((RIGHT, CHECK, WRONG), "failed", "It is defined in code cells 2 and 4; the last one counts."),
    ((RIGHT + "\n\n" + WRONG, CHECK), "failed",
     "It is defined twice in code cell 2; the last one counts."),
    ((WRONG, CHECK, RIGHT, CHECK), "passed", ""),
    ((WRONG, RIGHT, CHECK), "passed", ""),
    ((WRONG, CHECK), "failed", ""),
]  # fmt: skip


def test_of_two_functions_of_one_name_the_last_counts_and_it_is_said(desk: Path, capsys) -> None:
    _, said = found(capsys, desk, *(sources for sources, _, _ in TWO))
    assert said["problems"] == []
    for verdict, (_, status, sentence) in zip(said["exercises"], TWO, strict=True):
        assert verdict["status"] == status
        assert verdict["text"].endswith(sentence)
        assert ("It is defined" in verdict["text"]) == bool(sentence)


MISSING = "no cell defines it; `def slope_between_points(x0, y0, x1, y1):` is missing."
NONE = [
    ((CHECK,), "slope_between_points", MISSING),
    (("def slope_between_points(x0, y0, x1, y1)\n    return 1", CHECK), "slope_between_points",
     "its check was not reached."),
    ((RIGHT, "1 / 0\n" + CHECK), "slope_between_points", "its check was not reached."),
    ((RIGHT, "check('slope_between_points')"), "slope_between_points",
     "its check was given no function: write check(slope_between_points)."),
    (("check(lambda x: x)",), "<lambda>",
     'a lambda has no name of its own: say which exercise it answers, check(answer, "name").'),
    (("check(7, 'one_more_cpu')",), "one_more_cpu",
     "there is no exercise 'one_more_cpu'; did you mean 'one_more_cup'?"),
    ((RIGHT.replace("x1, y1", "x1"), CHECK), "slope_between_points",
     "it is called with (x0, y0, x1, y1), 4 arguments; yours takes (x0, y0, x1)."),
    ((RIGHT.replace("x0, y0, x1, y1", "*, x0, y0, x1, y1"), CHECK), "slope_between_points",
     "it is called with (x0, y0, x1, y1), 4 arguments; yours takes (*, x0, y0, x1, y1)."),
    (("class slope_between_points:\n    pass", CHECK), "slope_between_points",
     "the answer is a function of (x0, y0, x1, y1); this is the class `slope_between_points`."),
]  # fmt: skip


def test_what_is_said_where_there_is_no_answer(desk: Path, capsys) -> None:
    code, said = found(capsys, desk, *(sources for sources, _, _ in NONE))
    assert code == 1
    told = [(one["exercise"], one["status"], one["text"]) for one in said["exercises"]]
    assert told == [(name, "failed", sentence) for _, name, sentence in NONE]


def test_a_module_beside_the_notebook_is_found_as_in_jupyter(desk: Path, capsys) -> None:
    (desk / "helpers.py").write_text(RIGHT + "\n")
    code, said = found(capsys, desk, ("from helpers import slope_between_points", CHECK))
    assert (code, said["exercises"][0]["status"]) == (0, "passed")


def test_what_json_promises(desk: Path, capsys) -> None:
    code, said = found(capsys, desk, (WRONG, CHECK, "1 / 0", "check(..., 'first_step')"))
    assert list(said) == ["format", "exercises", "problems", "summary"]
    assert (code, said["format"]) == (1, 1)
    keys = {"notebook", "exercise", "status", "misconception", "text"}
    assert all(set(one) == keys for one in said["exercises"])
    assert [one["status"] for one in said["exercises"]] == ["failed", "not_attempted"]
    assert said["exercises"][0]["misconception"] == "upside-down"
    assert said["problems"] == [
        {
            "notebook": "00_mine.ipynb",
            "where": "code cell 4",
            "text": "ZeroDivisionError in line 1: division by zero",
        }
    ]
    assert said["summary"] == {"passed": 0, "failed": 1, "not_attempted": 1, "problems": 1}


def test_the_help_says_what_json_and_the_exit_codes_mean(capsys) -> None:
    assert main(["check", "--help"]) == 0
    help_text = " ".join(capsys.readouterr().out.split())
    for word in ("format", "exercises", "problems", "summary", "misconception", "not_attempted"):
        assert f'"{word}"' in help_text
    assert "The exit code is 0 where every exercise passed; 1 where one did not" in help_text


def test_folders_and_names_of_notebooks(desk: Path, capsys) -> None:
    here = [write(desk / f"exercises/{name}.ipynb") for name in ("00_welcome", "02_line")]
    mine = write(desk / "exercises/my_tries.ipynb")
    chapter = write(desk / "book/00_welcome.ipynb")
    (desk / "empty").mkdir()

    def meant(word: str) -> list[Path]:
        return [one.notebook for one in saved.requests([word], desk)]

    assert meant(".") == meant("exercises") == meant("exercises/") == here
    assert meant("book") == [chapter]
    assert meant("02_line") == meant("exercises/02_line") == here[1:]
    assert meant("exercises/my_tries") == [mine]
    for word, sentence in [
        ("02_lien", "there is no notebook '02_lien'; did you mean '02_line'?"),
        ("slope_between_point",
         "there is no exercise 'slope_between_point'; did you mean 'slope_between_points'?"),
        ("empty", "there are no exercise notebooks in empty."),
    ]:  # fmt: skip
        assert main(["check", word]) == 2
        assert capsys.readouterr() == ("", f"bplib: {sentence}\n")
