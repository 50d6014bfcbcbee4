"""Chapter 1: slopes by nudging."""

import numpy as np

from ..declare import Exercise, Misconception


def _central_gradient(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[index] = h
        gradient[index] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


def _entry_by_entry(slope, dtype=float):
    """A wrong gradient that nudges one entry at a time, but combines the values as `slope` says."""

    def gradient_of(f, x, h):
        x = np.array(x, dtype=dtype)
        gradient = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            above, below = x.copy(), x.copy()
            above[index] += h if x.dtype.kind == "f" else 0
            if x.dtype.kind == "f":
                below[index] -= h
            else:  # what writing a decimal number into an integer array stores
                below[index] = int(below[index] - h)
            gradient[index] = slope(f(above), f(x), f(below), h)
        return gradient

    return gradient_of


def _all_at_once(f, x, h):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return np.full(np.shape(x), slope)


def _never_put_back(f, x, h, dtype=float):
    x = np.array(x, dtype=dtype)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h  # in an array of integers, the decimals are lost here
        above = f(x)
        x[index] = kept - h
        gradient[index] = (above - f(x)) / (2 * h)
    return gradient


def _whole_rows(f, x, h, dtype=float):
    x = np.array(x, dtype=dtype)
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        above, below = x.copy(), x.copy()
        above[i] = above[i] + h  # in an array of integers, the decimals are lost here
        below[i] = below[i] - h
        gradient[i] = (f(above) - f(below)) / (2 * h)
    return gradient


def _nudges_pile_up(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x, x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


def _integers_taken_and_not_given_back(f, x, h):
    """What `x[i] += h`, `x[i] -= 2 * h` and `x[i] += h` make of the entries, integers too."""
    x = x.copy()
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] = x[index] + h
        above = f(x)
        x[index] = x[index] - 2 * h
        gradient[index] = (above - f(x)) / (2 * h)
        x[index] = x[index] + h
    return gradient


def _both_pile_up(f, x, h):
    above, below = np.array(x, dtype=float), np.array(x, dtype=float)
    gradient = np.zeros_like(above)
    for index in np.ndindex(above.shape):
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


def _first_entry_only(f, x, h):
    gradient = np.zeros(np.shape(x))
    gradient.flat[0] = _central_gradient(f, x, h).flat[0]
    return gradient


def _flat(f, x, h):
    start = np.asarray(x, dtype=np.float64)
    nudges = np.eye(start.size).reshape(start.size, *start.shape) * h
    slopes = [(f(start + nudge) - f(start - nudge)) / (2 * h) for nudge in nudges]
    return np.array(slopes).reshape(start.shape)


def _in_place(f, x, h):
    x = x.astype(float)
    gradient = np.empty_like(x)
    entries, slopes = x.reshape(-1), gradient.reshape(-1)
    for i, kept in enumerate(entries.copy()):
        entries[i] = kept + h
        above = f(x)
        entries[i] = kept - h
        slopes[i] = (above - f(x)) / (2 * h)
        entries[i] = kept
    return gradient


def _halves(f, x, h):
    x = x * 1.0
    gradient = x * 0
    for index, value in np.ndenumerate(x):
        above, below = x.copy(), x.copy()
        above[index], below[index] = value + h, value - h
        gradient[index] = 0.5 * f(above) / h - 0.5 * f(below) / h
    return gradient


def _function(rng, shape):
    """A scalar function of an array in which every entry matters, and each in its own way."""
    weights = rng.uniform(0.5, 1.5, size=shape)

    def f(x):
        return float(np.sum(weights * x**3) + np.sum(x) ** 2)

    return f


def _function_and_point(rng, i):
    shape = ((3,), (5,), (3, 4), (4,), (4, 3), (6,))[i]
    f = _function(rng, shape)
    if i == 3:
        return f, rng.permutation([3, 4, 5, 6, 7])[:4], 1e-2
    x = rng.uniform(0.5, 2, size=shape) * rng.choice([-1, 1], size=shape)
    return f, x, (1e-2, 1e-3, 3e-3, None, 2e-2, 5e-3)[i]


CENTRAL_GRADIENT = Exercise(
    name="central_gradient",
    chapter=1,
    minutes=15,
    statement=(
        "Central differences of a function f of an array x, one entry at a time, with the step "
        "h. Return an array of floats of the shape of x. x may be an array of integers, and it "
        "must not be changed."
    ),
    reference=_central_gradient,
    cases=_function_and_point,
    case_note=lambda f, x, h: f"x {x.shape} of {x.dtype}, h={h:g}",
    returns=("gradient",),
    tolerance=1e-8,
    equivalents=(_flat, _in_place, _halves),
    misconceptions=(
        Misconception(
            "forward-difference",
            "this is the forward difference. The central one nudges to both sides.",
            _entry_by_entry(lambda above, here, below, h: (above - here) / h),
        ),
        Misconception(
            "backward-difference",
            "this is the backward difference. The central one nudges to both sides.",
            _entry_by_entry(lambda above, here, below, h: (here - below) / h),
        ),
        Misconception(
            "missing-2",
            "from one side to the other the step is 2h, and h was divided by.",
            _entry_by_entry(lambda above, here, below, h: (above - below) / h),
        ),
        Misconception(
            "divided-then-multiplied",
            "in Python / 2 * h divides by 2 and then multiplies by h. Put 2 * h in brackets.",
            _entry_by_entry(lambda above, here, below, h: (above - below) / 2 * h),
        ),
        Misconception(
            "sign-flipped",
            "the two sides are subtracted the wrong way round.",
            _entry_by_entry(lambda above, here, below, h: (below - above) / (2 * h)),
        ),
        Misconception(
            "not-divided",
            "this is how far f moves. Divide by how far x was moved to get a slope.",
            _entry_by_entry(lambda above, here, below, h: above - below),
        ),
        Misconception(
            "all-at-once",
            "all entries were nudged together. Each slope wants its own entry nudged alone.",
            _all_at_once,
        ),
        Misconception(
            "whole-rows",
            "for a table, whole rows were nudged: x[i] is a row there.",
            _whole_rows,
        ),
        Misconception(
            "whole-rows-and-integers",
            "for a table, whole rows were nudged: x[i] is a row there. And in an array of integers "
            "the nudge is rounded away.",
            lambda f, x, h: _whole_rows(f, x, h, dtype=None),
        ),
        Misconception(
            "never-put-back",
            "an entry stayed nudged while the next one was measured. Put each one back.",
            _never_put_back,
        ),
        Misconception(
            "never-put-back-nor-copied",
            "an entry stayed nudged while the next one was measured. Put each one back, and work "
            "on a copy made of floats.",
            lambda f, x, h: _never_put_back(f, x, h, dtype=None),
        ),
        Misconception(
            "integers-swallow-the-nudge",
            "right for floats; in an array of integers the nudge is rounded away.",
            _entry_by_entry(lambda above, here, below, h: (above - below) / (2 * h), dtype=None),
        ),
        Misconception(
            "integers-swallow-the-way-back-too",
            "right for floats; in an array of integers the decimals are lost, those of the nudge "
            "and those of the way back.",
            _integers_taken_and_not_given_back,
        ),
        Misconception(
            "one-array-twice",
            "nothing was measured: either the slopes are never filled in, or both sides are one "
            "and the same array, because `b = a` makes no copy and `a.copy()` does.",
            lambda f, x, h: np.zeros(np.shape(x)),
        ),
        Misconception(
            "nudges-pile-up",
            "one of the two sides is x itself, so every nudge stays for the entries that follow. "
            "Copy x for both sides.",
            _nudges_pile_up,
        ),
        Misconception(
            "both-sides-pile-up",
            "both copies are made once, so every nudge stays for the entries that follow. Make "
            "them anew for each entry.",
            _both_pile_up,
        ),
        Misconception(
            "return-in-the-loop",
            "only the first entry was worked out: the `return` stands inside the loop.",
            _first_entry_only,
        ),
        Misconception(
            "another-step",
            "another step than h was used. Take the differences with the h that is given.",
            lambda f, x, h: _central_gradient(f, x, 1e-5),
        ),
    ),
    hints=(
        "One entry at a time: f with that entry a little larger, f with it a little smaller, the "
        "rest as it was.",
        "Work on a copy that is made of floats. `np.ndindex(x.shape)` walks over every entry of an "
        "array of any shape.",
        "Per entry: two copies of x, one with h added there and one with h taken away; the "
        "difference of the two values of f, divided by how far apart the copies are.",
    ),
    another="""
def central_gradient(f, x, h):
    x = np.asarray(x, dtype=float)
    nudges = h * np.eye(x.size).reshape(-1, *x.shape)  # one array each
    slopes = [(f(x + nudge) - f(x - nudge)) / (2 * h) for nudge in nudges]
    return np.reshape(slopes, x.shape)
""",
    after=(
        "Two evaluations of f for each entry: right for judging a gradient, hopeless for training. "
        "`np.eye(x.size)` holds all the nudges at once, one a row, if you like it shorter."
    ),
)
