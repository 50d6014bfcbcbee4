"""What is shown when an exercise is right: one other way to write it, which is right too."""

import numpy as np
import pytest

from bplib.checks import check, registry, run_check
from bplib.checks.declare import Exercise

FUNCTIONS = [e for e in registry.all_exercises().values() if isinstance(e, Exercise)]


def written(exercise):
    names = {"np": np}
    exec(exercise.another, names)
    return names[exercise.name]


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda e: e.name)
def test_it_is_right(exercise):
    assert exercise.another, f"{exercise.name}: `another` is missing; write it in one other way."
    for seed in (None, *range(20)):
        result = run_check(exercise.name, written(exercise), seed=seed)
        assert result.passed, result.text
    assert max(map(len, exercise.another.split("\n"))) <= 84


def test_it_is_shown_when_the_answer_is_right(small_book, said):
    from dataclasses import replace

    name = next(n for n, e in small_book.items() if isinstance(e, Exercise))
    small_book[name] = replace(small_book[name], another="\ndef other_way():\n    return 1\n")
    check(small_book[name].reference, name)
    lines = said()
    assert lines[-3:] == [
        "  one other way to write it:", "    def other_way():", "        return 1",
    ]  # fmt: skip
    check(lambda *inputs: None, name)
    assert not any("other way" in line for line in said())
