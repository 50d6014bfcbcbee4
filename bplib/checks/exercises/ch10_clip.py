"""Chapter 10: gradients of several arrays, shortened together."""

from __future__ import annotations

import functools
import math

import numpy as np

from ..compare import close, is_number, is_single, to_array
from ..declare import Exercise, Misconception
from ..kinds import kind_of
from ..sizes import number

_TOLERANCE = 1e-9


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


def _judge(answer, expected, gradients, limit):
    """True, or one sentence on what is the matter with these arrays."""
    if isinstance(answer, np.ndarray) and answer.dtype.kind != "O":
        return (
            f"returns {kind_of(answer)}; a list of {len(expected)} arrays is due, shaped as those "
            "in `gradients`."
        )
    if len(answer) != len(expected):
        return f"returns {kind_of(answer)}; {len(expected)} arrays are due, one for each gradient."
    for k, (one, due) in enumerate(zip(answer, expected, strict=True)):
        if not is_number(one):
            return f"at [{k}] there is {kind_of(one)}; an array of shape {due.shape} is due."
        if np.shape(one) != due.shape:
            return f"at [{k}] there is shape {np.shape(one)}; shape {due.shape} is due."
        if not np.all(np.isfinite(one)):
            return f"the array at [{k}] has entries that are NaN or infinite."
    if all(
        close(to_array(one), due, _TOLERANCE, single=is_single(one))
        for one, due in zip(answer, expected, strict=True)
    ):
        return True
    return _how_far_off([to_array(one) for one in answer], expected, gradients, limit)


def _how_far_off(answer, expected, gradients, limit):
    before, after = _length(gradients), _length(answer)
    stay = ", within it, so they stay as they are" if before <= limit else ""
    text = (
        f"all arrays together have the length {number(before)}, and the limit is {number(limit)}"
        f"{stay}; yours come to {number(after)}."
    )
    factors = [
        float(np.vdot(one, g) / np.vdot(g, g)) for one, g in zip(answer, gradients, strict=True)
    ]
    for k, (one, g, factor) in enumerate(zip(answer, gradients, factors, strict=True)):
        if not close(one, factor * g, 1e-6):
            return f"{text} The array at [{k}] is no longer a multiple of what it was."
    if np.ptp(factors) > 1e-6 * max(map(abs, factors)):
        listed = ", ".join(number(one) for one in factors)
        return f"{text} One factor serves all arrays; yours have the factors {listed}."
    due = min(1.0, limit / before)
    if math.isclose(factors[0], due, rel_tol=1e-4):
        return f"{text} The factor is right up to its last digits: was something added to a length?"
    return f"{text} The factor is {number(due)}; yours is {number(factors[0])}."


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
    tolerance=_TOLERANCE,
    accept=_judge,
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
        Misconception(
            "longest-array",
            "the length of the longest array was taken for the length of all of them.",
            lambda gradients, limit: [
                g * min(1.0, limit / max(float(np.linalg.norm(one)) for one in gradients))
                for g in gradients
            ],
        ),
        Misconception(
            "length-so-far",
            "each array was shortened by the length of those up to it; add up all squares first.",
            lambda gradients, limit: [
                g * min(1.0, limit / _length(gradients[: k + 1]))
                for k, g in enumerate(gradients)
            ],
        ),
        Misconception(
            "sizes-added",
            "the sizes of the entries were added; the length is the root of the sum of squares.",
            lambda gradients, limit: [
                g * min(1.0, limit / sum(np.abs(one).sum() for one in gradients))
                for g in gradients
            ],
        ),
        Misconception(
            "means-of-squares-added",
            "the mean of the squares of each array was taken; it is the sum.",
            lambda gradients, limit: [
                g * min(1.0, limit / math.sqrt(sum(float(np.mean(o * o)) for o in gradients)))
                for g in gradients
            ],
        ),
        Misconception(
            "upside-down",
            "the factor is upside down, length over limit: what is too long becomes longer.",
            _by_factor(lambda norm, limit: norm / limit if norm > limit else 1.0),
        ),
        Misconception(
            "upside-down-within-1",
            "the factor is upside down, length over limit: what is too long stays as it is, and "
            "what is short enough is shortened.",
            _by_factor(lambda norm, limit: min(1.0, norm / limit)),
        ),
        Misconception(
            "lengthened-only",
            "what is too long stays as it is, and what is short enough is made longer: the "
            "comparison, or max in the place of min, is the wrong way round.",
            _by_factor(lambda norm, limit: max(1.0, limit / norm)),
        ),
        Misconception(
            "root-forgotten-in-the-factor",
            "the length was compared with the limit, and then divided by as its square.",
            _by_factor(lambda norm, limit: limit / norm**2 if norm > limit else 1.0),
        ),
        Misconception(
            "set-to-zero",
            "what is too long became 0; it is shortened to the limit.",
            _by_factor(lambda norm, limit: 0.0 if norm > limit else 1.0),
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
