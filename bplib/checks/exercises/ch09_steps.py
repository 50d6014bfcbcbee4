"""Chapter 9: one step of momentum."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _state(rng, i):
    n = (3, 5, 7, 4, 6, 9)[i % 6]
    theta, velocity, gradient = rng.normal(size=(3, n))
    return theta, velocity, gradient, 10.0 ** rng.uniform(-2, -0.5), rng.uniform(0.6, 0.95)


def _step(theta, velocity, gradient, lr, beta):
    velocity = beta * velocity + gradient
    return theta - lr * velocity, velocity


def _entry_by_entry(theta, velocity, gradient, lr, beta):
    new_theta, new_velocity = [], []
    for p, v, g in zip(theta, velocity, gradient, strict=True):
        new_velocity.append(beta * v + g)
        new_theta.append(p - lr * new_velocity[-1])
    return np.array(new_theta), np.array(new_velocity)


def _with_the_rate_inside(theta, velocity, gradient, lr, beta):
    step = beta * (-lr * velocity) - lr * gradient
    return theta + step, -step / lr


def _in_copies(theta, velocity, gradient, lr, beta):
    velocity = velocity.copy()
    velocity *= beta
    velocity += gradient
    moved = theta.copy()
    moved -= lr * velocity
    return moved, velocity


def _general(keep=lambda b: b, add=lambda b: 1.0, inside=lambda lr: 1.0, move=lambda lr: -lr):
    """A step with other factors: v = keep v + inside add g, theta + move v."""

    def step(theta, velocity, gradient, lr, beta):
        velocity = keep(beta) * velocity + inside(lr) * add(beta) * gradient
        return theta + move(lr) * velocity, velocity

    return step


momentum_step = Exercise(
    name="momentum_step",
    chapter=9,
    minutes=3,
    statement=(
        "One step of momentum in the book's convention: the velocity keeps the share beta of "
        "itself and gets the gradient added; the parameters move against the new velocity, lr "
        "times it. theta (n,), velocity (n,), gradient (n,), lr and beta numbers -> (theta, "
        "velocity), both new."
    ),
    reference=_step,
    cases=_state,
    case_note=lambda theta, velocity, gradient, lr, beta: (
        f"n={len(theta)}, lr={lr:.3g}, beta={beta:.3g}"
    ),
    returns=("theta", "velocity"),
    equivalents=(_entry_by_entry, _with_the_rate_inside, _in_copies),
    misconceptions=(
        Misconception(
            "running-mean",
            "the gradient was multiplied by 1 − beta, as in a running mean; in this convention "
            "the velocity is a sum.",
            _general(add=lambda b: 1 - b),
        ),
        Misconception(
            "uphill",
            "the step goes uphill: the velocity is made of gradients, so subtract it.",
            _general(move=lambda lr: lr),
        ),
        Misconception(
            "uphill-running-mean",
            "two conventions are mixed: a running mean of gradients, and the plus sign of a "
            "velocity that is made of negative steps. It walks uphill.",
            _general(add=lambda b: 1 - b, move=lambda lr: lr),
        ),
        Misconception(
            "gradient-for-velocity",
            "the parameters moved by the gradient; the velocity is updated and not used.",
            lambda theta, velocity, gradient, lr, beta: (
                theta - lr * gradient,
                beta * velocity + gradient,
            ),
        ),
        Misconception(
            "old-velocity",
            "the parameters moved by the old velocity; it is updated first.",
            lambda theta, velocity, gradient, lr, beta: (
                theta - lr * velocity,
                beta * velocity + gradient,
            ),
        ),
        Misconception(
            "rate-inside",
            "the rate is inside the velocity here; in this convention it multiplies the velocity "
            "afterwards, so that a change of it acts at once.",
            _general(inside=lambda lr: lr, move=lambda lr: -1.0),
        ),
        Misconception(
            "rate-inside-negative",
            "that is the other convention, v = beta v − lr g and theta + v; here the velocity is "
            "a sum of gradients, without the rate.",
            _general(inside=lambda lr: -lr, move=lambda lr: 1.0),
        ),
        Misconception(
            "rate-twice",
            "the rate stands twice, in the velocity and in the step.",
            _general(inside=lambda lr: lr),
        ),
        Misconception(
            "nesterov",
            "the gradient counts once more in the step: that is Nesterov's form.",
            lambda theta, velocity, gradient, lr, beta: (
                theta - lr * (gradient + beta * (beta * velocity + gradient)),
                beta * velocity + gradient,
            ),
        ),
        Misconception(
            "beta-on-the-gradient",
            "beta multiplies the gradient; it is the share of the old velocity that is kept.",
            _general(keep=lambda b: 1.0, add=lambda b: b),
        ),
        Misconception(
            "shares-swapped",
            "the old velocity keeps 1 − beta and the gradient gets beta.",
            _general(keep=lambda b: 1 - b, add=lambda b: b),
        ),
        Misconception(
            "new-gradient-fades-too",
            "beta multiplies the sum of both; the new gradient comes in whole.",
            _general(add=lambda b: b),
        ),
        Misconception(
            "swapped",
            "both are right and stand the wrong way round: theta comes first.",
            lambda *given: _step(*given)[::-1],
        ),
    ),
    hints=(
        "First the velocity, then the parameters, which move by the new one.",
        "The old velocity times beta, plus the gradient as it is.",
        "theta minus lr times the new velocity, and return both.",
    ),
    after="Two lines, and a valley with κ = 1000 takes 36 steps a digit for more than a thousand.",
    another="""
def momentum_step(theta, velocity, gradient, lr, beta):
    step = -lr * beta * velocity - lr * gradient  # what the thing moves by
    return theta + step, -step / lr
""",
)
