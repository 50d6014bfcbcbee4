"""What a reader calls, and what is shown: check, check_all, hint, solution, progress, run_check."""

import json
import re

import pytest
import tiny_exercises as tiny
from tiny_exercises import tiny_gradient, wrong_gradient

from bplib.checks import (
    CheckFailed,
    check,
    check_all,
    hint,
    progress,
    registry,
    run_check,
    solution,
)
from bplib.checks import hints as hints_module
from bplib.checks import progress as progress_shown
from bplib.checks.progress import store
from bplib.errors import UnknownNameError

pytestmark = pytest.mark.usefixtures("small_book")


# ── check ────────────────────────────────────────────────────────────────────────────────────────


def test_a_right_answer(said):
    assert check(tiny_gradient) is None
    assert said() == [
        "✓ tiny_gradient · 6 cases and fresh random ones, inputs untouched, relative error below "
        "1e−9. Chapter 2: 1 of 3 done. Next: `tiny_square`.",
        "It is one matrix product.",
    ]


def test_a_wrong_answer_by_name(said):
    assert check(wrong_gradient, "tiny_gradient") is None
    lines = said()
    assert lines[:2] == [
        "✗ tiny_gradient · case 1 of 6 (m=7, n=3): shape (3,) is right; every entry is 7.00 times "
        "too large, and 7 is the batch size.",
        "Likely mistake: the 1/m is missing.",
    ]
    assert re.fullmatch(
        r'Next: `hint\("tiny_gradient"\)` \(1 of 3\) · replay this case: '
        r'`check\(wrong_gradient, "tiny_gradient", seed=\d{4}\)`',
        lines[2],
    )
    assert len(lines) == 3


def test_a_wrong_answer_by_its_own_name(said):
    def tiny_square(x):
        return 2 * x

    check(tiny_square)
    assert "`hint(tiny_square)` (1 of 3)" in said()[-1]


def test_a_replay_shows_the_numbers(said):
    check(wrong_gradient, "tiny_gradient", seed=5)
    text = "\n".join(said())
    for title in ("  inputs:", "  you return:", "  the right answer here:"):
        assert title in text
    assert "    X = [[" in text and "    theta = [" in text


def test_not_attempted_in_all_its_forms(said):
    def tiny_square(x): ...

    for answer in (..., tiny_square, None):
        check(answer, "tiny_square")
        assert said() == [
            "○ tiny_square: not attempted yet. Write the function, run its cell, then run this "
            "one again."
        ]
    check(..., "tiny_guess")
    assert said() == ["○ tiny_guess: not attempted yet. Replace the ... by your answer."]
    assert store().read()["exercises"] == {}


def test_unknown_names_get_the_close_match(said):
    check(tiny_gradient, "tiny_gradeint")
    assert said() == ["✗ there is no exercise 'tiny_gradeint'; did you mean 'tiny_gradient'?"]
    hint("tiny_gues")
    assert said() == ["✗ there is no exercise 'tiny_gues'; did you mean 'tiny_guess'?"]
    solution("tiny_gues")
    check_all({}, "tiny_gues")
    assert len(said()) == 2
    with pytest.raises(UnknownNameError, match="did you mean 'tiny_guess'"):
        run_check("tiny_gues", 3)
    with pytest.raises(UnknownNameError):
        check(3, "tiny_gues", strict=True)


def test_answers_without_a_name(said):
    check(lambda x: x)
    check(0.25)
    check("tiny_square")
    check(...)
    assert said() == [
        '✗ a lambda has no name of its own: say which exercise it answers, check(answer, "name").',
        "✗ this is a single number, and a value has no name. For a function, hand over the "
        "function itself, without calling it: check(my_function). For a value, say which exercise "
        'it answers, check(answer, "name").',
        "✗ 'tiny_square' is the name of an exercise, not an answer: give the function itself, or "
        'check(your_answer, "tiny_square").',
        "✗ this is ..., and a value has no name. For a function, hand over the function itself, "
        "without calling it: check(my_function). For a value, say which exercise it answers, "
        'check(answer, "name").',
    ]


def test_strict_prints_nothing_and_raises(said):
    assert check(tiny_gradient, strict=True) is None
    assert said() == []
    with pytest.raises(CheckFailed, match="every entry is 7.00 times too large") as caught:
        check(wrong_gradient, "tiny_gradient", strict=True)
    assert caught.value.result.misconception == "missing-1/m"
    assert isinstance(caught.value, AssertionError) and "**" not in str(caught.value)
    with pytest.raises(CheckFailed, match="not attempted yet"):
        check(..., "tiny_guess", strict=True)
    assert said() == []


def test_run_check_displays_and_records_nothing(said):
    result = run_check("tiny_gradient", wrong_gradient, seed=4)
    assert (result.status, result.seed, result.exercise) == ("failed", 4, "tiny_gradient")
    assert said() == [] and store().read()["exercises"] == {}


def test_a_damaged_progress_file_is_said_with_the_verdict(said, tmp_path):
    (tmp_path / "progress.json").write_text("{")
    check(tiny_gradient)
    assert any(line.startswith("Your progress file was damaged.") for line in said())
    assert store().entry("tiny_gradient")["done"] is True


# ── hints and solutions ──────────────────────────────────────────────────────────────────────────


def test_hints_come_one_more_each_time(said):
    for level, text in enumerate(tiny.HINTS, start=1):
        hint("tiny_square")
        after = (
            f'`hint("tiny_square")` ({level + 1} of 3)'
            if level < 3
            else '`solution("tiny_square")`'
        )
        assert said() == [f"Hint {level} of 3 · tiny_square: {text}", f"Next: {after}"]
    hint("tiny_square")
    assert len(said()) == 4, "after the third, all three"
    hint("tiny_square", 1)
    assert said()[0] == "Hint 1 of 3 · tiny_square: the idea"
    hint("tiny_square", 4)
    assert said() == ["○ tiny_square: there are 3 hints, 1 to 3; not 4."]
    assert store().entry("tiny_square")["hints"] == 3
    hint(tiny_gradient)
    assert "`hint(tiny_gradient)` (2 of 3)" in said()[-1]


