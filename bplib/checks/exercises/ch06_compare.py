"""Chapter 6: what is small, and where a mistake enters."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception

_norm = np.linalg.norm


def _relative(claimed, measured):
    scale = max(_norm(claimed), _norm(measured))
    return 0.0 if scale == 0 else _norm(claimed - measured) / scale


def _pairs_of_arrays(rng, i):
    """Equal but for a little, small and wrong, with zeros, both zero, and of two dimensions."""
    shape = ((5,), (3, 4), (4,), (6,), (3,), (4, 3))[i]
    measured = rng.standard_normal(shape)
    if i == 0:
        return measured + 0.1 * rng.standard_normal(shape), measured
    if i == 1:
        return 1e-9 * (2.5 * measured), 1e-9 * measured
    if i == 2:
        return np.zeros(shape), measured
    if i == 3:
        return np.zeros(shape), np.zeros(shape)
    if i == 4:
        measured[1] = 0
        return measured * (1 + 0.2 * rng.standard_normal(shape)), measured
    return 1e4 * measured, 1.5e4 * measured + rng.standard_normal(shape)


def _by_loop(claimed, measured):
    apart = ours = theirs = 0.0
    for c, m in zip(np.ravel(claimed), np.ravel(measured), strict=True):
        apart += (c - m) ** 2
        ours += c**2
        theirs += m**2
    return (apart / max(ours, theirs)) ** 0.5 if max(ours, theirs) > 0 else 0.0


def _by_root(claimed, measured):
    top = np.sqrt(np.sum((claimed - measured) ** 2))
    if top == 0:
        return 0.0
    return top / max(np.sqrt(np.sum(claimed**2)), np.sqrt(np.sum(measured**2)))


def _larger(one, other):
    """The larger of two sizes, and next to nothing where both are zero."""
    return max(float(one), float(other)) or 1e-300


def _quotient(top, bottom):
    with np.errstate(all="ignore"):
        return np.float64(top) / np.float64(bottom)


relative_error = Exercise(
    name="relative_error",
    chapter=6,
    minutes=5,
    statement=(
        "The relative error (6.3) of two arrays of one shape: the length of their difference, as a "
        "part of the larger of their two lengths. Where both are all zeros it is 0."
    ),
    reference=_relative,
    cases=_pairs_of_arrays,
    case_note=lambda claimed, measured: f"{claimed.shape}, lengths {_norm(claimed):.2g} and "
    f"{_norm(measured):.2g}",
    returns=("error",),
    tolerance=1e-9,
    equivalents=(
        _by_loop,
        _by_root,
        lambda claimed, measured: 0.0 if not (claimed.any() or measured.any()) else float(
            np.hypot.reduce((claimed - measured).ravel())
            / np.max([_norm(claimed), _norm(measured)])
        ),
        lambda claimed, measured: np.divide(
            _norm(claimed - measured), max(_norm(claimed), _norm(measured)),
            out=np.zeros(()), where=bool(claimed.any() or measured.any()),
        ),
    ),
    misconceptions=(
        Misconception(
            "not-divided",
            "this is the length of the difference alone. Small compared with what?",
            lambda claimed, measured: _norm(claimed - measured),
        ),
        Misconception(
            "zero-by-zero",
            "right, but two arrays of zeros gave 0/0. They are equal, so their error is 0.",
            lambda claimed, measured: _quotient(
                _norm(claimed - measured), max(_norm(claimed), _norm(measured))
            ),
        ),
        Misconception(
            "floor-below",
            "something was added below. Beside small gradients that little is everything, and a "
            "factor of two passes.",
            lambda claimed, measured: _norm(claimed - measured)
            / (max(_norm(claimed), _norm(measured)) + 1e-8),
        ),
        Misconception(
            "sum-of-lengths",
            "divided by the sum of the two lengths; the larger one is asked.",
            lambda claimed, measured: _norm(claimed - measured)
            / _larger(_norm(claimed) + _norm(measured), 0),
        ),
        Misconception(
            "divided-by-claimed",
            "divided by the claimed length. Where the claim is all zeros that is no number; the "
            "larger of the two lengths always is one.",
            lambda claimed, measured: _quotient(_norm(claimed - measured), _norm(claimed)),
        ),
        Misconception(
            "smaller-length",
            "divided by the smaller of the two lengths; the larger one is asked.",
            lambda claimed, measured: 0.0
            if not (claimed.any() or measured.any())
            else _quotient(_norm(claimed - measured), min(_norm(claimed), _norm(measured))),
        ),
        Misconception(
            "largest-entries",
            "compares the largest entries. The length is the root of the sum of all squares.",
            lambda claimed, measured: np.max(np.abs(claimed - measured))
            / _larger(np.max(np.abs(claimed)), np.max(np.abs(measured))),
        ),
        Misconception(
            "root-forgotten",
            "the sums of the squares were divided, and no root was taken.",
            lambda claimed, measured: np.sum((claimed - measured) ** 2)
            / _larger(np.sum(claimed**2), np.sum(measured**2)),
        ),
        Misconception(
            "lengths-subtracted",
            "this compares the two lengths. Two arrays may be equally long and point elsewhere; "
            "take the length of the difference.",
            lambda claimed, measured: abs(_norm(claimed) - _norm(measured))
            / _larger(_norm(claimed), _norm(measured)),
        ),
    ),
    hints=(
        "Three lengths: of the difference, and of each array. A length is the root of the sum of "
        "the squares.",
        "`np.linalg.norm` is the length of an array of any number of entries; divide the first by "
        "the larger of the two others.",
        "Ask first whether the larger length is 0: then both arrays are all zeros, and equal.",
    ),
    after="0 for equal arrays, 1 where one of them is missing, 2 for a sign, whatever their unit.",
    another="""
