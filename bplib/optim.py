"""Optimizers: rules that turn gradients into steps.

An optimizer holds the parameters, not copies of them, and changes their values in place. A
parameter is anything with ``.value`` and ``.grad``: a layer's Parameter or a leaf of the tape.

A new rule is a small class: it names the numbers that set it (``settings``), the arrays that it
keeps for each parameter (``slots``, zeros at the start), and says how one parameter moves
(``update``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from bplib import expect
from bplib.backend import xp_of
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, kind_of


class Optimizer:
    """What every optimizer has in common; use one of its subclasses.

    step: θ ← θ + (what the rule makes of ∂L/∂θ), for every parameter θ.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad.
        lr: the learning rate, a positive finite number.

    Raises:
        DomainError: for no parameters, the same one twice, or an lr that is not positive.
        DTypeError: for things that are not parameters, or an lr that is not a number.
    """

    settings: ClassVar[tuple[str, ...]] = ("lr",)
    slots: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Iterable[Any], lr: float):
        self.parameters = _listed(type(self).__name__, parameters)
        self.lr = lr
        self.steps = 0
        self._slots: list[dict[str, Any]] = [
            {slot: xp_of(p.value).zeros_like(p.value) for slot in self.slots}
            for p in self.parameters
        ]

    @property
    def lr(self) -> float:
        """The learning rate: how far a step goes. Assign to it to change it between steps."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._lr = expect.positive(type(self).__name__, "lr", value)

    def step(self) -> None:
        """Moves every parameter by one step, in place.

        All gradients are looked at before the first value is changed, so a step happens whole
        or not at all.

        Raises:
            NotReadyError: where a parameter has no gradient yet.
            ShapeError, DTypeError: where a gradient does not fit its parameter.
        """
        rule = type(self).__name__
        for i, parameter in enumerate(self.parameters):
            _check_gradient(rule, _name(parameter, i), parameter)
        self.steps += 1
        for parameter, slots in zip(self.parameters, self._slots, strict=True):
            self.update(parameter.value, parameter.grad, **slots)

    def update(self, value: Any, grad: Any, **slots: Any) -> None:
        """Moves one parameter's value, and its slots, in place; every rule writes its own."""
        raise NotImplementedError(f"{type(self).__name__} does not say how a parameter moves.")

    def zero_grad(self) -> None:
        """Forgets the gradients of all parameters: .grad becomes None."""
        for parameter in self.parameters:
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here with the same parameters, as fresh copies.

        Returns:
            A dict with "optimizer" (the class name), "steps", "settings" (a dict of numbers),
            "shapes" (one for each parameter) and "slots" (a dict of arrays for each parameter).
        """
        return {
            "optimizer": type(self).__name__,
            "steps": self.steps,
            "settings": {setting: getattr(self, setting) for setting in self.settings},
            "shapes": [tuple(parameter.value.shape) for parameter in self.parameters],
            "slots": [{s: array.copy() for s, array in slots.items()} for slots in self._slots],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from where ``state_dict`` was taken; changes nothing where it does not fit.

        Arguments:
            state: what ``state_dict`` returned, from the same rule with equal parameter shapes.

        Raises:
            DTypeError: where the state is not a dict.
            DomainError: where an entry is missing, or the state belongs to another rule or to
                another number of parameters.
            ShapeError: where a parameter has another shape than the state was made for.
        """
        self._check_state(state)
        for setting in self.settings:
            setattr(self, setting, state["settings"][setting])
        self.steps = state["steps"]
        for mine, saved in zip(self._slots, state["slots"], strict=True):
            for slot, array in mine.items():
                array[...] = saved[slot]

    def _check_state(self, state: dict[str, Any]) -> None:
        rule = type(self).__name__
        if not isinstance(state, Mapping):
            raise DTypeError(f"{rule}: the state is {kind_of(state)}, not a dict.")
        for key in ("optimizer", "steps", "settings", "shapes", "slots"):
            if key not in state:
                raise DomainError(
                    f"{rule}: the state has no entry {key!r}; was it made by state_dict?"
                )
        if state["optimizer"] != rule:
            raise DomainError(f"{rule}: the state was made by {state['optimizer']}, not by {rule}.")
        for setting in self.settings:
            if setting not in state["settings"]:
                raise DomainError(f"{rule}: the state has no setting {setting!r}.")
        expect.positive(rule, "lr of the state", state["settings"]["lr"])
        ours = [tuple(parameter.value.shape) for parameter in self.parameters]
        if len(state["shapes"]) != len(ours):
            raise DomainError(
                f"{rule}: the state is for {len(state['shapes'])} parameters, "
                f"but this optimizer has {len(ours)}."
            )
        for i, parameter in enumerate(self.parameters):
            shape = tuple(state["shapes"][i])
            if shape != ours[i]:
                raise ShapeError(
                    f"{rule}: the state has shape {shape} for {_name(parameter, i)}, "
                    f"which has shape {ours[i]}."
                )
        if len(state["slots"]) != len(ours):
            raise DomainError(
                f"{rule}: the state has slots for {len(state['slots'])} parameters, "
                f"but this optimizer has {len(ours)}."
            )
        for i, (parameter, saved) in enumerate(zip(self.parameters, state["slots"], strict=True)):
            for slot in self.slots:
                if slot not in saved:
                    raise DomainError(
                        f"{rule}: the state has no {slot!r} for {_name(parameter, i)}."
                    )

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={getattr(self, name):g}" for name in self.settings)
        count = sum(int(p.value.size) for p in self.parameters)
        return f"{type(self).__name__}({settings}; {len(self.parameters)} arrays, {count} numbers)"


