"""``bplib reset``: an exercise, a chapter or everything as on the first day, after backups."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bplib import course
from bplib.checks import registry
from bplib.checks.declare import AnyExercise, Prediction
from bplib.checks.progress import forget, store
from bplib.cli.saved import saved_notebooks
from bplib.course import CourseError

_CHAPTER = re.compile(r"(?:ch)?(\d{1,2})\Z")
OPEN = (
    "If JupyterLab has the notebook open: File, Reload Notebook from Disk; saving it there would "
    "bring yours back."
)


@dataclass(frozen=True)
class _Wish:
    """What one word asks for: a notebook or cell to put back, and exercises to forget."""

    word: str
    exercises: tuple[AnyExercise, ...]
    put_back: Callable[[Path], Path | None] | None = None


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
    copy = saved_notebooks(Path())[0].parent.parent if directory is None else directory
    if everything:
        what = [path.stem for path in saved_notebooks(copy)]
    wishes = [_wish(word) for word in what]  # all of them, before the first file is touched
    backups = [_put_back(wish, copy) for wish in wishes if wish.put_back is not None]
    names = {exercise.name for wish in wishes for exercise in wish.exercises}
    if everything:
        names |= store().read()["exercises"].keys()
    forgotten = _forget(names)
    notes = store().take_notes()
    for note in notes:
        print(note)
    if any(backups):
        print(OPEN)
    if not backups and not forgotten and not notes:
        print(f"Nothing to reset: {', '.join(what)} has no progress.")
    return 0


def _wish(word: str) -> _Wish:
    chapter = _CHAPTER.match(word)
    if chapter:
        start = f"exercises/{int(chapter.group(1)):02d}_"
        found = [name for name in course.delivered() if name.startswith(start)]
        if not found:
            raise CourseError(f"there is no exercise notebook of chapter {chapter.group(1)}.")
        exercises = registry.of_chapter(int(chapter.group(1)))
        return _Wish(word, exercises, lambda copy: course.reset(copy, found[0]))
    numbered = re.match(r"(?:\w+/)?(\d\d)_", word)
    if numbered:
        name = course.notebook_called(word)
        own = name.startswith("exercises/")
        exercises = registry.of_chapter(int(numbered.group(1))) if own else ()
        return _Wish(word, exercises, lambda copy: course.reset(copy, name))
    exercise = registry.find(word)
    if isinstance(exercise, Prediction):
        # A prediction stands in the text of its chapter; there is only its progress to forget.
        return _Wish(word, (exercise,))
    return _Wish(word, (exercise,), lambda copy: course.reset_exercise(copy, word))


def _put_back(wish: _Wish, copy: Path) -> Path | None:
    """Puts back what a word asks for and says so; the backup, where there was anything to keep."""
    assert wish.put_back is not None
    backup = wish.put_back(copy)
    yours = f"; yours is in {backup}" if backup is not None else ""
    print(f"✓ {wish.word} is as delivered{yours}.")
    return backup


def _forget(names: set[str]) -> bool:
    """Forgets the progress of exercises and says where it is; whether there was any."""
    try:
        kept = forget(names)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CourseError(f"the progress could not be forgotten: {reason}.") from error
    if kept is not None:
        count = next(iter(names)) if len(names) == 1 else f"{len(names)} exercises"
        print(f"✓ The progress of {count} is forgotten; as it was, it is in {kept}.")
    return kept is not None
