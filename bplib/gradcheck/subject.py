"""What is checked: a pair, a layer or a scalar function, all brought to one form."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of
from bplib.layers import Buffer, Layer


@dataclass
class Subject:
    """What is checked: a value, and the gradients of Σ dy · value for the first few inputs."""

    what: str
    names: list[str]
    inputs: list[Array]
    forward: Callable[..., Array]
    gradients: Callable[[Array], tuple]
    is_loss: bool = False

    def value(self, *inputs: Array) -> Array:
        """What forward returns; it gets copies, so that it cannot change the next call's inputs."""
        return self.forward(*_copies(inputs))


def as_list(f: Any, inputs: Any) -> list:
    """The inputs as a list; a single array is one.

    Arguments:
        f: what is checked.
        inputs: what was given.

    Returns:
        A list of what was given.

    Raises:
        DTypeError: where it is neither, or stands in the place of f.
    """
    if hasattr(inputs, "dtype"):
        return [inputs]
    if callable(inputs) and not callable(f):
        name = _name_of(inputs)
        raise DTypeError(f"gradcheck: what is checked comes first, gradcheck({name}, inputs).")
    if isinstance(inputs, str) or not isinstance(inputs, Iterable):
        raise DTypeError(
            f"gradcheck: inputs is {kind_of(inputs)}; an array or a list of arrays is needed."
        )
    return list(inputs)


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
        if len(f) != 2:
            raise DTypeError(f"gradcheck: f is a tuple of {len(f)}; a pair has two functions.")
        f, backward = f
    if not callable(f):
        raise DTypeError(
            f"gradcheck: f is {kind_of(f)}; a function, a pair of functions or a Layer is needed."
        )
    names = list(names) if names is not None else _argument_names(f, len(inputs))
    _name_for_each(names, inputs)
    inputs = [_in_float64(name, value) for name, value in zip(names, inputs, strict=True)]
    settings = [*constants.values(), *_settings(f)]
    generators = [one for one in settings if isinstance(one, np.random.Generator)]
    with closing(_same_start([], generators)) as same_start:

        def call(*x: Array) -> Any:
            next(same_start)
            return f(*x, **constants)

        if gradient is None:
            back = _find_backward(f) if backward is None else backward
            yield _pair_subject(_name_of(f), names, inputs, call, back)
        else:
            gradient = partial(gradient, **constants)
            yield _scalar_subject(_name_of(f), names, inputs, call, gradient)


def _scalar_subject(
    what: str, names: list[str], inputs: list[Array], f: Callable, gradient: Callable
) -> Subject:
    def value(*x: Array) -> Array:
        return _as_array(what, f(*x), x[0])

    def gradients(dy: Array) -> tuple:
        dx = gradient(*_copies(inputs))
        return tuple(d * dy for d in (dx if isinstance(dx, tuple) else (dx,)))

    return Subject(what, names, inputs, value, gradients)


def _pair_subject(
    what: str, names: list[str], inputs: list[Array], f: Callable, backward: Callable
) -> Subject:
    is_loss, takes_two = _form_of(backward)

    def forward(*x: Array) -> tuple[Array, Any]:
        returned = f(*x)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise DTypeError(
                f"gradcheck: {what} returned {kind_of(returned)}; the forward half of a pair "
                "returns two things, its value and the cache."
            )
        return _as_array(what, returned[0], x[0]), returned[1]

    def gradients(dy: Array) -> tuple:
        _, cache = forward(*_copies(inputs))
        if not takes_two:  # a loss whose gradient nobody scales
            dx = backward(cache)
            return tuple(d * dy for d in (dx if isinstance(dx, tuple) else (dx,)))
        dx = backward(cache, dy) if is_loss else backward(dy, cache)
        return dx if isinstance(dx, tuple) else (dx,)

    return Subject(what, names, inputs, lambda *x: forward(*x)[0], gradients, is_loss)