class SGD(Optimizer):
    """Gradient descent: every parameter moves against its gradient.

    θ ← θ − lr · ∂L/∂θ. It is called stochastic when the gradient is that of a random batch.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad.
        lr: the learning rate η, a positive finite number, in units of θ² / L.

    Raises:
        DomainError: for no parameters, the same one twice, or an lr that is not positive.
        DTypeError: for things that are not parameters, or an lr that is not a number.

    Source: A. Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations
        simultanées, Comptes Rendus 25, 536–538; with random batches H. Robbins, S. Monro (1951), A
        Stochastic Approximation Method, Annals of Mathematical Statistics 22, 400–407.
    """

    def update(self, value: Any, grad: Any, **slots: Any) -> None:
        """value ← value − lr · grad, in place; value and grad have one shape and dtype."""
        value -= self.lr * grad


def _listed(rule: str, parameters: Iterable[Any]) -> list[Any]:
    if not isinstance(parameters, Iterable) or hasattr(parameters, "shape"):
        raise DTypeError(
            f"{rule}: parameters is {kind_of(parameters)}; "
            f"it must be a list of parameters, for example layer.parameters()."
        )
    listed = list(parameters)
    if not listed:
        raise DomainError(f"{rule}: parameters is empty; there is nothing to move.")
    for i, parameter in enumerate(listed):
        if not (hasattr(parameter, "value") and hasattr(parameter, "grad")):
            raise DTypeError(
                f"{rule}: parameters[{i}] is {kind_of(parameter)}; "
                f"it must have .value and .grad, as Parameter and Tensor do."
            )
        if any(parameter is other for other in listed[:i]):
            raise DomainError(
                f"{rule}: {_name(parameter, i)} is in the list of parameters twice; "
                f"it would move twice in a step."
            )
        kind = getattr(getattr(parameter.value, "dtype", None), "kind", None)
        if kind != "f":
            raise DTypeError(
                f"{rule}: the value of {_name(parameter, i)} is not an array of floats; "
                f"it cannot move by small steps."
            )
    return listed


def _check_gradient(rule: str, name: str, parameter: Any) -> None:
    if parameter.grad is None:
        raise NotReadyError(f"{rule}.step: {name} has no gradient yet; call backward first.")
    if parameter.grad.shape != parameter.value.shape:
        raise ShapeError(
            f"{rule}.step: the gradient of {name} has shape {parameter.grad.shape}, "
            f"but its value has shape {parameter.value.shape}."
        )
    if parameter.grad.dtype != parameter.value.dtype:
        raise DTypeError(
            f"{rule}.step: the gradient of {name} is {parameter.grad.dtype}, "
            f"but its value is {parameter.value.dtype}."
        )


def _name(parameter: Any, i: int) -> str:
    """The parameter's own name, or its place in the list where it has none."""
    return getattr(parameter, "name", None) or f"parameters[{i}]"
