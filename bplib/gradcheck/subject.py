"""What is checked: a pair, a layer or a scalar function, all brought to one form."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of
from bplib.layers import Layer


@dataclass
class Subject:
    """What is checked: a value, and the gradients of Σ dy · value for the first few inputs."""

    what: str
    names: list[str]
    inputs: list[Array]
    value: Callable[..., Array]
    gradients: Callable[[Array], tuple]
    is_loss: bool = False


@contextmanager
def subject_of(
    f: Any,
    inputs: list,
    backward: Callable | None,
    gradient: Callable | None,
    names: Sequence[str] | None,
    constants: dict,
) -> Iterator[Subject]:
    """What `gradcheck` was given as a Subject; a layer gets back what it held."""
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

        def number(*x: Array) -> Array:
            y = f(*x, **constants)
            return y if hasattr(y, "dtype") else expect.number_like(y, x[0])

        yield Subject(what, names, inputs, number, gradients)
        return
    back = _find_backward(f, what) if backward is None else backward

    def pair_gradients(dy: Array) -> tuple:
        _, cache = f(*inputs, **constants)
        dx = back(cache, dy) if _is_loss(back) else back(dy, cache)
        return dx if isinstance(dx, tuple) else (dx,)

    def value(*x: Array) -> Array:
        return f(*x, **constants)[0]

    yield Subject(what, names, inputs, value, pair_gradients, _is_loss(back))


@contextmanager
def _layer_subject(layer: Layer, inputs: list, names: Sequence[str] | None) -> Iterator[Subject]:
    parameters = layer.parameters()
    before = [(p.value, p.grad) for p in parameters]
    # Whole numbers cannot be nudged: where these go in, the parameters alone are checked.
    labels, inputs = (inputs, []) if layer.takes_labels else ([], inputs)
    names = [*(names or ["x"][: len(inputs)]), *(p.name for p in parameters)]
    arrays = [*inputs, *(p.value for p in parameters)]
    _name_for_each(names, arrays)
    arrays = [_in_float64(name, value) for name, value in zip(names, arrays, strict=True)]
    same_start = _same_start(layer)

    def value(*arrays: Array) -> Array:
        values = arrays[len(inputs) :]
        for parameter, array in zip(parameters, values, strict=True):
            parameter.value = array
        next(same_start)
        return layer.forward(*labels, *arrays[: len(inputs)])

    def gradients(dy: Array) -> tuple:
        layer.zero_grad()
        value(*arrays)
        dx = layer.backward(dy)
        return (*(() if labels else (dx,)), *(p.grad for p in parameters))

    try:
        yield Subject(repr(layer), names, arrays, value, gradients)
    finally:
        same_start.close()
        for parameter, (old_value, old_grad) in zip(parameters, before, strict=True):
            parameter.value, parameter.grad = old_value, old_grad


def _same_start(layer: Layer) -> Generator[None, None, None]:
    """With every `next`, buffers and generators as they were; a nudge is all that may differ."""
    buffers = [(one, one.value) for one in layer.buffers()]
    states = [(one, one.bit_generator.state) for one in layer.generators()]
    try:
        while True:
            for buffer, array in buffers:
                buffer.value = array.astype(np.float64)  # a copy, which forward may write into
            for generator, state in states:
                generator.bit_generator.state = state
            yield
    finally:
        for buffer, array in buffers:
            buffer.value = array
        for generator, state in states:
            generator.bit_generator.state = state


def one_for_each(subject: Subject, gradients: tuple) -> tuple:
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


def _in_float64(name: str, value: Array) -> Array:
    expect.floats("gradcheck", **{name: value})
    return value.astype(np.float64)


def _argument_names(f: Callable, n: int) -> list[str]:
    try:
        arguments = list(inspect.signature(f).parameters.values())[:n]
        names = [each.name for each in arguments if each.kind is not each.VAR_POSITIONAL]
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
