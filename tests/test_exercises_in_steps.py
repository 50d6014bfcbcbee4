"""Exercises in steps as a learner meets them: one gradient at a time, in the notebook and saved."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bplib.author.promises import notebooks, promises, steps
from bplib.checks import check, check_all, hint, run_check
from bplib.checks.declare import Chain, DeclarationError, Misconception
from bplib.checks.registry import all_exercises
from bplib.cli import main

ROOT = Path(__file__).resolve().parents[1]
NAME = "line_with_penalty"
CHAIN = all_exercises()[NAME]


def cell(folder):
    """The cell that the learner writes in, as `exercises` or `solutions` has it."""
    path = ROOT / folder / "02_linear_regression.ipynb"
    (found,) = [
        "".join(one["source"])
        for one in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if "".join(one["source"]).startswith(f"# {NAME}:")
    ]
    return found


def values(source=None):
    space = {"np": np}
    exec(cell("solutions") if source is None else source, space)
    return space


def with_line(line, source=None):
    """The worked answer with one of its lines typed differently."""
    source = cell("solutions") if source is None else source
    name = line.split("=")[0].strip()
    lines = [
        line if one.split("=")[0].strip() == name and "==" not in one else one
        for one in source.split("\n")
    ]
    assert line in lines
    return "\n".join(lines)


def test_the_cells_below_a_blank_run(said):
    assert cell("exercises").endswith("\n# YOUR CODE HERE")
    check_all(values(cell("exercises")), NAME)
    assert said() == [f"○ {NAME}: `loss` is right; `dloss` comes next."]


def test_line_after_line(said):
    lines = cell("solutions").split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("dloss"))
    for step, following in zip(CHAIN.steps[1:-1], CHAIN.steps[2:], strict=True):
        end = next(i for i, line in enumerate(lines) if line.startswith(f"{step[0]} ="))
        assert end >= first
        check_all(values("\n".join(lines[: end + 1])), NAME)
        (line,) = said()
        assert line.startswith(f"○ {NAME}: `loss`, ")
        assert line.endswith(f"are right; `{following[0]}` comes next.")


RIGHT = [
    "dloss = 1",
    "dloss = np.float32(1)",
    "dsquares = np.ones_like(squares) / squares.size * dmisfit",
    "derror = np.array([d * (e + e) for d, e in zip(dsquares, error)])",
    "dprediction = derror.copy()",
    "dintercept = sum(dprediction)",
    "dintercept = np.ones(5) @ dprediction",
    "dslope = sum(d * b for d, b in zip(dprediction, bmi)) + 2 * strength * slope",
    "dslope = dprediction @ bmi + dpenalty * (strength * slope + strength * slope)",
    "dstrength = slope * slope",
]


@pytest.mark.parametrize("line", RIGHT)
def test_right_in_another_style(line):
    result = run_check(NAME, values(with_line(line)))
    assert result.passed, result.text


WRONG = [
    ("dloss = loss", "starts-with-its-value"),
    ("dloss = 0", "nothing-to-start-from"),
    ("dmisfit = 0.5 * dloss", "add-splits"),
    ("dmisfit = misfit", "value-for-slope"),
    ("dpenalty = strength", "one-node-too-far"),
    ("dsquares = dmisfit / 5", "one-number-for-five"),
    ("dsquares = np.ones(5)", "missing-1/m"),
    ("dsquares = squares / 5", "values-for-slopes"),
    ("dsquares = 2 * error / 5", "one-node-too-far"),
    ("dsquares = np.full((5, 1), 1 / 5)", None),
    ("derror = 2 * error", "upstream-forgotten"),
    ("derror = error / 5", "factor-2-lost"),
    ("derror = dsquares * 2 * error / 5", "1/m-twice"),
    ("derror = 2 * error.mean()", "averaged"),
    ("derror = 2 / 5 * (score - prediction)", "sign-flipped"),
    ("dprediction = -derror", "sign-flipped"),
    ("dprediction = 1", "rate-alone"),
    ("dprediction = derror.sum()", "added-up-too-early"),
    ("dintercept = dprediction", "not-added-up"),
    ("dintercept = dprediction.mean()", "averaged"),
    ("dintercept = bmi @ dprediction", "as-if-multiplied"),
    ("dintercept = 5", "how-many"),
    ("dslope = dprediction @ bmi", "penalty-forgotten"),
    ("dslope = 2 * strength * slope", "people-forgotten"),
    ("dslope = dprediction @ bmi + penalty", "penalty-for-its-slope"),
    ("dslope = dprediction @ bmi + 2 * slope", "strength-forgotten"),
    ("dslope = dprediction.sum() + 2 * strength * slope", "bmi-forgotten"),
    ("dslope = dprediction * bmi + 2 * strength * slope", "not-added-up"),
    ("dslope = dprediction * bmi", "not-added-up-nor-penalty"),
    ("dstrength = 2 * slope", "square-differentiated"),
    ("dstrength = penalty", "value-for-slope"),
    ("dstrength = strength", "own-value"),
    ("slope, intercept, strength = 4.0, -10.0, 3.0", None),
]


@pytest.mark.parametrize(("line", "label"), WRONG)
def test_wrong_is_stopped_at_its_step(line, label):
    result = run_check(NAME, values(with_line(line)))
    assert result.status == "failed" and result.misconception == label, result.text
    name = line.split("=")[0].strip()
    wrong = name if "," not in name else "loss"  # who changes what is given hears it at the loss
    assert result.failures[0].note == wrong
    assert f"step {[step[0] for step in CHAIN.steps].index(wrong) + 1} of 10" in result.text
    assert "?." not in result.text


def test_the_way_back_does_not_start_from_nothing(said):
    """With 0 at the end every gradient would be 0, and each would fit the one before it."""
    space = values(with_line("dloss = 0.0"))
    assert not space["dslope"] and not run_check(NAME, space).passed


def test_right_shows_one_other_way(said):
    check_all(values(), NAME)
    lines = said()
    assert lines[0].startswith(f"✓ {NAME} · all 10 intermediates are right.")
    assert lines[1] == CHAIN.after and "  one other way to write it:" in lines
    assert lines[-1] == "    dstrength = slope**2"
    check_all(values(with_line("dloss = 0")), NAME)
    assert not any("one other way" in line for line in said())


def test_check_alone_says_how_it_is_called(said):
    check(NAME)
    assert said() == [f'✗ this one goes name by name: check_all(locals(), "{NAME}").']


def test_the_hints_are_asked_for_by_name(said):
    hint(NAME, 1)
    assert said()[-1] == f'Next: `hint("{NAME}")` (2 of 3)'


def test_as_saved(tmp_path, monkeypatch, capsys):
    """`bplib check` on a notebook that is wrong, then right."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "progress.json"))
    cells = ["import numpy as np\nfrom bplib.checks import check_all", ""]
    cells.append(f'check_all(locals(), "{NAME}")')
    (tmp_path / "exercises").mkdir()
    for source, code, mark in (
        (with_line("derror = error / 5"), 1, "✗"),
        (cell("exercises"), 1, "○"),
        (cell("solutions"), 0, "✓"),
    ):
        cells[1] = source
        raw = [{"cell_type": "code", "source": s, "metadata": {}, "outputs": []} for s in cells]
        path = tmp_path / "exercises" / "02_small.ipynb"
        path.write_text(json.dumps({"cells": raw, "metadata": {}, "nbformat": 4}))
        assert main(["check", NAME]) == code
        assert f"{mark} {NAME}" in capsys.readouterr().out


