"""A function as it was when it was checked, whatever later cells put under the names it uses.

In Jupyter a check sees the notebook of that moment.  Grading asks at the end, when a later cell may
have used `h` or `sigmoid` for something else.  What was right when it was checked is right.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any


class Moment:
    """A function and the namespace of the moment, which nothing later changes.

    Arguments:
        function: a plain function of the notebook.
        namespace: the notebook's.

    Attributes:
        function: calls what the names meant then.
    """

    def __init__(self, function: types.FunctionType, namespace: dict[str, Any]) -> None:
        self.original = function
        self.then = dict(namespace)
        self._copies: dict[int, types.FunctionType] = {}
        space = dict(self.then)
        for name, one in self.then.items():
            if isinstance(one, types.FunctionType) and one.__globals__ is namespace:
                space[name] = self._copy(one, space)
        self.function = self._copy(function, space)

    def _copy(self, function: types.FunctionType, space: dict[str, Any]) -> types.FunctionType:
        if id(function) not in self._copies:
            made = types.FunctionType(
                function.__code__, space, function.__name__, function.__defaults__,
                function.__closure__,
            )  # fmt: skip
            made.__kwdefaults__ = function.__kwdefaults__
            made.__dict__.update(function.__dict__)
            self._copies[id(function)] = made
        return self._copies[id(function)]

    def outdated(self, namespace: dict[str, Any]) -> bool:
        """Whether a name that the function uses means something else by now."""
        missing = object()
        return any(
            self.then.get(name, missing) is not namespace.get(name, missing)
            for name in self._names()
        )

    def _names(self) -> Iterator[str]:
        """The names that the function uses, and those that its helpers use."""
        waiting, seen = [self.original.__code__], set()
        while waiting:
            code = waiting.pop()
            if code in seen:
                continue
            seen.add(code)
            waiting += [one for one in code.co_consts if isinstance(one, types.CodeType)]
            for name in code.co_names:
                yield name
                helper = self.then.get(name)
                if isinstance(helper, types.FunctionType):
                    waiting.append(helper.__code__)


def moment_of(answer: Any, namespace: dict[str, Any]) -> Moment | None:
    """The moment of a checked answer; None for what is no plain function of the notebook."""
    if isinstance(answer, types.FunctionType) and answer.__globals__ is namespace:
        return Moment(answer, namespace)
    return None
