"""How an exercise is declared: what a chapter says once, and every check, hint and test reads.

A chapter's declarations live in `bplib/checks/exercises/chNN.py` as a tuple named `EXERCISES`, in
the order of the notebook.  A declaration that could not work is refused here, when it is made, with
one sentence: a learner never meets it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SLUG = re.compile(r"[a-z0-9]+([-/.][a-z0-9]+)*\Z")


class DeclarationError(ValueError):
    """An exercise is declared in a way that cannot work; the message names it and says why."""


def _require(condition: bool, name: str, reason: str) -> None:
    if not condition:
        raise DeclarationError(f"{name}: {reason}")


def _require_sentence(text: Any, name: str, what: str) -> None:
    _require(isinstance(text, str) and text.strip() != "", name, f"{what} is empty")


def _require_unique(labels: list[str], name: str) -> None:
    twice = sorted({label for label in labels if labels.count(label) > 1})
    _require(not twice, name, f"two misconceptions share the label {', '.join(twice)}")


@dataclass(frozen=True)
class Misconception:
    """A mistake that people make: a wrong reference, and the sentence that names it.

    Fields:
        label: short slug, unique within the exercise, such as "missing-1/m".
        message: one kind sentence, what was probably done; never the solution.
        wrong: function with the reference's arguments that makes exactly this mistake.

    Raises:
        DeclarationError: where one of them could not work.
    """

    label: str
    message: str
    wrong: Callable[..., Any]

    def __post_init__(self) -> None:
        _require(bool(_SLUG.match(self.label)), self.label, "a label is a slug such as missing-1/m")
        _require_sentence(self.message, self.label, "the message")
        _require(callable(self.wrong), self.label, "wrong is not a function")


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What every kind of exercise has.

    Fields:
        name: a Python name, unique in the book; of an exercise, that of the function to write.
        chapter: number of the chapter, 0 to 99.
        statement: what to do, as the notebook says it.
        hints: three sentences: the idea, the place, nearly the line.
        after: one sentence shown on success.
        minutes: how long it takes, about.
    """

    name: str
    chapter: int
    statement: str
    hints: tuple[str, ...]
    after: str
    minutes: float = 1

    def __post_init__(self) -> None:
        _require(self.name.isidentifier(), repr(self.name), "the name is a Python name")
        chapter = self.chapter
        _require(
            type(chapter) is int and 0 <= chapter <= 99, self.name, "chapter is a number such as 2"
        )
        _require_sentence(self.statement, self.name, "the statement")
        _require_sentence(self.after, self.name, "after, the sentence shown on success,")
        _require(self.minutes > 0, self.name, "minutes is a positive number")
        _require(
            isinstance(self.hints, tuple) and len(self.hints) == 3,
            self.name,
            "hints are three: the idea, the place, nearly the line",
        )
        for level, text in enumerate(self.hints, start=1):
            _require_sentence(text, self.name, f"hint {level}")


