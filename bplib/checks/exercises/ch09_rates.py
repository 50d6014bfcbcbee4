"""Chapter 9: the best single rate for two curvatures, and a rate for every step."""

from __future__ import annotations

import math

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _two_curvatures(rng, i):
    low = 10.0 ** rng.uniform(-2, 1)
    return low, low * (9.0, 3.0, 100.0, 1.5, 1000.0, 30.0)[i % 6] * rng.uniform(0.9, 1.1)


def _best_rate(low, high):
    return 2 / (low + high), (high - low) / (high + low)


def _factor(low, high):
    return (high - low) / (high + low)


def _by_kappa(low, high):
    kappa = high / low
    return 2 / (low * (1 + kappa)), (kappa - 1) / (kappa + 1)


def _by_the_step(low, high):
    rate = 1 / np.mean([low, high])
    return np.array([rate, max(abs(1 - rate * low), abs(1 - rate * high))])


def _where_they_meet(low, high):
    middle = (low + high) / 2  # 1 - rate * low and rate * high - 1 are equal there
    return 1 / middle, 1 - low / middle


best_rate = Exercise(
    name="best_rate",
    chapter=9,
    minutes=2,
    statement=(
        "A loss has the curvatures low and high along its two directions, 0 < low < high. Return "
        "the single learning rate with which gradient descent shrinks the distance to the minimum "
        "fastest, and the factor, above 0, by which a step then multiplies it: (rate, factor)."
    ),
    reference=_best_rate,
    cases=_two_curvatures,
    case_note=lambda low, high: f"low {low:.3g}, high {high:.3g}",
    returns=("rate", "factor"),
    equivalents=(_by_kappa, _by_the_step, _where_they_meet),
    misconceptions=(
        Misconception(
            "two-forgotten",
            "the 2 above the line of the rate is missing.",
            lambda low, high: (1 / (low + high), _factor(low, high)),
        ),
        Misconception(
            "limit",
            "2 over the larger curvature is the limit, where the steep direction does not shrink "
            "any more; the best rate is below it.",
            lambda low, high: (2 / high, _factor(low, high)),
        ),
        Misconception(
            "steep-direction-alone",
            "1 over the larger curvature settles the steep direction at once and lets the flat one "
            "wait; a larger rate is better for both together.",
            lambda low, high: (1 / high, 1 - low / high),
        ),
        Misconception(
            "factor-upside-down",
            "the factor is upside down: above 1 the distance would grow.",
            lambda low, high: (2 / (low + high), (high + low) / (high - low)),
        ),
        Misconception(
            "factor-negative",
            "that is the factor of the steep direction with its sign; its size is asked.",
            lambda low, high: (2 / (low + high), -_factor(low, high)),
        ),
        Misconception(
            "factor-of-momentum",
            "the factor with the roots of the curvatures is momentum's.",
            lambda low, high: (2 / (low + high), _factor(math.sqrt(low), math.sqrt(high))),
        ),
        Misconception(
            "momentum-altogether",
            "both numbers are those of momentum, with roots; plain gradient descent is asked.",
            lambda low, high: (
                4 / (math.sqrt(low) + math.sqrt(high)) ** 2,
                _factor(math.sqrt(low), math.sqrt(high)),
            ),
        ),
        Misconception(
            "rates-averaged",
            "the mean of the two best rates is too large for the steep direction; the curvatures "
            "are averaged, not the rates.",
            lambda low, high: ((1 / low + 1 / high) / 2, _factor(low, high)),
        ),
        Misconception(
            "minus-in-the-rate",
            "the curvatures are added in the rate, not subtracted.",
            lambda low, high: (2 / (high - low), _factor(low, high)),
        ),
        Misconception(
            "swapped",
            "the two numbers are right and stand the wrong way round: the rate comes first.",
            lambda low, high: _best_rate(low, high)[::-1],
        ),
        Misconception(
            "inverse-of-kappa",
            "the factor is low over high; it is the difference over the sum.",
            lambda low, high: (2 / (low + high), low / high),
        ),
    ),
    hints=(
        "A step multiplies one distance by 1 − rate · low, the other by 1 − rate · high.",
        "A larger rate makes the one smaller and the other larger in size; the best is where the "
        "two sizes are equal.",
        "Solve 1 − rate · low = rate · high − 1 for the rate, and put it into either side.",
    ),
    after="For 1 and 9 that is 0.2 and 0.8; for a condition number of 1000 the factor is 0.998.",
    another="""
def best_rate(low, high):
    rate = 1 / ((low + high) / 2)  # one over the mean curvature
    return rate, 1 - rate * low
""",
)


def _plan(rng, i):
    total = (12, 30, 9, 50, 17, 23)[i % 6]
    warmup = (4, 5, 3, 10, 7, 11)[i % 6]
    return total, warmup, 10.0 ** rng.uniform(-3, 0)


def _schedule(total, warmup, lr, rise=None, fall=None):
    rise = rise or (lambda k: (k + 1) / warmup)
    fall = fall or (lambda k: (1 + np.cos(np.pi * (k - warmup) / (total - warmup))) / 2)
    k = np.arange(total)
    return lr * np.where(k < warmup, rise(k), fall(k))


def _warmup_cosine(total, warmup, lr):
    return _schedule(total, warmup, lr)