# ── promises of a calculation in steps ───────────────────────────────────────────────────────────


def mistake(label, wrong):
    return Misconception(label, "a sentence.", wrong)


def tiny(second=(), **changes):
    fields = {
        "name": "tiny",
        "chapter": 2,
        "statement": "s",
        "after": "a",
        "hints": ("a", "b", "c"),
        "steps": (("b", lambda a: 2 * a), ("c", lambda b: b + 1, second)),
    }
    return Chain(**{**fields, **changes})


def test_few_mistakes_and_no_other_way_are_said():
    assert list(steps.steps_have_mistakes(tiny())) == [
        "0 of 5 misconceptions, mistakes that people make.",
        "another, the steps in one other way, is missing.",
    ]
    five = tuple(mistake(f"m{k}", lambda b: b) for k in range(4))
    five = (*five, Misconception("m5", "(to write) why", lambda b: b))
    assert list(steps.steps_have_mistakes(tiny(five, another="c = 1 + b"))) == [
        "the message of m5 is still to be written."
    ]


@pytest.fixture
def solved(monkeypatch):
    """Puts values in the place of those of the solved notebook."""

    def put(**values):
        monkeypatch.setattr(steps, "solution_notebook", lambda chain, root: ROOT)
        monkeypatch.setattr(steps, "solved", lambda path: values)

    return put


