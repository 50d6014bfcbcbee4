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
    go=lambda mean, squares, g, e, c2: mean / (np.sqrt(squares) + e),
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
        theta = theta + sign * lr * go(m, s, gradient, epsilon, 1 - beta2**t)
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


def _corrected_with(betas):
    """Adam with other betas in the corrections than in the means."""

    def step(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
        b1, b2 = betas(beta1, beta2)
        other = _adam(
            fix1=lambda m, b, t: m / (1 - b1**t),
            fix2=lambda s, b, t: s / (1 - b2**t),
        )
        return other(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon)

    return step


def _squares_of_the_mean(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    new = beta1 * mean + (1 - beta1) * gradient
    step = _adam(mix2=lambda old, g, b: b * old + (1 - b) * new**2)
    return step(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon)


def _brackets_forgotten(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    step = _adam(go=lambda m, s, g, e, c2: m / np.sqrt(s))
    theta, *means = step(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon)
    return theta + epsilon, *means


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
            _adam(go=lambda m, s, g, e, c2: m / np.sqrt(s + e)),
        ),
        Misconception(
            "epsilon-forgotten",
            "epsilon is missing below the line.",
            _adam(go=lambda m, s, g, e, c2: m / np.sqrt(s)),
        ),
        Misconception(
            "root-forgotten",
            "the mean of the squares was divided by, not its root.",
            _adam(go=lambda m, s, g, e, c2: m / (s + e)),
        ),
        Misconception(
            "multiplied-for-divided",
            "the root is multiplied with; it stands below the line.",
            _adam(go=lambda m, s, g, e, c2: m * (np.sqrt(s) + e)),
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
            _adam(go=lambda m, s, g, e, c2: g / (np.sqrt(s) + e)),
        ),
        Misconception(
            "uphill",
            "the step goes uphill: subtract it.",
            _adam(sign=1.0),
        ),
        Misconception(
            "t-one-too-small",
            "the corrections use t − 1, and in the first step divide by 0; use t as it is given.",
            _adam(
                fix1=lambda m, b, t: m / np.float64(1 - b ** (t - 1)),
                fix2=lambda s, b, t: s / np.float64(1 - b ** (t - 1)),
            ),
        ),
        Misconception(
            "power-of-the-bracket",
            "1 − beta was raised to the power t; only beta is.",
            _adam(fix1=lambda m, b, t: m / (1 - b) ** t, fix2=lambda s, b, t: s / (1 - b) ** t),
        ),
        Misconception(
            "one-minus-forgotten",
            "the means are divided by betaᵗ; by 1 − betaᵗ, which is what their weights add up to.",
            _adam(fix1=lambda m, b, t: m / b**t, fix2=lambda s, b, t: s / b**t),
        ),
        Misconception(
            "betas-swapped-in-the-correction",
            "the means are right, and each was corrected with the other one's beta.",
            _corrected_with(lambda b1, b2: (b2, b1)),
        ),
        Misconception(
            "beta1-for-both",
            "both corrections use beta1; the squares have beta2.",
            _corrected_with(lambda b1, b2: (b1, b1)),
        ),
        Misconception(
            "beta2-for-both",
            "both corrections use beta2; the mean of the gradients has beta1.",
            _corrected_with(lambda b1, b2: (b2, b2)),
        ),
        Misconception(
            "shares-swapped",
            "the old means keep 1 − beta and what is new gets beta; it is the other way round.",
            _adam(
                mix1=lambda old, g, b: (1 - b) * old + b * g,
                mix2=lambda old, g, b: (1 - b) * old + b * g**2,
            ),
        ),
        Misconception(
            "squares-summed",
            "the squares lack their 1 − beta2; they are a mean too.",
            _adam(mix2=lambda old, g, b: b * old + g**2),
        ),
        Misconception(
            "share-squared",
            "1 − beta2 was squared with the gradient; only the gradient is.",
            _adam(mix2=lambda old, g, b: b * old + ((1 - b) * g) ** 2),
        ),
        Misconception(
            "squares-of-the-mean",
            "the squares were made from the new mean; they are squares of the gradient itself.",
            _squares_of_the_mean,
        ),
        Misconception(
            "one-for-all-entries",
            "the squares of all entries were added up; every entry has a rate of its own.",
            _adam(mix2=lambda old, g, b: b * old + (1 - b) * np.sum(g**2)),
        ),
        Misconception(
            "root-corrected",
            "the root was taken first and then divided by 1 − beta2ᵗ; correct the squares first.",
            _adam(
                fix2=_as_it_is,
                go=lambda m, s, g, e, c2: m / (np.sqrt(s) / c2 + e),
            ),
        ),
        Misconception(
            "epsilon-beside-the-uncorrected-root",
            "the corrections were moved into the rate and epsilon was not, so it counts for more "
            "than it should: in (9.14) it stands beside the corrected root.",
            _adam(
                fix2=_as_it_is,
                go=lambda m, s, g, e, c2: m / (np.sqrt(s) + e) * np.sqrt(c2),
            ),
        ),
        Misconception(
            "epsilon-added-to-the-step",
            "epsilon was added to the whole: below the line it wants brackets, (root + epsilon).",
            _brackets_forgotten,
        ),
        Misconception(
            "old-means-returned",
            "the means that came in were returned; the next step needs the new ones.",
            lambda theta, mean, squares, *rest: (
                _adam()(theta, mean, squares, *rest)[0],
                mean.copy(),
                squares.copy(),
            ),
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
