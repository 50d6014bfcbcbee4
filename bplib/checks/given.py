"""Which exercise check, hint or solution is called for, and kind words for a call gone wrong."""

from __future__ import annotations

import inspect
from typing import Any

from ..errors import UnknownNameError
from . import registry
from .declare import Chain
from .kinds import kind_of

LAMBDA = "<lambda>"
"""What Python calls a function without a name."""


class WrongCall(UnknownNameError):
    """The check itself was called in a way that names no exercise."""


def in_order(word: str, answer: Any, name: Any, seed: Any, *more: Any, missing: bool) -> None:
    """Raises WrongCall unless the arguments are there, each in its place, and none beside them."""
    if missing:
        also = ', or a value with its name, check(0.5, "name")' if word == "check" else ""
        raise WrongCall(f"{word} wants your function, {word}(my_function){also}.")
    if more:
        named = next((one for one in (name, *more) if isinstance(one, str)), "name")
        if isinstance(answer, int) and isinstance(name, int):
            raise WrongCall(
                f'Python writes {answer},{name} with a point: check({answer}.{name}, "{named}").'
            )
        raise WrongCall(
            f'check wants one answer and the exercise\'s name: check(answer, "{named}").'
        )
    if name is not None and not isinstance(name, str):
        if isinstance(answer, str) and callable(name):
            raise WrongCall(
                f'first the answer, then the name: check({argument(name)}, "{answer}").'
            )
        raise WrongCall(
            f'after the answer comes the name of an exercise, as in check(answer, "name"); this is '
            f"{kind_of(name)}."
        )
    if seed is not None and not (isinstance(seed, int) and seed >= 0):
        raise WrongCall("seed is a whole number, 0 or more, as an earlier check said it.")


def name_of(answer: Any, word: str = "check") -> str:
    """The exercise an answer belongs to when no name is given: the function's own."""
    name = getattr(answer, "__name__", None)
    if inspect.isclass(answer) or inspect.ismodule(answer):
        if name not in registry.all_exercises():
            raise WrongCall(f"{word} wants a function of yours; this is {kind_of(answer)}.")
    if isinstance(name, str) and name != LAMBDA:
        return name
    if isinstance(answer, str) and answer in registry.all_exercises():
        if isinstance(registry.find(answer), Chain):
            raise WrongCall(f'this one goes name by name: check_all(locals(), "{answer}").')
        raise WrongCall(
            f"'{answer}' is the name of an exercise, not an answer: give the function itself, or "
            f'check(your_answer, "{answer}").'
        )
    say_which = f'say which exercise it answers, {word}(answer, "name")'
    if word != "check":
        say_which = f'say the exercise\'s name, {word}("name")'
    if name or callable(answer):
        what = "a lambda has no name of its own" if name else "this object has no name of its own"
        raise WrongCall(f"{what}: {say_which}.")
    raise WrongCall(
        f"this is {kind_of(answer)}, and a value has no name. For a function, hand over the "
        f"function itself, without calling it: {word}(my_function). For a value, {say_which}."
    )


def argument(answer: Any) -> str:
    """How the answer was probably written in the call."""
    name = getattr(answer, "__name__", "")
    return name if isinstance(name, str) and name.isidentifier() else "..."
