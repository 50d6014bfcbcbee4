"""Chapter 10: back through batch norm, one intermediate at a time."""

from __future__ import annotations

import numpy as np

from ..declare import Chain, Misconception

_X = np.array(
    [[2.0, -1.0, 0.5], [4.0, 0.0, 0.3], [1.0, 3.0, 0.9], [7.0, -2.0, 0.1], [3.0, 1.0, 0.6]]
)
_SCALE, _SHIFT = np.array([1.5, -0.5, 2.0]), np.array([0.1, 0.2, -0.3])


def _y():
    """What the batch that the notebook gives becomes: who changes it hears of it here."""
    return _SCALE * (_X - _X.mean(axis=0)) / np.sqrt(_X.var(axis=0) + 1e-5) + _SHIFT


_NOT_SUMMED = "there is one row for each sample here; all samples use it, so add them up."
_AVERAGED = "the rows were averaged; over paths, gradients add."

_DSHIFT = (
    Misconception("not-summed", _NOT_SUMMED, lambda dy: dy * 1.0),
    Misconception("averaged", _AVERAGED, lambda dy: dy.mean(axis=0)),
    Misconception(
        "along-the-rows", "the sum runs along each row; it runs down the batch.",
        lambda dy: dy.sum(axis=1),
    ),
)  # fmt: skip

_DSCALE = (
    Misconception("not-summed", _NOT_SUMMED, lambda dy, x_hat, x, centred: dy * x_hat),
    Misconception("averaged", _AVERAGED, lambda dy, x_hat, x, centred: (dy * x_hat).mean(axis=0)),
    Misconception(
        "x-for-x-hat",
        "scale multiplies x_hat, not x; multiply swaps.",
        lambda dy, x_hat, x, centred: (dy * x).sum(axis=0),
    ),
    Misconception(
        "centred-for-x-hat",
        "scale multiplies x_hat, which has been divided by the root already.",
        lambda dy, x_hat, x, centred: (dy * centred).sum(axis=0),
    ),
    Misconception(
        "x-hat-forgotten",
        "that is dshift. scale is multiplied by x_hat, so its gradient has x_hat in it.",
        lambda dy, x_hat, x, centred: dy.sum(axis=0),
    ),
)

_DX_HAT = (
    Misconception(
        "scale-forgotten", "x_hat is multiplied by scale on its way to y.",
        lambda dy, scale: dy * 1.0,
    ),
    Misconception(
        "divided-by-scale", "dy was divided by scale; multiply swaps.", lambda dy, scale: dy / scale
    ),
    Misconception(
        "added-up-too-early",
        "each sample has an x_hat of its own; nothing is added up yet.",
        lambda dy, scale: (dy * scale).sum(axis=0),
    ),
)  # fmt: skip

_DINVERSE = (
    Misconception("not-summed", _NOT_SUMMED, lambda dx_hat, centred, x_hat: dx_hat * centred),
    Misconception(
        "averaged", _AVERAGED, lambda dx_hat, centred, x_hat: (dx_hat * centred).mean(axis=0)
    ),
    Misconception(
        "x-hat-for-centred",
        "inverse multiplies centred, not x_hat; multiply swaps.",
        lambda dx_hat, centred, x_hat: (dx_hat * x_hat).sum(axis=0),
    ),
    Misconception(
        "centred-forgotten",
        "inverse is multiplied by centred, so its gradient has centred in it.",
        lambda dx_hat, centred, x_hat: dx_hat.sum(axis=0),
    ),
)

_DROOT = (
    Misconception(
        "sign-lost", "one over a larger root is smaller: the slope is negative.",
        lambda dinverse, inverse, root: dinverse * inverse**2,
    ),
    Misconception(
        "not-squared", "the slope of 1/r is −1/r², with a square.",
        lambda dinverse, inverse, root: -dinverse * inverse,
    ),
    Misconception(
        "turned-round", "this was multiplied by the square of the root; the slope of 1/r is −1/r².",
        lambda dinverse, inverse, root: -dinverse * root**2,
    ),
    Misconception(
        "sign-lost-and-not-squared", "the slope of 1/r is −1/r², with a minus and a square.",
        lambda dinverse, inverse, root: dinverse * inverse,
    ),
)  # fmt: skip

_DVAR = (
    Misconception(
        "factor-2-lost", "the slope of a root is one over twice the root.",
        lambda droot, root, var: droot / root,
    ),
    Misconception(
        "slope-of-the-square", "that is the slope of a square; a root has one over it.",
        lambda droot, root, var: droot * 2 * root,
    ),
    Misconception(
        "var-for-root", "one over twice the root, not over twice the variance.",
        lambda droot, root, var: droot / (2 * var),
    ),
    Misconception(
        "half-the-root", "the root belongs below: one over twice the root.",
        lambda droot, root, var: droot * 0.5 * root,
    ),
)  # fmt: skip

_DSQUARES = (
    Misconception(
        "one-row-for-all",
        "each sample has a square of its own, so there is a row for each, even where all rows are "
        "equal.",
        lambda dvar, squares: dvar / len(squares),
    ),
    Misconception(
        "missing-1/m",
        "a unit more of one square moves the mean by less than a unit: there are m of them.",
        lambda dvar, squares: np.ones_like(squares) * dvar,
    ),
    Misconception(
        "values-for-slopes",
        "the squares were multiplied in; the mean's slope is 1/m for each of them.",
        lambda dvar, squares: dvar * squares / len(squares),
    ),
    Misconception(
        "unbiased",
        "this was divided by m − 1; the variance here is the mean over m.",
        lambda dvar, squares: np.ones_like(squares) * dvar / (len(squares) - 1),
    ),
)

