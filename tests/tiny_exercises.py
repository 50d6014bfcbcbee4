"""Small exercises that the tests of the checks are written on, and their notebook's namespace."""

import numpy as np

from bplib.checks.declare import Chain, Exercise, Misconception, Prediction

HINTS = ("the idea", "the place", "nearly")


def gradient(X, y, theta):
    """Gradient of the mean square.  X (m, n), y (m,), theta (n,) -> (n,)"""
    return 2 * X.T @ (X @ theta - y) / len(y)


def tiny_gradient(X, y, theta):
    """A right answer, under the exercise's name."""
    return 2 * X.T @ (X @ theta - y) / len(y)


def wrong_gradient(X, y, theta):
    return 2 * X.T @ (X @ theta - y)


def gradient_cases(rng, i):
    m, n = (7, 3) if i != 1 else (9, 4)
    return rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)


def mistakes():
    return (
        Misconception(
            "missing-1/m", "the 1/m is missing.", lambda X, y, t: gradient(X, y, t) * len(y)
        ),
        Misconception("factor-2", "the 2 is missing.", lambda X, y, t: gradient(X, y, t) / 2),
        Misconception("sign", "the sign is flipped.", lambda X, y, t: -gradient(X, y, t)),
    )


def exercise(**changes):
    """The gradient of the mean square, or the same with some fields changed."""
    fields = {
        "name": "tiny_gradient",
        "chapter": 2,
        "statement": "The gradient of the mean square.",
        "hints": HINTS,
        "after": "It is one matrix product.",
        "reference": gradient,
        "cases": gradient_cases,
        "misconceptions": mistakes(),
        "returns": ("dtheta",),
        **changes,
    }
    return Exercise(**fields)


def two_gradients(**changes):
    """A gradient of two things: the sum over the batch, and the product with X."""

    def reference(X, delta):
        """X (m, n), delta (m, k)"""
        return X.T @ delta, delta.sum(axis=0)

    def cases(rng, i):
        return rng.normal(size=(7, 3)), rng.normal(size=(7, 5))

    fields = {"reference": reference, "cases": cases, "returns": ("dW", "db"), "misconceptions": ()}
    return exercise(name="tiny_pair", **{**fields, **changes})


def number(**changes):
    """A single number: the square of x."""
    fields = {
        "name": "tiny_square",
        "reference": lambda x: x * x,
        "cases": lambda rng, i: (float(rng.uniform(1, 3)),),
        "returns": ("square",),
        "misconceptions": (),
    }
    return exercise(**{**fields, **changes})


def prediction(**changes):
    fields = {
        "name": "tiny_guess",
        "chapter": 2,
        "statement": "What is 1/3?",
        "answer": 1 / 3,
        "wrong": ((3.0, "upside-down", "that is the other way up."),),
        "hints": HINTS,
        "after": "One of three.",
    }
    return Prediction(**{**fields, **changes})


def chain():
    return Chain(
        name="tiny_chain",
        chapter=2,
        statement="Error, then loss.",
        hints=HINTS,
        after="One step at a time.",
        steps=(
            ("error", lambda prediction, y: prediction - y),
            (
                "loss",
                lambda error: np.mean(error**2),
                (
                    Misconception(
                        "sum", "a sum stands for the mean.", lambda error: (error**2).sum()
                    ),
                ),
            ),
        ),
    )