def _in_a_loop(total, warmup, lr):
    rates = []
    for k in range(total):
        if k < warmup:
            rates.append(lr * (k + 1) / warmup)
        else:
            share = (k - warmup) / (total - warmup)
            rates.append(lr * 0.5 * (1 + math.cos(math.pi * share)))
    return np.array(rates)


def _in_two_pieces(total, warmup, lr):
    fall = total - warmup
    up = np.linspace(0, 1, warmup + 1)[1:]
    down = np.cos(np.linspace(0, np.pi / 2, fall + 1)[:-1]) ** 2  # half of 1 + cos of twice it
    return lr * np.concatenate([up, down])


def _from_a_circle(total, warmup, lr):
    rates = np.empty(total)
    rates[:warmup] = np.cumsum(np.full(warmup, lr / warmup))
    turned = np.exp(1j * np.pi / (total - warmup)) ** np.arange(total - warmup)
    rates[warmup:] = lr * (0.5 + 0.5 * turned.real)
    return rates


warmup_cosine = Exercise(
    name="warmup_cosine",
    chapter=9,
    minutes=8,
    statement=(
        "The learning rate of every step k = 0 … total − 1, as an array (total,). In the first "
        "warmup steps it rises along a line, lr · (k + 1) / warmup; from step k = warmup on it "
        "falls along half a cosine, which begins there at lr and would be 0 at k = total."
    ),
    reference=_warmup_cosine,
    cases=_plan,
    case_note=lambda total, warmup, lr: f"total={total}, warmup={warmup}, lr={lr:.3g}",
    returns=("rates",),
    equivalents=(_in_a_loop, _in_two_pieces, _from_a_circle),
    misconceptions=(
        Misconception(
            "first-step-lost",
            "the warm-up begins at 0, so the first step does nothing and the last does not reach "
            "lr; count from k + 1.",
            lambda total, warmup, lr: _schedule(total, warmup, lr, rise=lambda k: k / warmup),
        ),
        Misconception(
            "no-warmup",
            "that is the cosine over all steps, without any warm-up.",
            lambda total, warmup, lr: lr * (1 + np.cos(np.pi * np.arange(total) / total)) / 2,
        ),
        Misconception(
            "cosine-not-shifted",
            "the cosine runs from step 0 on behind the warm-up; it should begin where the warm-up "
            "ends.",
            lambda total, warmup, lr: _schedule(
                total, warmup, lr, fall=lambda k: (1 + np.cos(np.pi * k / total)) / 2
            ),
        ),
        Misconception(
            "cosine-too-long",
            "the cosine begins in the right place and is stretched over all steps; only those "
            "after the warm-up are its own.",
            lambda total, warmup, lr: _schedule(
                total, warmup, lr, fall=lambda k: (1 + np.cos(np.pi * (k - warmup) / total)) / 2
            ),
        ),
        Misconception(
            "multiplied",
            "the warm-up is multiplied with a cosine over all steps; the cosine comes after it.",
            lambda total, warmup, lr: (
                _schedule(total, warmup, lr, fall=np.ones_like)
                * (1 + np.cos(np.pi * np.arange(total) / total))
                / 2
            ),
        ),
        Misconception(
            "whole-cosine",
            "that is a whole cosine, which comes up again; half of one is asked.",
            lambda total, warmup, lr: _schedule(
                total,
                warmup,
                lr,
                fall=lambda k: (1 + np.cos(2 * np.pi * (k - warmup) / (total - warmup))) / 2,
            ),
        ),
        Misconception(
            "half-forgotten",
            "1 + cos goes from 2 to 0; half of it is asked.",
            lambda total, warmup, lr: _schedule(
                total,
                warmup,
                lr,
                fall=lambda k: 1 + np.cos(np.pi * (k - warmup) / (total - warmup)),
            ),
        ),
        Misconception(
            "bare-cosine",
            "the cosine alone goes down to −lr; raise it by 1 and halve it.",
            lambda total, warmup, lr: _schedule(
                total, warmup, lr, fall=lambda k: np.cos(np.pi * (k - warmup) / (total - warmup))
            ),
        ),
        Misconception(
            "zero-one-step-early",
            "the last step has the rate 0 and does nothing; the 0 belongs to k = total.",
            lambda total, warmup, lr: _schedule(
                total,
                warmup,
                lr,
                fall=lambda k: (1 + np.cos(np.pi * (k - warmup) / (total - warmup - 1))) / 2,
            ),
        ),
        Misconception(
            "straight-down",
            "the way down is a straight line; half a cosine is asked.",
            lambda total, warmup, lr: _schedule(
                total, warmup, lr, fall=lambda k: 1 - (k - warmup) / (total - warmup)
            ),
        ),
        Misconception(
            "rate-forgotten",
            "those are the factors; multiply them by lr.",
            lambda total, warmup, lr: _schedule(total, warmup, 1.0),
        ),
    ),
    hints=(
        "Two pieces: k below warmup, and the others.",
        "On the way down count from the end of the warm-up: k − warmup, out of total − warmup.",
        "With share = (k − warmup) / (total − warmup), the factor is half of 1 + cos(π · share).",
    ),
    after="bplib has it as schedules.linear_warmup(w).then(schedules.cosine(n − w)).",
    another="""
def warmup_cosine(total, warmup, lr):
    up = np.arange(1, warmup + 1) / warmup
    share = np.arange(total - warmup) / (total - warmup)
    return lr * np.concatenate([up, np.cos(np.pi / 2 * share) ** 2])
""",
)