def test_a_worked_answer_that_is_wrong_is_said(solved):
    solved(a=1.0, b=2.0, c=4.0)
    (said,) = steps.solved_steps_pass(tiny(), ROOT)
    assert said.startswith("the worked answer does not pass: ✗ tiny · step 2 of 2")
    solved(a=1.0, b=2.0, c=3.0)
    assert list(steps.solved_steps_pass(tiny(another="c = 1 + b"), ROOT)) == []
    (said,) = steps.solved_steps_pass(tiny(another="c = b"), ROOT)
    assert said.startswith("another is not right: ✗ tiny · step 2 of 2")
    assert list(steps.solved_steps_pass(tiny(another="c = nobody"), ROOT)) == [
        "another raises NameError: name 'nobody' is not defined."
    ]


def test_mistakes_that_cannot_be_told_apart_are_said(solved):
    solved(a=1.0, b=2.0, c=3.0)
    right = mistake("right", lambda b: 1 + b)
    one, two = mistake("one", lambda b: b), mistake("two", lambda b: b * 1.0)
    (said,) = steps.mistakes_of_steps_are_named(tiny((right,)), ROOT)
    assert said.startswith("c, right is named nothing: ✓ tiny")
    found = list(steps.mistakes_of_steps_are_named(tiny((one, two)), ROOT))
    assert [line.split(":")[0] for line in found] == [
        "c, one is named nothing",
        "c, two is named nothing",
    ]
    (said,) = steps.mistakes_of_steps_are_named(tiny((mistake("far", lambda a: a),)), ROOT)
    assert said == "c, far takes (a); the step takes (b)."


def test_two_labels_of_one_step_differ():
    twice = (mistake("one", lambda b: b), mistake("one", lambda b: b + 2))
    with pytest.raises(DeclarationError, match="tiny, c: two misconceptions share the label one"):
        tiny(twice)


def test_a_blank_that_raises_is_said(tmp_path):
    folder = tmp_path / "exercises"
    folder.mkdir()
    path = folder / "02_small.ipynb"
    chain = replace(tiny(), steps=(("b", lambda: 2.0), ("c", lambda b: b + 1)))
    said = []
    for source in ("b = 1", "# tiny\nraise NotImplementedError()", "# tiny\nb = 3", "# tiny\n..."):
        raw = [{"cell_type": "code", "source": source, "metadata": {}}]
        path.write_text(json.dumps({"cells": raw}), encoding="utf-8")
        said.append(list(steps.blank_steps_are_blank(chain, tmp_path)))
    assert said[0] == ["0 cells of exercises begin with a comment on tiny; one should."]
    assert said[1] == ["the blank raises NotImplementedError, and no cell below it would run."]
    assert said[2][0].startswith("the blank is taken for an attempt: ✗ tiny")
    assert said[3] == []


def test_every_exercise_in_steps_is_asked_all_of_this():
    asked = set(promises(CHAIN, ROOT))
    assert {one.__name__ for one in (
        steps.steps_have_mistakes,
        steps.solved_steps_pass,
        steps.mistakes_of_steps_are_named,
        steps.blank_steps_are_blank,
        notebooks.hints_keep_the_solution,
    )} <= asked  # fmt: skip
