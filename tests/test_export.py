"""Exports: what is written, what is refused, and that nbgrader and otter score as we do."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from bplib.checks import CheckFailed, registry, run_check
from bplib.checks.declare import Chain, Prediction
from bplib.cli import main
from bplib.export import (
    ExportError,
    assignments,
    nbgrader_course,
    otter_assignments,
    write_new,
)
from bplib.export.assignment import read
from bplib.export.predictions import literal
from bplib.export.seeds import hidden_seeds

ROOT = Path(__file__).resolve().parents[1]
EVERYTHING = os.environ.get("BPLIB_EXPORT") == "everything"
SLUGS = [one.slug for one in assignments()] if EVERYTHING else ["00_welcome"]
OTTER = os.environ.get("OTTER") or shutil.which("otter")
SEED = 7


# ── what is in an assignment ─────────────────────────────────────────────────────────────────────


def test_every_exercise_of_the_book_is_exported_once():
    names = [task.exercise.name for one in assignments() for task in one.tasks]
    assert len(names) == len(set(names)) and set(names) == set(registry.all_exercises())


def test_chapters_are_chosen():
    assert [one.slug for one in assignments([2, 0])] == ["00_welcome", "02_linear_regression"]
    (one,) = assignments([0])
    assert one.title == "Exercises 0 · Start here"
    assert [task.exercise.name for task in one.tasks] == [
        "first_prediction",
        "slope_between_points",
    ]
    assert one.points == 2


@pytest.mark.parametrize("make", [nbgrader_course, otter_assignments])
def test_the_same_seed_makes_the_same_bytes(make):
    chosen = assignments([0])
    assert make(chosen, SEED) == make(chosen, SEED) != make(chosen, SEED + 1)


def sources(content):
    return ["".join(cell["source"]) for cell in json.loads(content)["cells"]]


@pytest.mark.parametrize("make", [nbgrader_course, otter_assignments])
def test_nothing_leads_out_of_an_assignment(make):
    for name, content in make(assignments(), SEED).items():
        if name.endswith(".ipynb"):
            cells = json.loads(content)["cells"]
            said = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
            assert not any("](" in text for text in said), name
            assert "raise NotImplementedError" not in "\n".join(sources(content)), name
            ids = [cell["id"] for cell in cells]
            assert len(ids) == len(set(ids))


def test_hidden_seeds_are_many_and_stay_the_same():
    found = {seed for name in "abc" for seed in hidden_seeds(SEED, name)}
    assert len(found) == 9 and hidden_seeds(SEED, "a") == hidden_seeds(SEED, "a")
    assert hidden_seeds(SEED, "a") != hidden_seeds(SEED + 1, "a")


@pytest.mark.parametrize("answer", [3.6, 22000 / 1210, "flat", (1, 2.5), (1,), True])
def test_a_prediction_is_written_to_the_last_digit(answer):
    assert eval(literal(answer)) == answer
    assert eval(literal(np.array([1 / 3, 2]))) == [1 / 3, 2.0]


def test_solved_predictions_are_right():
    for one in registry.all_exercises().values():
        if isinstance(one, Prediction):
            assert run_check(one.name, eval(literal(one.answer))).passed


# ── chains, and predictions in a notebook of exercises ───────────────────────────────────────────


def written(path, *cells):
    """A solution notebook of (source, marks) cells; without marks, Markdown."""
    raw = [
        {
            "cell_type": "markdown" if marks is None else "code",
            "metadata": {"nbgrader": marks} if marks else {},
            "source": source,
        }
        for source, marks in cells
    ]
    path.write_text(json.dumps({"cells": raw}), encoding="utf-8")
    return path


ANSWER = {"solution": True, "grade": False}
CHECK = {"grade": True, "solution": False, "points": 3}


def chain_notebook(folder):
    return written(
        folder / "02_small.ipynb",
        ("# Small", None),
        ("## In steps, as in [chapter 2](../book/02_small.ipynb#Steps)", None),
        ("# BEGIN SOLUTION\nerror = 1\nloss = 1\n# END SOLUTION", ANSWER),
        ('check_all(locals(), "tiny_chain")', CHECK),
        ("## Said", None),
        ("tiny_guess = (\n    # BEGIN SOLUTION\n    1 / 3\n    # END SOLUTION\n)", ANSWER),
        ('check(tiny_guess, "tiny_guess")', CHECK),
    )


def test_a_chain_hands_over_all_names(small_book, tmp_path):
    one = read(chain_notebook(tmp_path))
    right = {"prediction": np.array([1.0, 2, 4]), "y": np.zeros(3), "error": np.array([1.0, 2, 4])}
    right["loss"] = 7.0
    files = nbgrader_course([one], SEED)
    cells = sources(files["source/02_small/02_small.ipynb"])
    assert "## In steps, as in chapter 2" in cells
    (cell,) = [cell for cell in cells if "check_all" in cell]
    assert cell.endswith('check_all(locals(), "tiny_chain", strict=True)')
    assert exec(cell, dict(right)) is None
    with pytest.raises(CheckFailed, match="step 2 of 2"):
        exec(cell, {**right, "loss": 21.0})
    cells = sources(otter_assignments([one], SEED)["02_small/02_small.ipynb"])
    (cell,) = [cell for cell in cells if "check_all" in cell]
    test = {}
    exec(cell, test)
    assert test["test_tiny_chain"](env=right) is None
    with pytest.raises(CheckFailed, match="`error` comes first"):
        test["test_tiny_chain"](env={})


def test_a_prediction_among_the_exercises_is_not_written_again(small_book, tmp_path):
    names = [task.exercise.name for task in read(chain_notebook(tmp_path)).tasks]
    assert sorted(names) == ["tiny_chain", "tiny_guess"]


REFUSED = {
    "no check": ([("f = 1", ANSWER)], "02_bad.ipynb: the check of the last answer is missing."),
    "two answers": (
        [("f = 1", ANSWER), ("g = 1", ANSWER)],
        "02_bad.ipynb, cell 2: the check of the answer above is due.",
    ),
    "no answer": (
        [("check(f)", CHECK)],
        "02_bad.ipynb, cell 1: a check is check(…) of the answer above, alone.",
    ),
    "more than a check": (
        [("f = 1", ANSWER), ("f\ncheck(f)", CHECK)],
        "02_bad.ipynb, cell 2: a check is check(…) of the answer above, alone.",
    ),
    "something else": (
        [("f = 1", ANSWER), ("assert(f)", CHECK)],
        "02_bad.ipynb, cell 2: a check is check(…) of the answer above, alone.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_notebook_that_is_no_assignment(case, tmp_path):
    cells, sentence = REFUSED[case]
    with pytest.raises(ExportError) as caught:
        read(written(tmp_path / "02_bad.ipynb", *cells))
    assert str(caught.value) == sentence


def test_a_notebook_that_cannot_be_read(tmp_path):
    path = tmp_path / "02_bad.ipynb"
    path.write_text("[]")
    with pytest.raises(ExportError, match=r"^02_bad.ipynb is not a readable notebook\.$"):
        read(path)


# ── the folder and the command ───────────────────────────────────────────────────────────────────


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ExportError) as caught:
        write_new(tmp_path, {"mine.txt": b"theirs"})
    assert str(caught.value) == (
        f"{tmp_path} is not empty, and nothing in it is overwritten; name a new folder."
    )
    assert (tmp_path / "mine.txt").read_text() == "mine"
    with pytest.raises(ExportError) as caught:
        write_new(tmp_path / "mine.txt" / "below", {})
    assert str(caught.value).startswith(f"{tmp_path / 'mine.txt' / 'below'} cannot be a folder: ")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="here everything can be written")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ExportError, match=r"cannot be written: permission denied\.$"):
        write_new(tmp_path / "new", {})


def test_the_command(tmp_path, capsys):
    target = tmp_path / "course"
    assert main(["export", "nbgrader", str(target), "--chapters", "0", "--seed", "7"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "✓ 00_welcome: 2 exercises, 2 points",
        f"In {target}; its README.md says the rest.",
        "The hidden tests are drawn from --seed 7; keep it to make the same again.",
        f"Next: cd {target} && nbgrader generate_assignment 00_welcome",
    ]
    made = nbgrader_course(assignments([0]), 7)
    assert {p.relative_to(target).as_posix() for p in target.rglob("*.*")} == set(made)
    assert (target / "README.md").read_bytes() == made["README.md"]


SAID = {
    ("--chapters", "77"): "chapter 77 has no exercises; these chapters have: ",
    ("--chapters", "1,x"): "--chapters wants numbers such as 1,2 or 0-2; not 'x'.",
    ("--chapters", "2-1"): "--chapters 2-1 holds no chapter; the smaller number comes first.",
    ("--seed", "-1"): "invalid value for '--seed': ",
}


@pytest.mark.parametrize("words", SAID)
def test_the_command_refuses(words, tmp_path, capsys):
    assert main(["export", "otter", str(tmp_path / "new"), *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith(f"bplib: {SAID[words]}")
    assert not (tmp_path / "new").exists()


# ── the graders themselves ───────────────────────────────────────────────────────────────────────


def hand_in(release, solved, right, path):
    """A submission: the released notebook with the answers to the names in `right` solved.

    What is neither right nor blank is a misconception of the exercise, or a wrong prediction.
    """
    notebook = json.loads(release)
    worked = {name: source for source in sources(solved) for name in [answered(source)] if name}
    for cell in notebook["cells"]:
        name = answered("".join(cell["source"]))
        if name is None or right is None:
            continue
        cell["source"] = noisy(worked[name]) if name in right else mistaken(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def answered(source):
    """The exercise whose answer a cell holds, blank, wrong or solved."""
    for name in registry.all_exercises():
        if re.search(rf"^({name} = |def {name}\(|# {name}:)", source, re.MULTILINE):
            return name
    return None


def mistaken(name):
    """A wrong answer; its function also prints, warns and writes to the error stream."""
    exercise = registry.find(name)
    if isinstance(exercise, Prediction):
        return f"{name} = {exercise.wrong[0][0]!r}"
    if isinstance(exercise, Chain):
        return f"# {name}: a number for everything\n" + "\n".join(
            f"{step[0]} = 12345.678" for step in exercise.steps
        )
    arguments = ", ".join(exercise.arguments)
    return (
        "import sys\nfrom bplib.checks import registry\n"
        f"def {name}({arguments}):\n"
        "    print('here'), print('there', file=sys.stderr)\n"
        f"    return registry.find('{name}').misconceptions[0].wrong({arguments})"
    )


def noisy(source):
    """A right answer whose function writes to the error stream, which is no mistake."""
    begin = "    # BEGIN SOLUTION\n"
    if not source.startswith("def "):
        return source
    return source.replace(begin, f"{begin}    import sys\n    print('there', file=sys.stderr)\n")


def ours(path, slug):
    """What `run_check` says of the answers in a notebook: the names that pass."""
    space = {}
    for cell in json.loads(path.read_bytes())["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        if answered(source):
            exec("import numpy as np\n" + source, space)
        elif source.startswith("def "):  # a helper that the exercises give
            exec(source, space)
    names = [task.exercise.name for one in assignments() if one.slug == slug for task in one.tasks]
    in_steps = {name for name in names if isinstance(registry.find(name), Chain)}
    answers = {name: space if name in in_steps else space.get(name, ...) for name in names}
    return {name for name in names if run_check(name, answers[name]).passed}


GRADE = """
import json
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, GenerateAssignmentApp, GenerateFeedbackApp