@dataclass(frozen=True, kw_only=True)
class Exercise(_Task):
    """A function to write.

    Every kind of exercise also has name, chapter, statement, hints, after and minutes.

    Fields:
        reference: reference(*inputs), the right answer: an array, a number, a tuple of them named
            by `returns`, a dict from names to them, or a list.
        cases: cases(rng, i), the inputs of case i = 0 … n_cases − 1 as a tuple; sizes pairwise
            different, none of them 1 or 2; random non-zero biases.
        equivalents: right answers in other styles (loop, einsum, other order), three or more.
        misconceptions: each a `Misconception`; no two may agree on all cases.
        n_cases: how many cases a seed makes, 3 or more.
        returns: names of what is returned; one name for a single array or number.
        case_note: case_note(*inputs), what to call a case, such as "m=7, n=3"; without it the sizes
            are read from the statement or the reference's docstring ("X (m, n), y (m,)").
        loss: loss(*inputs), the scalar whose gradient the exercise is: the tests then compare the
            reference with finite differences, for each d-name in `returns`.
        tolerance: largest relative error of an accepted float64 answer, between 0 and 1.
        uses: names of bplib functions that the answer is meant to call ("linear", "ops.linear");
            all others count as handing in the library's own answer.
        accept: accept(answer, expected, *inputs), where many answers are right: True, or False, or
            one sentence that says what is wrong. It replaces the comparison of values; kind and
            shape are compared first where the reference gives arrays or numbers.
        seconds: soft time limit of one call.
        another: source of the function in one other way, shown when it is right; NumPy is `np`.

    Raises:
        DeclarationError: where the exercise could not work.
    """

    reference: Callable[..., Any]
    cases: Callable[..., tuple]
    equivalents: tuple[Callable[..., Any], ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    n_cases: int = 6
    returns: tuple[str, ...] = ("answer",)
    case_note: Callable[..., str] | None = None
    loss: Callable[..., Any] | None = None
    tolerance: float = 1e-9
    uses: tuple[str, ...] = ()
    accept: Callable[..., bool | str] | None = None
    seconds: float = 5.0
    another: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("reference", "cases"):
            _require(callable(getattr(self, field)), self.name, f"{field} is not a function")
        for field in ("equivalents", "misconceptions", "returns", "uses"):
            _require(isinstance(getattr(self, field), tuple), self.name, f"{field} is a tuple")
        _require(all(map(callable, self.equivalents)), self.name, "equivalents are functions")
        _require(
            all(isinstance(m, Misconception) for m in self.misconceptions),
            self.name,
            "misconceptions are made with Misconception(label, message, wrong)",
        )
        _require_unique([m.label for m in self.misconceptions], self.name)
        _require(self.n_cases >= 3, self.name, "n_cases is 3 or more")
        names = self.returns
        _require(
            len(names) > 0 and all(isinstance(n, str) and n.isidentifier() for n in names),
            self.name,
            "returns holds the names of what is returned",
        )
        _require(len(set(names)) == len(names), self.name, "the names in returns differ")
        _require(0 < self.tolerance < 1, self.name, "tolerance is a relative error between 0 and 1")
        _require(self.seconds > 0, self.name, "seconds is a positive number")

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the inputs, in order, as the reference has them."""
        return tuple(inspect.signature(self.reference).parameters)


@dataclass(frozen=True, kw_only=True)
class Prediction(_Task):
    """A value to say before looking: a number, a word, a tuple of numbers or a small array.

    Every kind of exercise also has name, chapter, statement, hints, after and minutes.

    Fields:
        answer: the right one.
        tolerance: largest relative error accepted, between 0 and 1.
        wrong: ((value, label, message), …), wrong answers whose cause is known.
        choices: for a word, the words to choose from.

    Raises:
        DeclarationError: where the prediction could not work.
    """

    answer: Any
    tolerance: float = 1e-6
    wrong: tuple[tuple[Any, str, str], ...] = ()
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(0 < self.tolerance < 1, self.name, "tolerance is a relative error between 0 and 1")
        _require(
            all(isinstance(row, tuple) and len(row) == 3 for row in self.wrong),
            self.name,
            "wrong holds (value, label, message) triples",
        )
        for _, label, message in self.wrong:
            _require(bool(_SLUG.match(label)), self.name, f"{label!r} is not a slug")
            _require_sentence(message, self.name, f"the message of {label}")
        _require_unique([label for _, label, _ in self.wrong], self.name)
        if self.choices:
            _require(self.answer in self.choices, self.name, "the answer is not among the choices")


@dataclass(frozen=True, kw_only=True)
class Chain(_Task):
    """A calculation of several steps, checked one intermediate at a time by `check_all`.

    Every kind of exercise also has name, chapter, statement, hints, after and minutes.

    Fields:
        steps: ((intermediate, reference), …) or ((intermediate, reference, misconceptions), …) in
            order; a reference's parameters are names in the learner's notebook: the given inputs,
            or intermediates that come earlier.
        tolerance: largest relative error accepted, between 0 and 1.
        another: source of the steps in one other way, shown when all are right; NumPy is `np`.

    Raises:
        DeclarationError: where the chain could not work.
    """

    steps: tuple[tuple, ...]
    tolerance: float = 1e-9
    another: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(len(self.steps) > 0, self.name, "a chain has at least one step")
        for step in self.steps:
            _require(
                isinstance(step, tuple) and len(step) in (2, 3) and callable(step[1]),
                self.name,
                "a step is (name, reference) or (name, reference, misconceptions)",
            )
            labels = [one.label for one in step[2]] if len(step) == 3 else []
            _require_unique(labels, f"{self.name}, {step[0]}")
        names = [step[0] for step in self.steps]
        _require(len(set(names)) == len(names), self.name, "two steps have the same name")
        _require(0 < self.tolerance < 1, self.name, "tolerance is a relative error between 0 and 1")


AnyExercise = Exercise | Prediction | Chain
