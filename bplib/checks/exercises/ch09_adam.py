"""Chapter 9: one step of Adam."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _state(rng, i):
    n = (3, 5, 7, 4, 6, 9)[i % 6]
    t = (1, 3, 10, 4, 25, 2)[i % 6]
    size = (1.0, 1e3, 1e-3, 1.0, 10.0, 1e-2)[i % 6]
    theta, gradient = rng.normal(size=n), size * rng.normal(size=n)
    beta1, beta2 = rng.uniform(0.8, 0.95), rng.uniform(0.97, 0.995)
    epsilon = size * 10.0 ** rng.uniform(-3, -2)
    if i % 6 == 0:
        return theta, np.zeros(n), np.zeros(n), gradient, t, 0.01, beta1, beta2, epsilon
    mean = size * (1 - beta1**t) * rng.normal(size=n)
    squares = size**2 * (1 - beta2**t) * rng.uniform(0.5, 2.0, size=n)
    lr = 10.0 ** rng.uniform(-3, -1)
    return theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon


def _adam(
    mix1=lambda old, g, b: b * old + (1 - b) * g,
    mix2=lambda old, g, b: b * old + (1 - b) * g**2,
    fix1=lambda mean, b, t: mean / (1 - b**t),
    fix2=lambda squares, b, t: squares / (1 - b**t),
    go=lambda mean, squares, g, e: mean / (np.sqrt(squares) + e),
    keep=False,
    swap=False,
    sign=-1.0,
):
    """Adam's step, with one of its parts made otherwise."""

    def step(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
        if swap:
            beta1, beta2 = beta2, beta1
        mean, squares = mix1(mean, gradient, beta1), mix2(squares, gradient, beta2)
        m, s = fix1(mean, beta1, t), fix2(squares, beta2, t)
        theta = theta + sign * lr * go(m, s, gradient, epsilon)
        return (theta, m, s) if keep else (theta, mean, squares)

    return step


def _entry_by_entry(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    rows = []
    for p, m, s, g in zip(theta, mean, squares, gradient, strict=True):
        m, s = m + (1 - beta1) * (g - m), s + (1 - beta2) * (g * g - s)
        rows.append((p - lr * m / (1 - beta1**t) / ((s / (1 - beta2**t)) ** 0.5 + epsilon), m, s))
    return tuple(np.array(rows).T)


def _corrected_rate(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    mean = beta1 * mean + (1 - beta1) * gradient
    squares = beta2 * squares + (1 - beta2) * np.square(gradient)
    root = np.sqrt(1 - beta2**t)
    rate = lr * root / (1 - beta1**t)
    return theta - rate * mean / (np.sqrt(squares) + epsilon * root), mean, squares


def _in_copies(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    mean, squares = mean.copy(), squares.copy()
    mean *= beta1
    mean += (1 - beta1) * gradient
    squares *= beta2
    squares += (1 - beta2) * gradient * gradient
    below = np.sqrt(squares / (1 - np.power(beta2, t)))
    below += epsilon
    return theta - lr * (mean / (1 - np.power(beta1, t))) / below, mean, squares


def _as_it_is(value, b, t):
    return value


adam_step = Exercise(
    name="adam_step",
    chapter=9,
    minutes=12,
    statement=(
        "One step of Adam. mean and squares are the two running means as they were after step "
        "t − 1, before any correction; mix the gradient into them, correct copies of both for "
        "their start at zero, and step. epsilon stands outside the root. theta, mean, squares, "
        "gradient (n,), t a whole number from 1, lr, beta1, beta2, epsilon numbers -> (theta, "
        "mean, squares), the means uncorrected."
    ),
    reference=_adam(),
    cases=_state,
    case_note=lambda theta, mean, squares, gradient, t, *rest: f"n={len(theta)}, t={t}",
    returns=("theta", "mean", "squares"),
    equivalents=(_entry_by_entry, _corrected_rate, _in_copies),
    misconceptions=(
        Misconception(
            "no-correction",
            "both corrections are missing: the means start at zero, and are too small at first.",
            _adam(fix1=_as_it_is, fix2=_as_it_is),
        ),
        Misconception(
            "mean-not-corrected",
            "the squares are corrected and the mean is not; it started at zero too.",
            _adam(fix1=_as_it_is),
        ),
        Misconception(
            "squares-not-corrected",
            "the mean is corrected and the squares are not; they started at zero too.",
            _adam(fix2=_as_it_is),
        ),
        Misconception(
            "epsilon-inside-the-root",
            "epsilon is added under the root; it is added to the root.",
            _adam(go=lambda m, s, g, e: m / np.sqrt(s + e)),
        ),
        Misconception(
            "epsilon-forgotten",
            "epsilon is missing below the line.",
            _adam(go=lambda m, s, g, e: m / np.sqrt(s)),
        ),
        Misconception(
            "root-forgotten",
            "the mean of the squares was divided by, not its root.",
            _adam(go=lambda m, s, g, e: m / (s + e)),
        ),
        Misconception(
            "multiplied-for-divided",
            "the root is multiplied with; it stands below the line.",
            _adam(go=lambda m, s, g, e: m * (np.sqrt(s) + e)),
        ),
        Misconception(
            "t-one-too-large",
            "the corrections use t + 1; the first step has t = 1, and t is given.",
            _adam(
                fix1=lambda m, b, t: m / (1 - b ** (t + 1)),
                fix2=lambda s, b, t: s / (1 - b ** (t + 1)),
            ),
        ),
        Misconception(
            "always-the-first-step",
            "the corrections are those of the first step, 1 − beta; beta is raised to the power t.",
            _adam(fix1=lambda m, b, t: m / (1 - b), fix2=lambda s, b, t: s / (1 - b)),
        ),
        Misconception(
            "correction-multiplied",
            "the means are multiplied by 1 − betaᵗ; they are too small, so divide.",
            _adam(fix1=lambda m, b, t: m * (1 - b**t), fix2=lambda s, b, t: s * (1 - b**t)),
        ),
        Misconception(
            "corrected-kept",
            "the corrected means were returned; the next step needs them uncorrected.",
            _adam(keep=True),
        ),
        Misconception(
            "betas-swapped",
            "beta1 and beta2 are swapped: beta1 belongs to the mean of the gradients.",
            _adam(swap=True),
        ),
        Misconception(
            "square-forgotten",
            "the gradient itself was mixed into squares, not its square; its size was taken.",
            _adam(mix2=lambda old, g, b: b * old + (1 - b) * np.abs(g)),
        ),
        Misconception(
            "sums-for-means",
            "the gradients were added up without their 1 − beta; these are means.",
            _adam(mix1=lambda old, g, b: b * old + g, mix2=lambda old, g, b: b * old + g**2),
        ),
        Misconception(
            "momentum-convention",
            "the mean of the gradients lacks its 1 − beta1; it is no velocity, but a mean.",
            _adam(mix1=lambda old, g, b: b * old + g),
        ),
        Misconception(
            "gradient-above-the-line",
            "the step is along the gradient; in Adam it is along the corrected mean.",
            _adam(go=lambda m, s, g, e: g / (np.sqrt(s) + e)),
        ),
        Misconception(
            "uphill",
            "the step goes uphill: subtract it.",
            _adam(sign=1.0),
        ),
    ),
    hints=(
        "Four things in a row: mix into the mean, mix into the squares, correct both, step.",
        "Each correction divides by 1 − betaᵗ, its own beta. Keep the uncorrected means to return.",
        "The step is lr times the corrected mean, over the root of the corrected squares plus "
        "epsilon.",
    ),
    after="You have written what most networks of the last ten years were trained with.",
    another="""
def adam_step(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    mean = mean + (1 - beta1) * (gradient - mean)  # a little way towards it
    squares = squares + (1 - beta2) * (gradient**2 - squares)
    usual = np.sqrt(squares / (1 - beta2**t))
    return theta - lr / (1 - beta1**t) * mean / (usual + epsilon), mean, squares
""",
)
