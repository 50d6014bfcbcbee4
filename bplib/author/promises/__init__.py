"""All that an exercise promises, each promise a function that says what breaks it.

`promises(exercise, root)` has the promises of one exercise by name. The tests ask every exercise of
the book, and `bplib author check` asks the ones an author is writing: the same functions.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from bplib.author.promises.notebooks import (
    hints_keep_the_solution,
    it_is_asked,
    the_blank_is_blank,
    the_text_is_written,
    the_worked_answer_passes,
)
from bplib.author.promises.promise import DoesNotApply
from bplib.author.promises.right import (
    SEEDS,
    no_false_verdict,
    predictions_are_judged,
    right_answers_pass,
)
from bplib.author.promises.steps import (
    blank_steps_are_blank,
    mistakes_of_steps_are_named,
    solved_steps_pass,
    steps_have_mistakes,
)
from bplib.author.promises.written import (
    another_way_is_right,
    answers_are_named,
    cases_are_fair,
    everything_is_written,
    gradients_are_slopes,
    steps_follow,
    there_are_enough,
)
from bplib.author.promises.wrong import (
    arguments_are_counted,
    blanks_are_not_attempted,
    handing_in_the_reference_is_seen,
    inputs_stay,
    lists_are_said,
    memory_is_not_shared,
    mistakes_are_named,
    nan_never_passes,
    none_asks_for_the_return,
    shapes_are_strict,
    transposes_are_said,
    whole_numbers_do_not_pass,
)
from bplib.checks.declare import AnyExercise, Exercise, Prediction

__all__ = ["FIRST", "SEEDS", "DoesNotApply", "promises"]

FIRST = everything_is_written.__name__
"""What is not written yet cannot be asked anything else."""

_OF_FUNCTIONS = (
    there_are_enough,
    answers_are_named,
    cases_are_fair,
    gradients_are_slopes,
    right_answers_pass,
    another_way_is_right,
    mistakes_are_named,
    blanks_are_not_attempted,
    none_asks_for_the_return,
    arguments_are_counted,
    lists_are_said,
    shapes_are_strict,
    transposes_are_said,
    nan_never_passes,
    whole_numbers_do_not_pass,
    inputs_stay,
    memory_is_not_shared,
    handing_in_the_reference_is_seen,
)


def promises(
    exercise: AnyExercise, root: Path, seeds: int = SEEDS
) -> dict[str, Callable[[], Iterator[str]]]:
    """The promises of one exercise by name.

    Arguments:
        exercise: the exercise.
        root: the repository, where its notebooks are.
        seeds: how many seeds `no_false_verdict` tries.

    Returns:
        Functions without arguments; each gives one sentence for everything that breaks the promise,
        or raises `DoesNotApply` with the reason.
    """
    asked: list[functools.partial] = [functools.partial(everything_is_written, exercise)]
    here: tuple[Callable[..., Iterator[str]], ...] = ()
    if isinstance(exercise, Exercise):
        asked += [functools.partial(one, exercise) for one in _OF_FUNCTIONS]
        asked.append(functools.partial(no_false_verdict, exercise, seeds))
        here = (the_worked_answer_passes, the_blank_is_blank)
    elif isinstance(exercise, Prediction):
        asked.append(functools.partial(predictions_are_judged, exercise))
    else:
        asked += [functools.partial(one, exercise) for one in (steps_follow, steps_have_mistakes)]
        here = (solved_steps_pass, mistakes_of_steps_are_named, blank_steps_are_blank)
    for one in (the_text_is_written, it_is_asked, hints_keep_the_solution, *here):
        asked.append(functools.partial(one, exercise, root))
    return {one.func.__name__: one for one in asked}