_DCENTRED = (
    Misconception(
        "first-path-alone",
        "centred is used twice: in x_hat, and in the squares, from which the variance is made. The "
        "second path is missing.",
        lambda dx_hat, inverse, centred, dsquares: dx_hat * inverse,
    ),
    Misconception(
        "second-path-alone",
        "centred is used twice: in the squares, and in x_hat. The direct path is missing.",
        lambda dx_hat, inverse, centred, dsquares: 2 * centred * dsquares,
    ),
    Misconception(
        "factor-2-lost",
        "the slope of a square is twice the number.",
        lambda dx_hat, inverse, centred, dsquares: dx_hat * inverse + centred * dsquares,
    ),
    Misconception(
        "inverse-forgotten",
        "on the direct path centred is multiplied by inverse.",
        lambda dx_hat, inverse, centred, dsquares: dx_hat + 2 * centred * dsquares,
    ),
    Misconception(
        "subtracted",
        "the second path was taken away; over paths, gradients add, and the sign is in dsquares.",
        lambda dx_hat, inverse, centred, dsquares: dx_hat * inverse - 2 * centred * dsquares,
    ),
)

_DMEAN = (
    Misconception(
        "sign-lost", "the mean is subtracted, so its gradient gets a minus.",
        lambda dcentred: dcentred.sum(axis=0),
    ),
    Misconception("not-summed", _NOT_SUMMED, lambda dcentred: -dcentred),
    Misconception("averaged", _AVERAGED, lambda dcentred: -dcentred.mean(axis=0)),
    Misconception(
        "zero",
        "0 would be so if only the way through the variance led here; the direct path does too.",
        lambda dcentred: np.zeros(dcentred.shape[1]),
    ),
)  # fmt: skip

_DX = (
    Misconception(
        "mean-as-a-constant",
        "this is dcentred. x also moves the mean, and that moves every row.",
        lambda dcentred, dmean, dx_hat, inverse: dcentred * 1.0,
    ),
    Misconception(
        "mean-and-variance-as-constants",
        "mean and variance were treated as constants; x reaches y along three paths.",
        lambda dcentred, dmean, dx_hat, inverse: dx_hat * inverse,
    ),
    Misconception(
        "missing-1/m",
        "a unit more of one x moves the mean by 1/m.",
        lambda dcentred, dmean, dx_hat, inverse: dcentred + dmean,
    ),
    Misconception(
        "subtracted",
        "the path through the mean was taken away; the minus is in dmean already, and paths add.",
        lambda dcentred, dmean, dx_hat, inverse: dcentred - dmean / len(dcentred),
    ),
    Misconception(
        "mean-alone",
        "that is the path through the mean alone; x also reaches centred directly.",
        lambda dcentred, dmean, dx_hat, inverse: np.ones_like(dcentred) * dmean / len(dcentred),
    ),
)

NORM_WAY_BACK = Chain(
    name="norm_way_back",
    chapter=10,
    minutes=30,
    statement=(
        "Batch norm forward is there, one intermediate a line. Go back through it: dshift, dscale, "
        "dx_hat, dinverse, droot, dvar, dsquares, dcentred, dmean and dx."
    ),
    steps=(
        ("y", _y),
        ("dshift", lambda dy: dy.sum(axis=0), _DSHIFT),
        ("dscale", lambda dy, x_hat, x, centred: (dy * x_hat).sum(axis=0), _DSCALE),
        ("dx_hat", lambda dy, scale: dy * scale, _DX_HAT),
        ("dinverse", lambda dx_hat, centred, x_hat: (dx_hat * centred).sum(axis=0), _DINVERSE),
        ("droot", lambda dinverse, inverse, root: -dinverse * inverse**2, _DROOT),
        ("dvar", lambda droot, root, var: droot / (2 * root), _DVAR),
        (
            "dsquares",
            lambda dvar, squares: np.ones_like(squares) * dvar / len(squares),
            _DSQUARES,
        ),
        (
            "dcentred",
            lambda dx_hat, inverse, centred, dsquares: dx_hat * inverse + 2 * centred * dsquares,
            _DCENTRED,
        ),
        ("dmean", lambda dcentred: -dcentred.sum(axis=0), _DMEAN),
        (
            "dx",
            lambda dcentred, dmean, dx_hat, inverse: dcentred + dmean / len(dcentred),
            _DX,
        ),
    ),
    hints=(
        "From the bottom line up. Whatever is used for every row is added up over the rows; "
        "whatever is used twice gets two contributions.",
        "dshift, dscale, dinverse and dmean have one number for each column; dx_hat, dsquares, "
        "dcentred and dx have a row for each sample.",
        "dcentred has two terms, one through x_hat and one through squares; dx has two, dcentred "
        "itself and a share of dmean.",
    ),
    another="""
g = dy * scale
dshift, dscale = dy.sum(axis=0), np.einsum("ij,ij->j", dy, x_hat)
dx = inverse * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))  # all of it in one line
""",
    after=(
        "Three paths, ten lines, and nothing but multiply, add and swap. Collapsed, it is (10.6)."
    ),
)
