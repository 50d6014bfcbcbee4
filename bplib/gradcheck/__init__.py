"""Is this gradient right? The backward function against finite differences of the forward one.

    report = gradcheck(ops.linear, [x, W, b])        # a pair, found by its name
    assert report.ok, report

A forward function is reduced to one number, s = Σ dy · f(inputs), with a random `dy`; an all-ones
`dy` would pass a softmax whose backward returns zero. The slope of s along a random direction of
one input is then measured with central differences and compared with what the backward function
says. Only when they disagree is every entry measured by itself, to say which one is wrong.

Before that, forward is called twice at one point: a function that changes its inputs, or returns
something else each time, has no slopes to measure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array
from bplib.errors import unknown
from bplib.gradcheck.compare import Comparison
from bplib.gradcheck.report import ArgumentReport, Kink, Report
from bplib.gradcheck.slopes import METHODS, STEP, Slopes, normal_like, numerical_gradient
from bplib.gradcheck.sound import changed, sound
from bplib.gradcheck.subject import as_list, one_for_each, subject_of

__all__ = ["ArgumentReport", "Kink", "Report", "gradcheck", "numerical_gradient"]


def gradcheck(
    f: Any,
    inputs: Sequence[Array] | Array,
    *,
    backward: Callable | None = None,
    gradient: Callable | None = None,
    rng: np.random.Generator | None = None,
    method: str = "directions",
    directions: int = 3,
    tolerance: float = 1e-6,
    h: float = STEP,
    names: Sequence[str] | None = None,
    **constants: Any,
) -> Report:
    """Compare the gradients of a pair, a layer or a scalar function with measured slopes.

    Σ dx · v = (s(x + h v) - s(x - h v)) / 2h with s = Σ dy · f(x), v random and h = 10⁻⁵.
    `method="complex"` uses Im s(x + i h v) / h with h = 10⁻³⁰ instead, which has no rounding error
    but needs a function made of +, ×, exp and their like.

    A loss is checked in the form that `fit` takes, its labels by name:

        gradcheck((my_loss, my_loss_backward), logits, labels=y)

    Each call gets fresh copies of the inputs, and every Generator, in a layer or given by
    functools.partial, starts each call from the same state. A layer's last
    forward pass is forgotten.

    Arguments:
        f: the forward function of a pair, a pair as a tuple, a Layer, or, with `gradient`, a
            function that returns one number. The backward half of a loss takes (cache, dloss) or
            the cache alone.
        inputs: its float arrays, copied to float64 and never changed; of a layer that takes
            labels, these.
        backward: the other half of the pair, where it is not found by its name.
        gradient: a function of the same inputs that returns one array for each of them.
        rng: a numpy.random.Generator for the directions; the same ones each time when left out.
        method: "directions", "entries" (one by one) or "complex".
        directions: how many are tried for each argument.
        tolerance: the relative error that passes.
        h: the step, as a part of the input's typical size, > 0.
        names: of the inputs, for the report.
        constants: settings that are passed on to `f`.

    Returns:
        A `Report`: true when all gradients agree; printed, it names argument, entry and error. A
        corner (|x| at 0) is said, and passes when the gradient lies between its two slopes. A
        jump does not pass, nor does a forward function that changes its inputs or is not
        deterministic, nor a gradient that h is too long to tell anything of; the report says so.

    Raises:
        DTypeError: for inputs that are not floats, or functions that return something else.
        NotReadyError: where there is no backward function to check.
        UnknownNameError: for an unknown method.

    Source: A. Griewank, A. Walther (2008), Evaluating Derivatives, chapter 3, for gradients along
        directions; W. Squire, G. Trapp (1998), Using complex variables to estimate derivatives of
        real functions, for the complex step.
    """
    if method not in METHODS:
        raise unknown("method of gradcheck", method, METHODS)
    rng = np.random.default_rng(0) if rng is None else expect.generator("gradcheck", rng)
    tolerance = expect.positive("gradcheck", "tolerance", tolerance)
    h = expect.positive("gradcheck", "h", h)
    with subject_of(f, as_list(f, inputs), backward, gradient, names, constants) as subject:
        y, findings, steady = sound(subject)
        if not steady:
            return Report(subject.what, (), tuple(findings))
        dy = normal_like(y, rng)
        given = dy.copy()  # in case backward writes into it
        computed = one_for_each(subject, subject.gradients(given))
        findings += changed("backward", [("dy", dy, given)])
        comparison = Comparison(Slopes(subject, y, dy, method, h), rng, directions, tolerance)
        reports = [comparison.of(i, dx) for i, dx in enumerate(computed)]
    return Report(subject.what, tuple(reports), tuple(findings))
