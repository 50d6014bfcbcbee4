"""Is this gradient right? The backward function against finite differences of the forward one.

    report = gradcheck(ops.linear, [x, W, b])        # a pair, found by its name
    assert report.ok, report

A forward function is reduced to one number, s = Σ dy · f(inputs), with a random `dy`; an all-ones
`dy` would pass a softmax whose backward returns zero. The slope of s along a random direction of
one input is then measured with central differences and compared with what the backward function
says. Only when they disagree is every entry measured by itself, to say which one is wrong.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of, unknown
from bplib.layers import Layer
from bplib.report import ArgumentReport, Kink, Report

__all__ = ["ArgumentReport", "Kink", "Report", "gradcheck", "numerical_gradient"]

METHODS = ("directions", "entries", "complex")
STEP = 1e-5
COMPLEX_STEP = 1e-30
MOST_ENTRIES = 1000
MEASURED = 1e-2  # a relative error above this that passes as rounding shows nothing
HIDDEN = (
    "not shown wrong, but not measured either: rounding of the function's values hides slopes "
    "as small as these; subtract what is constant, or try method='complex'"
)


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
        inputs: its float arrays; they are copied to float64 and never changed.
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
    with _subject(f, list(inputs), backward, gradient, names, constants) as subject:
        y = subject.value(*subject.inputs)
        dy = _normal_like(y, rng)
        analytic = subject.gradients(dy.copy())  # a copy, in case backward writes into it
        comparison = _Comparison(subject, dy, rng, method, directions, tolerance)
        reports = [comparison.of(i, dx) for i, dx in enumerate(_one_for_each(subject, analytic))]
    return Report(subject.what, tuple(reports))


def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = STEP) -> Array:
    """The gradient of a function of one array, measured entry by entry with central differences.

    gᵢ ≈ (f(x + h eᵢ) - f(x - h eᵢ)) / 2h. It costs two calls of `f` for each entry.

    Arguments:
        f: a function that returns one number.
        x: a float array of any shape.
        h: the step, > 0; 10⁻⁵ is near the best for float64 values of about 1.

    Returns:
        An array shaped as `x`, in float64.

    Raises:
        DTypeError: for an array of integers, whose entries cannot be nudged by a small step.
        DomainError: where `h` is not positive.

    Source: J. Nocedal, S. Wright (2006), Numerical Optimization, section 8.1; chapter 1.
    """
    expect.floats("numerical_gradient", x=x)
    h = expect.positive("numerical_gradient", "h", h)
    x = x.astype(np.float64)
    slopes = xp_of(x).zeros_like(x)
    for index in np.ndindex(x.shape):
        slopes[index] = _central(f, x, _unit(x, index), h)
    return slopes


@dataclass
class _Subject:
    """What is checked: a value, and the gradients of Σ dy · value for the first few inputs."""

    what: str
    names: list[str]
    inputs: list[Array]
    value: Callable[..., Array]
    gradients: Callable[[Array], tuple]
    is_loss: bool = False


@contextmanager
def _subject(
    f: Any,
    inputs: list,
    backward: Callable | None,
    gradient: Callable | None,
    names: Sequence[str] | None,
    constants: dict,
) -> Iterator[_Subject]:
    if isinstance(f, Layer):
        with _layer_subject(f, inputs, names) as subject:
            yield subject
        return
    if isinstance(f, tuple):
        f, backward = f
    if not callable(f):
        raise DTypeError(
            f"gradcheck: f is {kind_of(f)}; a function, a pair of functions or a Layer is needed."
        )
    what = getattr(f, "__name__", type(f).__name__)
    names = list(names) if names is not None else _argument_names(f, len(inputs))
    _name_for_each(names, inputs)
    inputs = [_in_float64(name, value) for name, value in zip(names, inputs, strict=True)]
    if gradient is not None:
        returned = gradient

        def gradients(dy: Array) -> tuple:
            dx = returned(*inputs, **constants)
            return tuple(d * dy for d in (dx if isinstance(dx, tuple) else (dx,)))

        yield _Subject(what, names, inputs, lambda *x: np.asarray(f(*x, **constants)), gradients)
        return
    back = _find_backward(f, what) if backward is None else backward

    def pair_gradients(dy: Array) -> tuple:
        _, cache = f(*inputs, **constants)
        dx = back(cache, dy) if _is_loss(back) else back(dy, cache)
        return dx if isinstance(dx, tuple) else (dx,)

    def value(*x: Array) -> Array:
        return f(*x, **constants)[0]

    yield _Subject(what, names, inputs, value, pair_gradients, _is_loss(back))


@contextmanager
def _layer_subject(layer: Layer, inputs: list, names: Sequence[str] | None) -> Iterator[_Subject]:
    parameters = layer.parameters()
    before = [(p.value, p.grad) for p in parameters]
    names = [*(names or ["x"]), *(p.name for p in parameters)]
    arrays = [*inputs, *(p.value for p in parameters)]
    _name_for_each(names, arrays)
    arrays = [_in_float64(name, value) for name, value in zip(names, arrays, strict=True)]

    def value(x: Array, *values: Array) -> Array:
        for parameter, array in zip(parameters, values, strict=True):
            parameter.value = array
        return layer.forward(x)

    def gradients(dy: Array) -> tuple:
        layer.zero_grad()
        value(*arrays)
        return (layer.backward(dy), *(p.grad for p in parameters))

    try:
        yield _Subject(repr(layer), names, arrays, value, gradients)
    finally:
        for parameter, (old_value, old_grad) in zip(parameters, before, strict=True):
            parameter.value, parameter.grad = old_value, old_grad


class _Comparison:
    """Measured slopes against computed gradients, argument by argument."""

    def __init__(self, subject, dy, rng, method, directions, tolerance) -> None:
        self.subject, self.dy, self.rng = subject, dy, rng
        self.method, self.directions, self.tolerance = method, directions, tolerance

    def of(self, i: int, dx: Array) -> ArgumentReport:
        name, x = self.subject.names[i], self.subject.inputs[i]
        if dx is None:
            note = f"no gradient was returned for {name}"
            return ArgumentReport(name, x.shape, self.method, False, np.inf, note=note)
        if getattr(dx, "shape", None) != x.shape:
            note = f"the gradient has shape {getattr(dx, 'shape', None)}, {name} has {x.shape}"
            return ArgumentReport(name, x.shape, self.method, False, np.inf, note=note)
        if not bool(xp_of(dx).isfinite(dx).all()):
            note = "the gradient holds NaN or inf"
            return ArgumentReport(name, x.shape, self.method, False, np.inf, note=note)
        if self.method != "entries":
            found = [self._along(i, x, dx) for _ in range(self.directions)]
            if all(smooth_and_agrees for _, smooth_and_agrees in found):
                worst = max(error for error, _ in found)
                note = HIDDEN if worst > MEASURED else ""
                return ArgumentReport(name, x.shape, self.method, True, worst, note=note)
        return self._entry_by_entry(i, x, dx)

    def _along(self, i: int, x: Array, dx: Array) -> tuple[float, bool]:
        v = _normal_like(x, self.rng) * _scale(x)
        said = float((dx * v).sum())
        measured, noise = self._slope(i, x, v, STEP)
        error, agrees = self._agree(said, measured, noise)
        return error, agrees and self._corner(i, x, v) is None

    def _agree(self, said: float, measured: float, noise: float) -> tuple[float, bool]:
        """The relative error, and whether it passes: small, or within the rounding of s itself.

        The rounding error shrinks with the function's values, so a gradient of 1e-9 that is wrong
        by a factor of two is still found in a function whose values are that small.
        """
        off = abs(said - measured)
        if said == 0 and off <= noise:
            return 0.0, True
        error = off / max(abs(said), abs(measured)) if off else 0.0
        return error, error <= self.tolerance or off <= noise

    def _entry_by_entry(self, i: int, x: Array, dx: Array) -> ArgumentReport:
        worst: tuple[bool, float, tuple, float, float] = (False, 0.0, (), 0.0, 0.0)
        ok, kinks, indices = True, [], list(np.ndindex(x.shape))
        if len(indices) > MOST_ENTRIES:
            chosen = self.rng.choice(len(indices), MOST_ENTRIES, replace=False)
            indices = [indices[k] for k in sorted(chosen)]
        for index in indices:
            said, v = float(dx[index]), _unit(x, index) * _scale(x)
            measured, noise = self._slope(i, x, v, STEP)
            size = float(_scale(x))
            error, agrees = self._agree(said * size, measured, noise)
            corner = self._corner(i, x, v)
            if corner is not None:
                left, right = corner[0] / size, corner[1] / size
                kinks.append(Kink(index, left, right, said))
                slack = self.tolerance * max(abs(left), abs(right))
                agrees = min(left, right) - slack <= said <= max(left, right) + slack
                error = 0.0 if agrees else error
            ok = ok and agrees
            if (not agrees, error) >= worst[:2]:
                worst = not agrees, error, index, said, measured / size
        sampled = x.size - len(indices)
        note = f"{len(indices)} entries measured, {sampled} left out" if sampled else ""
        if ok and worst[1] > MEASURED:
            note = HIDDEN
        return ArgumentReport(
            self.subject.names[i], x.shape, "entries", ok, *worst[1:], tuple(kinks), note
        )  # fmt: skip

    def _slope(self, i: int, x: Array, v: Array, h: float) -> tuple[float, float]:
        """The measured slope along v, and how much of it may be rounding error."""
        if self.method == "complex":
            reached = self._number(i, x + 1j * COMPLEX_STEP * v)
            if reached.dtype.kind != "c":
                raise DTypeError(
                    f"gradcheck: the complex step does not reach the result of "
                    f"{self.subject.what}; use method='directions'."
                )
            return float(reached.imag) / COMPLEX_STEP, 0.0
        slope = _central(lambda z: float(self._number(i, z)), x, v, h)
        return slope, self._rounding(i, x) / h

    def _corner(self, i: int, x: Array, v: Array) -> tuple[float, float] | None:
        """The slopes just before and after x along v where they stay apart for a smaller step.

        On a smooth stretch their difference shrinks with the step; at a corner it does not.
        """
        if self.method == "complex":
            return None
        here = float(self._number(i, x))

        def sides(h: float) -> tuple[float, float]:
            before, after = self._number(i, x - h * v), self._number(i, x + h * v)
            return (here - float(before)) / h, (float(after) - here) / h

        near, far = sides(STEP / 10), sides(STEP)
        jump, jump_before = abs(near[1] - near[0]), abs(far[1] - far[0])
        visible = 100 * self._rounding(i, x) / (STEP / 10)
        return near if jump > 0.5 * jump_before and jump > visible else None

    def _rounding(self, i: int, x: Array) -> float:
        """How far rounding may move s: one part in 2⁵² of everything that is summed."""
        summed = float(abs(self.dy * self._value(i, x)).sum())
        return 4 * float(np.finfo(np.float64).eps) * summed

    def _value(self, i: int, x: Array) -> Array:
        inputs = list(self.subject.inputs)
        inputs[i] = x
        if x.dtype.kind == "c":
            inputs = [value.astype(np.complex128) for value in inputs]
        return self.subject.value(*inputs)

    def _number(self, i: int, x: Array) -> Any:
        return to_numpy((self.dy * self._value(i, x)).sum())


def _one_for_each(subject: _Subject, gradients: tuple) -> tuple:
    """A gradient or None for each input; a loss has one for the prediction alone."""
    given, inputs = len(gradients), len(subject.inputs)
    if given > inputs:
        raise ShapeError(
            f"gradcheck: {subject.what} has {inputs} input{'' if inputs == 1 else 's'}, "
            f"but {given} gradients came back."
        )
    return gradients if subject.is_loss else (*gradients, *[None] * (inputs - given))


def _name_for_each(names: Sequence[str], inputs: Sequence[Array]) -> None:
    if len(names) != len(inputs):
        raise ShapeError(f"gradcheck: the inputs are {len(inputs)}, but the names {len(names)}.")


def _central(f: Callable[[Array], float], x: Array, v: Array, h: float) -> float:
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def _scale(x: Array) -> Array:
    """The typical size of an array's entries: their root mean square, 1 if all are zero."""
    size = (x * x).mean() ** 0.5
    return size if float(size) > 0 else size + 1


def _unit(x: Array, index: tuple[int, ...]) -> Array:
    v = xp_of(x).zeros_like(x)
    v[index] = 1
    return v


def _normal_like(x: Array, rng: np.random.Generator) -> Array:
    return xp_of(x).asarray(rng.standard_normal(x.shape))


def _in_float64(name: str, value: Array) -> Array:
    expect.floats("gradcheck", **{name: value})
    return value.astype(np.float64)


def _argument_names(f: Callable, n: int) -> list[str]:
    try:
        names = list(inspect.signature(f).parameters)[:n]
    except ValueError:
        names = []
    return names if len(names) == n else [f"input {i}" for i in range(n)]


def _find_backward(f: Callable, what: str) -> Callable:
    module = sys.modules.get(getattr(f, "__module__", ""), None)
    found = getattr(module, f"{what}_backward", None)
    if found is None:
        raise NotReadyError(
            f"gradcheck: no {what}_backward stands beside {what}; "
            "pass backward=…, or gradient=… for a function that returns one number."
        )
    return found


def _is_loss(backward: Callable) -> bool:
    return next(iter(inspect.signature(backward).parameters)) == "cache"