@contextmanager
def _layer_subject(layer: Layer, inputs: list, names: Sequence[str] | None) -> Iterator[Subject]:
    parameters = layer.parameters()
    before = [(p.value, p.grad) for p in parameters]
    # Whole numbers cannot be nudged: where these go in, the parameters alone are checked.
    labels, inputs = (inputs, []) if layer.takes_labels else ([], inputs)
    places: dict[int, str] = {}
    for place, parameter in layer.named_parameters().items():
        places.setdefault(id(parameter), place)  # one that stands in two places has the first name
    names = [*(names or ["x"][: len(inputs)]), *(places[id(p)] for p in parameters)]
    arrays = [*inputs, *(p.value for p in parameters)]
    _name_for_each(names, arrays)
    arrays = [_in_float64(name, value) for name, value in zip(names, arrays, strict=True)]
    same_start = _same_start(layer.buffers(), layer.generators())

    def value(*arrays: Array) -> Array:
        values = arrays[len(inputs) :]
        for parameter, array in zip(parameters, values, strict=True):
            parameter.value = array
        next(same_start)
        return layer.forward(*_copies(labels), *arrays[: len(inputs)])

    def gradients(dy: Array) -> tuple:
        layer.zero_grad()
        value(*_copies(arrays))
        dx = layer.backward(dy)
        return (*(() if labels else (dx,)), *(p.grad for p in parameters))

    try:
        # A net in full would be a page; its arrays have the names of their places in it.
        what = type(layer).__name__ if layer.children() else repr(layer)
        yield Subject(what, names, arrays, value, gradients)
    finally:
        same_start.close()
        layer.drop_cache()  # made from numbers that were nudged
        for parameter, (old_value, old_grad) in zip(parameters, before, strict=True):
            parameter.value, parameter.grad = old_value, old_grad


def _same_start(
    remembered: Iterable[Buffer], drawn_from: Iterable[np.random.Generator]
) -> Generator[None, None, None]:
    """With every `next`, buffers and generators as they were; a nudge is all that may differ."""
    buffers = [(one, one.value) for one in remembered]
    states = [(one, one.bit_generator.state) for one in drawn_from]
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


def _copies(arrays: Iterable[Array]) -> list[Array]:
    return [array.copy() for array in arrays]


def _as_array(what: str, y: Any, like: Array) -> Array:
    """What a function returned as an array; a loss may return a Python number."""
    if hasattr(y, "dtype"):
        return y
    if isinstance(y, int | float | complex):
        return xp_of(like).asarray(y, dtype=like.dtype)
    raise DTypeError(
        f"gradcheck: {what} returned {kind_of(y)}; an array of floats or a number is needed."
    )


def _settings(f: Callable) -> Iterator[Any]:
    """What functools.partial has given a function already."""
    while isinstance(f, partial):
        yield from (*f.args, *f.keywords.values())
        f = f.func


def _without_settings(f: Callable) -> Callable:
    while isinstance(f, partial):
        f = f.func
    return f


def _name_of(f: Callable) -> str:
    return getattr(_without_settings(f), "__name__", type(f).__name__)


def _find_backward(f: Callable) -> Callable:
    what = _name_of(f)
    module = sys.modules.get(getattr(_without_settings(f), "__module__", None) or "")
    found = getattr(module, f"{what}_backward", None)
    if found is None:
        raise NotReadyError(
            f"gradcheck: no {what}_backward stands beside {what}; "
            "pass backward=…, or gradient=… for a function that returns one number."
        )
    return found


def _form_of(backward: Any) -> tuple[bool, bool]:
    """Whether a backward half is a loss's, (cache, dloss=1.0) or (cache), and takes two things."""
    if not callable(backward):
        raise DTypeError(f"gradcheck: backward is {kind_of(backward)}; a function is needed.")
    try:
        arguments = list(inspect.signature(backward).parameters.values())
    except ValueError:  # of a function that is not written in Python
        return False, True
    if any(one.kind is one.VAR_POSITIONAL for one in arguments):
        return False, True
    places = [one for one in arguments if one.kind is not one.KEYWORD_ONLY]
    named = [one.name for one in places]
    needed = [one for one in places if one.default is one.empty]
    is_loss = named[:1] == ["cache"] or ("cache" not in named and len(needed) == 1)
    return is_loss, len(places) > 1
