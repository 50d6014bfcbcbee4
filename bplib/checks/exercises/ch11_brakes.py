"""Chapter 11: what holds a network back."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _threshold_cases(rng, i):
    m = (7, 5, 11, 8, 9, 13)[i % 6]
    alpha = float(rng.uniform(0.4, 1.3))
    a = rng.normal(size=m) * 2.0
    a[:4] = alpha * np.array([-2.2, 0.5, -0.4, 1.7])  # beyond and inside, on both sides
    a[-1] = alpha + 0.7
    return a, alpha


def _soft_threshold(a, alpha):
    return np.sign(a) * np.maximum(np.abs(a) - alpha, 0)


def _threshold_loop(a, alpha):
    out = np.zeros_like(a)
    for k, value in enumerate(a):
        if value > alpha:
            out[k] = value - alpha
        elif value < -alpha:
            out[k] = value + alpha
    return out


def _threshold_two_sides(a, alpha):
    return np.maximum(a - alpha, 0) - np.maximum(-a - alpha, 0)


def _threshold_clip(a, alpha):
    return a - np.clip(a, -alpha, alpha)


soft_threshold = Exercise(
    name="soft_threshold",
    chapter=11,
    statement=(
        "Return the minimum of (w - a)**2 / 2 + alpha * |w| over w, for every entry of a. "
        "a (m,), alpha a positive number -> (m,)."
    ),
    minutes=4,
    reference=_soft_threshold,
    cases=_threshold_cases,
    returns=("w",),
    equivalents=(_threshold_loop, _threshold_two_sides, _threshold_clip),
    misconceptions=(
        Misconception(
            "l2-for-l1",
            "this makes every weight smaller by the same share, as L2 does; L1 takes the same "
            "amount from each.",
            lambda a, alpha: a / (1 + alpha),
        ),
        Misconception(
            "hard-threshold",
            "the small ones are 0, but those that are kept pay too: they become smaller by alpha.",
            lambda a, alpha: np.where(np.abs(a) > alpha, a, 0.0),
        ),
        Misconception(
            "sign-lost",
            "the sizes are right, and the negative ones have become positive.",
            lambda a, alpha: np.maximum(np.abs(a) - alpha, 0),
        ),
        Misconception(
            "positive-only",
            "every negative entry has become 0; a large negative weight is worth its price too.",
            lambda a, alpha: np.maximum(a - alpha, 0),
        ),
        Misconception(
            "through-zero",
            "small weights are pushed through zero to the other side; there the price pulls back, "
            "so they stop at 0.",
            lambda a, alpha: a - alpha * np.sign(a),
        ),
        Misconception(
            "always-minus",
            "alpha is taken off on both sides of zero, so negative weights become larger in size.",
            lambda a, alpha: a - alpha,
        ),
        Misconception(
            "clipped",
            "this keeps what is within alpha of zero and cuts off the rest; it is the other way "
            "round.",
            lambda a, alpha: np.clip(a, -alpha, alpha),
        ),
        Misconception(
            "negative-pushed-out",
            "the small ones are 0 and the large positive ones right; the large negative ones move "
            "away from zero.",
            lambda a, alpha: np.where(np.abs(a) > alpha, a - alpha, 0.0),
        ),
    ),
    hints=(
        "For a positive w the slope is w - a + alpha. Where is it 0, and is w positive there?",
        "Three pieces: a above alpha, a below -alpha, and what lies between.",
        "The size becomes |a| - alpha, at least 0; the sign is that of a.",
    ),
    another="""
def soft_threshold(a, alpha):
    return a - np.clip(a, -alpha, alpha)
