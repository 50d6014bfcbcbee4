"""Every mistake that a call of a pair can hold, made from the pair's own signature and page.

A mistake is a call, the class of error that is expected, and words that its sentence must hold: the
argument, what came, what was expected. A new pair gets its mistakes from its annotations and from
the shapes in its docstring; said here is only what a right call looks like, and which values of a
setting or of a label are out of range.
"""

import inspect
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import fake_device
import numpy as np

from bplib import losses, ops
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.layers import Parameter
from bplib.tape import Tensor

X, ROW = np.linspace(0.3, 1.4, 12).reshape(3, 4), np.linspace(0.5, 2.0, 4)
NAN, INF = float("nan"), float("inf")


class Mistake(NamedTuple):
    """What is wrong, the call, the class of its error, and words of the sentence."""

    what: str
    call: Callable
    kind: type
    words: tuple[str, ...]


BETWEEN_ROWS = np.full((3, 4), 0.25)
GOOD = {
    **{name: {"x": X, "y": X + 1} for name in ("add", "subtract", "multiply", "divide", "maximum")},
    "batch_norm": {"x": X, "gamma": ROW, "beta": ROW, "mean": ROW, "variance": ROW},
    "binary_cross_entropy_with_logits": {"logits": X, "labels": X / 2},
    "clip": {"x": X, "low": 0.5, "high": 1.0},
    "concatenate": {"arrays": (X, X)},
    "dropout": {"x": X, "rate": 0.5, "rng": np.random.default_rng(0)},
    "embedding": {"table": X, "labels": np.array([0, 2, 2])},
    "getitem": {"x": X, "index": (1, slice(0, 2))},
    "hinge": {"scores": X, "labels": np.where(X > 1, 1.0, -1.0)},
    "kl_divergence": {"logits": X, "target": BETWEEN_ROWS},
    "layer_norm": {"x": X, "gamma": ROW, "beta": ROW},
    "linear": {"x": X, "W": X.T @ X, "b": ROW},
    "matmul": {"A": X, "B": X.T.copy()},
    "power": {"x": X, "exponent": 2},
    "reshape": {"x": X, "shape": (4, 3)},
    "softmax_cross_entropy": {"logits": X, "labels": BETWEEN_ROWS, "class_weights": ROW},
    "where": {"condition": X > 1, "x": X, "y": X + 1},
    **{name: {"prediction": X, "target": X + 1} for name in ("mse", "half_mse", "mae", "huber")},
}
"""A right call of every pair that needs more than one array and its defaults."""

BAD_VALUES = {
    ("batch_norm", "eps"): (0, -1e-5, NAN, INF),
    ("batch_norm", "variance"): (-1.0, NAN),
    ("binary_cross_entropy_with_logits", "labels"): (-0.1, 1.5, NAN),
    ("clip", "low"): (1.5, NAN),
    ("clip", "high"): (0.25, NAN),
    ("concatenate", "axis"): (2, -3),
    ("divide", "y"): (0.0,),
    ("dropout", "rate"): (-0.1, 1, 1.5, NAN),
    ("elu", "alpha"): (0, -1, NAN, INF),
    ("embedding", "labels"): (3, -1),
    ("getitem", "index"): (3, -4, (0, 4), (0, 0, 0), slice(3, None)),
    ("hinge", "labels"): (0.0, 2.0, NAN),
    ("huber", "delta"): (0, -1, NAN, INF),
    ("kl_divergence", "target"): (-0.25, 0.5, NAN),
    ("layer_norm", "eps"): (0, -1e-5, NAN, INF),
    ("leaky_relu", "slope"): (-0.01, 1.01, NAN),
    ("log", "x"): (0.0, -1.0, NAN),
    ("log_softmax", "axis"): (2, -3),
    ("max", "axis"): (2, (0, -2)),
    ("mean", "axis"): (2, (0, -2)),
    ("power", "exponent"): (NAN, INF),
    ("reshape", "shape"): ((5, -1), (-1, -1), (4, 4), (-3, -4), (-2, -2, 3), (0, -1), 11, 6),
    ("softmax", "axis"): (2, -3),
    ("softmax_cross_entropy", "class_weights"): (-1.0, NAN, INF),
    ("softmax_cross_entropy", "label_smoothing"): (-0.1, 1.1, NAN),
    ("softmax_cross_entropy", "labels"): (-0.25, 0.5, NAN),
    ("sqrt", "x"): (-1.0, NAN),
    ("sum", "axis"): (2, (0, -2)),
    ("transpose", "axes"): ((0,), (0, 0), (0, 2), 1),
    ("var", "axis"): (2, (0, -2)),
    ("var", "ddof"): (-1, 12),
}
"""Values of the right type that a pair refuses; of an array, one entry of it."""

