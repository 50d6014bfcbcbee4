"""Predictions, chains, the card they are shown on, and declarations that are refused."""

import html.parser
import re
import sys
import types

import numpy as np
import pytest
import tiny_exercises as tiny
from tiny_exercises import tiny_gradient

from bplib.checks import (
    CheckFailed,
    check,
    check_all,
    registry,
    render,
)
from bplib.checks.declare import Chain, DeclarationError, Exercise, Misconception, Prediction

pytestmark = pytest.mark.usefixtures("small_book")


# ── predictions ──────────────────────────────────────────────────────────────────────────────────


def guess(value, said, **changes):
    registry.all_exercises()["tiny_guess"] = tiny.prediction(**changes)
    check(value, "tiny_guess")
    return said()


def test_predictions_of_a_number(said):
    assert guess(1 / 3, said) == ["✓ tiny_guess · 0.3333.", "One of three."]
    assert guess(np.float64(1 / 3), said)[0].startswith("✓")
    assert guess(3, said)[:2] == [
        "✗ tiny_guess · you say 3; that is not it.",
        "Likely mistake: that is the other way up.",
    ]
    assert guess(-1 / 3, said)[0].endswith("the size is right, the sign is not.")
    assert "right as far as it goes" in guess(0.33, said)[0]
    assert guess(0.3, said)[0].endswith("you say 0.3; that is not it.")
    both = ((3.0, "one", "first."), (3, "other", "second."))
    assert not any("Likely" in line for line in guess(3, said, wrong=both)), (
        "two fit: none is named"
    )
    assert "0.33334; the first digits" in guess(0.33334, said)[0]
    assert guess("0.3", said)[0] == (
        "✗ tiny_guess · `'0.3'` is text. Take the quotes off, and it is a number."
    )
    assert "the answer is finite" in guess(float("nan"), said)[0]
    assert "this is a function" in guess(tiny_gradient, said)[0]
    assert "a single number is asked for" in guess((1, 2), said)[0]
    assert guess(True, said)[0].startswith("✗")


def test_predictions_are_compared_as_strictly_as_arrays(said):
    assert guess(1 / 3 * (1 + 1e-5), said)[0].startswith("✗")
    assert guess([1 / 3], said)[0].startswith("✗"), "no list stands for a number"
    small = {"answer": 1e-9, "wrong": ()}
    assert guess(2e-9, said, **small)[0].startswith("✗"), "no floor hides small numbers"
    assert guess(1e-9, said, **small)[0].startswith("✓")
    assert guess(1e-17, said, answer=0, wrong=())[0].startswith("✗")


def test_predictions_of_several_numbers(said):
    pair = {"answer": (1.0, 2.0), "wrong": ()}
    assert guess([1, 2], said, **pair)[0].startswith("✓ tiny_guess · (1, 2).")
    assert guess(np.array([1.0, 2.0]), said, **pair)[0].startswith("✓")
    assert guess((1, 3), said, **pair)[0].endswith("number 2 is not right, the rest is.")
    assert guess((3, 3), said, **pair)[0].endswith("none of them is right.")
    assert "numbers of shape (2,) are asked for" in guess(3, said, **pair)[0]
    assert guess((1, ...), said, **pair)[0].startswith("○")
    assert guess([[1], [2, 3]], said, **pair)[0].startswith("✗")


def test_predictions_of_a_word(said):
    word = {"answer": "reverse", "wrong": (), "choices": ("forward", "reverse")}
    assert guess(" Reverse", said, **word)[0].startswith("✓")
    assert guess("forward", said, **word)[0].endswith("you say `forward`; that is not it.")
    assert 'choose one of `"forward"`, `"reverse"`' in guess("sideways", said, **word)[0]
    assert guess(3, said, **word)[0].startswith("✗")
    yes = {"answer": True, "wrong": ()}
    assert guess(True, said, **yes)[0].startswith("✓")
    assert "True or False is asked for" in guess(1, said, **yes)[0]


# ── chains ───────────────────────────────────────────────────────────────────────────────────────