""",
    after="The corner of |w| at 0 is what makes zeros.",
)


def _dropout_cases(rng, i):
    m, n = ((7, 4), (5, 8), (6, 5), (9, 7), (4, 6), (8, 3))[i % 6]
    rate = (0.2, 0.3, 0.6, 0.25, 0.4, 0.7)[i % 6]
    keep = (rng.random((m, n)) >= rate).astype(float)
    rows = np.arange(m)
    keep[rows, rows % n], keep[rows, (rows + 1) % n] = 1.0, 0.0
    return rng.normal(size=(m, n)) + 0.3, rng.normal(size=(m, n)), keep, rate


def _dropout_both_ways(x, dy, keep, rate):
    return x * keep / (1 - rate), dy * keep / (1 - rate)


def _dropout_where(x, dy, keep, rate):
    heard = keep == 1
    return np.where(heard, x / (1 - rate), 0.0), np.where(heard, dy / (1 - rate), 0.0)


def _dropout_loop(x, dy, keep, rate):
    y, dx = np.zeros_like(x), np.zeros_like(dy)
    for place in zip(*np.nonzero(keep), strict=True):
        y[place] = x[place] / (1 - rate)
        dx[place] = dy[place] / (1 - rate)
    return y, dx


def _dropout_factor(x, dy, keep, rate):
    factor = keep * (1 / (1 - rate))
    return factor * x, factor * dy


dropout_both_ways = Exercise(
    name="dropout_both_ways",
    chapter=11,
    statement=(
        "Return y and dx of inverted dropout. keep is 1.0 where a number is kept and 0.0 where it "
        "is left out; each was left out with the chance rate. "
        "x (m, n), dy (m, n), keep (m, n), rate a number -> (m, n), (m, n)."
    ),
    minutes=5,
    reference=_dropout_both_ways,
    cases=_dropout_cases,
    returns=("y", "dx"),
    loss=lambda x, dy, keep, rate: np.sum(dy * x * keep / (1 - rate)),
    equivalents=(_dropout_where, _dropout_loop, _dropout_factor),
    misconceptions=(
        Misconception(
            "divided-by-the-rate",
            "the kept ones are divided by the chance of being left out; divide by the chance of "
            "being kept.",
            lambda x, dy, keep, rate: (x * keep / rate, dy * keep / rate),
        ),
        Misconception(
            "made-smaller",
            "the kept ones are multiplied by 1 - rate; they have to grow, to make up for the "
            "others.",
            lambda x, dy, keep, rate: (x * keep * (1 - rate), dy * keep * (1 - rate)),
        ),
        Misconception(
            "not-enlarged",
            "the mask is right; the kept ones have to grow, so that the mean stays.",
            lambda x, dy, keep, rate: (x * keep, dy * keep),
        ),
        Misconception(
            "mask-forgotten-backward",
            "y is right. On the way back the mask is missing: a number that was left out had no "
            "part in the loss.",
            lambda x, dy, keep, rate: (x * keep / (1 - rate), dy / (1 - rate)),
        ),
        Misconception(
            "backward-untouched",
            "y is right, and dy is handed back as it came; multiplying by a factor forward means "
            "multiplying by it backward.",
            lambda x, dy, keep, rate: (x * keep / (1 - rate), dy.copy()),
        ),
        Misconception(
            "backward-not-enlarged",
            "y is right. The way back has the mask, and lacks the factor.",
            lambda x, dy, keep, rate: (x * keep / (1 - rate), dy * keep),
        ),
        Misconception(
            "mask-upside-down",
            "the ones that should be left out are kept, and the others left out.",
            lambda x, dy, keep, rate: (x * (1 - keep) / (1 - rate), dy * (1 - keep) / (1 - rate)),
        ),
        Misconception(
            "divided-backward",
            "y is right. On the way back the factor is undone; the slope of x times a factor is "
            "the factor.",
            lambda x, dy, keep, rate: (x * keep / (1 - rate), dy * keep * (1 - rate)),
        ),
    ),
    hints=(
        "Forward, every number is multiplied by a factor of its own. What is the slope of that?",
        "The factor is 0 where keep is 0; where keep is 1, its mean over many masks must be 1.",
        "The factor is keep / (1 - rate), for x and for dy alike.",
    ),
    another="""
def dropout_both_ways(x, dy, keep, rate):
    factor = keep / (1 - rate)
    return x * factor, dy * factor
