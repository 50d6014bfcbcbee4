"""Chapter 6: slopes by the complex step, along a direction, and of many outputs."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception

SHAPES = ((3,), (5,), (3, 4), (4,), (4, 3), (6,))


def _smooth(rng, shape, sign=1):
    """A number from an array: every entry matters in its own way; complex arrays pass through."""
    weights = rng.uniform(0.5, 1.5, size=shape)

    def f(x):
        return sign * (np.sum(weights * np.exp(0.3 * x)) + np.sum(x) ** 2 * 0.1)

    return f


def _point(rng, shape):
    return rng.uniform(0.5, 2, size=shape) * rng.choice([-1, 1], size=shape)


def _along(f, x, v, h):
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def _complex(f, x, v):
    return f(x + 1e-30j * v).imag / 1e-30


def _for_complex(rng, i):
    shape = SHAPES[i]
    return _smooth(rng, shape, (-1) ** i), _point(rng, shape), rng.standard_normal(shape)


complex_slope = Exercise(
    name="complex_slope",
    chapter=6,
    minutes=5,
    statement=(
        "The slope of a function f of an array x along the direction v, by the complex step. f "
        "takes complex arrays. Return a real number, right to fifteen digits."
    ),
    reference=_complex,
    cases=_for_complex,
    case_note=lambda f, x, v: f"x {x.shape}",
    returns=("slope",),
    tolerance=1e-12,
    equivalents=(
        lambda f, x, v: np.imag(f(x + 1j * 1e-100 * v)) / 1e-100,
        lambda f, x, v: complex(f(x.astype(complex) + 1e-20j * v)).imag * 1e20,
        lambda f, x, v: -f(x - 1e-30j * v).imag / 1e-30,
        lambda f, x, v: float(sum(
            one * f(x + 1e-30j * np.reshape(unit, x.shape)).imag / 1e-30
            for one, unit in zip(v.ravel(), np.eye(x.size), strict=True)
        )),
    ),
    misconceptions=(
        Misconception(
            "real-part",
            "the real part is the value of f itself. How far f moved stands in the imaginary part.",
            lambda f, x, v: f(x + 1e-30j * v).real,
        ),
        Misconception(
            "not-divided",
            "that is how far the imaginary part moved. A slope is that for one unit of h.",
            lambda f, x, v: f(x + 1e-30j * v).imag,
        ),
        Misconception(
            "divided-by-2h",
            "there is only one side here, so the two sides are h apart, not 2h.",
            lambda f, x, v: f(x + 1e-30j * v).imag / 2e-30,
        ),
        Misconception(
            "central-difference",
            "right but for the last digits. A central difference loses them to a subtraction; the "
            "complex step subtracts nothing, and its h may be as short as 1e-30.",
            lambda f, x, v: _along(f, x, v, 1e-5),
        ),
        Misconception(
            "direction-forgotten",
            "every entry was moved by the same amount. Entry i moves by h times v[i].",
            lambda f, x, v: f(x + 1e-30j).imag / 1e-30,
        ),
        Misconception(
            "size-instead-of-imaginary-part",
            "the size of a complex number is not its imaginary part; here it is that of f itself.",
            lambda f, x, v: abs(f(x + 1e-30j * v)),
        ),
        Misconception(
            "step-too-long",
            "right but for a term with h squared. Nothing is subtracted here, so h may be as small "
            "as you like.",
            lambda f, x, v: f(x + 1e-2j * v).imag / 1e-2,
        ),
        Misconception(
            "direction-made-a-unit",
            "the direction was divided by its length first. The slope along v is asked as v is.",
            lambda f, x, v: _complex(f, x, v / np.linalg.norm(v)),
        ),
    ),
    hints=(
        "Nudge by an imaginary amount, and look at what becomes imaginary.",
        "f(x + i h v) has the value of f in its real part, and h times the slope in the imaginary "
        "one.",
        "Python writes i as 1j, and `.imag` is the imaginary part; h = 1e-30 will do.",
    ),
    after="Nothing is subtracted, so nothing is lost: h may be 1e-300, and the slope stays exact.",
    another="""
def complex_slope(f, x, v):
    h = 1e-200  # any step that is small enough does
    nudged = np.asarray(x, dtype=complex)
    nudged.imag = h * v
    return float(np.imag(f(nudged)) / h)
