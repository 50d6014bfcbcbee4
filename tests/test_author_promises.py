"""The promises of exercises can be broken, and `bplib author` says how; what `new` writes."""

import importlib.util
import json
from dataclasses import replace

import numpy as np
import pytest
import tiny_exercises as tiny

from bplib.author import AuthorError
from bplib.author.new import new
from bplib.author.promises import notebooks, promise, right, written, wrong
from bplib.checks import registry
from bplib.checks.declare import Chain, Misconception
from bplib.checks.result import Result
from bplib.cli import main


def twice(X, y, theta):
    return 2 * tiny.gradient(X, y, theta)


def square(X, y, theta):
    return np.mean((X @ theta - y) ** 2)


def mistake(label, function):
    return Misconception(label, "a sentence.", function)


def cases_of(*shapes):
    return lambda rng, i: tuple(rng.normal(size=shape) for shape in shapes)


def raising(error):
    def function(*inputs):
        raise error

    return function


CASES = "m=7, n=3; m=9, n=4; m=7, n=3; m=7, n=3; m=7, n=3; m=7, n=3"
BROKEN = {
    "to write": (
        written.everything_is_written,
        tiny.exercise(
            statement="(to write) a statement",
            hints=("(to write) an idea", "same", "same"),
            misconceptions=(Misconception("a", "(to write) why", twice),),
        ),
        [
            "the statement is still to be written.",
            "hint 1 is still to be written.",
            "the message of a is still to be written.",
            "two hints are the same; the idea, the place and nearly the line differ.",
        ],
    ),
    "functions to write": (
        written.everything_is_written,
        tiny.exercise(
            cases=raising(NotImplementedError()), reference=raising(NotImplementedError())
        ),
        [
            "cases is a function that is still to be written.",
            "the reference is a function that is still to be written.",
        ],
    ),
    "a reference that stumbles": (
        written.everything_is_written,
        tiny.exercise(reference=raising(KeyError("W"))),
        ["the reference raises KeyError: 'W'."],
    ),
    "too few": (
        written.there_are_enough,
        tiny.exercise(),
        [
            "0 of 3 equivalents: right answers in other styles, such as a loop, einsum or another "
            "order.",
            "3 of 5 misconceptions, mistakes that people make.",
        ],
    ),
    "two things, one name": (
        written.answers_are_named,
        tiny.two_gradients(returns=("dW",)),
        ["the reference returns 2 things, and `returns` names 1."],
    ),
    "one thing, two names": (
        written.answers_are_named,
        tiny.exercise(returns=("dW", "db")),
        ["the reference returns one thing, and `returns` names 2."],
    ),
    "an input missing": (
        written.cases_are_fair,
        tiny.exercise(cases=cases_of((7, 3), 7)),
        ["case 1 has 2 inputs; tiny_gradient(X, y, theta) is due."],
    ),
    "small and equal sizes": (
        written.cases_are_fair,
        tiny.exercise(cases=cases_of((5, 5), 5, 2), n_cases=3),
        [
            sentence
            for i in (1, 2, 3)
            for sentence in (
                f"case {i}: X has shape (5, 5); equal sizes hide mistakes.",
                f"case {i}: theta has shape (2,); sizes below 3 hide mistakes.",
            )
        ],
    ),
    "cases of the moment": (
        written.cases_are_fair,
        tiny.number(cases=lambda rng, i: (float(np.random.default_rng().uniform()),), n_cases=3),
        [f"case {i} of a seed is not the same when it is made again." for i in (1, 2, 3)],
    ),
    "half a slope": (
        written.gradients_are_slopes,
        tiny.exercise(loss=lambda *inputs: square(*inputs) / 2, n_cases=3),
        [
            f"case {i}: dtheta and finite differences of the loss are 5e-01 of their size apart."
            for i in (1, 2, 3)
        ],
    ),
    "a loss for nothing": (
        written.gradients_are_slopes,
        tiny.exercise(loss=square, returns=("answer",)),
        ["a loss is declared, but no name in `returns` is d and an argument."],
    ),
    "no other way": (
        written.another_way_is_right,
        tiny.exercise(),
        ["another, the function in one other way, is missing."],
    ),
    "another name": (
        written.another_way_is_right,
        tiny.exercise(another="def other():\n    return 1"),
        ["another defines no tiny_gradient: KeyError: 'tiny_gradient'."],
    ),
    "another mistake": (
        written.another_way_is_right,
        tiny.exercise(another="def tiny_gradient(X, y):\n    return X"),
        [
            "another is not right: ✗ tiny_gradient · it is called with (X, y, theta)",
        ],
    ),
    "a wrong equivalent": (
        right.right_answers_pass,
        tiny.exercise(equivalents=(tiny.gradient, lambda X, y, theta: y)),
        ["equivalent 2 does not pass: ✗ tiny_gradient · case 1 of 6 (m=7, n=3): "],
    ),
    "refused on a seed": (
        right.no_false_verdict,
        tiny.exercise(equivalents=(tiny.gradient, twice), misconceptions=()),
        ["seed 1: equivalent 2 is refused in case 1."],
    ),
    "accepted": (
        right.no_false_verdict,
        tiny.exercise(misconceptions=(mistake("none", tiny.gradient),)),
        ["seed 0: none is accepted as right on all 6 cases."],
    ),
    "alike": (
        right.no_false_verdict,
        tiny.exercise(misconceptions=(mistake("a", twice), mistake("b", twice))),
        [f"seed 0: a and b cannot be told apart; they agree on all cases: {CASES}."],
    ),
    "named as another": (
        wrong.mistakes_are_named,
        tiny.exercise(misconceptions=(mistake("a", tiny.gradient), mistake("b", twice))),
        ["a does not fail: ✓ tiny_gradient · 6 cases"],
    ),
    "a chain in circles": (
        written.steps_follow,
        Chain(
            name="circle", chapter=2, statement="s", after="a", hints=("a", "b", "c"),
            steps=(("a", lambda b: b), ("b", lambda a: a), ("c", lambda c: c)),
        ),
        [
            "step 1 needs b, which comes later or is itself.",
            "step 3 needs c, which comes later or is itself.",
        ],
    ),
}  # fmt: skip