NUMBERS_WELCOME = ("add", "subtract", "multiply", "divide", "maximum", "where")
ANY_VALUE = {("batch_norm", "mean")}
"""Arguments without a gradient that may hold any number."""

NOT_ARRAYS = ([1.0, 2.0], None, "text", 1.5)
NOT_FLOATS = (np.ones((3, 4), int), np.ones((3, 4), bool), np.full((3, 4), "a"))
NOT_FLOATS += (np.full((3, 4), None),)
WRONG_TYPES = {
    "float": (None, "much", [1.0], True, 1j, X),
    "int": (None, "first", [1], True, 1.0, NAN, X),
    "bool": (None, "yes", 1, X),
    "int | None": ("two", [1], True, 1.5, NAN),
    "Axis": ("first", [0], True, 1.0, NAN),
    "Shape": (None, "(4, 3)", (4, 3.0), True, 12.0),
    "Any": ("row", 1.5, NAN, [0.5], True),
    "tuple[int, ...] | None": ("10", (1, 0.0), True, 1.0),
    "np.random.Generator": (None, 0, "seed", np.random.RandomState(0)),
}
"""By annotation: values that are refused whatever they mean."""


HALF = SimpleNamespace(dtype=np.dtype(int))
"""It has a dtype, and is no array all the same."""

THERE = fake_device.module.asarray(np.ones((3, 4), int))
"""Whole numbers on another device."""

