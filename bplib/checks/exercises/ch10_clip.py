"""Chapter 10: gradients of several arrays, shortened together."""

from __future__ import annotations

import functools
import math

import numpy as np

from ..declare import Exercise, Misconception


def _gradients(rng, i):
    shapes = (
        ((3, 4), (4,)), ((5, 3), (3,), (3, 6)), ((7,), (4, 3)),
        ((6, 3), (3,), (3, 5), (5,)), ((4, 5), (5,)), ((3, 7), (7,), (4,)),
    )[i]  # fmt: skip
    given = [rng.normal(size=shape) * rng.uniform(0.1, 4.0) for shape in shapes]
    # Too long, but no array by itself; within the limit; far too long; just within; too long twice.
    length = _length(given)
    limit = length * (0.95, 1.7, 0.03, 1.02, 0.4, 0.7)[i]
    return given, limit


def _length(gradients):
    return math.sqrt(sum(float(np.sum(g * g)) for g in gradients))


def _shortened(gradients, limit):
    factor = min(1.0, limit / _length(gradients))
    return [g * factor for g in gradients]


def _flattened(gradients, limit):
    whole = np.concatenate([g.ravel() for g in gradients])
    norm = np.linalg.norm(whole)
    whole = whole * (limit / norm) if norm > limit else whole.copy()
    ends = np.cumsum([g.size for g in gradients])[:-1]
    parts = np.split(whole, ends)
    return [part.reshape(g.shape) for part, g in zip(parts, gradients, strict=True)]


def _halving(gradients, limit):
    norm = functools.reduce(math.hypot, (float(np.linalg.norm(g)) for g in gradients))
    return [g / max(1.0, norm / limit) for g in gradients]


def _by_factor(factor):
    return lambda gradients, limit: [g * factor(_length(gradients), limit) for g in gradients]


clip_together = Exercise(
    name="clip_together",
    chapter=10,
    minutes=8,
    statement=(
        "gradients is a list of arrays, limit a number. Return a list of new arrays: all of them "
        "shortened by one factor, so that their common length is at most limit; unchanged where it "
        "is no longer than that."
    ),
    reference=_shortened,
    cases=_gradients,
    case_note=lambda gradients, limit: f"{len(gradients)} arrays, limit {limit:.3g}",
    returns=("clipped",),
    equivalents=(_flattened, _halving, lambda gradients, limit: [
        g * (limit / n if (n := _length(gradients)) > limit else 1.0) for g in gradients
    ]),
    misconceptions=(
        Misconception(
            "each-by-itself",
            "each array was clipped by itself. That turns the direction; one factor serves all.",
            lambda gradients, limit: [_shortened([g], limit)[0] for g in gradients],
        ),
        Misconception(
            "always-scaled",
            "gradients that are short enough were made longer; they stay as they are.",
            _by_factor(lambda norm, limit: limit / norm),
        ),
        Misconception(
            "entry-by-entry",
            "every entry was brought between −limit and limit. The length of all of them counts.",
            lambda gradients, limit: [np.clip(g, -limit, limit) for g in gradients],
        ),
        Misconception(
            "root-forgotten",
            "the sum of the squares stands where the length belongs, which is its root.",
            _by_factor(lambda norm, limit: min(1.0, limit / norm**2)),
        ),
        Misconception(
            "lengths-added",
            "the lengths of the arrays were added; their squares add.",
            lambda gradients, limit: [
                g * min(1.0, limit / sum(np.linalg.norm(one) for one in gradients))
                for g in gradients
            ],
        ),
        Misconception(
            "to-length-1",
            "the gradients were brought to the length 1, not to the limit.",
            _by_factor(lambda norm, limit: 1 / norm if norm > limit else 1.0),
        ),
        Misconception(
            "mean-for-sum",
            "the mean of the squares stands where their sum belongs.",
            lambda gradients, limit: [
                g * min(1.0, limit / math.sqrt(np.mean(np.concatenate(
                    [one.ravel() for one in gradients]) ** 2)))
                for g in gradients
            ],
        ),
        Misconception(
            "largest-entry",
            "the largest entry was taken for the length.",
            lambda gradients, limit: [
                g * min(1.0, limit / max(np.abs(one).max() for one in gradients))
                for g in gradients
            ],
        ),
        Misconception(
            "nothing-done",
            "these are the gradients as they were.",
            lambda gradients, limit: [g.copy() for g in gradients],
        ),
    ),
    hints=(
        "One length for everything: as if all numbers stood in one long row.",
        "Add up the squares over all arrays, then take the root; then compare with the limit.",
        "The factor is limit / norm where norm > limit, else 1.",
    ),
    after="The direction is what it was, so it is still a step downhill.",
    another="""
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.vdot(g, g) for g in gradients))
    return [g / max(1.0, norm / limit) for g in gradients]
""",
)  # fmt: skip