def test_a_chain_is_checked_one_intermediate_at_a_time(said):
    space = {"prediction": np.array([1.0, 2.0, 4.0]), "y": np.array([0.5, 1.0, 1.0])}
    check_all(space, "tiny_chain")
    assert said() == ["○ tiny_chain: not attempted yet; `error` comes first."]
    space["error"] = space["y"] - space["prediction"]
    check_all(space, "tiny_chain")
    assert said()[0] == (
        "✗ tiny_chain · step 1 of 2: `error`: shape (3,) is right; every entry has the wrong sign."
    )
    space["error"] = -space["error"]
    check_all(space, "tiny_chain")
    assert said() == ["○ tiny_chain: `error` is right; `loss` comes next."]
    space["loss"] = (space["error"] ** 2).sum()
    check_all(space, "tiny_chain")
    lines = said()
    assert lines[0].startswith("✗ tiny_chain · step 2 of 2: `loss` is ")
    assert lines[0].endswith("The step before it is right.")
    assert lines[1] == "Likely mistake: a sum stands for the mean."
    space["loss"] /= 3
    check_all(space, "tiny_chain")
    assert said()[0].startswith("✓ tiny_chain · all 2 intermediates are right. Chapter 2: 1 of 3")
    del space["prediction"]
    with pytest.raises(CheckFailed, match="`prediction` is not there any more"):
        check_all(space, "tiny_chain", strict=True)


def test_a_chain_is_as_strict_as_a_function(said):
    y, prediction = np.array([0.5, 1.0, 1.0]), np.array([1.0, 2.0, 4.0])
    space = {"prediction": prediction, "y": y, "error": None}
    check_all(space, "tiny_chain")
    assert said() == ["○ tiny_chain: not attempted yet; `error` comes first."]
    for error, sentence in (
        (prediction - y + [0, np.nan, 0], "1 of 3 entries is NaN, at [1]."),
        ((prediction - y)[:, None], "`error` has shape (3, 1); shape (3,) is due"),
        ((prediction - y).tolist(), "`error` is a list of 3; an array of shape (3,) is due"),
        ((prediction - y) * (1 + 1e-6), "only the last digits differ"),
    ):
        check_all({**space, "error": error}, "tiny_chain")
        assert sentence in said()[0]
    check_all({**space, "error": (prediction - y).astype(np.float32)}, "tiny_chain")
    assert said() == ["○ tiny_chain: `error` is right; `loss` comes next."]


def test_a_chain_whose_inputs_were_overwritten_says_so(said):
    for other in ("text", None, {}):
        check_all({"prediction": other, "y": np.ones(3), "error": np.ones(3)}, "tiny_chain")
        assert said()[0] == (
            "✗ tiny_chain · step 1 of 2: `error` cannot be calculated from `prediction`, `y` as "
            "they are now."
        )


def test_a_chain_names_no_mistake_where_two_fit(said, small_book):
    chain = tiny.chain()
    name, reference, mistakes = chain.steps[1]
    twin = Misconception("twin", "t.", mistakes[0].wrong)
    steps = (chain.steps[0], (name, reference, (*mistakes, twin)))
    small_book["tiny_chain"] = Chain(**{**vars(chain), "steps": steps})
    space = {"prediction": np.array([1.0, 2.0]), "y": np.zeros(2), "error": np.array([1.0, 2.0])}
    check_all({**space, "loss": 5.0}, "tiny_chain")
    assert not any("Likely" in line for line in said())


# ── rendering ────────────────────────────────────────────────────────────────────────────────────


