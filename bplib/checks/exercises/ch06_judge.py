"""Chapter 6: a gradient check, held against right and wrong gradients."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception

_norm = np.linalg.norm


def _slope(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def _entries(f, x, h=1e-5):
    """Central differences, entry by entry."""
    x = np.array(x, dtype=float)
    slopes = [_slope(f, x, np.reshape(unit, x.shape), h) for unit in np.eye(x.size)]
    return np.reshape(slopes, x.shape)


def _right(f, gradient, x, seed):
    rng = np.random.default_rng(seed)
    x = np.array(x, dtype=float)
    g = gradient(x)
    for _ in range(3):
        v = rng.standard_normal(x.shape)
        measured, claimed = _slope(f, x, v), np.sum(g * v)
        if abs(measured - claimed) > 1e-6 * max(abs(measured), abs(claimed), _norm(g)):
            return False
    return True


def _candidate(rng, i):
    """A function with a claimed gradient: right, or wrong in one of the ways of the clinic."""
    shape = ((3, 4), (4, 3), (5,), (6,), (4,), (3, 5), (4,), (5, 3), (3, 6), (3,), (6,), (5, 4))[i]
    scale = {2: 1e-9, 3: 1e-9, 4: 1e6, 9: 0.0}.get(i, 1.0)
    weights = rng.uniform(0.5, 1.5, size=shape)
    x = rng.uniform(0.3, 1.2, size=shape)
    if i == 6:
        x = rng.permutation(np.arange(3, 9))[:4]

    def f(x):
        return scale * float(np.sum(weights * np.sin(x)) + 0.01 * np.sum(x) ** 2)

    def right(x):
        return scale * (weights * np.cos(x) + 0.02 * np.sum(x))

    def sick(x):
        g = right(x)
        if i == 1:
            g.flat[-1] *= 1.02
        elif i == 3:
            g = 2 * g
        elif i == 5:  # the sum of all entries, and the length, are right
            g = g[::-1].copy()
            g[[1, 1], [0, 1]] = g[[1, 1], [1, 0]]
        elif i == 7:
            g.flat[-1] *= -1
        elif i == 8:
            g = g.T.reshape(g.shape)
        elif i == 10:
            g = 0 * g
        return g

    return f, sick if i in (1, 3, 5, 7, 8, 10) else right, x, int(rng.integers(1000))


def _judge(compare):
    """A judgement from the claimed and the measured gradient, entry by entry."""

    def judgement(f, gradient, x, seed):
        x = np.array(x, dtype=float)
        return bool(compare(gradient(x), _entries(f, x)))

    return judgement


def _relative(c, m):
    scale = max(_norm(c), _norm(m))
    return 0.0 if scale == 0 else _norm(c - m) / scale


def _along(direction):
    """A judgement along one direction, made by `direction(rng, shape)`."""

    def judgement(f, gradient, x, seed):
        x = np.array(x, dtype=float)
        g, v = gradient(x), direction(np.random.default_rng(seed), x.shape)
        measured, claimed = _slope(f, x, v), np.sum(g * v)
        return bool(abs(measured - claimed) <= 1e-6 * max(abs(measured), abs(claimed), _norm(g)))

    return judgement


def _normal(rng, shape):
    return rng.standard_normal(shape)


def _judge_forward(f, gradient, x, seed):
    x = np.array(x, dtype=float)
    nudges = 1e-5 * np.eye(x.size).reshape(-1, *x.shape)
    measured = np.reshape([(f(x + nudge) - f(x)) / 1e-5 for nudge in nudges], x.shape)
    return bool(_relative(gradient(x), measured) < 1e-6)


def _loss_falls(f, gradient, x, seed):
    x = np.array(x, dtype=float)
    g = gradient(x)
    return bool(f(x - 1e-3 * g / max(_norm(g), 1e-300)) < f(x))


def _in_whole_numbers(f, gradient, x, seed):
    measured = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] = x[index] + 1e-5
        behind[index] = x[index] - 1e-5
        measured[index] = (f(ahead) - f(behind)) / 2e-5
    return bool(_relative(gradient(x), measured) < 1e-6)


def _no_number(c, m):
    with np.errstate(all="ignore"):
        return np.float64(_norm(c - m)) / max(_norm(c), _norm(m)) < 1e-6


gradient_is_right = Exercise(
    name="gradient_is_right",
    chapter=6,
    minutes=40,
    statement=(
        "f turns an array x of real numbers into one number, and gradient(x) claims to be its "
        "gradient. Say True where it is right and False where it is not. Draw whatever is random "
        "from np.random.default_rng(seed). x may hold whole numbers, gradients may be as small as "
        "1e-9 or as large as 1e6, and a function may have the gradient zero."
    ),
    reference=_right,
    cases=_candidate,
    n_cases=12,
    case_note=lambda f, gradient, x, seed: (
        f"x {x.shape} of {x.dtype}, the claimed gradient has "
        f"length {_norm(gradient(np.array(x, dtype=float))):.2g}"
    ),
    returns=("verdict",),
    equivalents=(
        _judge(lambda c, m: _relative(c, m) < 1e-6),
        _along(_normal),
        _judge(lambda c, m: np.allclose(c, m, rtol=0, atol=1e-6 * np.abs(m).max())),
        _along(lambda rng, shape: rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape)),
    ),
    misconceptions=(
        Misconception(
            "absolute-difference",
            "the difference was compared with a fixed number. Small compared with what? Gradients "
            "of 1e-9 pass whatever they are, and right ones of 1e6 fail.",
            _judge(lambda c, m: np.abs(c - m).max() < 1e-6),
        ),
        Misconception(
            "allclose",
            "`np.allclose` forgives every difference below 1e-8 unless it is told otherwise, and "
            "small gradients pass whatever they are.",
            _judge(lambda c, m: np.allclose(c, m, rtol=1e-6)),
        ),
        Misconception(
            "all-ones-direction",
            "the direction is all ones, or only the sums were compared. Mistakes that cancel in a "
            "sum pass; draw the direction at random.",
            _along(lambda rng, shape: np.ones(shape)),
        ),
        Misconception(
            "first-entry-only",
            "only the first entry was looked at; is the `return` inside the loop?",
            _judge(lambda c, m: _relative(c.flat[0], m.flat[0]) < 1e-6),
        ),
        Misconception(
            "first-entries-only",
            "only the first few entries were looked at. A mistake may sit in any of them; move all "
            "at once, along a random direction.",
            _judge(lambda c, m: _relative(c.flat[:3], m.flat[:3]) < 1e-6),
        ),
        Misconception(
            "forward-difference",
            "right gradients fail here, as they do when the difference looks to one side only: its "
            "own error is larger than the limit.",
            _judge_forward,
        ),
        Misconception(
            "too-lenient",
            "the limit is so wide that a wrong entry passes. In float64 a right gradient comes out "
            "far below 1e-6.",
            _judge(lambda c, m: _relative(c, m) < 0.1),
        ),
        Misconception(
            "loss-falls",
            "this asks whether a step along the gradient makes f smaller. Many wrong gradients do.",
            _loss_falls,
        ),
        Misconception(
            "lengths-compared",
            "only the lengths of the two gradients were compared. Where do they point?",
            _judge(lambda c, m: _relative(_norm(c), _norm(m)) < 1e-6),
        ),
        Misconception(
            "integers-swallow-the-nudge",
            "right for floats; in an array of integers the nudge is rounded away.",
            _in_whole_numbers,
        ),
        Misconception(
            "zero-by-zero",
            "right but for a gradient that is zero, claimed and measured: 0/0 is no number, and no "
            "number is below the limit.",
            _judge(_no_number),
        ),
        Misconception(
            "always-true",
            "every gradient was called right, the wrong ones too.",
            lambda f, gradient, x, seed: True,
        ),
        Misconception(
            "always-false",
            "every gradient was called wrong, the right ones too. Is the limit one that rounding "
            "can keep?",
            lambda f, gradient, x, seed: False,
        ),
    ),
    hints=(
        "Measure the slope of f along a random direction, and compare it with what the claimed "
        "gradient says of that direction.",
        "The claim along v is the sum of gradient(x) times v. Make x an array of floats first, and "
        "compare the difference with the scale of the gradient, not with a fixed number.",
        "Right is: the difference of the two is at most 1e-6 times the largest of the measured "
        "slope, the claimed slope and the length of the claimed gradient. `<=` lets two zeros "
        "agree.",
    ),
    after="You have written a judge; two or three directions make it as good as `gradcheck`.",
    another="""
def gradient_is_right(f, gradient, x, seed):
    x = np.asarray(x, dtype=float)
    nudges = 1e-5 * np.eye(x.size).reshape(-1, *x.shape)
    measured = [(f(x + nudge) - f(x - nudge)) / 2e-5 for nudge in nudges]
    apart = gradient(x).ravel() - measured
    return bool(np.linalg.norm(apart) <= 1e-6 * np.linalg.norm(measured))
""",
)