@pytest.fixture
def in_the_book(monkeypatch):
    """Makes exercises the only ones of the book."""

    def put(*exercises):
        everything = {one.name: one for one in exercises}
        monkeypatch.setattr(registry, "all_exercises", lambda: everything)

    return put


@pytest.mark.parametrize("case", BROKEN)
def test_a_promise_can_be_broken(case, in_the_book):
    ask, exercise, sentences = BROKEN[case]
    in_the_book(exercise)
    found = list(ask(exercise))
    # What the check says goes on after the words that matter here.
    assert [one[: len(due)] for one, due in zip(found, sentences, strict=True)] == sentences


def test_promises_that_are_kept_say_nothing(in_the_book):
    exercise = tiny.exercise(equivalents=(tiny.tiny_gradient,) * 3, loss=square)
    in_the_book(exercise)
    for ask in (
        written.everything_is_written,
        written.answers_are_named,
        written.cases_are_fair,
        written.gradients_are_slopes,
        right.right_answers_pass,
        lambda exercise: right.no_false_verdict(exercise, 3),
        wrong.mistakes_are_named,
    ):
        assert list(ask(exercise)) == []


OF_THE_CHECKER = (
    wrong.blanks_are_not_attempted,
    wrong.none_asks_for_the_return,
    wrong.nan_never_passes,
    wrong.lists_are_said,
    wrong.arguments_are_counted,
    wrong.shapes_are_strict,
    wrong.inputs_stay,
    wrong.memory_is_not_shared,
    wrong.handing_in_the_reference_is_seen,
    wrong.whole_numbers_do_not_pass,
)


