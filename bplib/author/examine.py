"""``bplib author check``: what exercises promise, asked one by one, told in a readable report."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from bplib.author.problem import AuthorError
from bplib.author.promises import FIRST, SEEDS, DoesNotApply, promises
from bplib.author.promises.right import closest
from bplib.author.twins import one_line
from bplib.checks import registry
from bplib.checks.decide import fixed_seed, make_cases
from bplib.checks.declare import AnyExercise, Exercise

Say = Callable[[str], None]


def examine(names: Iterable[str], root: Path, *, seeds: int = SEEDS, say: Say = print) -> list[str]:
    """Asks exercises for all that they promise, and tells what they keep.

    Each promise of an exercise that is named is told; of the others only what is broken. What is
    not written yet is told first, and the rest is asked once it is.

    Arguments:
        names: of exercises; all of the book where there are none.
        root: the repository, where its notebooks are.
        seeds: how many seeds the search for mix-ups tries.
        say: takes each line of the report.

    Returns:
        Names of the exercises that break a promise.

    Raises:
        AuthorError: where the declarations cannot be loaded.
        UnknownNameError: for a name that no exercise has.
    """
    chosen, every = _chosen(list(names))
    broken = []
    for exercise in chosen:
        if not _examine_one(exercise, root, seeds, every, say):
            broken.append(exercise.name)
    count = f"{len(chosen)} exercise{'' if len(chosen) == 1 else 's'}"
    say(f"{count}: {'not yet ' + ', '.join(broken) if broken else 'every promise is kept'}.")
    return broken


def _chosen(names: list[str]) -> tuple[list[AnyExercise], bool]:
    try:
        everything = registry.all_exercises()
    except Exception as error:
        raise AuthorError(f"the exercises cannot be loaded: {_where(error)}") from error
    if not names:
        return list(everything.values()), False
    return [registry.find(name) for name in names], True


def _where(error: BaseException) -> str:
    """An exception of a declaration in one line, with the last place that led to it."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "exercises" in f.filename]
    line = getattr(error, "lineno", None) or (frames[-1].lineno if frames else None)
    file = getattr(error, "filename", None) or (frames[-1].filename if frames else None)
    place = f"{Path(file).name}, line {line}: " if file else ""
    said = getattr(error, "msg", None) or one_line(error)
    return f"{place}{type(error).__name__}: {said}."


def _examine_one(exercise: AnyExercise, root: Path, seeds: int, every: bool, say: Say) -> bool:
    """Whether one exercise keeps its promises."""
    lines, kept, left_out = [], 0, 0
    asked = promises(exercise, root, seeds)
    for name, promise in asked.items():
        title = " ".join((promise.func.__doc__ or name).split("\n")[0].split())  # type: ignore[attr-defined]
        try:
            found = list(promise())
        except DoesNotApply as reason:
            left_out += 1
            lines.append(f"  – {title} ({reason})")
            continue
        except Exception as error:  # a promise stumbled over what the author wrote
            found = [f"{type(error).__name__}: {one_line(error)}."]
        if not found:
            kept += 1
            lines.append(f"  ✓ {title}")
            continue
        lines.append(f"  ✗ {title}")
        lines += [f"      {sentence}" for sentence in found]
        if name == FIRST:
            lines.append(f"  – The other {len(asked) - 1} promises are asked once this is written.")
            break
    broken = any(line.startswith("  ✗") for line in lines)
    others = f", {left_out} out of place" if left_out else ""
    told = "" if broken else f" · {kept} promises kept{others}"
    say(f"{'✗' if broken else '✓'} {exercise.name}{told}")
    for line in lines:
        if every or line.startswith(("  ✗", "      ")):
            say(line)
    if every and not broken and isinstance(exercise, Exercise):
        say(_closest(exercise))
    return not broken


def _closest(exercise: Exercise) -> str:
    """Which two misconceptions are hardest to tell apart: a case more may be worth it."""
    cases = make_cases(exercise, fixed_seed(exercise.name))
    pair = closest(exercise, cases)
    if pair is None:
        return "  No two misconceptions agree on any case."
    one, other, both = pair
    places = ", ".join(map(str, both))
    return f"  Closest: {one} and {other} agree on {len(both)} of {len(cases)} cases ({places})."
