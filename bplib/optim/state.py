"""Does a saved state fit an optimizer? Everything is looked at before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bplib import expect
from bplib.errors import DomainError, DTypeError, ShapeError, kind_of
from bplib.optim.settings import check_of, name_of

ENTRIES = ("optimizer", "steps", "settings", "given_lr", "shapes", "slots", "groups")


def check_state(optimizer: Any, state: Any) -> None:
    """The state was made by the same rule for such parameters.

    Arguments:
        optimizer: the optimizer that will go on from it.
        state: what `state_dict` returned.

    Raises:
        DTypeError: where it is not a dict, or holds arrays of another precision or device.
        DomainError: where an entry is missing, out of its range, or for another number.
        ShapeError: where a shape differs.
    """
    rule = type(optimizer).__name__
    if not isinstance(state, Mapping):
        raise DTypeError(f"{rule}: the state is {kind_of(state)}, not a dict.")
    for key in ENTRIES:
        if key not in state:
            raise DomainError(f"{rule}: the state has no entry {key!r}; was it made by state_dict?")
    if state["optimizer"] != rule:
        raise DomainError(f"{rule}: the state was made by {state['optimizer']}, not by {rule}.")
    _check_numbers(type(optimizer), state)
    _check_shapes(rule, optimizer.parameters, state["shapes"])
    _check_slots(rule, optimizer, state["slots"])
    _check_groups(optimizer, state["groups"])


def _check_numbers(rule: Any, state: Mapping[str, Any]) -> None:
    name = rule.__name__
    for setting in rule.settings:
        if setting not in state["settings"]:
            raise DomainError(f"{name}: the state has no setting {setting!r}.")
        _check_setting(rule, setting, f"{setting} of the state", state["settings"][setting])
    expect.positive(name, "given_lr of the state", state["given_lr"])
    expect.count_from_zero(name, "steps of the state", state["steps"])


def _check_setting(rule: type, setting: str, called: str, value: Any) -> None:
    if setting == "lr" and type(value) is float and value == 0:
        return  # where a schedule ended
    check_of(rule, setting)(rule.__name__, called, value)


def _check_shapes(rule: str, parameters: list[Any], shapes: Any) -> None:
    if len(shapes) != len(parameters):
        raise DomainError(
            f"{rule}: the state is for {len(shapes)} parameters, "
            f"but this optimizer has {len(parameters)}."
        )
    for i, parameter in enumerate(parameters):
        if tuple(shapes[i]) != tuple(parameter.value.shape):
            raise ShapeError(
                f"{rule}: the state has shape {tuple(shapes[i])} for {name_of(parameter, i)}, "
                f"which has shape {tuple(parameter.value.shape)}."
            )


def _check_slots(rule: str, optimizer: Any, saved: Any) -> None:
    parameters = optimizer.parameters
    if len(saved) != len(parameters):
        raise DomainError(
            f"{rule}: the state has slots for {len(saved)} parameters, "
            f"but this optimizer has {len(parameters)}."
        )
    for i, (parameter, arrays) in enumerate(zip(parameters, saved, strict=True)):
        name, value = name_of(parameter, i), parameter.value
        for slot in optimizer.slots:
            if slot not in arrays:
                raise DomainError(f"{rule}: the state has no {slot!r} for {name}.")
            array = arrays[slot]
            expect.together(rule, **{name: value, f"the state's {slot!r}": array})
            if tuple(array.shape) != tuple(value.shape):
                raise ShapeError(
                    f"{rule}: the state's {slot!r} has shape {tuple(array.shape)} for {name}, "
                    f"which has shape {tuple(value.shape)}."
                )
            if array.dtype != value.dtype:
                raise DTypeError(
                    f"{rule}: the state's {slot!r} is {array.dtype} for {name}, "
                    f"which is {value.dtype}."
                )


def _check_groups(optimizer: Any, saved: Any) -> None:
    rule = type(optimizer)
    ours = [len(group["parameters"]) for group in optimizer.groups]
    theirs = [group["size"] for group in saved]
    if ours != theirs:
        raise DomainError(
            f"{rule.__name__}: the state is for groups of {_sizes(theirs)} parameters, "
            f"but this optimizer has groups of {_sizes(ours)}."
        )
    for i, group in enumerate(saved):
        for setting, value in group["own"].items():
            if setting not in rule.settings:
                raise DomainError(
                    f"{rule.__name__}: the state's group {i} has a setting {setting!r}, which the "
                    "rule does not have."
                )
            _check_setting(rule, setting, f"{setting} of the state's group {i}", value)
        expect.positive(rule.__name__, f"lr_ratio of the state's group {i}", group["lr_ratio"])


def _sizes(sizes: list[int]) -> str:
    return ", ".join(map(str, sizes))
