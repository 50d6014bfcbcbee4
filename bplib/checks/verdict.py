"""What is wrong with one answer to one case, and which finding of all cases comes first."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import facts, words
from .call import Outcome
from .compare import close, rounding_scale, same_objects
from .declare import Exercise
from .kinds import Part, is_plain, plain_problem, take_apart
from .result import Failure
from .show_values import value
from .sizes import note, sizes

_LONGEST = 400  # characters of what an exercise's own judge says; it may quote the answer
_TOLD = 3  # parts that are wrong, each told with its fact; of more than that, the first
# What a fact shows of the values themselves; what remains is what is the matter with them.
_ONE = r"−?[\d.]+(?:e−?\d+)?"
_NUMBERS = re.compile(
    rf"returns {_ONE}|; {_ONE} is due|shape \([\d, ]*\) is right; |; at \[[\d, ]*\] it is {_ONE}"
)
_STEPS = ("returned", "type", "shape", "finite", "values", "inputs", "alias")


@dataclass(frozen=True)
class Judged:
    """One case: its inputs, what the function did, and the step at which it fails, if any."""

    index: int
    inputs: tuple
    outcome: Outcome
    expected: Any
    parts: tuple[Part, ...] = ()
    step: str | None = None
    reason: str = ""  # the sentence, where it needs no other case to be written


def judge(exercise: Exercise, index: int, inputs: tuple, outcome: Outcome) -> Judged:
    """Compares one answer with the reference's."""
    if not outcome.returned:
        return Judged(index, inputs, outcome, None)
    with np.errstate(all="ignore"):
        expected = exercise.reference(*copy.deepcopy(inputs))
    parts, step, reason = _compare(exercise, inputs, outcome.value, expected)
    if step is None and outcome.changed:
        step, reason = "inputs", words.changed(exercise, outcome.changed, inputs)
    if step is None and outcome.aliased:
        step, reason = "alias", words.aliased(exercise, outcome.aliased)
    return Judged(index, inputs, outcome, expected, parts, step, reason)


def _compare(
    exercise: Exercise, inputs: tuple, value: Any, expected: Any
) -> tuple[tuple[Part, ...], str | None, str]:
    if value is None or value is Ellipsis:
        return (), "returned", words.nothing(value)
    parts: tuple[Part, ...] = ()
    if is_plain(expected):
        problem = plain_problem(value, expected)
    else:
        parts, problem = take_apart(exercise, value, expected)
    if problem is not None:
        return (), "type", f"returns {problem}." if problem[0] != "`" else f"{problem}."
    if any(part.answer.shape != part.expected.shape for part in parts):
        return parts, "shape", ""
    if any(not np.isfinite(part.answer).all() for part in parts):
        return parts, "finite", ""
    if exercise.accept is not None:
        return parts, *_accepted(exercise, exercise.accept, value, expected, inputs)
    if not parts:
        if same_objects(value, expected, exercise.tolerance):
            return (), None, ""
        return (), "values", words.plain(value, expected, exercise.tolerance)
    if all(_right(exercise, inputs, part, parts) for part in parts):
        return parts, None, ""
    return parts, "values", ""


def _accepted(
    exercise: Exercise,
    accept: Callable[..., bool | str],
    value: Any,
    expected: Any,
    inputs: tuple,
) -> tuple[str | None, str]:
    """What the exercise's own judge says; one that stumbles over the answer refuses it."""
    try:
        with np.errstate(all="ignore"):
            verdict = accept(value, expected, *copy.deepcopy(inputs))
    except Exception:
        verdict = False
    if isinstance(verdict, str):
        return "values", verdict if len(verdict) <= _LONGEST else verdict[:_LONGEST] + "..."
    return (None, "") if verdict else ("values", words.plain(value, expected, exercise.tolerance))


def _right(exercise: Exercise, inputs: tuple, part: Part, parts: tuple[Part, ...]) -> bool:
    # The entries of a dict are one quantity at many places: a zero among them may be rounded as
    # the others are.  The entries of a tuple are different things, and each is judged alone.
    beside = [p.expected for p in parts if isinstance(p.key, str)]
    size = max((float(np.abs(one).max(initial=0.0)) for one in beside), default=0.0)
    return close(
        part.answer,
        part.expected,
        exercise.tolerance,
        single=part.single,
        noise=lambda: max(size, rounding_scale(exercise.reference, inputs, part.key)),
    )


