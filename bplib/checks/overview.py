"""How far a reader has come: the chapter's count after a pass, and the whole book's."""

from __future__ import annotations

from bplib import browser

from . import registry
from .declare import AnyExercise, Prediction
from .progress import Data, store


def _counted(chapter: int) -> list[AnyExercise]:
    """A chapter's exercises; predictions belong to its text and are not counted."""
    found = registry.of_chapter(chapter)
    return [e for e in found if not isinstance(e, Prediction)] or list(found)


def _done(data: Data, exercise: AnyExercise) -> bool:
    return bool(data["exercises"].get(exercise.name, {}).get("done"))


def chapter_line(exercise: AnyExercise) -> str:
    """How far a chapter is: "Chapter 2: 3 of 5 done. Next: `learning_rate_limit`."

    Arguments:
        exercise: one of the chapter.

    Returns:
        One line of light markup.
    """
    data = store().read()
    here = _counted(exercise.chapter)
    done = sum(_done(data, one) for one in here)
    line = f"Chapter {exercise.chapter}: {done} of {len(here)} done."
    following = next_exercise(exercise, data)
    if following is None:
        return line
    place = f" in chapter {following.chapter}" if following.chapter != exercise.chapter else ""
    return f"{line} Next: `{following.name}`{place}."


def next_exercise(exercise: AnyExercise | None, data: Data) -> AnyExercise | None:
    """The next one not done: later in the chapter, else earlier in it, else later in the book.

    Arguments:
        exercise: where the reader is; None for the start of the book.
        data: the progress, as `Store.read` gives it.

    Returns:
        The exercise, or None where all are done.
    """
    chapters = sorted({one.chapter for one in registry.all_exercises().values()})
    ordered = [one for chapter in chapters for one in _counted(chapter)]
    if exercise is not None:
        later = {one.name for one in registry.after(exercise.name)}
        chapter = exercise.chapter
        ordered.sort(
            key=lambda one: (one.chapter != chapter, one.chapter < chapter, one.name not in later)
        )
    return next((one for one in ordered if not _done(data, one)), None)


def overview() -> list[str]:
    """Lines for the whole book: a line a chapter with its marks, and the next step.

    Returns:
        Lines of light markup.
    """
    data = store().read()
    lines = ["**Your progress** · ✓ done, ○ not yet; in brackets answers tried and hints read"]
    for chapter in sorted({one.chapter for one in registry.all_exercises().values()}):
        here = _counted(chapter)
        done = sum(_done(data, one) for one in here)
        marks = "  ".join(_marked(data, one) for one in here)
        lines.append(f"**Chapter {chapter}** · {done} of {len(here)} · {marks}")
    following = next_exercise(None, data)
    lines.append(
        "All exercises are done."
        if following is None
        else f"Next: `{following.name}` in chapter {following.chapter}, "
        f"about {following.minutes:g} minute{'' if following.minutes == 1 else 's'}."
    )
    path = store().path
    if browser.here() and path is not None:
        lines.append(
            f"It is kept in this browser, as `{path.name}` in the list of files (File, Open): "
            "download it to take it with you, upload one to go on with it here."
        )
    return lines


def _marked(data: Data, exercise: AnyExercise) -> str:
    entry = data["exercises"].get(exercise.name, {})
    counts = []
    if entry.get("attempts"):
        counts.append(f"{entry['attempts']} tried")
    if entry.get("hints"):
        counts.append(f"{entry['hints']} hint{'s' if entry['hints'] > 1 else ''}")
    if entry.get("solution"):
        counts.append("solution seen")
    note = f" ({', '.join(counts)})" if counts else ""
    return f"{'✓' if _done(data, exercise) else '○'} {exercise.name}{note}"
