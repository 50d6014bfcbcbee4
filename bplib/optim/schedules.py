"""How the learning rate changes from step to step.

A schedule is a function: step -> factor, where step 0 is the first step and the factor multiplies
the optimizer's own learning rate. What ends, stays at its last factor from then on.

    schedule = schedules.linear_warmup(100).then(schedules.cosine(900))
    schedule(0), schedule(100), schedule(1000)          # 0.01, 1.0, 0.0

Schedules multiply (`linear_warmup(100) * exponential(0.999)`), and any function of that form may
take the place of one. `Scheduler` brings a schedule and an optimizer together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from bplib import expect
from bplib.errors import DomainError, DTypeError, NotReadyError, kind_of
from bplib.optim.base import Optimizer

__all__ = [
    "Schedule",
    "Scheduler",
    "constant",
    "cosine",
    "exponential",
    "linear_warmup",
    "one_cycle",
    "step",
]


class Schedule:
    """A factor for every step: `schedule(k)` for k = 0, 1, 2 and so on.

    Arguments:
        name: what it is called when printed.
        formula: the factor of step k.
        steps: how many steps it takes, or None where it has no end.
    """

    def __init__(self, name: str, formula: Callable[[int], float], steps: int | None = None):
        self.name = name
        self.formula = formula
        self.steps = steps

    def __call__(self, step: int) -> float:
        """The factor of a step.

        Arguments:
            step: k ≥ 0; step 0 is the first one.

        Returns:
            The factor, at least 0.

        Raises:
            DTypeError: where step is not a number.
            DomainError: where it is negative or not whole.
        """
        return self.formula(expect.count_from_zero("Schedule", "step", step))

    def then(self, after: Callable[[int], float]) -> Schedule:
        """This schedule, and another one from its first step on when this one has ended.

        Arguments:
            after: a schedule or another function of the step.

        Returns:
            The schedule f(k) = this(k) for k < steps, after(k − steps) from there on.

        Raises:
            DomainError: where this one has no end.
            DTypeError: where after cannot be called.
        """
        n, first = self.steps, self.formula
        if n is None:
            raise DomainError(f"Schedule.then: {self.name} has no end, so nothing can follow it.")
        _check_callable("Schedule.then", after)
        more = getattr(after, "steps", None)
        name = f"{self.name}.then({getattr(after, 'name', 'function')})"
        whole = None if more is None else n + more
        return Schedule(name, lambda k: first(k) if k < n else after(k - n), whole)

    def __mul__(self, other: Callable[[int], float]) -> Schedule:
        """The product of two schedules, step by step; it ends where the longer one does."""
        _check_callable("Schedule", other)
        first, n, more = self.formula, self.steps, getattr(other, "steps", None)
        name = f"{self.name} * {getattr(other, 'name', 'function')}"
        longer = None if n is None or more is None else max(n, more)
        return Schedule(name, lambda k: first(k) * other(k), longer)

    def __repr__(self) -> str:
        return f"Schedule({self.name})"


def constant(factor: float = 1.0) -> Schedule:
    """The same factor in every step, without an end.

    f(k) = factor.

    Arguments:
        factor: at least 0.

    Returns:
        The schedule.

    Raises:
        DomainError: where factor is negative or not finite.
        DTypeError: where it is not a number.

    Source: H. Robbins, S. Monro (1951), A Stochastic Approximation Method, Annals of Mathematical
        Statistics 22, 400–407, against whose decreasing steps it is the usual beginning.
    """
    factor = expect.not_negative("constant", "factor", factor)
    return Schedule(f"constant({factor:g})", lambda k: factor)


def step(every: int, factor: float = 0.1) -> Schedule:
    """A staircase: the factor falls every so many steps, without an end.

    f(k) = factor^⌊k / every⌋: 1 for k = 0 … every − 1, factor from k = every on. PyTorch's StepLR.

    Arguments:
        every: the steps on one stair, at least 1.
        factor: what a stair multiplies by, positive.

    Returns:
        The schedule.

    Raises:
        DomainError: where every is below 1, or factor is not positive and finite.
        DTypeError: where every is not a whole number, or factor is not a number.

    Source: K. He, X. Zhang, S. Ren, J. Sun (2016), Deep Residual Learning for Image Recognition,
        CVPR, section 3.4, which divides by 10 at each plateau.
    """
    every = expect.count("step", "every", every)
    factor = expect.positive("step", "factor", factor)
    return Schedule(f"step({every}, {factor:g})", lambda k: _power(factor, k // every))


def exponential(factor: float) -> Schedule:
    """The same share less in every step, without an end.

    f(k) = factor^k, so f(0) = 1. PyTorch's ExponentialLR.

    Arguments:
        factor: what a step multiplies by, positive.

    Returns:
        The schedule.

    Raises:
        DomainError: where factor is not positive and finite.
        DTypeError: where it is not a number.

    Source: Z. Li, S. Arora (2020), An Exponential Learning Rate Schedule for Deep Learning, ICLR.
    """
    factor = expect.positive("exponential", "factor", factor)
    return Schedule(f"exponential({factor:g})", lambda k: _power(factor, k))


def cosine(steps: int, end: float = 0.0) -> Schedule:
    """Down along half a cosine: slowly at first, quickly in the middle, slowly at last.

    f(k) = end + (1 − end) (1 + cos(π k / steps)) / 2 for k ≤ steps, so f(0) = 1 and f(steps) =
    end, both included; from there on it stays at end. Up to there it is PyTorch's
    CosineAnnealingLR with T_max = steps and eta_min = end · lr, which rises again afterwards.

    Arguments:
        steps: the way from 1 to end, at least 1.
        end: the last factor, at least 0.

    Returns:
        The schedule.

    Raises:
        DomainError: where steps is below 1, or end is negative or not finite.
        DTypeError: where steps is not a whole number, or end is not a number.

    Source: I. Loshchilov, F. Hutter (2017), SGDR: Stochastic Gradient Descent with Warm Restarts,
        ICLR, equation 5, without the restarts.
    """
    steps = expect.count("cosine", "steps", steps)
    end = expect.not_negative("cosine", "end", end)
    return Schedule(f"cosine({steps})", lambda k: _half_cosine(1.0, end, k / steps), steps)


def linear_warmup(steps: int, start: float = 0.0) -> Schedule:
    """Up along a line to the full learning rate, which then stays.

    f(k) = start + (1 − start) (k + 1) / steps for k < steps, then 1. Start is left out, so that no
    step is lost at 0: f(0) = 1 / steps where start = 0; f(steps − 1) = 1 is included. PyTorch's
    LinearLR with start_factor = f(0) and total_iters = steps − 1.

    Arguments:
        steps: how many it takes, at least 1.
        start: the factor that the first step is already one stair above, in [0, 1).

    Returns:
        The schedule.

    Raises:
        DomainError: where steps is below 1, or start is outside [0, 1).
        DTypeError: where steps is not a whole number, or start is not a number.

    Source: P. Goyal et al. (2017), Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour,
        section 2.2.
    """
    steps = expect.count("linear_warmup", "steps", steps)
    start = expect.share("linear_warmup", "start", start)

    def factor(k: int) -> float:
        return 1.0 if k >= steps - 1 else start + (1 - start) * (k + 1) / steps

    return Schedule(f"linear_warmup({steps})", factor, steps)


def one_cycle(
    steps: int, rise: float = 0.3, start: float = 1 / 25, end: float = 1 / 250_000
) -> Schedule:
    """Up to the full learning rate along half a cosine, then down along another, far lower.

    f(k) = start … 1 for k = 0 … p, then 1 … end for k = p … steps − 1, ends included, with the
    peak at p = rise · steps − 1, which need not be whole; from there on it stays at end. PyTorch's
    OneCycleLR with max_lr = lr, total_steps = steps, pct_start = rise, div_factor = 1 / start,
    final_div_factor = start / end and cycle_momentum = False, for p > 0.

    Arguments:
        steps: the length of the cycle, at least 1.
        rise: the share of the steps that go up, in [0, 1).
        start: the first factor, at least 0.
        end: the last factor, at least 0.

    Returns:
        The schedule.

    Raises:
        DomainError: where steps is below 1, rise is outside [0, 1), or a factor is negative.
        DTypeError: where steps is not a whole number, or another argument is not a number.

    Source: L. N. Smith, N. Topin (2019), Super-Convergence: Very Fast Training of Neural Networks
        Using Large Learning Rates, SPIE 11006, section 3.
    """
    steps = expect.count("one_cycle", "steps", steps)
    rise = expect.share("one_cycle", "rise", rise)
    start = expect.not_negative("one_cycle", "start", start)
    end = expect.not_negative("one_cycle", "end", end)
    peak, last = max(0.0, rise * steps - 1), steps - 1

    def factor(k: int) -> float:
        if k <= peak:
            return _half_cosine(start, 1.0, k / peak if peak else 1.0)
        return _half_cosine(1.0, end, (k - peak) / (last - peak) if k < last else 1.0)

    return Schedule(f"one_cycle({steps})", factor, steps)


def _half_cosine(first: float, last: float, way: float) -> float:
    """From first to last along half a cosine; way goes from 0 to 1 and stays there."""
    if way <= 0 or way >= 1:  # where rounding would leave a trace of the other end
        return first if way <= 0 else last
    return last + (first - last) * (1 + math.cos(math.pi * way)) / 2


def _power(factor: float, k: int) -> float:
    try:
        return factor**k
    except OverflowError:
        return math.inf


def _check_callable(asks: str, schedule: Any) -> None:
    if not callable(schedule):
        raise DTypeError(
            f"{asks}: a schedule is needed, or a function of the step, not {kind_of(schedule)}."
        )


class Scheduler:
    """Sets the learning rate of an optimizer from step to step.

    lr in step k = (the lr that the optimizer was given) · schedule(k). Given is what it was made
    with, or what was last assigned to `optimizer.lr`, whatever schedules have made of it since: the
    Scheduler of a second training begins at the full lr again. Groups with a learning rate of their
    own keep their ratio. Call `step()` after each `optimizer.step()`.

    An optimizer follows the newest of its Schedulers. Two schedules at once are one product, and
    one after the other is `.then`.

    Arguments:
        optimizer: its lr is set here at once, to that of step 0.
        schedule: a schedule, or a function: step -> factor.

    Attributes:
        lr: the learning rate at factor 1.
        steps: how many steps have been made, which is k.

    Raises:
        DTypeError: for what is not an optimizer or a schedule, or a factor that is not a number.
        DomainError: where a factor is negative or not finite.
        NotReadyError: from `step` and `check`, where a newer Scheduler sets the lr.

    Source: PyTorch's LambdaLR, whose order of calls is kept.
    """

    def __init__(self, optimizer: Optimizer, schedule: Callable[[int], float]) -> None:
        if not isinstance(optimizer, Optimizer):
            raise DTypeError(
                f"Scheduler: optimizer is {kind_of(optimizer)}; an Optimizer is needed."
            )
        _check_callable("Scheduler", schedule)
        self.optimizer = optimizer
        self.schedule = schedule
        self.lr = optimizer._given_lr
        self.steps = 0
        self._number = optimizer._schedulers + 1
        self._set(0, self.lr)
        optimizer._schedulers = self._number

    def step(self) -> None:
        """Sets the learning rate for the next step; nothing changes where that has no factor."""
        self.check()
        self._set(self.steps + 1, self.lr)
        self.steps += 1

    def check(self) -> None:
        """Nothing, where this is the optimizer's newest Scheduler.

        Raises:
            NotReadyError: where a newer one sets the learning rate.
        """
        if self._number != self.optimizer._schedulers:
            raise NotReadyError(
                "Scheduler.step: this optimizer has a newer Scheduler, which sets its lr; make one "
                "of both, schedule * schedule or schedule.then(schedule)."
            )

    def state_dict(self) -> dict[str, Any]:
        """Where it stands: a dict with "steps" and "lr". The schedule itself is not saved."""
        return {"steps": self.steps, "lr": self.lr}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from where `state_dict` was taken; changes nothing where it does not fit.

        Arguments:
            state: what `state_dict` returned.

        Raises:
            DTypeError: where the state is not a dict, or its entries are not numbers.
            DomainError: where an entry is missing or out of its range.
        """
        if not isinstance(state, Mapping):
            raise DTypeError(f"Scheduler: the state is {kind_of(state)}, not a dict.")
        for key in ("steps", "lr"):
            if key not in state:
                raise DomainError(
                    f"Scheduler: the state has no entry {key!r}; was it made by state_dict?"
                )
        lr = expect.positive("Scheduler", "lr of the state", state["lr"])
        steps = expect.count_from_zero("Scheduler", "steps of the state", state["steps"])
        self._set(steps, lr)
        self.lr, self.steps = lr, steps

    def _set(self, k: int, lr: float) -> None:
        factor = expect.not_negative("Scheduler", f"the factor of step {k}", self.schedule(k))
        self.optimizer._set_lr(lr * factor)

    def __repr__(self) -> str:
        name = getattr(self.schedule, "name", "function")
        return f"Scheduler({name}; step {self.steps}, lr={self.optimizer.lr:g})"
