"""Is this gradient right? The backward function against finite differences of the forward one.

    report = gradcheck(ops.linear, [x, W, b])        # a pair, found by its name
    assert report.ok, report

A forward function is reduced to one number, s = Σ dy · f(inputs), with a random `dy`; an all-ones
`dy` would pass a softmax whose backward returns zero. The slope of s along a random direction of
one input is then measured with central differences and compared with what the backward function
says. Only when they disagree is every entry measured by itself, to say which one is wrong.
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
from bplib.gradcheck.slopes import METHODS, Slopes, normal_like, numerical_gradient
from bplib.gradcheck.subject import one_for_each, subject_of

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
    names: Sequence[str] | None = None,
    **constants: Any,
) -> Report:
    """Compare the gradients of a pair, a layer or a scalar function with measured slopes.

    Σ dx · v = (s(x + h v) - s(x - h v)) / 2h with s = Σ dy · f(x), v random and h = 10⁻⁵.
    `method="complex"` uses Im s(x + i h v) / h with h = 10⁻³⁰ instead, which has no rounding error
    but needs a function made of +, ×, exp and their like.

    Arguments:
        f: the forward function of a pair, a pair as a tuple, a Layer, or, with `gradient`, a
            function that returns one number.
        inputs: its float arrays, copied to float64 and never changed; of a layer that takes
            labels, these.
        backward: the other half of the pair, where it is not found by its name.
        gradient: a function of the same inputs that returns one array for each of them.
        rng: a numpy.random.Generator for the directions; the same ones each time when left out.
        method: "directions", "entries" (one by one) or "complex".
        directions: how many are tried for each argument.
        tolerance: the relative error that passes.
        names: of the inputs, for the report.
        constants: settings that are passed on to `f`.

    Returns:
        A `Report`: true when all gradients agree; printed, it names argument, entry and error. A
        corner (|x| at 0) is said, and passes when the gradient lies between its two slopes.

    Raises:
        DTypeError: for inputs that are not floats.
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
    if hasattr(inputs, "dtype"):
        inputs = [inputs]
    with subject_of(f, list(inputs), backward, gradient, names, constants) as subject:
        dy = normal_like(subject.value(*subject.inputs), rng)
        computed = subject.gradients(dy.copy())  # a copy, in case backward writes into it
        comparison = Comparison(Slopes(subject, dy, method), rng, directions, tolerance)
        reports = [comparison.of(i, dx) for i, dx in enumerate(one_for_each(subject, computed))]
    return Report(subject.what, tuple(reports))