def first_finding(
    exercise: Exercise, judged: Sequence[Judged], named: bool = False
) -> Failure | None:
    """The failure to tell: the earliest step of all cases, and in it the first case.

    `named`: the mistake has a name, so that one measured fact beside it is enough.
    """
    wrong = [one for one in judged if one.step is not None]
    if not wrong:
        return None
    first = min(wrong, key=lambda one: (_STEPS.index(str(one.step)), one.index))
    text = first.reason or _measured(exercise, first, judged, named)
    right_before = all(one.step is None for one in judged[: first.index])
    if first.step == "returned" and first.outcome.value is None and first.index > 0:
        text = words.nothing(None, right_before)
    if first.index > 0 and right_before and first.step in ("shape", "finite", "values"):
        text += words.right_so_far(first.index)
    return Failure(first.index + 1, note(exercise, first.inputs), str(first.step), text)


def _measured(
    exercise: Exercise, first: Judged, judged: Sequence[Judged], named: bool = False
) -> str:
    if not named and first.step != "finite":
        other_order = facts.order_fact([first.parts, *(one.parts for one in judged)])
        if other_order is not None:
            return other_order + "."
    tests: dict[str, Callable[[Part], bool]] = {
        "shape": lambda part: part.answer.shape != part.expected.shape,
        "finite": lambda part: not np.isfinite(part.answer).all(),
        "values": lambda part: not _right(exercise, first.inputs, part, first.parts),
    }
    bad = [k for k, part in enumerate(first.parts) if tests[str(first.step)](part)]
    text = f"{first.parts[bad[0]].label}{_fact(exercise, first, judged, bad[0])}"
    if not named and len(bad) <= _TOLD:
        text += _beside(exercise, first, judged, bad)
    others = [part for k, part in enumerate(first.parts) if k not in bad]
    right = [str(p.name) for p in others if _right(exercise, first.inputs, p, first.parts)]
    if right:
        text += " " + words.others_right(right, len(first.parts) - len(right))
    return text


def _fact(exercise: Exercise, first: Judged, judged: Sequence[Judged], k: int) -> str:
    """What is measured of one part that is wrong, as a sentence without its beginning."""
    part, letters = first.parts[k], sizes(exercise, first.inputs)
    if first.step == "shape":
        text = facts.shape_fact(part, letters)
    elif first.step == "finite":
        text = facts.finite_fact(part)
    else:
        history = [
            (one.parts[k], sizes(exercise, one.inputs))
            for one in judged
            if len(one.parts) == len(first.parts)
        ]
        here = next(i for i, (other, _) in enumerate(history) if other is part)
        text = facts.value_fact(part, here, history)
    return facts.sentence(text)


def _beside(exercise: Exercise, first: Judged, judged: Sequence[Judged], bad: Sequence[int]) -> str:
    """Sentences about the parts that are wrong beside the first, none of them said twice."""
    all_facts = [_fact(exercise, first, judged, k) for k in bad]
    told = _NUMBERS.sub("", all_facts[0])
    text, same, wrong = "", [], []
    for k, fact in list(zip(bad, all_facts, strict=True))[1:]:
        part, gist = first.parts[k], _NUMBERS.sub("", fact)
        if gist == ".":
            wrong.append(str(part.name))
        elif gist == told:
            same.append(str(part.name))
        else:
            text += f" {part.label}{fact}"
    return text + words.the_same(same) + words.wrong_too(wrong)


# ── what is folded away below the sentence ───────────────────────────────────────────────────────


def details(
    exercise: Exercise, failure: Failure, judged: Sequence[Judged]
) -> tuple[tuple[str, str], ...]:
    """What is folded away below a failure: the case's numbers, and what the function printed."""
    if failure.case is None or failure.case > len(judged):
        return ()
    one = judged[failure.case - 1]
    found = [("inputs", _numbers(exercise, one.inputs))]
    if one.outcome.returned:
        found.append(("you return", value(one.outcome.value)))
        if exercise.accept is None:
            found.append(("the right answer here", value(one.expected)))
    if one.outcome.printed:
        found.append(("your function printed", one.outcome.printed.rstrip()))
    return tuple(found)


def _numbers(exercise: Exercise, inputs: tuple) -> str:
    lines = []
    for name, one in zip(exercise.arguments, inputs, strict=False):
        if isinstance(one, np.ndarray | int | float | np.number | list | tuple | dict | str):
            start = f"{name} = "
            lines.append(start + value(one).replace("\n", "\n" + " " * len(start)))
    return "\n".join(lines)