@pytest.mark.parametrize("ask", OF_THE_CHECKER, ids=lambda ask: ask.__name__)
def test_a_checker_that_passes_everything_is_seen(ask, monkeypatch):
    passed = Result("passed", "tiny_gradient", "✓ **tiny_gradient** · right")
    monkeypatch.setattr(wrong, "verdict", lambda *given: passed)
    monkeypatch.setattr(wrong, "run_check", lambda *given: passed)
    exercise = tiny.exercise(cases=cases_of((7, 3), 7, 3))
    (sentence, *_) = ask(exercise)
    assert sentence[-1] in ".t"
    # and one that fails at another step or with other words
    failed = replace(passed, status="failed")
    (sentence, *_) = promise.unless_failed("a list", failed, "type", "a list")
    assert (
        sentence == "a list should fail at the step “type”; the check says: ✓ tiny_gradient · right"
    )


def test_a_transpose_that_is_not_said(monkeypatch):
    passed = Result("passed", "tiny_pair", "✓ **tiny_pair** · right")
    monkeypatch.setattr(wrong, "verdict", lambda *given: passed)
    (sentence,) = wrong.transposes_are_said(tiny.two_gradients())
    assert sentence.startswith("a transposed answer should fail at the step “shape”")


def test_predictions(in_the_book):
    wrong_number = tiny.prediction(
        wrong=((1 / 3, "right", "no."), (3.0, "up", "b."), (3, "u", "c."))
    )
    in_the_book(wrong_number)
    found = list(right.predictions_are_judged(wrong_number))
    assert found == [
        "0.3333333333333333 should be named right; it is named nothing: ✓ tiny_guess · 0.3333.",
        "3.0 should be named up; it is named nothing: ✗ tiny_guess · you say 3; that is not it.",
        "3 should be named u; it is named nothing: ✗ tiny_guess · you say 3; that is not it.",
    ]


# ── the notebooks ────────────────────────────────────────────────────────────────────────────────

SOLVED = """def tiny_gradient(X, y, theta):
    # BEGIN SOLUTION
    return 2 * X.T @ (X @ theta - y) / len(y)
    # END SOLUTION"""


def notebook(path, *sources):
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")


def test_notebooks_that_are_missing(tmp_path, in_the_book):
    exercise = tiny.exercise()
    in_the_book(exercise)
    assert list(notebooks.it_is_asked(exercise, tmp_path)) == [
        "no notebook has check(tiny_gradient); `make sync` makes them from their texts."
    ]
    assert list(notebooks.the_worked_answer_passes(exercise, tmp_path)) == [
        "no notebook in solutions has a worked answer."
    ]
    with pytest.raises(promise.DoesNotApply, match="it has no notebook of solutions"):
        list(notebooks.the_blank_is_blank(exercise, tmp_path))


def test_notebooks_that_are_wrong(tmp_path, in_the_book):
    exercise = tiny.exercise(hints=("a", "b", "it is `X.T @ (X @ theta - y) / len(y)`, times 2 *"))
    in_the_book(exercise)
    path = "02_small.ipynb"
    bad = SOLVED.replace("2 * X.T @ (X @ theta - y) / len(y)", "theta + 1")
    notebook(tmp_path / "solutions" / path, bad, "check(tiny_gradient)")
    notebook(tmp_path / "exercises" / path, bad)
    (sentence,) = notebooks.the_worked_answer_passes(exercise, tmp_path)
    assert sentence.startswith("the worked answer does not pass: ✗ tiny_gradient · case 1 of 6")
    assert list(notebooks.the_blank_is_blank(exercise, tmp_path)) == [
        "the cell in exercises is not the blank; `make sync` makes it."
    ]
    assert list(notebooks.it_is_asked(exercise, tmp_path)) == []
    notebook(tmp_path / "exercises" / path)
    assert list(notebooks.the_blank_is_blank(exercise, tmp_path)) == [
        "0 cells of exercises define tiny_gradient; one should."
    ]
    leaked = replace(exercise, hints=("a", "b", "2 * X.T @ (X @ theta - y) / len(y), that is"))
    notebook(tmp_path / "solutions" / path, SOLVED, "check(tiny_gradient)")
    assert list(notebooks.hints_keep_the_solution(leaked, tmp_path)) == [
        "hint 3 holds a line of the worked answer: 2 * X.T @ (X @ theta - y) / len(y)"
    ]
    assert list(notebooks.hints_keep_the_solution(exercise, tmp_path)) == []


