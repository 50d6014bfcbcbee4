"""Promises of a calculation in steps: solved it passes, mistakes are named, a blank is blank."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bplib.author.promises.notebooks import solution_notebook, solved
from bplib.author.promises.promise import Sentences, first_line
from bplib.author.promises.written import MISCONCEPTIONS, TO_WRITE
from bplib.checks.chain import decide_chain
from bplib.checks.declare import Chain
from bplib.checks.hints import code_cells
from bplib.course import notebooks

Values = dict[str, Any]


def steps_have_mistakes(chain: Chain) -> Sentences:
    """Five misconceptions or more, all steps together, each with its message."""
    found = [one for step in chain.steps if len(step) == 3 for one in step[2]]
    if len(found) < MISCONCEPTIONS:
        yield f"{len(found)} of {MISCONCEPTIONS} misconceptions, mistakes that people make."
    for what, text in [(f"the message of {m.label}", m.message) for m in found]:
        if TO_WRITE in text:
            yield f"{what} is still to be written."
    if not chain.another.strip() or TO_WRITE in chain.another:
        yield "another, the steps in one other way, is missing."


def solved_steps_pass(chain: Chain, root: Path) -> Sentences:
    """The worked answer passes, in its one other way too, and NaN at no step."""
    values = _values(chain, root)
    if values is None:
        yield "no notebook in solutions has a worked answer that names the exercise."
        return
    result = decide_chain(chain, values)
    if not result.passed:
        yield f"the worked answer does not pass: {first_line(result)}"
        return
    otherwise = {**values, "np": np}  # the other way makes new values, and changes none
    try:
        exec(chain.another, otherwise)
    except Exception as error:
        yield f"another raises {type(error).__name__}: {error}."
    else:
        result = decide_chain(chain, otherwise)
        if not result.passed:
            yield f"another is not right: {first_line(result)}"
    for step in chain.steps:
        result = decide_chain(chain, {**values, step[0]: values[step[0]] * np.nan})
        if result.status != "failed" or "NaN" not in result.text:
            yield f"{step[0]} passes where it is NaN: {first_line(result)}"


def mistakes_of_steps_are_named(chain: Chain, root: Path) -> Sentences:
    """Every misconception fails at its step, under its own label, with its own sentence."""
    values = _values(chain, root) or {}
    for place, step in enumerate(chain.steps, start=1):
        for one in step[2] if len(step) == 3 else ():
            names, its = _arguments(step[1]), _arguments(one.wrong)
            if its != names:
                mine, due = ", ".join(its), ", ".join(names)
                yield f"{step[0]}, {one.label} takes ({mine}); the step takes ({due})."
                continue
            wrong = one.wrong(*(copy.deepcopy(values[name]) for name in names))
            result = decide_chain(chain, {**values, step[0]: wrong})
            at = result.failures[0].case if result.failures else None
            if result.status != "failed" or at != place or result.misconception != one.label:
                named = result.misconception or "nothing"
                yield f"{step[0]}, {one.label} is named {named}: {first_line(result)}"
            elif one.message not in result.text:
                yield f"the message of {step[0]}, {one.label}, is not shown."


def blank_steps_are_blank(chain: Chain, root: Path) -> Sentences:
    """The blank cell raises nothing, so that the cells below it run, and is no attempt."""
    here = notebooks(root / "exercises", chain.chapter)
    cells = [c for path in here for c in code_cells(path) if _begins_with(c, chain.name)]
    if len(cells) != 1:
        yield f"{len(cells)} cells of exercises begin with a comment on {chain.name}; one should."
        return
    values: Values = {"np": np}
    try:
        exec(compile(cells[0], "blank", "exec"), values)
    except Exception as error:
        yield f"the blank raises {type(error).__name__}, and no cell below it would run."
        return
    result = decide_chain(chain, values)
    if result.status != "not_attempted":
        yield f"the blank is taken for an attempt: {first_line(result)}"


def _begins_with(source: str, name: str) -> bool:
    return source.startswith("#") and name in source.split("\n")[0]


def _arguments(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _values(chain: Chain, root: Path) -> Values | None:
    path = solution_notebook(chain, root)
    return None if path is None else solved(path)