""",
    after="One factor, forward and backward: dropout is linear in x.",
)

_CURVES = (
    ((0.9, 0.7, 0.6, 0.65, 0.62, 0.58, 0.6, 0.61, 0.63, 0.5), 3),
    ((1.0, 0.5, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.4), 4),
    ((0.9, 0.5, 0.6, 0.5, 0.7, 0.8, 0.9, 0.4), 3),
    ((0.9, 0.8, 0.85, 0.7, 0.6, 0.65, 0.62), 3),
    ((0.3, 0.4, 0.5, 0.6, 0.35, 0.2, 0.45), 4),
    ((0.8, 0.6, 0.61, 0.7, 0.66, 0.5, 0.55, 0.52, 0.51, 0.56, 0.57, 0.3), 5),
)


def _stopping_cases(rng, i):
    curve, patience = _CURVES[i % 6]
    return np.array(curve) * rng.uniform(0.5, 2.0) + rng.uniform(0.1, 0.5), patience


def _stop(losses, patience, better=lambda new, best: new < best, wait=0):
    best_epoch, best = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if better(loss, best):
            best_epoch, best = epoch, loss
        elif epoch - best_epoch >= patience + wait:
            return best_epoch, epoch
    return best_epoch, len(losses)


def _early_stopping_epoch(losses, patience):
    return _stop(losses, patience)


def _stopping_counter(losses, patience):
    best, waited = 0, 0
    for k in range(1, len(losses)):
        if losses[k] < losses[best]:
            best, waited = k, 0
        else:
            waited += 1
        if waited == patience:
            return best + 1, k + 1
    return best + 1, len(losses)


def _stopping_slices(losses, patience):
    for last in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:last])) + 1
        if last - best >= patience:
            return best, last
    return best, last


def _stopping_running(losses, patience):
    lowest = np.minimum.accumulate(losses)
    is_new = np.append(True, lowest[1:] < lowest[:-1])
    epochs = np.arange(1, len(losses) + 1)
    best = np.maximum.accumulate(np.where(is_new, epochs, 0))
    over = np.flatnonzero(epochs - best >= patience)
    k = over[0] if len(over) else len(losses) - 1
    return int(best[k]), int(epochs[k])


def _stopping_never_reset(losses, patience):
    best, waited = 0, 0
    for k in range(1, len(losses)):
        if losses[k] < losses[best]:
            best = k
        else:
            waited += 1
        if waited == patience:
            return best + 1, k + 1
    return best + 1, len(losses)


def _stopping_by_previous(losses, patience):
    waited = 0
    for k in range(1, len(losses)):
        waited = 0 if losses[k] < losses[k - 1] else waited + 1
        if waited == patience:
            return int(np.argmin(losses[: k + 1])) + 1, k + 1
    return int(np.argmin(losses)) + 1, len(losses)


early_stopping_epoch = Exercise(
    name="early_stopping_epoch",
    chapter=11,
    statement=(
        "Return the epoch whose weights are kept and the epoch after which training stops, both "
        "counted from 1. It stops once `patience` epochs in a row have brought no new best; equal "
        "is not better. Where that never happens, all epochs are done. "
        "losses (k,), patience a whole number -> two whole numbers."
    ),
    minutes=8,
    reference=_early_stopping_epoch,
    cases=_stopping_cases,
    returns=("best_epoch", "last_epoch"),
    equivalents=(_stopping_counter, _stopping_slices, _stopping_running),
    misconceptions=(
        Misconception(
            "one-epoch-too-soon",
            "it stops one epoch too soon; with a patience of 3, three epochs without a new best "
            "are waited for.",
            lambda losses, patience: _stop(losses, patience, wait=-1),
        ),
        Misconception(
            "one-epoch-too-late",
            "it waits one epoch too long.",
            lambda losses, patience: _stop(losses, patience, wait=1),
        ),
        Misconception(
            "looked-ahead",
            "the best of all epochs is returned, and training never sees those after the stop.",
            lambda losses, patience: (int(np.argmin(losses)) + 1, _stop(losses, patience)[1]),
        ),
        Misconception(
            "never-stops",
            "all epochs are done here; training stops once the patience is over.",
            lambda losses, patience: (int(np.argmin(losses)) + 1, len(losses)),
        ),
        Misconception(
            "counted-from-zero",
            "both are one too small; epochs are counted from 1.",
            lambda losses, patience: tuple(e - 1 for e in _stop(losses, patience)),
        ),
        Misconception(
            "equal-is-better",
            "a loss that equals the best one so far is taken for a new best.",
            lambda losses, patience: _stop(losses, patience, better=lambda a, b: a <= b),
        ),
        Misconception(
            "compared-with-the-one-before",
            "each loss is compared with the one before it; it has to be below the best so far.",
            _stopping_by_previous,
        ),
        Misconception(
            "count-never-reset",
            "all epochs without a new best are counted together; a new best starts the count "
            "again.",
            _stopping_never_reset,
        ),
        Misconception(
            "last-weights-kept",
            "the weights of the last epoch are kept; those of the best one are wanted.",
            lambda losses, patience: (_stop(losses, patience)[1],) * 2,
        ),
    ),
    hints=(
        "Go through the epochs once. What has to be remembered from one to the next?",
        "The best loss so far and its epoch. How many epochs have passed since?",
        "When epoch - best_epoch reaches patience, return both.",
    ),
    another="""
def early_stopping_epoch(losses, patience):
    for last in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:last])) + 1
        if last - best >= patience:
            break
    return best, last
""",
    after="`train.EarlyStopping` keeps the weights of the first of the two.",
)
