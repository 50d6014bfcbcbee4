"""What a reader calls: check, check_all, hint, solution, progress; and run_check for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import UnknownNameError
from . import registry, render
from .chain import decide_chain
from .decide import decide
from .declare import AnyExercise, Chain, Exercise, Prediction
from .hints import hint_lines, next_help, solution_lines
from .overview import chapter_line, overview
from .predict import decide_prediction
from .progress import answer_key, record_answer, store
from .result import CheckFailed, Result


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
    answer: Any, name: str | None = None, *, seed: int | None = None, strict: bool = False
) -> None:
    """Checks an answer and shows whether it is right and, if not, which mistake it is.

    Arguments:
        answer: your function (the exercise is its name), or with `name` any function or value;
            `...` is not attempted yet.
        name: the exercise's name, where the answer does not have it.
        seed: replay the cases of an earlier check.
        strict: raise instead of showing; nothing is printed on success.

    Raises:
        CheckFailed: in the strict form, for anything but a pass.
        UnknownNameError: in the strict form, where there is no such exercise.
    """
    try:
        exercise = registry.find(_name_of(answer) if name is None else name)
    except UnknownNameError as error:
        _unknown(error, strict)
        return
    by_name = name is not None or getattr(answer, "__name__", None) != exercise.name
    spoken = f'"{exercise.name}"' if by_name else exercise.name
    called = f'{_argument(answer)}, "{exercise.name}"' if by_name else exercise.name
    _check(exercise, answer, spoken, called, seed, strict)


def check_all(namespace: Mapping[str, Any], name: str, *, strict: bool = False) -> None:
    """Checks the intermediates of a calculation in order, up to the first that is wrong.

    Arguments:
        namespace: where they are, `locals()`.
        name: the exercise's name.
        strict: as in `check`.

    Raises:
        CheckFailed, UnknownNameError: in the strict form, as in `check`.
    """
    try:
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
    result = _run(exercise, answer, seed)
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
    render.show([*lines, *store().take_notes()], details, opened=seed is not None)


def _next_line(exercise: AnyExercise, result: Result, spoken: str, called: str) -> str:
    line = f"Next: {next_help(spoken, store().entry(exercise.name)['hints'])}"
    if result.failures and result.failures[0].case is not None and result.seed is not None:
        line += f" · replay this case: `check({called}, seed={result.seed})`"
    return line


def hint(which: str | Callable[..., Any], level: int | None = None) -> None:
    """Shows the next hint of an exercise: the idea, then the place, then nearly the line.

    Arguments:
        which: your function, or the exercise's name.
        level: 1 to 3, for one in particular.
    """
    _show_help(which, lambda exercise, spoken: (hint_lines(exercise, spoken, level), ""))


def solution(which: str | Callable[..., Any]) -> None:
    """Shows a worked answer; before a first attempt it asks once more (call it again).

    Arguments:
        which: your function, or the exercise's name.
    """
    _show_help(which, solution_lines)


def _show_help(which: Any, lines_of: Callable[[AnyExercise, str], tuple[list[str], str]]) -> None:
    named = isinstance(which, str)
    try:
        exercise = registry.find(which if named else _name_of(which))
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


def _name_of(answer: Any) -> str:
    """The exercise an answer belongs to when no name is given: the function's own."""
    name = getattr(answer, "__name__", None)
    if isinstance(name, str) and name != "<lambda>":
        return name
    if isinstance(answer, str) and answer in registry.all_exercises():
        raise UnknownNameError(
            f"'{answer}' is the name of an exercise, not an answer: give the function itself, or "
            f'check(your_answer, "{answer}").'
        )
    what = "a lambda has no name of its own" if name else "a value has no name"
    raise UnknownNameError(f'{what}: say which exercise it answers, check(answer, "name").')


def _argument(answer: Any) -> str:
    name = getattr(answer, "__name__", "")
    return name if isinstance(name, str) and name.isidentifier() else "..."


def _unknown(error: UnknownNameError, strict: bool) -> None:
    if strict:
        raise error
    render.show([f"✗ {error}"])
