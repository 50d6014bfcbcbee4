"""Predictions as tasks: they stand in the chapters, so their cells are written here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bplib.checks.declare import Prediction

_HEADING = (
    "## Said before looking\n\n"
    "The chapter asks these on the way. Replace each `...` by what you worked out there: a number, "
    "or a word in quotes."
)


def prediction_tasks(
    predictions: Sequence[Prediction],
) -> tuple[str, list[tuple[Prediction, float, str, str]]]:
    """A heading, and for each prediction what a `Task` is made of.

    Arguments:
        predictions: in the order of the chapter.

    Returns:
        The heading's Markdown, and (exercise, points, statement, answer) for each.
    """
    return _HEADING, [(one, 1, _statement(one), _answer(one)) for one in predictions]


def _statement(prediction: Prediction) -> str:
    title = prediction.name.replace("_", " ").capitalize()
    choices = ", ".join(f'`"{word}"`' for word in prediction.choices)
    asked = f" One of {choices}." if choices else ""
    return f"### {title}\n\n{prediction.statement}{asked}"


def _answer(prediction: Prediction) -> str:
    """Brackets around the blank keep `name = …` in the learner's notebook."""
    return (
        f"{prediction.name} = (\n    # BEGIN SOLUTION\n    {literal(prediction.answer)}\n"
        "    # END SOLUTION\n)"
    )


def literal(answer: Any) -> str:
    """An answer as Python source, to the last digit.

    Arguments:
        answer: a number, a word, a tuple of them or an array.

    Returns:
        What Python reads back as the same value; an array comes back as a list.
    """
    if isinstance(answer, np.ndarray | np.generic):
        return repr(answer.tolist())
    if isinstance(answer, tuple):
        return f"({', '.join(map(literal, answer))}{',' if len(answer) == 1 else ''})"
    return repr(answer)
