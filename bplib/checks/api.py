"""What a reader calls: check, check_all, hint, solution, progress; and run_check for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ..errors import UnknownNameError
from . import registry, render
from .chain import decide_chain
from .decide import decide
from .declare import AnyExercise, Chain, Exercise, Prediction
from .given import WrongCall, argument, in_order, name_of
from .hints import hint_lines, next_help, solution_lines
from .overview import chapter_line, overview
from .predict import decide_prediction
from .progress import answer_key, record_answer, store
from .result import CheckFailed, Result, Stopped

_NOTHING: Any = object()  # stands for an argument that was left out
# Exercises that are being checked, and whether a check inside was already told so.
_being_checked: ContextVar[dict[str, bool] | None] = ContextVar("being_checked", default=None)


def run_check(name: str, answer: Any, seed: int | None = None) -> Result:
    """The verdict on one answer; displays nothing and records nothing.

    Arguments:
        name: the exercise's name.
        answer: the learner's function, or the value for a prediction, or the dict of intermediates
            for a chain.
        seed: use only the cases made from it; without it the exercise's own cases, then fresh
            random ones.

    Returns:
        A `Result` with status "passed", "failed", "not_attempted", "error" or "timeout".

    Raises:
        UnknownNameError: where there is no such exercise; the sentence offers the closest.
    """
    return _run(registry.find(name), answer, seed)


def _run(exercise: AnyExercise, answer: Any, seed: int | None) -> Result:
    if isinstance(exercise, Exercise):
        return decide(exercise, answer, seed)
    if isinstance(exercise, Prediction):
        return decide_prediction(exercise, answer)
    return decide_chain(exercise, answer if isinstance(answer, Mapping) else {})


def check(
    answer: Any = _NOTHING,
    name: str | None = None,
    *more: Any,
    seed: int | None = None,
    strict: bool = False,
) -> None:
    """Checks an answer and shows whether it is right and, if not, which mistake it is.

    Arguments:
        answer: your function (the exercise is its name), or with `name` any function or value;
            `...` is not attempted yet.
        name: the exercise's name, where the answer does not have it.
        more: nothing; it is here so that a decimal comma, which makes two numbers of one, gets a
            sentence.
        seed: replay the cases of an earlier check.
        strict: raise instead of showing; nothing is printed on success.

    Raises:
        CheckFailed: in the strict form, for anything but a pass.
        UnknownNameError: in the strict form, where there is no such exercise.
    """
    try:
        in_order("check", answer, name, seed, *more, missing=answer is _NOTHING)
        exercise = registry.find(name_of(answer) if name is None else name)
    except UnknownNameError as error:
        _unknown(error, strict)
        return
    by_name = name is not None or getattr(answer, "__name__", None) != exercise.name
    spoken = f'"{exercise.name}"' if by_name else exercise.name
    called = f'{argument(answer)}, "{exercise.name}"' if by_name else exercise.name
    _check(exercise, answer, spoken, called, seed, strict)


def check_all(
    namespace: Mapping[str, Any] = _NOTHING, name: str = _NOTHING, *, strict: bool = False
) -> None:
    """Checks the intermediates of a calculation in order, up to the first that is wrong.

    Arguments:
        namespace: where they are, `locals()`.
        name: the exercise's name.
        strict: as in `check`.

    Raises:
        CheckFailed, UnknownNameError: in the strict form, as in `check`.
    """
    try:
        if not isinstance(namespace, Mapping) or not isinstance(name, str):
            known = next((one for one in (namespace, name) if isinstance(one, str)), "name")
            raise WrongCall(
                f'check_all wants your names and the exercise\'s: check_all(locals(), "{known}").'
            )
        exercise = registry.find(name)
    except UnknownNameError as error:
        _unknown(error, strict)
        return
    if not isinstance(exercise, Chain):
        answer = namespace.get(name, ...)
        _check(exercise, answer, f'"{name}"', name, None, strict)
        return
    _check(exercise, namespace, f'"{name}"', "", None, strict)


def _check(
    exercise: AnyExercise, answer: Any, spoken: str, called: str, seed: int | None, strict: bool
) -> None:
    around = _being_checked.get() or {}
    if exercise.name in around:
        if not around[exercise.name]:
            around[exercise.name] = True
            render.show(
                [
                    f"○ **{exercise.name}** is being checked at this very moment: call `check` "
                    "outside the function, in a cell of its own."
                ]
            )
        return
    token = _being_checked.set({**around, exercise.name: False})
    try:
        result = _run(exercise, answer, seed)
    except KeyboardInterrupt:
        raise Stopped(f"{exercise.name}: the check was stopped; there is no verdict.") from None
    finally:
        _being_checked.reset(token)
    if result.attempted:
        names = [step[0] for step in exercise.steps] if isinstance(exercise, Chain) else []
        hashed = {one: answer.get(one) for one in names} if names else answer
        record_answer(result.status, result.misconception, exercise.name, answer_key(hashed))
    if strict:
        if not result.passed:
            raise CheckFailed(result)
        return
    lines = result.message.split("\n")
    if result.passed:
        if not isinstance(exercise, Prediction):
            lines[0] += f" {chapter_line(exercise)}"
        lines.append(exercise.after)
    elif result.attempted:
        lines.append(_next_line(exercise, result, spoken, called))
    details = [one for one in result.details if seed is not None or "printed" in one[0]]
    if result.passed and not isinstance(exercise, Prediction) and exercise.another:
        details = [("one other way to write it", exercise.another.strip()), *details]
    render.show([*lines, *store().take_notes()], details, opened=seed is not None)


def _next_line(exercise: AnyExercise, result: Result, spoken: str, called: str) -> str:
    line = f"Next: {next_help(spoken, store().entry(exercise.name)['hints'])}"
    if result.failures and result.failures[0].case is not None and result.seed is not None:
        line += f" · replay this case: `check({called}, seed={result.seed})`"
    return line


def hint(which: str | Callable[..., Any] = _NOTHING, level: int | None = None) -> None:
    """Shows the next hint of an exercise: the idea, then the place, then nearly the line.

    Arguments:
        which: your function, or the exercise's name.
        level: 1 to 3, for one in particular.
    """
    _show_help("hint", which, lambda exercise, spoken: (hint_lines(exercise, spoken, level), ""))


def solution(which: str | Callable[..., Any] = _NOTHING) -> None:
    """Shows a worked answer; before a first attempt it asks once more (call it again).

    Arguments:
        which: your function, or the exercise's name.
    """
    _show_help("solution", which, solution_lines)


def _show_help(
    word: str, which: Any, lines_of: Callable[[AnyExercise, str], tuple[list[str], str]]
) -> None:
    named = isinstance(which, str)
    try:
        in_order(word, which, None, None, missing=which is _NOTHING)
        exercise = registry.find(which if named else name_of(which, word))
    except UnknownNameError as error:
        _unknown(error, False)
        return
    spoken = f'"{exercise.name}"' if named else exercise.name
    lines, source = lines_of(exercise, spoken)
    details = [("worked answer", source)] if source else []
    render.show([*lines, *store().take_notes()], details, opened=True)


def progress() -> None:
    """Shows what is done, chapter by chapter, and what comes next."""
    render.show([*overview(), *store().take_notes()])


def _unknown(error: UnknownNameError, strict: bool) -> None:
    if strict:
        raise error
    render.show([f"✗ {error}"])
