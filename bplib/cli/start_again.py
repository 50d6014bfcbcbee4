"""``bplib reset``: an exercise, a chapter or everything as on the first day, after backups."""

from __future__ import annotations

import re
from pathlib import Path

from bplib import course
from bplib.checks import registry
from bplib.checks.declare import AnyExercise, Prediction
from bplib.checks.progress import forget
from bplib.cli.saved import saved_notebooks
from bplib.course import CourseError

_CHAPTER = re.compile(r"(?:ch)?(\d{1,2})\Z")


def start_again(what: list[str], everything: bool, directory: Path | None) -> int:
    """Put notebooks back as they were delivered and forget their progress; say where backups are.

    Arguments:
        what: exercises (``mse_gradient``), chapters (``ch02``) or notebooks (``02_…``).
        everything: all exercise notebooks and all progress.
        directory: the working copy; found from here where it is None.

    Returns:
        0.

    Raises:
        CourseError: where nothing was named, or a working copy cannot be found or written to.
        UnknownNameError: for a name that means nothing; the sentence offers the closest.
    """
    if bool(what) == everything:
        raise CourseError("name what to reset: an exercise, a chapter such as ch02, or --all.")
    copy = _working_copy(directory)
    if everything:
        what = [path.stem for path in saved_notebooks(copy)]
    names: set[str] = set()
    for word, exercises in [(word, _meant(word)) for word in what]:
        backup = _reset(word, exercises, copy)
        names |= {exercise.name for exercise in exercises}
        if backup is not None:
            print(f"✓ {word} is as delivered; yours is in {backup}.")
    try:
        kept = forget(names)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CourseError(f"the progress could not be forgotten: {reason}.") from error
    if kept is not None:
        print(f"✓ The progress of {_count(names)} is forgotten; as it was, it is in {kept}.")
    return 0


def _working_copy(directory: Path | None) -> Path:
    return saved_notebooks(Path())[0].parent.parent if directory is None else directory


def _meant(word: str) -> tuple[AnyExercise, ...]:
    """The exercises that a word stands for; none for a notebook without any."""
    number = _CHAPTER.match(word) or re.match(r"(?:exercises/)?(\d\d)_", word)
    if number:
        return registry.of_chapter(int(number.group(1)))
    if word.startswith(("book/", "solutions/")):
        return ()
    return (registry.find(word),)


def _reset(word: str, exercises: tuple[AnyExercise, ...], copy: Path) -> Path | None:
    chapter = _CHAPTER.match(word)
    if chapter:
        start = f"exercises/{int(chapter.group(1)):02d}_"
        found = [name for name in course.delivered() if name.startswith(start)]
        if not found:
            raise CourseError(f"there is no exercise notebook of chapter {chapter.group(1)}.")
        return course.reset(copy, found[0])
    if len(exercises) == 1 and exercises[0].name == word:
        # A prediction stands in the text of its chapter; there is only its progress to forget.
        alone = isinstance(exercises[0], Prediction)
        return None if alone else course.reset_exercise(copy, word)
    return course.reset(copy, word)


def _count(names: set[str]) -> str:
    return next(iter(names)) if len(names) == 1 else f"{len(names)} exercises"