class Tags(html.parser.HTMLParser):
    """All tags and attributes of a piece of HTML, and whether every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes = [], set(), []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_card_is_plain_html_the_same_every_time():
    lines = ["✗ **name** · `a < b` & x**2, y**2", "Next: <script>alert(1)</script>"]
    card = render.to_html(lines, [("inputs", "x = <1>"), ("you return", "2")], opened=True)
    assert card == render.to_html(lines, [("inputs", "x = <1>"), ("you return", "2")], opened=True)
    found = Tags(card)
    assert found.tags == {"div", "span", "strong", "code", "details", "summary", "pre"}
    assert "&lt;script&gt;" in card and "x**2, y**2" in card and "<details open>" in card
    assert "http" not in card and "url(" not in card
    colours = [value for name, value in found.attributes if name == "style"]
    marks = [one for one in colours if "color:inherit" not in one]
    assert marks == ["color:#D55E00;font-weight:bold"], "all other text takes the theme's colour"


def test_the_text_is_the_same_without_markup():
    assert render.to_text(["✓ **name** · x**2 and `y**2`", ""], [("inputs", "x\ny")]) == (
        "✓ name · x**2 and `y**2`\n  inputs:\n    x\n    y"
    )


def test_in_jupyter_one_display_with_both_forms(monkeypatch, capsys):
    shown = []
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    ipython.display = types.ModuleType("IPython.display")
    ipython.display.display = lambda bundle, raw: shown.append((bundle, raw))
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    check(tiny_gradient)
    ((bundle, raw),) = shown
    assert raw is True and set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"].startswith("✓ tiny_gradient · 6 cases")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_without_the_marks_is_survived(monkeypatch):
    import io

    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    render.show(["✓ **done** · −2 ≤ x", "✗ 日"])
    sys.stdout.flush()
    assert raw.getvalue().decode().splitlines() == ["+ done - -2 <= x", "x ?"]


# ── declarations ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "two words"}, "'two words': the name is a Python name"),
        ({"chapter": "02"}, "chapter is a number"),
        ({"statement": " "}, "the statement is empty"),
        ({"hints": ("a", "b")}, "hints are three"),
        ({"hints": ("a", "", "c")}, "hint 2 is empty"),
        ({"minutes": 0}, "minutes is a positive number"),
        ({"after": ""}, "after, the sentence shown on success, is empty"),
        ({"reference": 3}, "reference is not a function"),
        ({"equivalents": (3,)}, "equivalents are functions"),
        ({"misconceptions": tiny.mistakes() + tiny.mistakes()[:1]}, "share the label missing-1/m"),
        ({"misconceptions": ("x",)}, "misconceptions are made with Misconception"),
        ({"returns": ()}, "returns holds the names"),
        ({"returns": ("a", "a")}, "the names in returns differ"),
        ({"tolerance": 2}, "tolerance is a relative error"),
        ({"n_cases": 1}, "n_cases is 3 or more"),
        ({"seconds": 0}, "seconds is a positive number"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(changes, sentence):
    with pytest.raises(DeclarationError, match=re.escape(sentence)):
        tiny.exercise(**changes)


def test_misconceptions_predictions_and_chains_are_validated_too():
    for arguments in (("Bad Label", "m.", abs), ("label", "", abs), ("label", "m.", 3)):
        with pytest.raises(DeclarationError):
            Misconception(*arguments)
    for changes in (
        {"wrong": ((1, "a"),)},
        {"wrong": ((1, "a", "m."), (2, "a", "m."))},
        {"wrong": ((1, "A!", "m."),)},
        {"answer": "x", "choices": ("y", "z")},
        {"tolerance": 0},
    ):
        with pytest.raises(DeclarationError):
            tiny.prediction(**changes)
    for steps in ((), (("a",),), (("a", abs), ("a", abs))):
        with pytest.raises(DeclarationError):
            Chain(**{**vars(tiny.chain()), "steps": steps})


def test_the_registry_refuses_twins_and_strangers():
    one = tiny.exercise()
    with pytest.raises(DeclarationError, match="two exercises of the book have this name"):
        registry._add({one.name: one}, one, 2, "ch02")
    with pytest.raises(DeclarationError, match="declared in ch03, but its chapter is 2"):
        registry._add({}, one, 3, "ch03")


def test_kinds_of_exercise():
    kinds = {type(one) for one in registry.all_exercises().values()}
    assert kinds == {Exercise, Prediction, Chain}


def test_a_number_in_quotes(said):
    assert "this is `one`" in guess("one", said)[0]
    assert "this is `inf`" in guess("inf", said)[0]