@pytest.fixture
def solutions(tmp_path, monkeypatch):
    source = "def tiny_square(x):\n    # BEGIN SOLUTION\n    return x**2\n    # END SOLUTION\n"
    cells = [
        {"cell_type": "markdown", "source": ["def tiny_square(x): in words"]},
        {"cell_type": "code", "source": source.splitlines(keepends=True)},
    ]
    folder = tmp_path / "solutions"
    folder.mkdir()
    (folder / "02_small.ipynb").write_text(json.dumps({"cells": cells}))
    monkeypatch.setattr(hints_module, "solutions_folder", lambda: folder)
    return folder


def test_a_solution_asks_once_more_before_a_first_attempt(said, solutions):
    solution("tiny_square")
    lines = said()
    assert lines[0].startswith("○ tiny_square: you have not tried it yet")
    assert lines[1] == 'Still want to see it? Run `solution("tiny_square")` once more.'
    assert not store().entry("tiny_square")["solution"]
    solution("tiny_square")
    assert said() == [
        "A worked answer · tiny_square",
        "What to notice: It is one matrix product.",
        "  worked answer:",
        "    def tiny_square(x):",
        "        return x**2",
    ]
    assert store().entry("tiny_square")["solution_first"] is True


def test_a_readers_copy_holds_no_worked_answer(solutions):
    cell = {"cell_type": "code", "source": "def tiny_square(x):\n    return 7"}
    (solutions / "02_small.backup-1.ipynb").write_text(json.dumps({"cells": [cell]}))
    answer = hints_module.worked_answer(registry.find("tiny_square"))
    assert answer == "def tiny_square(x):\n    return x**2"


def test_a_solution_after_an_attempt_is_shown_at_once(said, solutions):
    check(lambda x: 2 * x, "tiny_square")
    said()
    solution("tiny_square")
    assert said()[0] == "A worked answer · tiny_square"


def test_without_solution_notebooks_it_says_so(said, monkeypatch):
    monkeypatch.setattr(hints_module, "solutions_folder", lambda: None)
    check(lambda x: 2 * x, "tiny_square")
    said()
    solution("tiny_square")
    assert said() == ["○ tiny_square: the solution notebooks are not installed here."]


def test_progress_lists_the_book(said):
    check(tiny_gradient)
    check(lambda x: x, "tiny_square")
    hint("tiny_square")
    said()
    assert progress() is None and progress_shown is progress
    assert said() == [
        "Your progress · ✓ done, ○ not yet; in brackets answers tried and hints read",
        "Chapter 2 · 1 of 3 · ✓ tiny_gradient (1 tried)  ○ tiny_square (1 tried, 1 hint)  "
        "○ tiny_chain",
        "Next: `tiny_square` in chapter 2, about 1 minute.",
    ]


# ── calls gone wrong ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: check(), "check wants your function, check(my_function), or a value with its"),
        (lambda: hint(), "hint wants your function, hint(my_function)."),
        (lambda: solution(), "solution wants your function, solution(my_function)."),
        (lambda: check(json), "check wants a function of yours; this is the module `json`."),
        (lambda: check(dict), "check wants a function of yours; this is the class `dict`."),
        (lambda: check([1, 2, 3]), "this is a list of 3, and a value has no name. For a function"),
        (
            lambda: check("tiny_gradient", tiny_gradient),
            'first the answer, then the name: check(tiny_gradient, "tiny_gradient").',
        ),
        (lambda: check(tiny_gradient, 3), "after the answer comes the name of an exercise"),
        (lambda: check(tiny_gradient, [3]), "this is a list of 1."),
        (lambda: check(tiny_gradient, seed="x"), "seed is a whole number, 0 or more"),
        (lambda: check(tiny_gradient, seed=-1), "seed is a whole number, 0 or more"),
        (
            lambda: check(3, 6, "tiny_guess"),
            'Python writes 3,6 with a point: check(3.6, "tiny_guess").',
        ),
        (
            lambda: check(tiny_gradient, "tiny_gradient", 1842),
            'check wants one answer and the exercise\'s name: check(answer, "tiny_gradient").',
        ),
        (lambda: hint(3), 'say the exercise\'s name, hint("name")'),
        (lambda: check_all("tiny_chain", {}), 'exercise\'s: check_all(locals(), "tiny_chain").'),
        (lambda: check_all("tiny_chain"), "check_all wants your names and the exercise's: "),
        (lambda: check_all(), 'exercise\'s: check_all(locals(), "name").'),
        (
            lambda: check(dict, "tiny_gradient"),
            "the answer is a function of (X, y, theta); this is the class `dict`.",
        ),
        (
            lambda: check(json, "tiny_gradient"),
            "the answer is a function of (X, y, theta); this is the module `json`.",
        ),
        (
            lambda: check(tiny_gradient, "tiny_guess"),
            "a value is asked for here; this is a function.",
        ),
    ],
)
def test_a_call_gone_wrong_is_a_kind_sentence(call, sentence, said):
    assert call() is None
    lines = said()
    assert sentence in lines[0] and lines[0].startswith("✗ ")


def test_half_a_character_is_shown_as_a_question_mark(said):
    def breaks(x):
        raise ValueError("\ud800")

    check(breaks, "tiny_square")
    assert "with ValueError: ?. It was given" in said()[0]