slugs = json.loads(input())
for app in (GenerateAssignmentApp, AutogradeApp, GenerateFeedbackApp):
    if app is AutogradeApp:
        print("released", flush=True)
        input()  # the class hands in
    for slug in slugs:
        app.launch_instance(argv=[slug, "--log-level=ERROR"])
        app.clear_instance()
with Gradebook("sqlite:///gradebook.db", "backpropagation") as book:
    grades = [
        [slug, one.student.id, grade.name, grade.score, grade.max_score]
        for slug in slugs
        for one in book.assignment_submissions(slug)
        for notebook in one.notebooks
        for grade in notebook.grades
    ]
print(json.dumps(grades))
"""
"""nbgrader's own applications as its commands run them, in one process: importing it is slow."""


@contextmanager
def nbgrader(folder):
    """nbgrader at work in a course folder, with the assignments released; yields the process."""
    env = {
        **os.environ,
        # nbgrader calls alembic by its name.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(folder / "nobody"),
        "IPYTHONDIR": str(folder / "nobody"),
    }
    with (
        open(folder / "stderr.txt", "w+", encoding="utf-8") as stderr,
        subprocess.Popen(
            [sys.executable, "-c", GRADE],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        process.stdin.write(f"{json.dumps(SLUGS)}\n")
        process.stdin.flush()
        said = process.stdout.readline()
        assert said == "released\n", said + (folder / "stderr.txt").read_text(encoding="utf-8")
        yield process


def classes(slug):
    """Names of learners, and what each has right; None for one who hands in the blank."""
    names = [task.exercise.name for one in assignments() if one.slug == slug for task in one.tasks]
    half = {"half": names[::2]} if EVERYTHING else {}
    return {"blank": None, "solved": names, "wrong": [], **half}


def expected_of(path, slug, learner, right):
    """What passes: all, nothing, or of a half the answers that need no other one to be right."""
    passing = ours(path, slug)
    assert passing and passing <= set(right) if learner == "half" else passing == set(right or ())
    return passing


def test_nbgrader_scores_what_we_score(tmp_path):
    made = nbgrader_course([one for one in assignments() if one.slug in SLUGS], SEED)
    folder = write_new(tmp_path / "course", made)
    expected = {}
    with nbgrader(folder) as process:
        for slug in SLUGS:
            solved = made[f"source/{slug}/{slug}.ipynb"]
            release = (folder / f"release/{slug}/{slug}.ipynb").read_bytes()
            assert b"HIDDEN" not in release and b"seed=" not in release
            for learner, right in classes(slug).items():
                path = folder / f"submitted/{learner}/{slug}/{slug}.ipynb"
                hand_in(release, solved, right, path)
                expected[slug, learner] = expected_of(path, slug, learner, right)
        out, _ = process.communicate("\n")
    assert process.returncode == 0, (folder / "stderr.txt").read_text(encoding="utf-8")
    grades = json.loads(out.splitlines()[-1])
    worth = {t.exercise.name: t.points for one in assignments() for t in one.tasks}
    assert len(grades) == sum(len(classes(s)["solved"]) * len(classes(s)) for s in SLUGS)
    for slug, learner, cell, score, most in grades:
        name = cell.removesuffix("-check")
        assert most == worth[name]
        assert score == (most if name in expected[slug, learner] else 0), (learner, cell)
    page = (folder / f"feedback/wrong/{SLUGS[0]}/{SLUGS[0]}.html").read_text(encoding="utf-8")
    assert "✗ slope_between_points · case 1 of 6" in page
    assert "(most recent call last)" not in page and "site-packages" not in page


@pytest.mark.skipif(
    OTTER is None, reason="otter-grader is not installed; OTTER=… names its command"
)
def test_otter_scores_what_we_score(tmp_path):
    made = otter_assignments([one for one in assignments() if one.slug in SLUGS], SEED)
    folder = write_new(tmp_path / "course", made)
    for slug in SLUGS:
        here = folder / slug
        otter(here, "assign", f"{slug}.ipynb", "dist")
        solved = made[f"{slug}/{slug}.ipynb"]
        release = (here / f"dist/student/{slug}.ipynb").read_bytes()
        assert b"HIDDEN" not in release and b"seed=" not in release
        (zipped,) = (here / "dist/autograder").glob("*.zip")
        for learner, right in classes(slug).items():
            path = here / learner / f"{slug}.ipynb"
            hand_in(release, solved, right, path)
            passing = expected_of(path, slug, learner, right)
            otter(here, "run", "-a", str(zipped), "-o", learner, f"{learner}/{slug}.ipynb")
            results = json.loads((here / learner / "results.json").read_text(encoding="utf-8"))
            worth = {t.exercise.name: t.points for one in assignments() for t in one.tasks}
            scores = {one["name"]: one["score"] for one in results["tests"] if "score" in one}
            assert scores == {
                name: worth[name] if name in passing else 0 for name in classes(slug)["solved"]
            }, learner


def otter(folder, *words):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "BPLIB_PROGRESS": "memory"}
    done = subprocess.run([OTTER, *words], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
