"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bplib import expect
from bplib.backend import Array
from bplib.optim.base import Optimizer
from bplib.optim.settings import Setting


class SGD(Optimizer):
    """Gradient descent: every parameter moves against its gradient.

    θ ← θ − lr · g, with g = ∂L/∂θ + λ θ. It is called stochastic when the gradient is that of a
    random batch.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own.
        lr: the learning rate η, a positive finite number, in units of θ² / L.
        weight_decay: λ ≥ 0, in units of L / θ²: pulls every parameter towards 0, as adding
            ½ λ ‖θ‖² to the loss does.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.

    Source: A. Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations
        simultanées, Comptes Rendus 25, 536–538; with random batches H. Robbins, S. Monro (1951), A
        Stochastic Approximation Method, Annals of Mathematical Statistics 22, 400–407.
    """

    settings = ("lr", "weight_decay")
    entrywise = True

    def update(self, value: Array, grad: Array) -> None:
        """value ← value − lr · grad, in place; value and grad have one shape and dtype."""
        value -= self.lr * grad


class Momentum(Optimizer):
    """Gradient descent with momentum: steps in a lasting direction add up, a zigzag cancels.

    v ← β v + g, then θ ← θ − lr · v, with g = ∂L/∂θ + λ θ and v = 0 at the start. There is no
    factor 1 − β (no "dampening"): under a constant gradient the step grows to lr · g / (1 − β).
    The learning rate stands outside v, so a change of lr acts at once. PyTorch's convention.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own.
        lr: the learning rate η, a positive finite number.
        beta: the share of v that is kept from step to step, in [0, 1).
        weight_decay: λ ≥ 0, added to the gradient as λ θ.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.

    Source: B. T. Polyak (1964), Some Methods of Speeding up the Convergence of Iteration Methods,
        USSR Computational Mathematics and Mathematical Physics 4(5), 1–17.
    """

    settings = ("lr", "beta", "weight_decay")
    slots = ("velocity",)
    entrywise = True

    beta = Setting(expect.share)

    def __init__(
        self, parameters: Iterable[Any], lr: float, beta: float = 0.9, weight_decay: float = 0.0
    ):
        self.beta = beta
        super().__init__(parameters, lr, weight_decay)

    def update(self, value: Array, grad: Array, velocity: Array) -> None:
        """velocity ← β · velocity + grad; value ← value − lr · velocity."""
        velocity *= self.beta
        velocity += grad
        value -= self.lr * velocity


class Nesterov(Momentum):
    """Momentum that looks ahead: the gradient counts once more, as if the step were made already.

    v ← β v + g, then θ ← θ − lr · (g + β v), with g = ∂L/∂θ + λ θ and v = 0 at the start: what
    PyTorch does with nesterov=True. Here θ is the point looked ahead to, which is where the
    gradient is taken.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own.
        lr: the learning rate η, a positive finite number.
        beta: the share of v that is kept from step to step, in [0, 1).
        weight_decay: λ ≥ 0, added to the gradient as λ θ.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.

    Source: Y. Nesterov (1983), A Method of Solving a Convex Programming Problem with Convergence
        Rate O(1/k²), Soviet Mathematics Doklady 27, 372–376; in this form Y. Bengio, N.
        Boulanger-Lewandowski, R. Pascanu (2013), Advances in Optimizing Recurrent Networks,
        section 3.5.
    """

    def update(self, value: Array, grad: Array, velocity: Array) -> None:
        """velocity ← β · velocity + grad; value ← value − lr · (grad + β · velocity)."""
        velocity *= self.beta
        velocity += grad
        step = self.beta * velocity
        step += grad
        step *= self.lr
        value -= step
