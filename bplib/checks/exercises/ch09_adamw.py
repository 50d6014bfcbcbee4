"""Chapter 9: AdamW from start to end."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception

B1, B2, EPS = 0.9, 0.999, 1e-8


def _task(rng, i):
    n, steps = ((3, 5), (5, 9), (4, 12), (6, 7), (7, 20), (3, 15))[i % 6]
    A = rng.normal(size=(n, n))
    H, target = A @ A.T / n + 0.5 * np.eye(n), rng.normal(size=n)
    size = (1.0, 1.0, 1e-6, 1.0, 10.0, 1e-4)[i % 6]  # where gradients are small, epsilon shows

    def gradient_of(theta):
        return size * (H @ (theta - target) + 0.3 * np.sin(theta))

    rates = 10.0 ** rng.uniform(-2, -0.7, size=steps)
    return gradient_of, 2 * rng.normal(size=n), rates, rng.uniform(0.3, 0.9)


def _adamw(
    power=lambda t: t,
    before=lambda theta, lr, decay: (1 - lr * decay) * theta,
    after=lambda theta, lr, decay: theta,
    into=lambda g, theta, decay: g,
    rate=lambda rates, t: rates[t - 1],
    gradient_at=lambda old, shrunk: old,
    below=lambda squares: np.sqrt(squares) + EPS,
    betas=(B1, B2),
    corrects=(True, True),
    forgets=False,
    keeps=False,
    once=False,
    sign=-1.0,
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
            mean = betas[0] * mean + (1 - betas[0]) * given
            squares = betas[1] * squares + (1 - betas[1]) * given**2
            c1, c2 = (
                np.float64(1 - beta ** power(t) if corrected else 1.0)
                for beta, corrected in zip(betas, corrects, strict=True)
            )
            m, s = mean / c1, squares / c2
            theta = theta + sign * lr * m / below(s)
            if keeps:
                mean, squares = m, s
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


def _decay_with_the_first_rate(gradient_of, theta, rates, decay):
    first = rates[0]
    step = _adamw(before=lambda theta, lr, decay: (1 - first * decay) * theta)
    return step(gradient_of, theta, rates, decay)


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
            _adamw(corrects=(False, False)),
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
        Misconception(
            "t-from-zero",
            "in the first step 1 − betaᵗ is 0 or negative: does t begin at 0, or do 1 and betaᵗ "
            "stand the wrong way round? The first step has t = 1.",
            _adamw(power=lambda t: t - 1),
        ),
        Misconception(
            "means-made-in-the-loop",
            "the two means are made anew in every step, while t goes on; they are made once, "
            "before the loop.",
            _adamw(forgets=True),
        ),
        Misconception(
            "mean-not-corrected",
            "the squares are corrected and the mean is not; it started at zero too.",
            _adamw(corrects=(False, True)),
        ),
        Misconception(
            "squares-not-corrected",
            "the mean is corrected and the squares are not; they started at zero too.",
            _adamw(corrects=(True, False)),
        ),
        Misconception(
            "corrected-kept",
            "the corrected means were carried into the next step; correct copies of them.",
            _adamw(keeps=True),
        ),
        Misconception(
            "betas-swapped",
            "0.9 and 0.999 are swapped: 0.9 belongs to the mean of the gradients.",
            _adamw(betas=(B2, B1)),
        ),
        Misconception(
            "epsilon-inside-the-root",
            "epsilon is added under the root; it is added to the root.",
            _adamw(below=lambda s: np.sqrt(s + EPS)),
        ),
        Misconception(
            "epsilon-forgotten",
            "epsilon is missing below the line.",
            _adamw(below=np.sqrt),
        ),
        Misconception(
            "uphill",
            "Adam's step goes uphill: subtract it.",
            _adamw(sign=1.0),
        ),
        Misconception(
            "decay-of-one",
            "lr · decay itself was taken away; theta shrinks by a share of itself.",
            _adamw(before=lambda theta, lr, decay: theta - lr * decay),
        ),
        Misconception(
            "decay-with-the-first-rate",
            "theta shrinks by the first rate in every step; each step has its own.",
            _decay_with_the_first_rate,
        ),
        Misconception(
            "first-rate-left-out",
            "the loop begins with the second rate; there are as many steps as rates.",
            lambda gradient_of, theta, rates, decay: _adamw()(gradient_of, theta, rates[1:], decay),
        ),
        Misconception(
            "last-rate-left-out",
            "the last step is missing; there are as many steps as rates.",
            lambda gradient_of, theta, rates, decay: _adamw()(
                gradient_of, theta, rates[:-1], decay
            ),
        ),
        Misconception(
            "one-step-only",
            "one step was made; does the `return` stand in the loop?",
            lambda gradient_of, theta, rates, decay: _adamw()(gradient_of, theta, rates[:1], decay),
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
