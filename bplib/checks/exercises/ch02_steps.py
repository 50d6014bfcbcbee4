"""Chapter 2: one step of gradient descent, and the rates that make the same step."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch02_shared import (
    line_and_people,
    one_step,
    two_gradients,
    two_gradients_loop,
    two_gradients_matrix,
)


def _step_cases(rng, i):
    # A step of ordinary size: with x around 26 the order of the two updates shows clearly.
    return *line_and_people(rng, i), 10.0 ** rng.uniform(-4.0, -2.0)


def _rate_cases(rng, i):
    return 10.0 ** rng.uniform(-4.0, -1.0), (3, 7, 5, 11, 9, 442)[i % 6]


def _gradient_step_loop(x, y, theta0, theta1, lr):
    dtheta0, dtheta1 = two_gradients_loop(x, y, theta0, theta1)
    theta0 -= lr * dtheta0
    theta1 -= lr * dtheta1
    return theta0, theta1


def _gradient_step_vector(x, y, theta0, theta1, lr):
    theta = np.array([theta0, theta1])
    return tuple(theta - lr * np.array(two_gradients_matrix(x, y, *theta)))


def _gradient_step_turned(x, y, theta0, theta1, lr):
    residual = y - theta0 * x - theta1
    return (
        theta0 + 2.0 * lr * np.dot(residual, x) / len(x),
        theta1 + 2.0 * lr * residual.sum() / len(x),
    )


def _step_in_sequence(x, y, theta0, theta1, lr):
    theta0 = theta0 - lr * two_gradients(x, y, theta0, theta1)[0]
    return theta0, theta1 - lr * two_gradients(x, y, theta0, theta1)[1]


def _step_in_reverse_sequence(x, y, theta0, theta1, lr):
    theta1 = theta1 - lr * two_gradients(x, y, theta0, theta1)[1]
    return theta0 - lr * two_gradients(x, y, theta0, theta1)[0], theta1


def _step_person_by_person(x, y, theta0, theta1, lr):
    for x_i, y_i in zip(x, y, strict=True):
        push = 2.0 * (theta0 * x_i + theta1 - y_i) / len(x)
        theta0, theta1 = theta0 - lr * push * x_i, theta1 - lr * push
    return theta0, theta1


def _step_with(factor):
    """A step whose gradient is off by `factor(m)`."""

    def step(x, y, theta0, theta1, lr):
        return one_step(x, y, theta0, theta1, lr * factor(len(x)))

    return step


def _equal_rates(lr, m):
    return 2.0 * lr, lr / m, 2.0 * lr / m


gradient_step = Exercise(
    name="gradient_step",
    chapter=2,
    statement=(
        "Make one step of gradient descent on L = mean((theta0 * x + theta1 - y)**2) and return "
        "the new (theta0, theta1). x (m,), y (m,), theta0, theta1 and the learning rate lr "
        "numbers -> two numbers."
    ),
    minutes=8,
    reference=one_step,
    cases=_step_cases,
    returns=("theta0", "theta1"),
    equivalents=(_gradient_step_loop, _gradient_step_vector, _gradient_step_turned),
    misconceptions=(
        Misconception(
            "updated-in-sequence",
            "theta0 is updated before theta1's gradient is computed, so the second gradient "
            "belongs to another line; compute both gradients first, then make both updates.",
            _step_in_sequence,
        ),
        Misconception(
            "updated-in-sequence-theta1-first",
            "theta1 is updated before theta0's gradient is computed, so the second gradient "
            "belongs to another line; compute both gradients first, then make both updates.",
            _step_in_reverse_sequence,
        ),
        Misconception(
            "uphill",
            "the step goes uphill: the gradient points where the loss grows, so subtract it.",
            _step_with(lambda m: -1.0),
        ),
        Misconception(
            "no-learning-rate",
            "the whole gradient is subtracted; the learning rate lr does not appear.",
            lambda x, y, a, b, lr: one_step(x, y, a, b, 1.0),
        ),
        Misconception(
            "missing-1/m",
            "the step is m times too long: the gradient's 1/m is missing.",
            _step_with(lambda m: m),
        ),
        Misconception(
            "1/m-twice",
            "the step is m times too short: the gradient is divided by m twice.",
            _step_with(lambda m: 1.0 / m),
        ),
        Misconception(
            "factor-2-lost",
            "the step is half as long as it should be: the 2 of the square is missing "
            "from the gradient.",
            _step_with(lambda m: 0.5),
        ),
        Misconception(
            "intercept-not-updated",
            "theta0 is right and theta1 comes back unchanged; both parameters make a step.",
            lambda x, y, a, b, lr: (one_step(x, y, a, b, lr)[0], b),
        ),
        Misconception(
            "slope-not-updated",
            "theta1 is right and theta0 comes back unchanged; both parameters make a step.",
            lambda x, y, a, b, lr: (a, one_step(x, y, a, b, lr)[1]),
        ),
        Misconception(
            "step-returned",
            "these are the changes, not the new parameters; add them to theta0 and theta1.",
            lambda x, y, a, b, lr: tuple(-lr * d for d in two_gradients(x, y, a, b)),
        ),
        Misconception(
            "gradients-swapped",
            "each parameter is moved by the other one's gradient.",
            lambda x, y, a, b, lr: (
                a - lr * two_gradients(x, y, a, b)[1],
                b - lr * two_gradients(x, y, a, b)[0],
            ),
        ),
        Misconception(
            "change-returned-uphill",
            "these are the learning rate times the gradients; the new parameters are the old ones "
            "minus them.",
            lambda x, y, a, b, lr: tuple(lr * d for d in two_gradients(x, y, a, b)),
        ),
        Misconception(
            "gradients-returned",
            "these are the two gradients; the step is still to be made.",
            lambda x, y, a, b, lr: two_gradients(x, y, a, b),
        ),
        Misconception(
            "nothing-changed",
            "both parameters come back as they were. `theta0 - lr * ...` alone in a line works "
            "something out and forgets it; give it a name, or return it.",
            lambda x, y, a, b, lr: (a, b),
        ),
        Misconception(
            "rate-of-the-chapter",
            "the learning rate is the chapter's 0.001; use `lr`.",
            lambda x, y, a, b, lr: one_step(x, y, a, b, 0.001),
        ),
        Misconception(
            "subtracted-the-wrong-way-round",
            "the parameters are subtracted from the step; the step is to be subtracted from them.",
            lambda x, y, a, b, lr: tuple(-t for t in one_step(x, y, a, b, lr)),
        ),
        Misconception(
            "person-by-person",
            "the parameters move inside the loop, so every person sees another line. Add up all "
            "the pushes first, then make one step.",
            _step_person_by_person,
        ),
    ),
    hints=(
        "Against the gradient, a little way. Both parameters leave from the same line, "
        "the old one.",
        "Two stages: first both gradients, from the old theta0 and theta1; only then anything "
        "is changed.",
        "Write the two gradients of `line_gradients` into two names of their own. Each new "
        "parameter is the old one minus the rate times its own gradient.",
    ),
    another="""