""",
)  # fmt: skip


def _for_direction(rng, i):
    shape = SHAPES[i]
    x = rng.permutation(np.arange(3, 9))[:4] if i == 3 else _point(rng, shape)
    return (
        _smooth(rng, shape),
        x,
        rng.standard_normal(shape),
        (1e-2, 2e-3, 1e-3, 5e-3, 3e-3, 4e-3)[i],
    )


def _copies(f, x, v, h):
    ahead, behind = np.array(x, dtype=float), np.array(x, dtype=float)
    for index in np.ndindex(ahead.shape):
        ahead[index] += h * v[index]
        behind[index] -= h * v[index]
    return (f(ahead) - f(behind)) / (2 * h)


def _swallowed(f, x, v, h):
    """x keeps its dtype, so an array of integers swallows the nudge."""
    ahead, behind = x.copy(), x.copy()
    ahead[...] = x + h * v
    behind[...] = x - h * v
    return (f(ahead) - f(behind)) / (2 * h)


directional_slope = Exercise(
    name="directional_slope",
    chapter=6,
    minutes=5,
    statement=(
        "The slope of a function f of an array x along the direction v, by a central difference "
        "with the step h: two calls of f. x may be an array of integers, and must not be changed."
    ),
    reference=_along,
    cases=_for_direction,
    case_note=lambda f, x, v, h: f"x {x.shape} of {x.dtype}, h={h:g}",
    returns=("slope",),
    tolerance=1e-9,
    equivalents=(
        _copies,
        lambda f, x, v, h: 0.5 * f(x + h * v) / h - 0.5 * f(x - h * v) / h,
        lambda f, x, v, h: np.mean([(f(x + s * h * v) - f(x - s * h * v)) / (s * 2 * h)
                                    for s in (1, -1)]),
        lambda f, x, v, h: np.diff([f(np.subtract(x, h * v)), f(np.add(x, h * v))])[0] / h / 2,
    ),
    misconceptions=(
        Misconception(
            "forward-difference",
            "this looks to one side only. The central difference looks to both.",
            lambda f, x, v, h: (f(x + h * v) - f(x)) / h,
        ),
        Misconception(
            "missing-2",
            "from one side to the other it is 2h, and h was divided by.",
            lambda f, x, v, h: (f(x + h * v) - f(x - h * v)) / h,
        ),
        Misconception(
            "divided-then-multiplied",
            "in Python / 2 * h divides by 2 and then multiplies by h. Put 2 * h in brackets.",
            lambda f, x, v, h: (f(x + h * v) - f(x - h * v)) / 2 * h,
        ),
        Misconception(
            "sign-flipped",
            "the two sides are subtracted the wrong way round.",
            lambda f, x, v, h: (f(x - h * v) - f(x + h * v)) / (2 * h),
        ),
        Misconception(
            "not-divided",
            "this is how far f moves. Divide by how far apart the two points are, in units of v.",
            lambda f, x, v, h: f(x + h * v) - f(x - h * v),
        ),
        Misconception(
            "direction-forgotten",
            "every entry was moved by h. Entry i moves by h times v[i].",
            lambda f, x, v, h: (f(x + h) - f(x - h)) / (2 * h),
        ),
        Misconception(
            "step-forgotten",
            "the points are a whole v away from x, and the result is divided by 2h.",
            lambda f, x, v, h: (f(x + v) - f(x - v)) / (2 * h),
        ),
        Misconception(
            "direction-made-a-unit",
            "divided by the length of v as well. The slope along v is for one whole v.",
            lambda f, x, v, h: _along(f, x, v / np.linalg.norm(v), h),
        ),
        Misconception(
            "another-step",
            "another step than h was used. Take the difference with the h that is given.",
            lambda f, x, v, h: _along(f, x, v, 1e-6),
        ),
        Misconception(
            "integers-swallow-the-nudge",
            "right for floats; in an array of integers the nudge is rounded away.",
            _swallowed,
        ),
    ),
    hints=(
        "Two points, one on either side of x, and the difference of f between them.",
        "The points are x + h v and x - h v: all entries move at once, each by its own v.",
        "Subtract the two values of f and divide by 2 * h, in brackets.",
    ),
    after="Two calls of f, however many entries x has; that is what makes a check affordable.",
    another="""
def directional_slope(f, x, v, h):
    def along(t):  # f on the line through x, as a function of one number
        return f(x + t * v)

    return (along(h) - along(-h)) / (2 * h)
