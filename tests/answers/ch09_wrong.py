"""Chapter 9, wrong answers: a rate, momentum, Adam, an epoch, a schedule, AdamW."""

import math

import numpy as np

from .ch09 import adam, adamw, epoch, momentum, plan


def _momentum_changes_velocity(theta, velocity, gradient, lr, beta):
    velocity *= beta
    velocity += gradient
    return theta - lr * velocity, velocity


def _moves(make):
    """The right velocity, and another step."""

    def answer(theta, velocity, gradient, lr, beta):
        new = beta * velocity + gradient
        return theta - make(new, velocity, gradient, lr, beta), new

    return answer


def _adam_changes_mean(theta, mean, squares, gradient, *rest):
    mean[:] = mean * 0.9
    return adam(theta, mean, squares, gradient, *rest)


def _after_adam(change):
    return lambda *given: change(*adam(*given), *given)


def _per_entry_counter(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    """t is raised for every entry."""
    rows = []
    for k in range(len(theta)):
        part = [one[k : k + 1] for one in (theta, mean, squares, gradient)]
        rows.append(adam(*part, t + k, lr, beta1, beta2, epsilon))
    return tuple(np.concatenate(column) for column in zip(*rows, strict=True))


def _epoch_in_place(X, y, theta, order, batch_size, lr):
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        theta -= lr * 2 / len(rows) * X[rows].T @ (X[rows] @ theta - y[rows])
    return theta


def _plan_rounded(total, warmup, lr):
    return plan(total, warmup, lr).round(3)


WRONG = {
    "best_rate": {
        "half": (
            "two-forgotten",
            lambda low, high: (0.5 / np.mean([low, high]), 1 - 2 * low / (low + high)),
        ),
        "at the edge": ("limit", lambda low, high: (2 / high, 1 - 2 / (1 + high / low))),
        "settles the steep one": (
            "steep-direction-alone",
            lambda low, high: (high**-1, (high - low) / high),
        ),
        "grows": (
            "factor-upside-down",
            lambda low, high: [2 / (low + high), 1 / (1 - 2 * low / (low + high))],
        ),
        "with its sign": (
            "factor-negative",
            lambda low, high: (2 / (low + high), 1 - 2 * high / (low + high)),
        ),
        "the other way round": (
            "swapped",
            lambda low, high: (1 - 2 * low / (low + high), 2 / (low + high)),
        ),
        "one number": (None, lambda low, high: 2 / (low + high)),
        "without factor": (None, lambda low, high: (2 / (low + high), 1.0)),
        "Newton": (None, lambda low, high: (1 / low, 0.0)),
        "geometric mean": (None, lambda low, high: (1 / math.sqrt(low * high), 0.0)),
        "squared factor": (
            None,
            lambda low, high: (2 / (low + high), ((high - low) / (high + low)) ** 2),
        ),
    },
    "momentum_step": {
        "changes what it was given": (None, _momentum_changes_velocity),
        "by the gradient": (
            "gradient-for-velocity",
            _moves(lambda new, old, g, lr, beta: g * lr),
        ),
        "too early": ("old-velocity", _moves(lambda new, old, g, lr, beta: lr * (new - g) / beta)),
        "ahead": ("nesterov", _moves(lambda new, old, g, lr, beta: lr * (new * beta + g))),
        "up": ("uphill", _moves(lambda new, old, g, lr, beta: -lr * new)),
        "swapped": ("swapped", lambda *given: tuple(reversed(momentum(*given)))),
        "theta alone": (None, lambda *given: momentum(*given)[0]),
        "no rate": (None, _moves(lambda new, old, g, lr, beta: new)),
        "a mean step": (None, _moves(lambda new, old, g, lr, beta: lr * new.mean())),
        "twice": (None, _moves(lambda new, old, g, lr, beta: 2 * lr * new)),
        "gradient on top": (None, _moves(lambda new, old, g, lr, beta: lr * (new + g))),
    },
    "adam_step": {
        "changes the mean": (None, _adam_changes_mean),
        "counter of entries": (None, _per_entry_counter),
        "theta alone": (None, lambda *given: adam(*given)[0]),
        "up": ("uphill", _after_adam(lambda p, m, s, theta, *rest: (2 * theta - p, m, s))),
        "signs only": (
            None,
            _after_adam(lambda p, m, s, theta, *rest: (theta - rest[4] * np.sign(m), m, s)),
        ),
        "t before it was raised, at least 1": (
            None,
            lambda theta, m, s, g, t, *rest: adam(theta, m, s, g, max(t - 1, 1), *rest),
        ),
        "t after it was raised": (
            "t-one-too-large",
            lambda theta, m, s, g, t, *rest: adam(theta, m, s, g, t + 1, *rest),
        ),
        "late": (
            None,
            lambda theta, m, s, g, t, *rest: adam(theta, m, s, g, t * 2, *rest),
        ),
        "betas": (
            "betas-swapped",
            lambda theta, m, s, g, t, lr, b1, b2, e: adam(theta, m, s, g, t, lr, b2, b1, e),
        ),
        "means swapped": (None, _after_adam(lambda p, m, s, *rest: (p, s, m))),
        "old means": (None, _after_adam(lambda p, m, s, theta, *old: (p, *old[:2]))),
    },
    "sgd_epoch": {
        "changes theta": (None, _epoch_in_place),
        "half": (
            "two-forgotten",
            lambda *given: epoch(*given, scale=lambda k: 1 / k),
        ),
        "sums": ("sum-for-mean", lambda *given: epoch(*given, scale=lambda k: 2)),
        "up": ("uphill", lambda *given: epoch(*given, scale=lambda k: -2 / k)),
        "backwards": (None, lambda *given: epoch(*given, deal=lambda b, X, y, n: b[::-1])),
        "last batch dropped": (
            "last-batch-dropped",
            lambda *given: epoch(*given, deal=lambda b, X, y, n: [r for r in b if len(r) == n]),
        ),
        "first": ("one-batch-only", lambda *given: epoch(*given, deal=lambda b, X, y, n: b[:1])),
        "all": (
            "all-in-one-batch",
            lambda *given: epoch(*given, deal=lambda b, X, y, n: [sum(b, [])]),
        ),
        "sample by sample": (
            None,
            lambda *given: epoch(*given, deal=lambda b, X, y, n: [[i] for r in b for i in r]),
        ),
        "twice through": (None, lambda *given: epoch(*given, deal=lambda b, X, y, n: b + b)),
        "root of the size": (None, lambda *given: epoch(*given, scale=lambda k: 2 / k**0.5)),
    },
    "warmup_cosine": {
        "rounded": (None, _plan_rounded),
        "from zero": (
            "first-step-lost",
            lambda total, warmup, lr: plan(total, warmup, lr, up=lambda k, w: k / w),
        ),
        "a line down": (
            "straight-down",
            lambda total, warmup, lr: plan(total, warmup, lr, down=lambda s: 1 - s),
        ),
        "factors": ("rate-forgotten", lambda total, warmup, lr: plan(total, warmup, 1)),
        "there and back": (
            "whole-cosine",
            lambda total, warmup, lr: plan(
                total, warmup, lr, down=lambda s: math.cos(math.pi * s) ** 2
            ),
        ),
        "quarter": (
            None,
            lambda total, warmup, lr: plan(
                total, warmup, lr, down=lambda s: math.cos(math.pi / 2 * s)
            ),
        ),
        "one too many": (None, lambda total, warmup, lr: np.append(plan(total, warmup, lr), 0.0)),
        "falls first": (None, lambda total, warmup, lr: plan(total, warmup, lr)[::-1].copy()),
        "warm-up stays": (
            None,
            lambda total, warmup, lr: plan(total, warmup, lr, down=lambda s: 1.0),
        ),
        "squared": (
            None,
            lambda total, warmup, lr: plan(
                total, warmup, lr, down=lambda s: math.cos(math.pi / 2 * s) ** 4
            ),
        ),
        "one number": (None, lambda total, warmup, lr: plan(total, warmup, lr)[-1]),
    },
    "adamw_descent": {
        "no rate": ("decay-without-rate", lambda *g: adamw(*g, pulls=lambda lr, decay: decay)),
        "none": ("decay-forgotten", lambda *g: adamw(*g, pulls=lambda lr, decay: 0.0)),
        "grows": ("decay-grows", lambda *g: adamw(*g, pulls=lambda lr, decay: -lr * decay)),
        "in the gradient": (
            "l2-in-the-gradient",
            lambda *g: adamw(*g, pulls=lambda lr, decay: 0.0, mixes=1.0),
        ),
        "both": ("decay-twice", lambda *g: adamw(*g, mixes=1.0)),
        "constant rate": ("first-rate-only", lambda *g: adamw(*g, rate=lambda rates, t: rates[0])),
        "last rate": (None, lambda *g: adamw(*g, rate=lambda rates, t: rates[-1])),
        "mean rate": (None, lambda *g: adamw(*g, rate=lambda rates, t: rates.mean())),
        "two decays": (None, lambda *g: adamw(*g, pulls=lambda lr, decay: 2 * lr * decay)),
        "rates turned round": (None, lambda *g: adamw(*g, rate=lambda rates, t: rates[-1 - t])),
        "one step short": (None, lambda f, theta, rates, decay: adamw(f, theta, rates[:-1], decay)),
    },
}  # fmt: skip
