"""Every exercise of the book by name, loaded from `bplib/checks/exercises/chNN.py`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

from .. import errors
from . import exercises as _package
from .declare import AnyExercise, DeclarationError

_CHAPTER_MODULE = re.compile(r"ch(\d\d)\Z")


@cache
def all_exercises() -> dict[str, AnyExercise]:
    """All exercises in the order of the book, keyed by their names, which are unique.

    Returns:
        Exercises by name; always the same dict.

    Raises:
        DeclarationError: where a chapter declares an exercise of another, or a name twice.
    """
    found: dict[str, AnyExercise] = {}
    modules = sorted(info.name for info in pkgutil.iter_modules(_package.__path__))
    for module_name in modules:
        match = _CHAPTER_MODULE.match(module_name)
        if match is None:
            continue
        module = importlib.import_module(f"{_package.__name__}.{module_name}")
        for exercise in module.EXERCISES:
            _add(found, exercise, int(match.group(1)), module_name)
    return found


def _add(found: dict[str, AnyExercise], exercise: AnyExercise, chapter: int, module: str) -> None:
    if exercise.chapter != chapter:
        raise DeclarationError(
            f"{exercise.name}: declared in {module}, but its chapter is {exercise.chapter}"
        )
    if exercise.name in found:
        raise DeclarationError(f"{exercise.name}: two exercises of the book have this name")
    found[exercise.name] = exercise


def find(name: str) -> AnyExercise:
    """The exercise of one name.

    Arguments:
        name: the exercise's name.

    Returns:
        The exercise.

    Raises:
        UnknownNameError: where there is none; the sentence offers the closest.
    """
    exercises = all_exercises()
    if name not in exercises:
        raise errors.unknown("exercise", name, exercises)
    return exercises[name]


def of_chapter(chapter: int) -> tuple[AnyExercise, ...]:
    """The exercises of one chapter, in the order of its notebook.

    Arguments:
        chapter: its number.

    Returns:
        The exercises; none for a chapter without any.
    """
    return tuple(e for e in all_exercises().values() if e.chapter == chapter)


def after(name: str) -> tuple[AnyExercise, ...]:
    """The exercises that come after one in the book, nearest first.

    Arguments:
        name: the exercise's name, one that exists.

    Returns:
        The exercises; none after the last.
    """
    names = list(all_exercises())
    return tuple(all_exercises()[n] for n in names[names.index(name) + 1 :])
