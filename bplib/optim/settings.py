"""The numbers that set a rule, for all parameters or for a group of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from bplib import expect
from bplib.errors import DomainError, DTypeError, kind_of, unknown


class Setting:
    """One number of a rule, looked at whenever it is assigned.

    Arguments:
        check: takes the rule's name, the setting's name and the value; returns the value as a
            float, or raises a sentence.
    """

    def __init__(self, check: Callable[[str, str, Any], float]) -> None:
        self.check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        return self if optimizer is None else optimizer.__dict__[self.name]

    def __set__(self, optimizer: Any, value: Any) -> None:
        optimizer.__dict__[self.name] = self.check(type(optimizer).__name__, self.name, value)


def complete(init: Callable[..., None]) -> Callable[..., None]:
    """An `__init__` that says when the thing is complete: after that of the thing's own class.

    Arguments:
        init: of an optimizer, or of a class between.

    Returns:
        The same, which sets `_complete` in the end where no subclass has more to do.
    """

    @wraps(init)
    def and_complete(self: Any, *given: Any, **named: Any) -> None:
        init(self, *given, **named)
        if type(self).__init__ is and_complete:
            self._complete = True

    return and_complete


def check_of(rule: type, name: str) -> Callable[[str, str, Any], float]:
    """What a rule asks of one of its settings.

    Arguments:
        rule: the optimizer's class.
        name: the setting's name.

    Returns:
        The check of a `Setting`; of a plain attribute, that it is a number.
    """
    if name == "lr":
        return expect.positive
    setting = getattr(rule, name, None)
    return setting.check if isinstance(setting, Setting) else expect.number


@dataclass
class Group:
    """Some of the parameters, and the settings that are theirs alone.

    Fields:
        start, stop: which of the optimizer's parameters, as of a slice.
        own: the settings that replace the optimizer's while these parameters move.
        lr_ratio: own learning rate over the optimizer's, kept when that changes.
    """

    start: int
    stop: int
    own: dict[str, float] = field(default_factory=dict)
    lr_ratio: float = 1.0

    def follow(self, lr: float) -> None:
        """Keep the ratio to the optimizer's learning rate, now lr."""
        if "lr" in self.own:
            self.own["lr"] = self.lr_ratio * lr


def grouped(rule: type, parameters: Iterable[Any], lr: float) -> tuple[list[Any], list[Group]]:
    """Parameters in one list, and which of them belong together.

    Arguments:
        rule: the optimizer's class.
        parameters: parameters, or dicts with "parameters" and settings.
        lr: the optimizer's learning rate.

    Returns:
        All parameters, and the groups; one group without settings for a plain list.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: for a setting that the rule does not have.
    """
    name = rule.__name__
    parameters = _entries(name, parameters, "parameters")
    if not any(isinstance(one, Mapping) for one in parameters):
        return listed(name, parameters), [Group(0, len(parameters))]
    everything: list[Any] = []
    groups = []
    for i, given in enumerate(parameters):
        if not isinstance(given, Mapping) or "parameters" not in given:
            raise DTypeError(
                f"{name}: group {i} is {kind_of(given)} without the entry 'parameters'; "
                f"beside one group, everything must be a group."
            )
        members = listed(name, given["parameters"], f"groups[{i}].parameters")
        groups.append(Group(len(everything), len(everything) + len(members)))
        groups[-1].own = _own(rule, i, given)
        groups[-1].lr_ratio = groups[-1].own.get("lr", lr) / lr
        everything += members
    return listed(name, everything), groups


def _own(rule: Any, i: int, given: Mapping[str, Any]) -> dict[str, float]:
    own = {}
    for setting, value in given.items():
        if setting == "parameters":
            continue
        if setting not in rule.settings:
            raise unknown(f"setting of {rule.__name__}", str(setting), rule.settings)
        own[setting] = check_of(rule, setting)(rule.__name__, f"{setting} of group {i}", value)
    return own


def listed(asks: str, parameters: Iterable[Any], called: str = "parameters") -> list[Any]:
    """The parameters as a list, each of them once.

    Arguments:
        asks: who asks; it opens the sentence.
        parameters: things with .value and .grad.
        called: what a sentence calls the list.

    Returns:
        A fresh list of the same things.

    Raises:
        DomainError: for no parameters, or the same one twice.
        DTypeError: for things that are not parameters, or whose values are not floats.
    """
    everything = _entries(asks, parameters, called)
    if not everything:
        raise DomainError(f"{asks}: {called} is empty; there is nothing to move.")
    seen = set()
    for i, parameter in enumerate(everything):
        if not (hasattr(parameter, "value") and hasattr(parameter, "grad")):
            raise DTypeError(
                f"{asks}: {called}[{i}] is {kind_of(parameter)}; "
                f"it must have .value and .grad, as Parameter and Tensor do."
            )
        if id(parameter) in seen:
            raise DomainError(
                f"{asks}: {name_of(parameter, i)} is in the list of parameters twice; "
                f"it would move twice in a step."
            )
        seen.add(id(parameter))
        if getattr(getattr(parameter.value, "dtype", None), "kind", None) != "f":
            raise DTypeError(
                f"{asks}: the value of {name_of(parameter, i)} is not an array of floats; "
                f"it cannot move by small steps."
            )
    return everything


def _entries(asks: str, given: Any, called: str) -> list[Any]:
    """A list of its own, in an order that is the same in every process: a set has none."""
    is_list = isinstance(given, Iterable) and not isinstance(given, Mapping | Set | str)
    if not is_list or hasattr(given, "shape"):
        raise DTypeError(
            f"{asks}: {called} is {kind_of(given)}; "
            f"it must be a list of parameters, for example layer.parameters()."
        )
    return list(given)


def name_of(parameter: Any, i: int) -> str:
    """What a sentence calls a parameter.

    Arguments:
        parameter: the parameter.
        i: its place in the list.

    Returns:
        Its own name, or its place where it has none.
    """
    return getattr(parameter, "name", None) or f"parameters[{i}]"
