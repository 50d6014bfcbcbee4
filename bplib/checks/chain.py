"""Calculations of several steps, checked one intermediate at a time: that is where errors are."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import facts
from .call import Outcome, in_process
from .compare import close, rounding_scale
from .declare import Chain, Misconception
from .diagnose import same_behaviour
from .kinds import leaf
from .ordinary import ordinary
from .result import Failure, Result, headline

_SECONDS = 5.0


def decide_chain(chain: Chain, namespace: Mapping[str, Any]) -> Result:
    """The verdict on the intermediates of a calculation, in order, up to the first wrong one.

    Arguments:
        chain: the exercise.
        namespace: values by name, those of the learner's notebook.

    Returns:
        A `Result`; in a failure, the number of the case is that of the step.
    """
    right: list[str] = []
    for step in chain.steps:
        name, reference = step[0], step[1]
        value = ordinary(namespace.get(name, Ellipsis))
        if value is Ellipsis or value is None:
            return _waiting(chain, right, name)
        inputs, missing = _inputs(reference, namespace)
        if missing is not None:
            text = f"`{missing}` is not there any more; `{name}` is calculated from it."
            return _failed(chain, Failure(len(right) + 1, name, "defined", text))
        problem = _problem(chain, name, reference, inputs, value)
        if problem is not None:
            named = _diagnose(step[2] if len(step) == 3 else (), inputs, value)
            kind, text = problem
            if kind == "values" and named is None:
                text += _one_array(chain, name, namespace)
            return _failed(chain, Failure(len(right) + 1, name, kind, text), named, right)
        right.append(name)
    text = f"all {len(right)} intermediates are right."
    return Result("passed", chain.name, headline("passed", chain.name, text))


def _inputs(reference: Any, namespace: Mapping[str, Any]) -> tuple[tuple, str | None]:
    names = tuple(inspect.signature(reference).parameters)
    for name in names:
        if name not in namespace:
            return (), name
    return tuple(namespace[name] for name in names), None


def _problem(
    chain: Chain, name: str, reference: Any, inputs: tuple, value: Any
) -> tuple[str, str] | None:
    try:
        with np.errstate(all="ignore"):
            expected = reference(*copy.deepcopy(inputs))
    except Exception:  # the reader's notebook has something else under these names by now
        needed = ", ".join(f"`{one}`" for one in inspect.signature(reference).parameters)
        return "defined", f"`{name}` cannot be calculated from {needed} as they are now."
    parts, problem = leaf(name, None, value, expected)
    if problem is not None:
        return "type", f"`{name}` is {problem}."
    part = parts[0]
    if part.answer.shape != part.expected.shape:
        return "shape", _of_a_name(part.label, facts.shape_fact(part, {}))
    if not np.isfinite(part.answer).all():
        return "finite", _of_a_name(part.label, facts.finite_fact(part))
    right = close(
        part.answer,
        part.expected,
        chain.tolerance,
        single=part.single,
        noise=lambda: rounding_scale(reference, inputs, None),
    )
    if right:
        return None
    return "values", _of_a_name(part.label, facts.value_fact(part, 0, [(part, {})]))


def _of_a_name(label: str, fact: str) -> str:
    """A fact about a value that has a name: it is or has something; only functions return."""
    text = facts.sentence(label + fact).replace(": returns shape ", " has shape ", 1)
    return text.replace(": returns ", " is ", 1).replace(" in this case", "")


def _one_array(chain: Chain, name: str, namespace: Mapping[str, Any]) -> str:
    """A sentence where another name of the calculation holds the same array, perhaps changed since
    through that name.
    """
    names = [step[0] for step in chain.steps]
    for step in chain.steps:
        names += [one for one in inspect.signature(step[1]).parameters if one not in names]
    for other in names:
        pair = namespace[name], namespace.get(other)
        if other != name and all(isinstance(one, np.ndarray) for one in pair):
            if np.may_share_memory(*pair):
                return (
                    f" `{name}` and `{other}` share their memory: what changes one changes the "
                    "other (`.copy()` makes two of them)."
                )
    return ""


def _diagnose(
    misconceptions: tuple[Misconception, ...], inputs: tuple, value: Any
) -> Misconception | None:
    mine = Outcome(value=value)
    matches = [
        m for m in misconceptions if same_behaviour(mine, in_process(m.wrong, inputs, _SECONDS))
    ]
    return matches[0] if len(matches) == 1 else None


def _waiting(chain: Chain, right: list[str], name: str) -> Result:
    if right:
        done = ", ".join(f"`{one}`" for one in right)
        verb = "is" if len(right) == 1 else "are"
        text = f"{done} {verb} right; `{name}` comes next."
    else:
        text = f"not attempted yet; `{name}` comes first."
    return Result("not_attempted", chain.name, headline("not_attempted", chain.name, text))


def _failed(
    chain: Chain,
    failure: Failure,
    named: Misconception | None = None,
    right: list[str] | None = None,
) -> Result:
    text = f"step {failure.case} of {len(chain.steps)}: {failure.text}"
    if right:
        before = "The step before it is" if len(right) == 1 else "All steps before it are"
        text += f" {before} right."
    message = headline("failed", chain.name, text)
    if named is not None:
        message += f"\n**Likely mistake:** {named.message}"
    label = None if named is None else named.label
    return Result("failed", chain.name, message, None, (failure,), label)