""",
)  # fmt: skip


def _tables(rng, i):
    rows, n = ((3, 4), (5, 3), (4, 6), (7, 5), (6, 4), (3, 7))[i]
    mixing = rng.standard_normal((n, n))

    def f(x):
        return np.tanh(x @ mixing) * np.exp(0.2 * x)

    shape = (rows, n)
    x, v, dy = (rng.standard_normal(shape) for _ in range(3))
    return f, x, v, dy, (1e-3, 2e-3, 1e-3, 5e-4, 3e-3, 2e-3)[i]


def _weighted(f, x, v, dy, h):
    return np.sum(dy * (f(x + h * v) - f(x - h * v))) / (2 * h)


def _one_by_one(f, x, v, dy, h):
    ahead, behind, total = f(x + h * v), f(x - h * v), 0.0
    for index in np.ndindex(dy.shape):
        total += dy[index] * (ahead[index] - behind[index]) / (2 * h)
    return total


def _sides(f, x, v, dy, h):
    ahead, behind = np.vdot(dy, f(x + h * v)), np.vdot(dy, f(x - h * v))
    return (ahead - behind) / (2 * h)


weighted_slope = Exercise(
    name="weighted_slope",
    chapter=6,
    minutes=8,
    statement=(
        "f turns a table x into a table of the same shape. Its outputs are reduced to one number, "
        "s = Σ dy · f(x), over all entries. The slope of s along the direction v, by a central "
        "difference with the step h."
    ),
    reference=_weighted,
    cases=_tables,
    case_note=lambda f, x, v, dy, h: f"x {x.shape}, h={h:g}",
    returns=("slope",),
    tolerance=1e-9,
    equivalents=(
        _one_by_one,
        _sides,
        lambda f, x, v, dy, h: np.einsum("ij,ij->", dy, f(x + h * v) - f(x - h * v)) / (2 * h),
        lambda f, x, v, dy, h: float(
            ((dy * f(x + h * v)).sum() - (dy * f(x - h * v)).sum()) / h / 2
        ),
    ),
    misconceptions=(
        Misconception(
            "all-ones",
            "all outputs count alike here, with weight 1. Each counts with its own dy.",
            lambda f, x, v, dy, h: _weighted(f, x, v, np.ones_like(dy), h),
        ),
        Misconception(
            "mean-instead-of-sum",
            "this is the mean over the outputs. s is their sum.",
            lambda f, x, v, dy, h: np.mean(dy * (f(x + h * v) - f(x - h * v))) / (2 * h),
        ),
        Misconception(
            "missing-2",
            "from one side to the other it is 2h, and h was divided by.",
            lambda f, x, v, dy, h: 2 * _weighted(f, x, v, dy, h),
        ),
        Misconception(
            "forward-difference",
            "this looks to one side only. The central difference looks to both.",
            lambda f, x, v, dy, h: np.sum(dy * (f(x + h * v) - f(x))) / h,
        ),
        Misconception(
            "weights-as-direction",
            "x was moved along dy, and the outputs were weighted with v. dy belongs to the "
            "outputs.",
            lambda f, x, v, dy, h: _weighted(f, x, dy, v, h),
        ),
        Misconception(
            "moved-by-weights-too",
            "the direction was multiplied by dy. dy weighs outputs; inputs move along v alone.",
            lambda f, x, v, dy, h: np.sum(f(x + h * v * dy) - f(x - h * v * dy)) / (2 * h),
        ),
        Misconception(
            "direction-forgotten",
            "every entry of x was moved by h. Entry i moves by h times its v.",
            lambda f, x, v, dy, h: np.sum(dy * (f(x + h) - f(x - h))) / (2 * h),
        ),
        Misconception(
            "sign-flipped",
            "the two sides are subtracted the wrong way round.",
            lambda f, x, v, dy, h: -_weighted(f, x, v, dy, h),
        ),
        Misconception(
            "rows-only",
            "only the outputs of the first row are counted.",
            lambda f, x, v, dy, h: np.sum((dy * (f(x + h * v) - f(x - h * v)))[0]) / (2 * h),
        ),
    ),
    hints=(
        "Reduce first: s is one number, and then this is the slope along a direction once more.",
        "s(x) is the sum of dy times f(x), entry by entry.",
        "s(x + h v) minus s(x - h v), divided by 2 * h.",
    ),
    after="With random dy a check asks about every output at once; with ones it asks about a sum.",
    another="""
def weighted_slope(f, x, v, dy, h):
    moved = (f(x + h * v) - f(x - h * v)) / (2 * h)  # the slope of every output
    return np.vdot(dy, moved)
""",
)