SPECIAL = [
    (
        "softmax_cross_entropy",
        {"labels": np.array([0, 4, 1])},
        DomainError,
        ("labels", "4", "0 to 3"),
    ),
    (
        "softmax_cross_entropy",
        {"labels": np.array([0, 3, -1])},
        DomainError,
        ("labels", "-1", "0 to 3"),
    ),
    ("softmax_cross_entropy", {"labels": np.array([0, 3])}, ShapeError, ("labels", "3 rows", "2")),
    ("softmax_cross_entropy", {"labels": ROW[:3]}, DTypeError, ("labels", "(3,)", "whole")),
    (
        "softmax_cross_entropy",
        {"labels": np.ones((3, 1), int)},
        ShapeError,
        ("labels", "(3, 1)", "labels.ravel()"),
    ),
    (
        "softmax_cross_entropy",
        {"labels": np.ones((3, 1))},
        ShapeError,
        ("labels", "(3, 1)", "(3, 4)"),
    ),
    ("softmax_cross_entropy", {"class_weights": 0 * ROW}, DomainError, ("class_weights", "0")),
    (
        "softmax_cross_entropy",
        {"labels": THERE[:, 0]},
        DTypeError,
        ("logits and labels live", "to_device"),
    ),
    (
        "binary_cross_entropy_with_logits",
        {"labels": THERE},
        DTypeError,
        ("logits and labels live",),
    ),
    ("hinge", {"labels": THERE}, DTypeError, ("scores and labels live", "to_device")),
    ("softmax_cross_entropy", {"labels": np.dtype(int)}, DTypeError, ("labels", "array is needed")),
    ("softmax_cross_entropy", {"labels": HALF}, DTypeError, ("labels", "array is needed")),
    ("softmax_cross_entropy", {"labels": np.array(1)}, ShapeError, ("labels", "()", "(m,)")),
    (
        "binary_cross_entropy_with_logits",
        {"labels": np.full((3, 4), 2)},
        DomainError,
        ("labels", "2"),
    ),
    ("hinge", {"labels": np.zeros((3, 4), int)}, DomainError, ("labels", "0", "-1 and 1")),
    ("matmul", {"B": X}, ShapeError, ("A", "(3, 4)", "B", "must equal")),
    ("matmul", {"A": np.ones((2, 3, 4)), "B": np.ones((3, 4, 5))}, ShapeError, ("(2,)", "(3,)")),
    ("matmul", {"A": np.array(2.0)}, ShapeError, ("A", "()", "multiply by a number with *")),
    ("matmul", {"B": np.array(2.0)}, ShapeError, ("B", "()", "multiply by a number with *")),
    (
        "batch_norm",
        {"x": X[:1], "mean": None, "variance": None},
        ShapeError,
        ("x", "1 row", "2 rows"),
    ),
    ("layer_norm", {"x": X[:, :1]}, ShapeError, ("x", "(3, 1)", "at least 2")),
    ("layer_norm", {"x": np.array(1.0)}, ShapeError, ("x", "()", "at least 2")),
    ("concatenate", {"arrays": ()}, DTypeError, ("arrays", "missing", "at least one")),
    (
        "concatenate",
        {"arrays": (X, X[:, :3])},
        ShapeError,
        ("arrays[1]", "(3, 3)", "(3, 4)", "axis 0"),
    ),
    ("concatenate", {"arrays": (X, ROW)}, ShapeError, ("arrays[1]", "(4,)", "(3, 4)")),
    ("power", {"x": -X, "exponent": 0.5}, DomainError, ("x", "-0.3", "0.5")),
    ("power", {"x": 0 * X, "exponent": -1}, DomainError, ("x", "0", "-1")),
    ("softmax", {"x": np.array(1.0)}, ShapeError, ("axis -1", "()")),
    ("log_softmax", {"x": np.array(1.0)}, ShapeError, ("axis -1", "()")),
    ("where", {"condition": X.T > 1}, ShapeError, ("condition", "(4, 3)", "x", "y", "(3, 4)")),
]
"""What the signature does not tell: the pair, what is changed in a right call, error and words."""


def special(name):
    for pair, changes, kind, words in SPECIAL:
        if pair == name:

            def call(changes=changes):
                return forward(name, {**good_call(name), **changes})

            yield Mistake(", ".join(changes), call, kind, words)


def names_of_pairs():
    return [n for module in (ops, losses) for n in module.__all__ if not n.endswith("_backward")]


def function(name):
    return getattr(ops if name.removesuffix("_backward") in ops.__all__ else losses, name)


def parameters(name):
    return list(inspect.signature(function(name)).parameters.values())


def good_call(name):
    """The arguments of a right call, by name."""
    return {
        each.name: X if each.annotation == "Array" else each.default for each in parameters(name)
    } | GOOD.get(name, {})


def forward(name, arguments):
    """The pair's result and cache."""
    arguments = dict(arguments)
    return function(name)(*arguments.pop("arrays", ()), **arguments)


