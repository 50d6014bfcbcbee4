"""What every optimizer has in common: groups, the walk through the parameters, saved states.

A new rule is a small class: it names the numbers that set it (``settings``), the arrays that it
keeps for each parameter (``slots``, zeros at the start), and says how one parameter moves
(``update``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from bplib import expect
from bplib.backend import Array, quietly, xp_of
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, kind_of, unknown
from bplib.optim.settings import Group, Setting, complete, grouped, name_of
from bplib.optim.state import check_state

SMALLEST_PIECE, LARGEST_PIECE = 32_768, 262_144
"""Entries that move together on the host: an eighth of a parameter, between these two. A temporary
is then small beside the parameter's gradient, and still in the processor's cache when it is read
again. It is made anew for every piece: the memory freed last is the memory given out next."""


class Optimizer:
    """What every optimizer has in common; use one of its subclasses.

    step: θ ← θ + (what the rule makes of ∂L/∂θ), for every parameter θ.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own, such as "lr".
        lr: the learning rate, a positive finite number.
        weight_decay: λ ≥ 0. The gradient becomes ∂L/∂θ + λ θ, as of a loss with ½ λ ‖θ‖² added.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.
    """

    settings: ClassVar[tuple[str, ...]] = ("lr",)
    slots: ClassVar[tuple[str, ...]] = ()
    entrywise: ClassVar[bool] = False
    """Every entry moves by itself, so that `update` may be given a parameter in pieces."""
    decoupled: ClassVar[bool] = False
    """The rule sees to the weight decay in `update`; the gradient is left alone."""

    weight_decay = Setting(expect.not_negative)

    _given_lr: float
    """What `lr` was given last, and what schedules multiply: they may end at 0."""

    update: Callable[..., None]
    """``update(value, grad, **slots)`` moves one parameter, or a piece of it, and its slots, in
    place. Every rule writes its own."""

    @complete
    def __init__(self, parameters: Iterable[Any], lr: float, weight_decay: float = 0.0):
        if not hasattr(self, "update"):
            raise NotImplementedError(
                f"{type(self).__name__}: update is missing; it says how a parameter moves."
            )
        self._groups: list[Group] = []
        self.lr = lr
        self.weight_decay = weight_decay
        self.parameters, self._groups = grouped(type(self), parameters, self.lr)
        self.steps = 0
        self._slots: list[dict[str, Array]] = [
            {slot: xp_of(p.value).zeros_like(p.value) for slot in self.slots}
            for p in self.parameters
        ]
        self._made_for = [(type(p.value), p.value.shape, p.value.dtype) for p in self.parameters]
        self._schedulers = 0  # how many were made for it; the newest one sets lr

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        if "__init__" in vars(cls):
            cls.__init__ = complete(cls.__init__)  # type: ignore[method-assign]

    def __setattr__(self, name: str, value: Any) -> None:
        """Sets what is there; a new public name is refused once `__init__` has ended.

        `optimizer.learning_rate = 0.5` would change nothing otherwise, silently.
        """
        own = self.__dict__
        if name not in own and "_complete" in own and name[0] != "_":
            if not hasattr(type(self), name):
                raise unknown(f"setting of {type(self).__name__}", name, self.settings)
        super().__setattr__(name, value)

    @property
    def lr(self) -> float:
        """The learning rate: how far a step goes. Assign to it to change it between steps.

        A group with a learning rate of its own keeps its ratio to this one.
        """
        return self.__dict__["lr"]

    @lr.setter
    def lr(self, value: float) -> None:
        given = expect.positive(type(self).__name__, "lr", value)
        self.__dict__["_given_lr"] = given
        self._set_lr(given)

    def _set_lr(self, lr: float) -> None:
        """Of all groups; 0 included, where a schedule ends."""
        self.__dict__["lr"] = lr
        for group in self._groups:
            group.follow(lr)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """What moves with which settings: a fresh dict for each group, for reading."""
        usual = {name: getattr(self, name) for name in self.settings}
        return [
            {"parameters": self.parameters[group.start : group.stop], **usual, **group.own}
            for group in self._groups
        ]

    @property
    def nbytes(self) -> int:
        """The memory that its slots take, which it holds from step to step."""
        return sum(array.nbytes for slots in self._slots for array in slots.values())

    @quietly
    def step(self) -> None:
        """Moves every parameter by one step, in place.

        All gradients are looked at before the first value is changed, so a step happens whole
        or not at all. Gradients are not changed.

        Raises:
            NotReadyError: where a parameter has no gradient yet.
            ShapeError, DTypeError: where a gradient does not fit its parameter, or a value was
                replaced by one that does not fit the optimizer.
        """
        for i, parameter in enumerate(self.parameters):
            self._check_gradient(i, parameter)
        self.__dict__["steps"] += 1
        for group in self._groups:
            self._step_group(group)

    def _step_group(self, group: Group) -> None:
        usual = {name: self.__dict__[name] for name in group.own}
        self.__dict__.update(group.own)
        try:
            for i in range(group.start, group.stop):
                parameter = self.parameters[i]
                value = parameter.value
                self._move(value, parameter.grad, self._slots[i])
                parameter.value = value  # so that a Tensor of the tape notes the change
        finally:
            self.__dict__.update(usual)

    def _move(self, value: Array, grad: Array, slots: dict[str, Array]) -> None:
        # On a device whole arrays are the quick way; there is nothing to gain from pieces.
        if self.entrywise and value.size > SMALLEST_PIECE and isinstance(value, np.ndarray):
            for part in pieces([value, grad, *slots.values()]):
                self._move_piece(part[0], part[1], dict(zip(slots, part[2:], strict=True)))
        else:
            self._move_piece(value, grad, slots)

    def _move_piece(self, value: Array, grad: Array, slots: dict[str, Array]) -> None:
        if self.weight_decay and not self.decoupled:
            decayed = self.weight_decay * value
            decayed += grad
            grad = decayed
        self.update(value, grad, **slots)

    def _check_gradient(self, i: int, parameter: Any) -> None:
        value, grad = parameter.value, parameter.grad
        if grad is None:
            raise NotReadyError(
                f"{type(self).__name__}.step: {name_of(parameter, i)} has no gradient yet; "
                f"call backward first."
            )
        kind, shape, dtype = self._made_for[i]
        as_it_was = type(value) is kind and value.shape == shape and value.dtype == dtype
        if as_it_was and type(grad) is kind and grad.shape == shape and grad.dtype == dtype:
            if getattr(value.flags, "writeable", True):
                return
        step, name = f"{type(self).__name__}.step", name_of(parameter, i)
        if not (hasattr(grad, "shape") and hasattr(grad, "dtype")):
            raise DTypeError(
                f"{step}: the gradient of {name} is {kind_of(grad)}; an array of floats is needed."
            )
        if grad.shape != value.shape:
            raise ShapeError(
                f"{step}: the gradient of {name} has shape {grad.shape}, "
                f"but its value has shape {value.shape}."
            )
        if grad.dtype != value.dtype:
            raise DTypeError(
                f"{step}: the gradient of {name} is {grad.dtype}, but its value is {value.dtype}."
            )
        expect.together(step, **{name: value, f"the gradient of {name}": grad})
        if (value.shape, value.dtype) != (shape, dtype) or type(value) is not kind:
            raise ShapeError(
                f"{step}: {name} was an array of {dtype} of shape {shape} when the optimizer was "
                f"made, and has been replaced since; make a new optimizer."
            )
        if not getattr(value.flags, "writeable", True):
            raise DomainError(f"{step}: the value of {name} is read-only; it cannot move.")

    def zero_grad(self) -> None:
        """Forgets the gradients of all parameters: .grad becomes None."""
        for parameter in self.parameters:
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here with the same parameters, as fresh copies.

        Returns:
            A dict with "optimizer" (the class name), "steps", "settings" (a dict of numbers),
            "given_lr" (what schedules multiply), "groups" (their sizes and own settings), "shapes"
            (one for each parameter) and "slots" (a dict of arrays for each parameter).
        """
        return {
            "optimizer": type(self).__name__,
            "steps": self.steps,
            "settings": {setting: getattr(self, setting) for setting in self.settings},
            "given_lr": self._given_lr,
            "shapes": [tuple(parameter.value.shape) for parameter in self.parameters],
            "slots": [{s: array.copy() for s, array in slots.items()} for slots in self._slots],
            "groups": [
                {"size": g.stop - g.start, "own": dict(g.own), "lr_ratio": g.lr_ratio}
                for g in self._groups
            ],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from where ``state_dict`` was taken; changes nothing where it does not fit.

        The next steps are bit for bit those that the saved optimizer would have made.

        Arguments:
            state: what ``state_dict`` returned, from the same rule with equal parameter shapes.

        Raises:
            DTypeError: where the state is not a dict, or holds arrays of another precision or
                device.
            DomainError: where an entry is missing, or the state belongs to another rule, to
                another number of parameters, or to other groups.
            ShapeError: where a parameter has another shape than the state was made for.
        """
        check_state(self, state)
        for setting in self.settings:
            if setting != "lr":  # 0 where a schedule ended, which nobody may assign
                setattr(self, setting, state["settings"][setting])
        self.__dict__["lr"] = float(state["settings"]["lr"])
        self.__dict__["_given_lr"] = float(state["given_lr"])
        for group, saved in zip(self._groups, state["groups"], strict=True):
            group.own, group.lr_ratio = dict(saved["own"]), saved["lr_ratio"]
        self.steps = int(state["steps"])
        for mine, arrays in zip(self._slots, state["slots"], strict=True):
            for slot, array in mine.items():
                array[...] = arrays[slot]

    def __repr__(self) -> str:
        shown = [
            f"{name}={getattr(self, name):g}"
            for name in self.settings
            if name != "weight_decay" or self.weight_decay
        ]
        count = sum(int(p.value.size) for p in self.parameters)
        groups = f"{len(self._groups)} groups, " if len(self._groups) > 1 else ""
        return (
            f"{type(self).__name__}({', '.join(shown)}; "
            f"{groups}{len(self.parameters)} arrays, {count} numbers)"
        )


def pieces(arrays: list[Array]) -> Iterator[list[Array]]:
    """Arrays of one shape, cut alike into views of a piece each: entry i stays with entry i.

    Arguments:
        arrays: of one shape.

    Returns:
        An iterator over lists, one view of each array; together they cover the arrays once.
    """
    if all(array.flags.c_contiguous for array in arrays):
        arrays = [array.reshape(-1) for array in arrays]
    n, size = arrays[0].shape[0], arrays[0].size
    piece = min(LARGEST_PIECE, max(SMALLEST_PIECE, size // 8))
    rows = max(1, piece * n // size)
    for start in range(0, n, rows):
        yield [array[start : start + rows] for array in arrays]