def gradient_step(x, y, theta0, theta1, lr):
    X, theta = np.stack([x, np.ones_like(x)], axis=1), np.array([theta0, theta1])
    return tuple(theta - lr * 2 / len(x) * X.T @ (X @ theta - y))
""",
    after=(
        "All gradients first, then all updates: the rule stays the same for a million "
        "parameters, and `theta -= lr * gradient` on a vector keeps it by itself."
    ),
)


equal_learning_rates = Exercise(
    name="equal_learning_rates",
    chapter=2,
    statement=(
        "Gradient descent on L = mean of the m squared errors uses the learning rate lr. "
        "Return the three learning rates that make exactly the same steps when the loss is "
        "(1) half that mean, (2) the sum of the squared errors, (3) half that sum. "
        "lr number, m integer -> three numbers."
    ),
    minutes=5,
    reference=_equal_rates,
    cases=_rate_cases,
    returns=("lr_half_mean", "lr_sum", "lr_half_sum"),
    equivalents=(
        lambda lr, m: tuple(lr / factor for factor in (0.5, m, 0.5 * m)),
        lambda lr, m: (lr + lr, lr * (1 / m), (lr + lr) * (1 / m)),
        lambda lr, m: tuple(lr * np.array([2.0, 1.0 / m, 2.0 / m])),
    ),
    misconceptions=(
        Misconception(
            "all-upside-down",
            "all three are upside down: a loss k times as large has a gradient k times as large, "
            "so its learning rate is k times smaller.",
            lambda lr, m: (lr / 2, lr * m, lr * m / 2),
        ),
        Misconception(
            "half-the-wrong-way",
            "the 1/m is right and the half is turned the wrong way: half the loss has half the "
            "gradient, and needs twice the rate.",
            lambda lr, m: (lr / 2, lr / m, lr / (2 * m)),
        ),
        Misconception(
            "m-the-wrong-way",
            "the half is right and m is turned the wrong way: the sum's gradient is m times "
            "the mean's, so its rate is m times smaller.",
            lambda lr, m: (2 * lr, lr * m, 2 * lr * m),
        ),
        Misconception(
            "half-forgotten-in-the-last",
            "the first two are right; the last is a half sum, and its 1/2 has been left out.",
            lambda lr, m: (2 * lr, lr / m, lr / m),
        ),
        Misconception(
            "half-wrong-in-the-last",
            "the first two are right; in the last the half is turned the wrong way.",
            lambda lr, m: (2 * lr, lr / m, lr / (2 * m)),
        ),
        Misconception(
            "halves-ignored",
            "m is taken into account and the two halves are not: "
            "half the loss has half the gradient.",
            lambda lr, m: (lr, lr / m, lr / m),
        ),
        Misconception(
            "nothing-changes",
            "the same rate is returned three times; the minimum is in the same place for all "
            "four losses, but their gradients have different lengths.",
            lambda lr, m: (lr, lr, lr),
        ),
        Misconception(
            "last-two-swapped",
            "the rates for the sum and the half sum have changed places.",
            lambda lr, m: (2 * lr, 2 * lr / m, lr / m),
        ),
        Misconception(
            "m-wrong-in-the-last",
            "the first two are right; in the last m is turned the wrong way.",
            lambda lr, m: (2 * lr, lr / m, 2 * lr * m),
        ),
        Misconception(
            "both-wrong-in-the-last",
            "the first two are right; the last is upside down. In Python, lr / 2 * m divides by 2 "
            "and then multiplies by m.",
            lambda lr, m: (2 * lr, lr / m, lr / 2 * m),
        ),
        Misconception(
            "whole-numbers",
            "`//` throws away everything after the decimal point, and a rate is all that.",
            lambda lr, m: (2 * lr, lr // m, 2 * lr // m),
        ),
    ),
    hints=(
        "A step is the learning rate times the gradient. Ask of each loss: how many times longer "
        "or shorter is its gradient?",
        "Every one of the three losses is the first one multiplied by a constant, and a constant "
        "factor goes straight through the derivative.",
        "Find the factor k of each loss (one of them is m, one is a half, one is both together), "
        "then choose the rate so that rate times k is the old rate again.",
    ),
    another="""
def equal_learning_rates(lr, m):
    factors = 1 / 2, m, m / 2  # what the other losses are of the mean
    return tuple(lr / factor for factor in factors)
""",
    after=(
        "The four losses share their minimum and differ only in the length of the gradient; "
        "that is why a learning rate means nothing until the loss has been stated."
    ),
)
