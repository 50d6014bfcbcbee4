"""Chapter 2: a way back with a name for every gradient, checked one name at a time."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Chain, Misconception

_BMI = np.array([20.0, 24.0, 32.0, 27.0, 22.0])
_SCORE = np.array([72.0, 98.0, 186.0, 150.0, 85.0])


def _loss():
    """The loss of the line and the people that the notebook gives: who changes them hears of it."""
    return np.mean((5.0 * _BMI - 10.0 - _SCORE) ** 2) + 3.0 * 5.0**2


_DLOSS = (
    Misconception(
        "starts-with-its-value",
        "the way back starts with the loss itself. It starts with how far the loss moves for a "
        "unit of itself.",
        lambda loss: loss,
    ),
    Misconception(
        "nothing-to-start-from",
        "with 0 at the end, 0 arrives everywhere. How far does the loss move for a unit of itself?",
        lambda loss: 0.0,
    ),
)

_SHARED = "an add hands the whole of what arrives to each of its two sides; it shares nothing out."

_DMISFIT = (
    Misconception("add-splits", _SHARED, lambda dloss, misfit: dloss / 2),
    Misconception(
        "value-for-slope",
        "this is the misfit itself, not how far the loss moves for a unit of it.",
        lambda dloss, misfit: dloss * misfit,
    ),
)

_DPENALTY = (
    Misconception("add-splits", _SHARED, lambda dloss, penalty, strength: dloss / 2),
    Misconception(
        "value-for-slope",
        "this is the penalty itself, not how far the loss moves for a unit of it.",
        lambda dloss, penalty, strength: dloss * penalty,
    ),
    Misconception(
        "one-node-too-far",
        "the strength comes one node later, where the penalty is made; how far does the loss move "
        "for a unit of penalty?",
        lambda dloss, penalty, strength: dloss * strength,
    ),
)

_DSQUARES = (
    Misconception(
        "one-number-for-five",
        "there are five squares, and each has a slope of its own, even where all are equal: a "
        "gradient has the shape of what it is the gradient of.",
        lambda dmisfit, squares, error: dmisfit / len(squares),
    ),
    Misconception(
        "missing-1/m",
        "a unit more of one square moves the mean by less than a unit: there are m squares.",
        lambda dmisfit, squares, error: np.full(len(squares), dmisfit),
    ),
    Misconception(
        "values-for-slopes",
        "each square is multiplied by its share; the share alone is how far the mean moves.",
        lambda dmisfit, squares, error: dmisfit * squares / len(squares),
    ),
    Misconception(
        "one-node-too-far",
        "the slope of the square is in here already; it belongs to the next line, derror.",
        lambda dmisfit, squares, error: dmisfit * 2 * error / len(squares),
    ),
)

_DERROR = (
    Misconception(
        "factor-2-lost",
        "a square has two paths from the number to its product with itself; one is counted.",
        lambda dsquares, error: dsquares * error,
    ),
    Misconception(
        "upstream-forgotten",
        "this is the slope of the square alone; it multiplies what has arrived at the square.",
        lambda dsquares, error: 2 * error,
    ),
    Misconception(
        "upstream-added",
        "what arrived and the square's own slope are added; along a path, rates multiply.",
        lambda dsquares, error: dsquares + 2 * error,
    ),
    Misconception(
        "square-for-its-slope",
        "the square itself stands where its slope belongs.",
        lambda dsquares, error: dsquares * error**2,
    ),
    Misconception(
        "square-for-its-slope-doubled",
        "the square stands where the error belongs: the slope of a square is twice the number.",
        lambda dsquares, error: dsquares * 2 * error**2,
    ),
    Misconception(
        "1/m-twice",
        "the mean's 1/m is in dsquares already; here it is divided by m once more.",
        lambda dsquares, error: dsquares * 2 * error / len(error),
    ),
    Misconception(
        "averaged",
        "this is one number for all five; each error has a slope of its own.",
        lambda dsquares, error: 2 * np.mean(error),
    ),
    Misconception(
        "sign-flipped",
        "the sign is flipped, as if the error were score - prediction.",
        lambda dsquares, error: -dsquares * 2 * error,
    ),
)

_DPREDICTION = (
    Misconception(
        "sign-flipped",
        "the minus belongs to the score; the prediction stands before it, with a plus.",
        lambda derror, prediction: -derror,
    ),
    Misconception(
        "own-value",
        "the difference multiplies by nothing: what arrives goes on to the prediction as it is.",
        lambda derror, prediction: derror * prediction,
    ),
    Misconception(
        "rate-alone",
        "1 is how far an error moves for a unit of its prediction; it multiplies what has arrived "
        "at the error.",
        lambda derror, prediction: 1.0,
    ),
    Misconception(
        "rates-alone",
        "1 is how far each error moves for a unit of its prediction; it multiplies what has "
        "arrived at the error.",
        lambda derror, prediction: np.ones(len(prediction)),
    ),
    Misconception(
        "added-up-too-early",
        "each of the five predictions has a gradient of its own; they are added up only where "
        "they meet, at the slope and at the intercept.",
        lambda derror, prediction: np.sum(derror),
    ),
)

_DINTERCEPT = (
    Misconception(
        "not-added-up",
        "these are five pushes, one from each prediction; all five use the same intercept.",
        lambda dprediction, bmi, intercept: dprediction * 1.0,
    ),
    Misconception(
        "averaged",
        "the pushes are averaged; over paths they add, and the mean's 1/m is in them already.",
        lambda dprediction, bmi, intercept: np.mean(dprediction),
    ),
    Misconception(
        "as-if-multiplied",
        "the pushes are multiplied by bmi; the intercept is added, and an add passes them on.",
        lambda dprediction, bmi, intercept: np.sum(dprediction * bmi),
    ),
    Misconception(
        "own-value",
        "the pushes are multiplied by the intercept; it is added, and an add passes them on.",
        lambda dprediction, bmi, intercept: np.sum(dprediction * intercept),
    ),
    Misconception(
        "how-many",
        "this is how many people there are. What each of them sends back is in dprediction.",
        lambda dprediction, bmi, intercept: 1.0 * len(dprediction),
    ),
)


def _dslope_of(through_people, through_penalty):
    """dslope as the sum of its two contributions, right or wrong."""

    def dslope(dprediction, bmi, dpenalty, strength, slope):
        people = through_people(dprediction, bmi)
        return people + dpenalty * through_penalty(strength, slope)

    return dslope


def _people(dprediction, bmi):
    return np.sum(dprediction * bmi)


def _penalty(strength, slope):
    return strength * 2.0 * slope


_DSLOPE = (
    Misconception(
        "penalty-forgotten",
        "what comes back through the predictions is right; the penalty uses the slope too.",
        _dslope_of(_people, lambda strength, slope: 0.0),
    ),
    Misconception(
        "people-forgotten",
        "what comes back through the penalty is right; the predictions use the slope too.",
        _dslope_of(lambda dprediction, bmi: 0.0, _penalty),
    ),
    Misconception(
        "paths-subtracted",
        "the second contribution is subtracted from the first; over paths they add.",
        _dslope_of(_people, lambda strength, slope: -_penalty(strength, slope)),
    ),
    Misconception(
        "paths-multiplied",
        "the two contributions are multiplied; over paths they add.",
        lambda dprediction, bmi, dpenalty, strength, slope: (
            _people(dprediction, bmi) * dpenalty * _penalty(strength, slope)
        ),
    ),
    Misconception(
        "factor-2-lost-in-the-penalty",
        "the part through the predictions is right; in the penalty the 2 of the square is missing.",
        _dslope_of(_people, lambda strength, slope: strength * slope),
    ),
    Misconception(
        "penalty-for-its-slope",
        "the part through the predictions is right; to it the penalty itself is added, and not "
        "its slope.",
        _dslope_of(_people, lambda strength, slope: strength * slope**2),
    ),
    Misconception(
        "strength-forgotten",
        "the part through the predictions is right; in the penalty, the square is multiplied by "
        "the strength, and so is its slope.",
        _dslope_of(_people, lambda strength, slope: 2.0 * slope),
    ),
    Misconception(
        "bmi-forgotten",
        "the part through the penalty is right; in the predictions each push meets the other "
        "factor of the product, and here it does not.",
        _dslope_of(lambda dprediction, bmi: np.sum(dprediction), _penalty),
    ),
    Misconception(
        "own-value",
        "the part through the penalty is right; in the predictions the slope got its own value "
        "back. A product sends each factor the other one.",
        lambda dprediction, bmi, dpenalty, strength, slope: (
            np.sum(dprediction) * slope + dpenalty * _penalty(strength, slope)
        ),
    ),
    Misconception(
        "added-before-multiplying",
        "the part through the penalty is right; in the predictions each push belongs to its own "
        "bmi, so multiply first, then add.",
        _dslope_of(lambda dprediction, bmi: np.sum(dprediction) * np.sum(bmi), _penalty),
    ),
    Misconception(
        "averaged",
        "the part through the penalty is right; the other one is averaged, and over paths the "
        "contributions add.",
        _dslope_of(lambda dprediction, bmi: np.mean(dprediction * bmi), _penalty),
    ),
    Misconception(
        "not-added-up",
        "there is one slope, and here are five numbers: what the five predictions send back is to "
        "be added up.",
        _dslope_of(lambda dprediction, bmi: dprediction * bmi, _penalty),
    ),
    Misconception(
        "not-added-up-nor-penalty",
        "there is one slope, and here are five numbers, what the five predictions send back: add "
        "them up. The penalty uses the slope too.",
        _dslope_of(lambda dprediction, bmi: dprediction * bmi, lambda strength, slope: 0.0),
    ),
)

_DSTRENGTH = (
    Misconception(
        "square-differentiated",
        "the square was differentiated, but here it is the strength that moves, and the slope "
        "stays where it is.",
        lambda dpenalty, strength, slope: dpenalty * 2.0 * slope,
    ),
    Misconception(
        "own-value",
        "multiply swaps: the strength receives the other factor, and here it got its own value.",
        lambda dpenalty, strength, slope: dpenalty * strength,
    ),
    Misconception(
        "value-for-slope",
        "this is the penalty itself; the strength receives the other factor, and nothing of its "
        "own.",
        lambda dpenalty, strength, slope: dpenalty * strength * slope**2,
    ),
    Misconception(
        "square-forgotten",
        "the strength is multiplied by the square of the slope, not by the slope.",
        lambda dpenalty, strength, slope: dpenalty * slope,
    ),
)

line_with_penalty = Chain(
    name="line_with_penalty",
    chapter=2,
    minutes=15,
    statement=(
        "misfit = mean of (slope × bmi + intercept − score)², penalty = strength × slope², "
        "loss = misfit + penalty. Walk back from the loss with one line a gradient: dloss, "
        "dmisfit, dpenalty, dsquares (5,), derror (5,), dprediction (5,), dintercept, dslope, "
        "dstrength."
    ),
    steps=(
        ("loss", _loss),
        ("dloss", lambda loss: 1.0, _DLOSS),
        ("dmisfit", lambda dloss, misfit: dloss, _DMISFIT),
        ("dpenalty", lambda dloss, penalty, strength: dloss, _DPENALTY),
        (
            "dsquares",
            lambda dmisfit, squares, error: np.full(len(squares), dmisfit / len(squares)),
            _DSQUARES,
        ),
        ("derror", lambda dsquares, error: dsquares * 2.0 * error, _DERROR),
        ("dprediction", lambda derror, prediction: derror * 1.0, _DPREDICTION),
        (
            "dintercept",
            lambda dprediction, bmi, intercept: np.sum(dprediction),
            _DINTERCEPT,
        ),
        ("dslope", _dslope_of(_people, _penalty), _DSLOPE),
        ("dstrength", lambda dpenalty, strength, slope: dpenalty * slope**2, _DSTRENGTH),
    ),
    hints=(
        "Each line of the way forward has its line on the way back, in the reverse order: what "
        "arrived at the node, times the node's own rate for one of its inputs.",
        "Write the shape beside each name: a gradient has that of what it is the gradient of. "
        "Where one number meets five, something is spread (from the mean to its squares) or added "
        "up (at the intercept, which five predictions use). Two nodes use the slope.",
        "The mean sends each of the m squares an equal share; the square multiplies by twice the "
        "error; the difference and the add pass it on; a product gives each side the other side. "
        "For the slope add up five contributions from the predictions and one from the penalty.",
    ),
    another="""
dprediction = 2 / len(bmi) * error  # the mean, the square and the difference in one line
dintercept, dslope = dprediction.sum(), dprediction @ bmi + 2 * strength * slope
dstrength = slope**2
""",
    after=(
        "Each line took what had arrived and a rate that its own node knows. Each had a name, so "
        "the check could stop at the first wrong one; do the same whenever you are stuck."
    ),
)
