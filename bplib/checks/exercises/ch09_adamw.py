"""Chapter 9: AdamW from start to end."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception

B1, B2, EPS = 0.9, 0.999, 1e-8


def _task(rng, i):
    n, steps = ((3, 5), (5, 9), (4, 12), (6, 7), (7, 20), (3, 15))[i % 6]
    A = rng.normal(size=(n, n))
    H, target = A @ A.T / n + 0.5 * np.eye(n), rng.normal(size=n)

    def gradient_of(theta):
        return H @ (theta - target) + 0.3 * np.sin(theta)

    rates = 10.0 ** rng.uniform(-2, -0.7, size=steps)
    return gradient_of, 2 * rng.normal(size=n), rates, rng.uniform(0.3, 0.9)


def _adamw(
    power=lambda t: t,
    before=lambda theta, lr, decay: (1 - lr * decay) * theta,
    after=lambda theta, lr, decay: theta,
    into=lambda g, theta, decay: g,
    rate=lambda rates, t: rates[t - 1],
    gradient_at=lambda old, shrunk: old,
    forgets=False,
    corrects=True,
    once=False,
):
    """AdamW, with one of its parts made otherwise."""

    def descent(gradient_of, theta, rates, decay):
        mean, squares, g = 0.0, 0.0, gradient_of(theta)
        for t in range(1, len(rates) + 1):
            lr, old = rate(rates, t), theta
            theta = before(old, lr, decay)
            if not once:
                g = gradient_of(gradient_at(old, theta))
            given = into(g, old, decay)
            if forgets:
                mean, squares = 0.0, 0.0
            mean = B1 * mean + (1 - B1) * given
            squares = B2 * squares + (1 - B2) * given**2
            p = power(t)
            c1, c2 = (1 - B1**p, 1 - B2**p) if corrects else (1.0, 1.0)
            theta = theta - lr * (mean / c1) / (np.sqrt(squares / c2) + EPS)
            theta = after(theta, lr, decay)
        return theta

    return descent


def _decay_in_the_step(gradient_of, theta, rates, decay):
    mean, squares = np.zeros_like(theta), np.zeros_like(theta)
    for t, lr in enumerate(rates, start=1):
        g = gradient_of(theta)
        mean, squares = mean + 0.1 * (g - mean), squares + 0.001 * (g * g - squares)
        direction = mean / (1 - 0.9**t) / (np.sqrt(squares / (1 - 0.999**t)) + 1e-8)
        theta = theta - lr * (direction + decay * theta)
    return theta


def _with_products(gradient_of, theta, rates, decay):
    theta = theta.copy()
    mean, squares = np.zeros(len(theta)), np.zeros(len(theta))
    power1 = power2 = 1.0
    for lr in rates:
        power1, power2 = power1 * 0.9, power2 * 0.999
        g = gradient_of(theta)
        mean = 0.9 * mean + 0.1 * g
        squares = 0.999 * squares + 0.001 * g**2
        theta *= 1 - lr * decay
        theta -= lr * mean / (1 - power1) / (np.sqrt(squares / (1 - power2)) + 1e-8)
    return theta


def _recursive(gradient_of, theta, rates, decay, t=1, mean=0.0, squares=0.0):
    if t > len(rates):
        return theta
    g = gradient_of(theta)
    mean, squares = 0.9 * mean + 0.1 * g, 0.999 * squares + 0.001 * g**2
    usual = np.sqrt(squares / (1 - 0.999**t)) + 1e-8
    moved = theta - rates[t - 1] * (mean / (1 - 0.9**t) / usual + decay * theta)
    return _recursive(gradient_of, moved, rates, decay, t + 1, mean, squares)


def _plain(theta, lr, decay):
    return theta


adamw_descent = Exercise(
    name="adamw_descent",
    chapter=9,
    minutes=60,
    statement=(
        "AdamW from start to end: as many steps as there are rates, the first with rates[0]. "
        "gradient_of is a function, theta (n,) -> the gradient there (n,). In every step the "
        "gradient is taken at theta as it is; then theta shrinks by the factor 1 − lr · decay; "
        "then comes Adam's step with beta1 = 0.9, beta2 = 0.999 and epsilon = 1e-8. Return the "
        "last theta (n,)."
    ),
    reference=_adamw(),
    cases=_task,
    case_note=lambda gradient_of, theta, rates, decay: f"n={len(theta)}, {len(rates)} steps",
    returns=("theta",),
    equivalents=(_decay_in_the_step, _with_products, _recursive),
    misconceptions=(
        Misconception(
            "l2-in-the-gradient",
            "the decay was added to the gradient, and went through the division with it: that is "
            "Adam with L2. In AdamW it goes past.",
            _adamw(before=_plain, into=lambda g, theta, decay: g + decay * theta),
        ),
        Misconception(
            "decay-without-rate",
            "theta shrinks by 1 − decay, without the rate.",
            _adamw(before=lambda theta, lr, decay: (1 - decay) * theta),
        ),
        Misconception(
            "decay-forgotten",
            "that is Adam without any decay.",
            _adamw(before=_plain),
        ),
        Misconception(
            "decay-twice",
            "the decay acts twice, on theta and in the gradient.",
            _adamw(into=lambda g, theta, decay: g + decay * theta),
        ),
        Misconception(
            "decay-after-the-step",
            "theta shrinks after Adam's step, so that the step shrinks too; it comes before.",
            _adamw(before=_plain, after=lambda theta, lr, decay: (1 - lr * decay) * theta),
        ),
        Misconception(
            "decay-grows",
            "theta grows by 1 + lr · decay; a decay takes away.",
            _adamw(before=lambda theta, lr, decay: (1 + lr * decay) * theta),
        ),
        Misconception(
            "gradient-after-the-decay",
            "the gradient was taken at the theta that had already shrunk; take it first.",
            _adamw(gradient_at=lambda old, shrunk: shrunk),
        ),
        Misconception(
            "t-one-too-large",
            "the corrections are one step ahead; the first step has t = 1.",
            _adamw(power=lambda t: t + 1),
        ),
        Misconception(
            "t-stands-still",
            "the corrections are those of the first step in every step; t has to count.",
            _adamw(power=lambda t: 1),
        ),
        Misconception(
            "no-correction",
            "the bias corrections are missing.",
            _adamw(corrects=False),
        ),
        Misconception(
            "state-forgotten",
            "the two means begin at zero in every step; they are made once, before the loop.",
            _adamw(forgets=True, power=lambda t: 1),
        ),
        Misconception(
            "first-rate-only",
            "all steps were made with the first rate; each has its own.",
            _adamw(rate=lambda rates, t: rates[0]),
        ),
        Misconception(
            "gradient-once",
            "the gradient was taken once, before the loop; it changes with theta.",
            _adamw(once=True),
        ),
    ),
    hints=(
        "Two running means that start at zero, before the loop; in the loop t counts from 1.",
        "In each step: the gradient, both means, theta times 1 − lr · decay, and then Adam's step.",
        "Your `adam_step` with the gradient of the loss alone, on the theta that has shrunk.",
    ),
    after="A whole optimizer, with a schedule, in a dozen lines.",
    another="""
def adamw_descent(gradient_of, theta, rates, decay):
    mean = squares = np.zeros(len(theta))
    for t, lr in enumerate(rates, start=1):
        g = gradient_of(theta)
        mean = mean + 0.1 * (g - mean)
        squares = squares + 0.001 * (g**2 - squares)
        usual = np.sqrt(squares / (1 - 0.999**t)) + 1e-8
        direction = mean / (1 - 0.9**t) / usual
        theta = theta - lr * (direction + decay * theta)  # two pulls side by side
    return theta
""",
)