# ── bplib author check ───────────────────────────────────────────────────────────────────────────


def test_the_report(tmp_path, in_the_book, capsys):
    kept = tiny.prediction()
    near = tiny.exercise(
        misconceptions=(
            *tiny.mistakes(),
            mistake("nearly", lambda X, y, t: -tiny.gradient(X, y, t)),
        )
    )
    in_the_book(kept, near)
    notebook(tmp_path / "book/02_small.ipynb", 'check(..., "tiny_guess")', "check(tiny_gradient)")
    root = ["--root", str(tmp_path)]
    assert main(["author", "check", "tiny_guess", *root]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "✓ tiny_guess · 5 promises kept",
        "  ✓ Nothing is left to write.",
        "  ✓ The answer passes, a blank is not attempted, each wrong answer is named.",
        "  ✓ Nothing is left to write in the text of its notebook.",
        "  ✓ A chapter or its exercises check it.",
        "  ✓ No hint holds a line of the worked answer.",
        "1 exercise: every promise is kept.",
    ]
    assert main(["author", "check", "--seeds", "2", *root]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["✓ tiny_guess · 5 promises kept", "✗ tiny_gradient"]
    assert "      sign is named nothing: " in "\n".join(lines)
    assert (
        f"      seed 0: sign and nearly cannot be told apart; they agree on all cases: {CASES}."
        in lines
    )
    assert lines[-1] == "2 exercises: not yet tiny_gradient."


def test_the_report_of_unknown_names(capsys, small_book):
    assert main(["author", "check", "tiny_gradiant"]) == 2
    assert capsys.readouterr().err == (
        "bplib: there is no exercise 'tiny_gradiant'; did you mean 'tiny_gradient'?\n"
    )


def test_declarations_that_cannot_be_loaded(monkeypatch, capsys):
    monkeypatch.setattr(registry, "all_exercises", raising(SyntaxError("invalid syntax")))
    assert main(["author", "check"]) == 1
    assert capsys.readouterr().err == (
        "✗ the exercises cannot be loaded: SyntaxError: invalid syntax.\n"
    )


def test_the_closest_pair_is_told(in_the_book):
    from bplib.author.examine import _closest

    exercise = tiny.exercise(
        misconceptions=(
            mistake("a", twice),
            mistake("b", lambda X, y, t: twice(X, y, t) * (1 if len(y) == 7 else 2)),
            mistake("c", lambda X, y, t: -tiny.gradient(X, y, t)),
        )
    )
    assert _closest(exercise) == "  Closest: a and b agree on 5 of 6 cases (1, 3, 4, 5, 6)."
    alone = replace(exercise, misconceptions=exercise.misconceptions[:1])
    assert _closest(alone) == "  No two misconceptions agree on any case."


# ── bplib author new ─────────────────────────────────────────────────────────────────────────────

LISTS = {
    "relative": (
        '"""Two."""\n\nfrom .ch02_a import A\nfrom .ch02_z import Z\n\n'
        "EXERCISES = (\n    A,\n    Z,\n)\n",
        '"""Two."""\n\nfrom .ch02_a import A\nfrom .ch02_new_one import NEW_ONE\n'
        "from .ch02_z import Z\n\nEXERCISES = (\n    A,\n    Z,\n    NEW_ONE,\n)\n",
    ),
    "absolute, one line": (
        '"""One."""\n\nfrom bplib.checks.declare import Exercise\n\na = Exercise()\n'
        "EXERCISES = (a,)\n",
        '"""One."""\n\nfrom bplib.checks.declare import Exercise\n'
        "from bplib.checks.exercises.ch02_new_one import NEW_ONE\n\na = Exercise()\n"
        "EXERCISES = (a, NEW_ONE)\n",
    ),
    "none yet": (
        None,
        '"""Chapter 2: its exercises and predictions, in the order of the notebooks."""\n\n'
        "from .ch02_new_one import NEW_ONE\n\nEXERCISES = (NEW_ONE,)\n",
    ),
}


def clone(root, listed, text="# Exercises 2\n\nText.\n\n## Where you are\n"):
    (root / "bplib/checks/exercises").mkdir(parents=True)
    (root / "solutions/text").mkdir(parents=True)
    if listed is not None:
        (root / "bplib/checks/exercises/ch02.py").write_text(listed)
    (root / "solutions/text/02_small.md").write_text(text)
    return root


@pytest.mark.parametrize("style", LISTS)
def test_new_is_listed_in_its_chapter(style, tmp_path):
    before, after = LISTS[style]
    new(clone(tmp_path, before), "new_one", 2, "X, y")
    assert (tmp_path / "bplib/checks/exercises/ch02.py").read_text() == after
    compile(after, "ch02.py", "exec")


def test_new_puts_its_cells_before_the_end(tmp_path):
    new(clone(tmp_path, None), "new_one", 2, "X, y")
    text = (tmp_path / "solutions/text/02_small.md").read_text()
    assert text.startswith("# Exercises 2\n\nText.\n\n+++\n\n## (to write) A title")
    assert "\ndef new_one(X, y):\n" in text and "\ncheck(new_one)\n```\n\n## Where" in text


def test_what_new_writes_fails_the_check_until_it_is_filled_in(
    tmp_path, in_the_book, capsys, monkeypatch
):
    root = ["--root", str(clone(tmp_path, None))]
    assert main(["author", "new", "new_one", "--chapter", "2", "--arguments", "X,y", *root]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "✓ bplib/checks/exercises/ch02_new_one.py: the declaration; each (to write) is yours",
        "✓ bplib/checks/exercises/ch02.py: it is the last; move its line to its place",
        "✓ solutions/text/02_small.md: its three cells; move them to the same place",
        "Next: bplib author check new_one says what is missing.",
    ]
    path = tmp_path / "bplib/checks/exercises/ch02_new_one.py"
    spec = importlib.util.spec_from_file_location("bplib.checks.exercises.ch02_new_one", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    in_the_book(module.NEW_ONE)
    assert module.NEW_ONE.arguments == ("X", "y")
    assert main(["author", "check", "new_one", *root]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "✗ new_one",
        "  ✗ Nothing is left to write.",
        "      the statement is still to be written.",
        "      after is still to be written.",
        "      hint 1 is still to be written.",
        "      hint 2 is still to be written.",
        "      hint 3 is still to be written.",
        "      another is still to be written.",
        "      cases is a function that is still to be written.",
        "      the reference is a function that is still to be written.",
        "  – The other 24 promises are asked once this is written.",
        "1 exercise: not yet new_one.",
    ]
    assert list(notebooks.the_text_is_written(module.NEW_ONE, tmp_path))[0] == (
        "solutions/text/02_small.md, line 7: ## (to write) A title of a few words"
    )


REFUSED = {
    "a keyword": (("lambda", 2, "x"), "the name 'lambda' is no Python name."),
    "capitals": (("Slope", 2, "x"), "the name 'Slope' is that of a function: slope, say."),
    "an argument twice": (("slope", 2, "x,y,x"), "the argument 'x' is there twice."),
    "an argument": (("slope", 2, "x, 2y"), "the argument '2y' is no Python name."),
    "a chapter": (
        ("slope", 7, "x"),
        "solutions/text has no text of chapter 7, only of 2; begin the chapter first.",
    ),
    "a name twice": (("old", 2, "x"), "there is an exercise 'old' already, in ch02.py."),
    "no list": (("slope", 2, "x"), "ch02.py has no tuple EXERCISES to put SLOPE into."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_new_refuses_and_writes_nothing(case, tmp_path):
    (name, chapter, arguments), sentence = REFUSED[case]
    clone(tmp_path, 'old = Exercise(name="old")\n')
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(AuthorError) as caught:
        new(tmp_path, name, chapter, arguments)
    assert str(caught.value) == sentence and sorted(tmp_path.rglob("*")) == before


def test_new_is_for_a_clone(tmp_path):
    with pytest.raises(AuthorError) as caught:
        new(tmp_path, "slope", 2)
    assert str(caught.value) == (
        f"a new exercise is written into a clone; {tmp_path} has no bplib/checks/exercises."
    )
