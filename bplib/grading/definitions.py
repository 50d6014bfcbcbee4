"""Where a notebook defines an exercise's function: nowhere, once, or more often."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bplib.checks import registry
from bplib.checks.declare import Chain, Exercise


def defined_in(name: str, cells: Sequence[str]) -> list[int]:
    """The code cells that define a function, from 1, each as often as it does."""
    written = re.compile(rf"^(?:async[ \t]+)?def[ \t]+{re.escape(name)}[ \t]*\(", re.MULTILINE)
    return [number for number, source in enumerate(cells, start=1) for _ in written.findall(source)]


def which_counts(name: str, cells: Sequence[str]) -> str:
    """A sentence where two functions have one name, else nothing."""
    found = defined_in(name, cells)
    if len(found) < 2:
        return ""
    places = [str(number) for number in dict.fromkeys(found)]
    if len(places) == 1:
        times = "twice" if len(found) == 2 else f"{len(found)} times"
        return f"It is defined {times} in code cell {places[0]}; the last one counts."
    listed = f"{', '.join(places[:-1])} and {places[-1]}"
    return f"It is defined in code cells {listed}; the last one counts."


def why_not(name: str, cells: Sequence[str], stopped: bool) -> str:
    """Why there is no verdict on an exercise that a notebook checks.

    Arguments:
        name: of the exercise.
        cells: the sources of the notebook's code cells.
        stopped: whether a cell raised, or did not end.

    Returns:
        One sentence.
    """
    exercise = registry.find(name)
    other = re.compile(rf"^(?:.*\bimport\b.*\b|class\s+){name}\b|^{name}\s*=", re.MULTILINE)
    if (
        isinstance(exercise, Exercise)
        and not defined_in(name, cells)
        and not any(map(other.search, cells))
    ):
        call = f"{name}({', '.join(exercise.arguments)})"
        return f"no cell defines it; `def {call}:` is missing."
    if stopped:
        return "its check was not reached."
    if isinstance(exercise, Exercise):
        return f"its check was given no function: write check({name})."
    if isinstance(exercise, Chain):
        return f'its check was given no names: write check_all(locals(), "{name}").'
    return f'its check was given no answer: write check(your_answer, "{name}").'
