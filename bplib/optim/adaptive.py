"""Rules that give every entry a step of its own, by the size of its past gradients.

In all of them ε stands outside the root, as in PyTorch: … / (√v + ε).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.optim.base import Optimizer
from bplib.optim.settings import Setting


class AdaGrad(Optimizer):
    """Steps divided by the root of all squared gradients so far: what moved much, slows down.

    s ← s + g², then θ ← θ − lr · g / (√s + ε), with g = ∂L/∂θ + λ θ and s = 0 at the start. The
    first step has length lr in every entry; after k equal gradients it is lr / √k.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own.
        lr: the learning rate η, a positive finite number, in the unit of θ.
        epsilon: ε > 0, in the unit of g; keeps an entry still that never had a gradient.
        weight_decay: λ ≥ 0, added to the gradient as λ θ.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.

    Source: J. Duchi, E. Hazan, Y. Singer (2011), Adaptive Subgradient Methods for Online Learning
        and Stochastic Optimization, Journal of Machine Learning Research 12, 2121–2159, section 1.
    """

    settings = ("lr", "epsilon", "weight_decay")
    slots = ("squares",)
    entrywise = True

    epsilon = Setting(expect.positive)

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 0.01,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
    ):
        self.epsilon = epsilon
        super().__init__(parameters, lr, weight_decay)

    def update(self, value: Array, grad: Array, squares: Array) -> None:
        """squares ← squares + grad²; value ← value − lr · grad / (√squares + ε)."""
        squares += grad * grad
        _go(value, grad, squares, self.lr, self.epsilon)


class RMSProp(Optimizer):
    """AdaGrad that forgets: steps divided by the root of a running mean of squared gradients.

    s ← β s + (1 − β) g², then θ ← θ − lr · g / (√s + ε), with g = ∂L/∂θ + λ θ and s = 0 at the
    start. Nothing corrects for that start: the first step has length lr / √(1 − β).

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own.
        lr: the learning rate η, a positive finite number, in the unit of θ.
        beta: the share of s that is kept from step to step, in [0, 1); PyTorch calls it alpha.
        epsilon: ε > 0, in the unit of g.
        weight_decay: λ ≥ 0, added to the gradient as λ θ.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.

    Source: T. Tieleman, G. Hinton (2012), Lecture 6.5: RMSProp, COURSERA: Neural Networks for
        Machine Learning.
    """

    settings = ("lr", "beta", "epsilon", "weight_decay")
    slots = ("squares",)
    entrywise = True

    beta = Setting(expect.share)
    epsilon = Setting(expect.positive)

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 0.01,
        beta: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        self.beta = beta
        self.epsilon = epsilon
        super().__init__(parameters, lr, weight_decay)

    def update(self, value: Array, grad: Array, squares: Array) -> None:
        """squares ← β · squares + (1 − β) · grad²; value ← value − lr · grad / (√squares + ε)."""
        _mix_square(squares, grad, self.beta)
        _go(value, grad, squares, self.lr, self.epsilon)


class Adam(Optimizer):
    """Momentum divided by RMSProp's root, both corrected for their start at zero.

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g², with g = ∂L/∂θ + λ θ; in step t = 1, 2, …
    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ); then θ ← θ − lr · m̂ / (√v̂ + ε). The first step has
    length lr in every entry. One t counts the steps of the whole optimizer.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own.
        lr: the learning rate η, a positive finite number, in the unit of θ.
        beta1: the share of m that is kept from step to step, in [0, 1).
        beta2: the share of v that is kept from step to step, in [0, 1).
        epsilon: ε > 0, in the unit of g.
        weight_decay: λ ≥ 0, added to the gradient as λ θ. The root divides it with the rest of
            the gradient; `AdamW` is the rule whose decay is the same for every entry.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.

    Source: D. P. Kingma, J. Ba (2015), Adam: A Method for Stochastic Optimization, ICLR,
        algorithm 1.
    """

    settings = ("lr", "beta1", "beta2", "epsilon", "weight_decay")
    slots = ("mean", "squares")
    entrywise = True

    beta1 = Setting(expect.share)
    beta2 = Setting(expect.share)
    epsilon = Setting(expect.positive)

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        super().__init__(parameters, lr, weight_decay)

    def update(self, value: Array, grad: Array, mean: Array, squares: Array) -> None:
        """Mixes grad into mean and grad² into squares; value ← value − lr · m̂ / (√v̂ + ε)."""
        mean *= self.beta1
        mean += (1 - self.beta1) * grad
        _mix_square(squares, grad, self.beta2)
        # The corrections are numbers. Both sides of the fraction are multiplied by the root of
        # the second one, which spares a pass over the array.
        correction1 = 1 - self.beta1**self.steps
        root2 = math.sqrt(1 - self.beta2**self.steps)
        _go(value, mean, squares, self.lr / correction1 * root2, self.epsilon * root2)


class AdamW(Adam):
    """Adam with decoupled weight decay: the decay goes past the running means, straight to θ.

    θ ← θ − lr · λ · θ, then Adam's step with g = ∂L/∂θ alone. AdamW is not Adam with L2: there
    the root divides λ θ too, so that entries with large gradients hardly decay, and small ones
    decay by a step that does not depend on λ; here every entry shrinks by the factor 1 − lr · λ.

    Arguments:
        parameters: the parameters to move, each with .value (an array of floats) and .grad; or
            groups, dicts with "parameters" and settings of their own.
        lr: the learning rate η, a positive finite number, in the unit of θ.
        beta1: the share of m that is kept from step to step, in [0, 1).
        beta2: the share of v that is kept from step to step, in [0, 1).
        epsilon: ε > 0, in the unit of g.
        weight_decay: λ ≥ 0, per unit of lr.

    Raises:
        DomainError: for no parameters, the same one twice, or a setting out of its range.
        DTypeError: for things that are not parameters, or settings that are not numbers.
        UnknownNameError: where a group has a setting that the rule does not have.

    Source: I. Loshchilov, F. Hutter (2019), Decoupled Weight Decay Regularization, ICLR,
        algorithm 2, with the decay multiplied by lr as in PyTorch.
    """

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        super().__init__(parameters, lr, beta1, beta2, epsilon, weight_decay)

    def update(self, value: Array, grad: Array, mean: Array, squares: Array) -> None:
        """value ← (1 − lr · λ) · value, then Adam's update."""
        value *= 1 - self.lr * self.weight_decay
        super().update(value, grad, mean, squares)


def _mix_square(squares: Array, grad: Array, beta: float) -> None:
    """squares ← β · squares + (1 − β) · grad²."""
    square = grad * grad
    square *= 1 - beta
    squares *= beta
    squares += square


def _go(value: Array, direction: Array, squares: Array, lr: float, epsilon: float) -> None:
    """value ← value − lr · direction / (√squares + ε)."""
    xp = xp_of(value)
    step = xp.empty_like(value)
    xp.sqrt(squares, out=step)
    step += epsilon
    xp.divide(direction, step, out=step)
    step *= lr
    value -= step