def relative_error(claimed, measured):
    apart = np.linalg.norm(claimed - measured)
    return apart / max(map(np.linalg.norm, (claimed, measured))) if apart else 0.0
""",
)  # fmt: skip


LAYERS = ((3, 5), (5,), (5, 4), (4,), (4, 6), (6,))


def _charts(rng, i):
    """Gradients from the first layer to the last; a mistake enters, and those before inherit it."""
    measured = [rng.standard_normal(shape) for shape in LAYERS]
    far = {2: 5e-8, 5: 1e-10}.get(i, 1e-4)  # deep in a network gradients are small
    measured = [g * scale for g, scale in zip(measured, (far, far, 1, 1, 10, 10), strict=True)]
    claimed = [g + 1e-10 * _norm(g) * rng.standard_normal(g.shape) for g in measured]
    # Entry by entry: which are wrong, and by what.
    wrong = (
        {3: 0.9, 2: 3.0, 1: 1.5, 0: 40.0},
        {},
        {0: 2.0},
        {4: 1.005, 3: 5.0, 0: 0.5},
        {5: 0.98, 4: 2.0, 3: 7.0, 2: 1.2, 1: 0.1, 0: 3.0},
        {1: 0.5, 0: 0.3},
        {0: 4.0},
    )[i]
    for place, factor in wrong.items():
        claimed[place] = factor * claimed[place]
    if i == 2:  # as large as before, and the sum is right too: only the entries are elsewhere
        claimed[0] = measured[0][::-1].copy()
    if i == 6:
        claimed[2] = measured[2][::-1].copy()
    return claimed, measured


def _disagree(claimed, measured):
    return [_relative(c, m) > 1e-6 for c, m in zip(claimed, measured, strict=True)]


def _first_wrong(claimed, measured):
    wrong = _disagree(claimed, measured)
    return max((place for place, is_wrong in enumerate(wrong) if is_wrong), default=-1)


def _from_the_end(claimed, measured):
    for place in range(len(claimed) - 1, -1, -1):
        if _relative(claimed[place], measured[place]) > 1e-6:
            return place
    return -1


def _by_flags(claimed, measured):
    wrong = np.flatnonzero(_disagree(claimed, measured))
    return int(wrong[-1]) if len(wrong) else -1


def _largest_error(claimed, measured):
    errors = [_relative(c, m) for c, m in zip(claimed, measured, strict=True)]
    return int(np.argmax(errors)) if max(errors) > 1e-6 else -1


def _last_by(apart):
    """The last place where a comparison says that the two are apart."""

    def answer(claimed, measured):
        places = [i for i, (c, m) in enumerate(zip(claimed, measured, strict=True)) if apart(c, m)]
        return places[-1] if places else -1

    return answer


first_wrong = Exercise(
    name="first_wrong",
    chapter=6,
    minutes=10,
    statement=(
        "Two lists of gradients, claimed and measured, from the first layer to the last: W1, b1, "
        "W2, b2 and so on. Where does a mistake enter on the way back? Return the place in the "
        "list of the first array, seen from the output, whose relative error is above 1e-6; -1 "
        "where all agree."
    ),
    reference=_first_wrong,
    cases=_charts,
    n_cases=7,
    case_note=lambda claimed, measured: f"{len(claimed)} gradients",
    returns=("place",),
    equivalents=(
        _from_the_end,
        _by_flags,
        lambda claimed, measured: next(
            (i for i in reversed(range(len(claimed))) if _disagree(claimed, measured)[i]), -1
        ),
    ),
    misconceptions=(
        Misconception(
            "seen-from-the-input",
            "that is the first one seen from the input. The gradient comes from the output, and "
            "what stands before the mistake only inherits it.",
            lambda claimed, measured: next(
                (i for i, wrong in enumerate(_disagree(claimed, measured)) if wrong), -1
            ),
        ),
        Misconception(
            "largest-error",
            "that is the one with the largest error. Errors grow on their way, so the largest may "
            "be far from where it entered.",
            _largest_error,
        ),
        Misconception(
            "counted-from-the-end",
            "the place is counted from the end of the list. Count it from the beginning.",
            lambda claimed, measured: (
                -1 if (place := _first_wrong(claimed, measured)) < 0 else len(claimed) - 1 - place
            ),
        ),
        Misconception(
            "difference-not-relative",
            "the differences were compared with 1e-6 as they are. Small gradients need the "
            "relative error.",
            _last_by(lambda c, m: _norm(c - m) > 1e-6),
        ),
        Misconception(
            "allclose",
            "`np.allclose` forgives every difference below 1e-8, and small gradients are wrong "
            "unseen.",
            _last_by(lambda c, m: not np.allclose(c, m, rtol=1e-6)),
        ),
        Misconception(
            "compared-exactly",
            "the arrays were compared to the last digit. A measurement is never that exact.",
            _last_by(lambda c, m: not np.array_equal(c, m)),
        ),
        Misconception(
            "sums-compared",
            "only the sums of the entries were compared. Mistakes that cancel in a sum pass.",
            _last_by(lambda c, m: abs(np.sum(c) - np.sum(m)) > 1e-6 * _norm(m)),
        ),
        Misconception(
            "place-0-missed",
            "right but where place 0 is due. Does the walk come to 0 (`range(n, 0, -1)` does not), "
            "and is a 0 taken for nothing found?",
            lambda claimed, measured: max(
                (i for i, wrong in enumerate(_disagree(claimed, measured)) if wrong and i > 0),
                default=-1,
            ),
        ),
        Misconception(
            "given-up-too-soon",
            "only the last array was looked at. That all agree is known after the loop, so there "
            "belongs the -1.",
            lambda claimed, measured: len(claimed) - 1 if _disagree(claimed, measured)[-1] else -1,
        ),
        Misconception(
            "limit-too-wide",
            "a mistake of half a per cent has passed. The limit is 1e-6.",
            _last_by(lambda c, m: _relative(c, m) > 1e-2),
        ),
        Misconception(
            "layer-instead-of-place",
            "that is the number of the layer. The place of the array in the list is asked, which "
            "tells W from b.",
            lambda claimed, measured: _first_wrong(claimed, measured) // 2,
        ),
        Misconception(
            "one-further",
            "that is one further: the last array that still agrees, or a count that begins at 1.",
            lambda claimed, measured: (
                -1 if (place := _first_wrong(claimed, measured)) < 0 else place + 1
            ),
        ),
    ),
    hints=(
        "The gradient flows from the output to the input, so the arrays at the end of the list are "
        "made first.",
        "Walk through the list from its end; stop at the first array whose relative error is too "
        "large.",
        "`for place in reversed(range(len(claimed)))`, with the relative error of the exercise "
        "before; after the loop, -1.",
    ),
    after="All from there to the output is acquitted, and what comes before has only inherited.",
    another="""
def first_wrong(claimed, measured):
    lengths = np.linalg.norm
    places = [
        place
        for place, (c, m) in enumerate(zip(claimed, measured))
        if lengths(c - m) > 1e-6 * max(lengths(c), lengths(m))
    ]
    return max(places, default=-1)
""",
)