def came(value):
    """How a sentence says what came."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray) and value.dtype.kind in "iubUO":
        return str(value.dtype)
    return type(value).__name__


def is_array(parameter):
    return "Array" in parameter.annotation


def arrays_of(name):
    """The array arguments of a right call by the names that sentences call them."""
    found = {}
    for each in parameters(name):
        value = good_call(name)[each.name]
        if each.kind is each.VAR_POSITIONAL:
            found |= {f"{each.name}[{i}]": one for i, one in enumerate(value)}
        elif is_array(each) and value is not None:
            found[each.name] = value
    return found


def with_array(name, called, value):
    """A right call but for one array."""
    arguments, at = good_call(name), re.fullmatch(r"(\w+)\[(\d)\]", called)
    if at:
        several = list(arguments[at[1]])
        several[int(at[2])] = value
        return lambda: forward(name, {**arguments, at[1]: tuple(several)})
    return lambda: forward(name, {**arguments, called: value})


def wrong_arrays(name):
    """What is no array of floats, is empty, or does not go with the other arrays."""
    annotations = {each.name: each.annotation for each in parameters(name)}
    arrays = arrays_of(name)
    for called, right in arrays.items():
        fixed = "Fixed" in annotations.get(called, "")
        takes_numbers = name in NUMBERS_WELCOME and not fixed
        wrong = [value for value in NOT_ARRAYS if not (takes_numbers and value == 1.5)]
        if "None" in annotations.get(called, "") and not fixed:
            wrong.remove(None)
        not_floats = [v for v in NOT_FLOATS if not fixed or v.dtype.kind in "UO"]
        for value in (*wrong, *not_floats):
            what = "is" if value is None or not hasattr(value, "dtype") else "holds"
            call = with_array(name, called, value)
            missing = fixed and value is None and "None" in annotations[called]
            words = (called, "is not") if missing else (called, came(value), "needed")
            yield Mistake(f"{called} {what} {came(value)}", call, DTypeError, words)
        for value, *words in no_plain_arrays(right):
            call = with_array(name, called, value)
            yield Mistake(f"{called} {words[0]}", call, DTypeError, (called, *words))
        empty = right[:0]
        yield Mistake(
            f"{called} is empty", with_array(name, called, empty), ShapeError, (called, "(0")
        )
        if len(arrays) > 1:
            moved = with_array(name, called, fake_device.module.asarray(right))
            words = ("live in different places", "numpy", "fake_device", called, "to_device")
            yield Mistake(f"{called} is on another device", moved, DTypeError, words)
            floats = [one for one in arrays.values() if one.dtype.kind == "f"]
            if right.dtype.kind == "f" and len(floats) > 1:
                single = with_array(name, called, right.astype(np.float32))
                words = (called, "float32", "float64", "give both one dtype")
                yield Mistake(f"{called} is float32", single, DTypeError, words)


def no_plain_arrays(right):
    """The same numbers in what looks like an array: what it is, and the way out."""
    yield right.view(np.matrix), "is a matrix", "np.asarray"
    yield np.ma.array(right, mask=right != right.flat[0]), "is a masked array", "fill it first"
    if right.dtype.kind == "f":
        yield Tensor(right), "is a Tensor", "value"
        yield Parameter(right, "W"), "is a Parameter", "value"


def wrong_shapes(name):
    """Another rank or width than the page says, and (m,) against (m, 1)."""
    arrays = arrays_of(name)
    for called, right in arrays.items():
        if shape_said(name, called):
            for wrong in (right[None], right[0]):
                words = (called, str(np.shape(wrong)))
                call = with_array(name, called, wrong)
                yield Mistake(f"{called} {np.shape(wrong)}", call, ShapeError, words)
            if len([one for one in arrays if shape_said(name, one)]) > 1:
                wide = np.concatenate([right, right], axis=-1)
                call = with_array(name, called, wide)
                words = (called, str(wide.shape[-1]), "need")
                yield Mistake(f"{called} {wide.shape}", call, ShapeError, words[:2])
    entrywise = [called for called, one in arrays.items() if one.shape == X.shape]
    if len(entrywise) > 1 and not any(shape_said(name, one) for one in entrywise):
        for column in entrywise[:2]:
            shaped = {
                called: one.reshape(12, 1) if called == column else one.reshape(12)
                for called, one in arrays.items()
            }
            if name == "concatenate":
                shaped = {"arrays": tuple(shaped.values())}

            def call(shaped=shaped):
                return forward(name, {**good_call(name), **shaped})

            yield Mistake(f"{column} (m, 1)", call, ShapeError, ("(12,)", "(12, 1)"))


def shape_said(name, called):
    """The one shape that the page gives an array, "m, n_in"; empty where several will do."""
    page = inspect.getdoc(function(name)).partition("Arguments:")[2].partition("Returns:")[0]
    entry = re.search(rf"^    {re.escape(called)}: (.*(?:\n {{8}}.*)*)", page, re.MULTILINE)
    said = re.match(r"\((\w+(?:, \w+)*),?\),", entry[1]) if entry else None
    return said[1] if said and "or (" not in entry[1] else ""


def culprit(value, annotation):
    """What a sentence speaks of: in a tuple the number that is not whole, of a list its dtype."""
    if isinstance(value, tuple):
        return next(one for one in value if type(one) is float)
    return np.float64(value[0]) if isinstance(value, list) and annotation == "Any" else value


def wrong_settings(name):
    """Settings of another type, and values out of range, of labels and of settings."""
    good = good_call(name)
    for each in parameters(name):
        if not is_array(each):
            for value in WRONG_TYPES[each.annotation]:
                call = with_array(name, each.name, value)
                wanted = "must be True or False" if each.annotation == "bool" else "needed"
                words = (each.name, came(culprit(value, each.annotation)), wanted)
                yield Mistake(f"{each.name} is {value!r:.20}", call, DTypeError, words)
        for value in BAD_VALUES.get((name, each.name), ()):
            right, given = good[each.name], value
            words = (each.name, "" if each.annotation == "Any" else f"{value}".removesuffix(".0"))
            if is_array(each):
                given = right.copy()
                given.reshape(-1)[5 % right.size] = value
                words = (f"{each.name} holds {value:g} at index",)
                if value == 0.5:
                    words = ("row 1 of", each.name, "sums to 1.25")  # of chances, not the number
            call = with_array(name, each.name, given)
            what = f"{each.name} is {value!r}"
            yield Mistake(what, call, (DomainError, ShapeError), words)


def wrong_upstream(name):
    """Gradients that are no array of floats, of another shape, precision or place."""
    y, cache = forward(name, good_call(name))
    y = np.asarray(y)
    of_loss = name in losses.__all__
    first = parameters(f"{name}_backward")[1 if of_loss else 0].name
    back = function(f"{name}_backward")

    def call(value):
        return lambda: back(cache, value) if of_loss else back(value, cache)

    for value in ([1.0], None, "text", *([True] if of_loss else [1.5])):
        yield Mistake(
            f"{first} is {came(value)}", call(value), DTypeError, (first, came(value), "needed")
        )
    for dtype in (int, bool):
        wrong = np.ones(y.shape, dtype)
        yield Mistake(
            f"{first} holds {dtype.__name__}",
            call(wrong),
            DTypeError,
            (first, str(wrong.dtype), "needed"),
        )
    if not of_loss:
        for value, *words in no_plain_arrays(np.ones(y.shape)):
            yield Mistake(f"{first} {words[0]}", call(value), DTypeError, (first, *words))
    wrong = np.ones(y.shape, complex)
    yield Mistake(f"{first} is complex", call(wrong), DTypeError, (first, "complex128"))
    for shape in ((*y.shape, 1), (0, 7)):
        said = "one number is needed" if of_loss else f"but {first[1:]} had shape {y.shape}"
        words = (f"{first} has shape {shape}", said)
        yield Mistake(f"{first} {shape}", call(np.ones(shape)), ShapeError, words)
    there = fake_device.module.asarray(np.ones(y.shape))
    both = f"{first} and {'the loss' if of_loss else first[1:]} live in different places"
    words = (both, "numpy", "fake_device", "to_device")
    yield Mistake(f"{first} is on a device", call(there), DTypeError, words)
    if not of_loss:
        single = call(np.ones(y.shape, np.float32))
        yield Mistake(
            f"{first} is float32", single, DTypeError, (first, "float32", "float64", "one dtype")
        )
