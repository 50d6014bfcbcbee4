"""Every mistake in making a layer, an optimizer, a schedule or initial weights, from signatures.

As in bad_input.py: said here is what a right call looks like and which values are out of range; a
new class or function without an entry fails a test.
"""

import inspect
from types import SimpleNamespace

import fake_device
import numpy as np
from bad_input import INF, NAN, ROW, WRONG_TYPES, Mistake, X, came

from bplib import backend, init, layers, net, optim, tape
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, UnknownNameError
from bplib.gradcheck import gradcheck
from bplib.optim import schedules
from bplib.tape import Tensor


def rng():
    return np.random.default_rng(0)


def weights():
    return [Tensor(X.copy(), name="W"), Tensor(ROW.copy(), name="b")]


SIZES = {"n_in": 3, "n_out": 4}
BASES = ("Layer", "Optimizer", "Activation", "Schedule")
"""Classes to derive from, and what the functions of schedules make."""

GOOD = {
    "BatchNorm": {"n": 4},
    "Dropout": {"rate": 0.5},
    "Embedding": {"n_words": 5, "n_out": 4},
    "Checkpointed": {"layers": (layers.Tanh(), layers.ReLU())},
    "LayerNorm": {"n": 4},
    "Linear": SIZES,
    **dict.fromkeys((name for name in init.__all__ if name not in ("zeros", "constant")), SIZES),
    "init.constant": {"value": 0.5, "shape": (3, 4)},
    "zeros": {"shape": (3, 4)},
    "cosine": {"steps": 10},
    "linear_warmup": {"steps": 10},
    "one_cycle": {"steps": 10},
    "step": {"every": 10},
    "exponential": {"factor": 0.9},
    "clip_by_value": {"limit": 1.0},
    "clip_by_global_norm": {"limit": 1.0},
}
"""A right call of everything that has settings without a default; rng and parameters are added."""

POSITIVE, SHARE, NOT_NEGATIVE = (0, -1, NAN, INF), (-0.1, 1, NAN, INF), (-0.1, NAN, INF)
SIZE = (0, -3)
BAD_VALUES = {
    "alpha": POSITIVE,
    "axis": (70, -70),
    "beta": SHARE,
    "beta1": SHARE,
    "beta2": SHARE,
    "end": NOT_NEGATIVE,
    "eps": POSITIVE,
    "epsilon": POSITIVE,
    "every": SIZE,
    "factor": POSITIVE,
    "gain": POSITIVE,
    "limit": POSITIVE,
    "lr": POSITIVE,
    "momentum": (-0.1, 1.1, NAN),
    "n": SIZE,
    "n_in": SIZE,
    "n_out": SIZE,
    "n_words": SIZE,
    "rate": SHARE,
    "rise": SHARE,
    "segments": SIZE,
    "shape": SIZE,
    "slope": (-0.1, 1.1, NAN),
    "start": NOT_NEGATIVE,
    "steps": SIZE,
    "value": (NAN, INF),
    "weight_decay": NOT_NEGATIVE,
    ("constant", "factor"): NOT_NEGATIVE,
    ("linear_warmup", "start"): SHARE,
}
"""By setting, or by who takes it and the setting: values of the right type that are refused."""

MORE_WRONG_TYPES = {
    **WRONG_TYPES,
    "type": ("flot32", "float16", int, complex, object()),
    "Iterable[Any]": (None, "parameters", 1.0, X, {}, Tensor(1.0)),
}
ELSEWHERE = ("Callable", "Layer", "Any", "str", "Array", "Optimizer")
"""Kinds of arguments whose mistakes are written out in SPECIAL."""


def subjects():
    """Every function and class that takes settings, by name."""
    found = {name: getattr(layers, name) for name in layers.__all__}
    found |= {name: getattr(net, name) for name in net.__all__}
    found |= {name: getattr(init, name) for name in init.__all__ if name != "constant"}
    found |= {name: getattr(optim, name) for name in optim.__all__ if name != "schedules"}
    found |= {name: getattr(schedules, name) for name in schedules.__all__}
    found["init.constant"] = init.constant
    return {
        name: one
        for name, one in found.items()
        if name not in BASES and not name.startswith("_") and callable(one)
    }


def good_call(name, function):
    """Arguments of a right call, by name."""
    arguments = {}
    for each in inspect.signature(function).parameters.values():
        if each.annotation == "np.random.Generator":
            arguments[each.name] = rng()
        elif each.annotation == "Iterable[Any]":
            arguments[each.name] = weights()
        elif each.name == "lr":
            arguments[each.name] = 0.1
        elif each.default is not each.empty:
            arguments[each.name] = each.default
    return arguments | GOOD.get(name, {})


def wrong_settings(name):
    """Settings of another type, and values out of their range."""
    function = subjects()[name]
    good = good_call(name, function)

    def call(changed, value):
        arguments = {**good, changed: value}
        several = next((a for a in ("shape", "layers") if a in arguments), None)
        given = arguments.pop(several, ())
        return lambda: function(*(given if isinstance(given, tuple) else (given,)), **arguments)

    for each in inspect.signature(function).parameters.values():
        if any(kind in each.annotation for kind in ELSEWHERE) and each.name != "parameters":
            continue
        for value in MORE_WRONG_TYPES[each.annotation]:
            wanted = "must be" if each.annotation in ("bool", "type", "Iterable[Any]") else "needed"
            what = "" if each.annotation == "type" else came(value)
            words = ("shape" if each.name == "shape" else each.name, what, wanted)
            kind = DomainError if isinstance(value, list) and not value else DTypeError
            yield Mistake(f"{each.name} is {value!r:.20}", call(each.name, value), kind, words)
        limits = BAD_VALUES.get((name, each.name), BAD_VALUES.get(each.name, ()))
        if each.annotation in ("float", "int"):
            assert limits, f"what is out of range for {each.name} of {name}?"
        for value in limits:
            kinds = (DomainError, ShapeError)
            yield Mistake(f"{each.name} is {value!r}", call(each.name, value), kinds, (each.name,))


LAYERS = {
    "BatchNorm": lambda: layers.BatchNorm(4),
    "Dropout": lambda: layers.Dropout(0.5, rng=rng()),
    "Embedding": lambda: layers.Embedding(5, 4, rng=rng()),
    "LayerNorm": lambda: layers.LayerNorm(4),
    "Linear": lambda: layers.Linear(4, 3, rng=rng()),
}
WITH_A_WIDTH = ("BatchNorm", "LayerNorm", "Linear")


def wrong_batches(name):
    """Batches and gradients that a layer cannot take; backward before forward."""
    new = LAYERS.get(name, subjects()[name])
    labels = name == "Embedding"
    right = np.array([0, 4, 2]) if labels else X
    called = "labels" if labels else "x"

    def forward(value):
        return lambda: new().forward(value)

    def backward(value):
        layer = new()
        layer.forward(right)
        return lambda: layer.backward(value)

    yield Mistake(
        "backward before forward",
        lambda: new().backward(np.ones((3, 4))),
        NotReadyError,
        (name, "backward was called before forward"),
    )
    for value in ([1.0], None, "text", 1.5):
        words = (called, came(value), "needed")
        yield Mistake(f"x is {came(value)}", forward(value), DTypeError, words)
        yield Mistake(f"dy is {came(value)}", backward(value), DTypeError, (came(value), "needed"))
    wrong = X if labels else np.ones((3, 4), int)
    holds = str(wrong.dtype)
    yield Mistake("x of another kind", forward(wrong), DTypeError, (called, holds, "needed"))
    yield Mistake("x is empty", forward(right[:0]), ShapeError, (called, "empty", "(0"))
    yield Mistake("dy (3, 4, 5, 6)", backward(np.ones((3, 4, 5, 6))), ShapeError, ("(3, 4, 5, 6)",))
    there = fake_device.module.asarray(np.ones(np.shape(new().forward(right))))
    yield Mistake("dy on a device", backward(there), DTypeError, ("live in different places",))
    if name in WITH_A_WIDTH:
        yield Mistake(
            "x too wide",
            forward(np.ones((3, 7))),
            ShapeError,
            ("(3, 7)", "4") if name != "Linear" else ("7 columns", "4 rows"),
        )
        single = X.astype(np.float32)
        words = ("float32", "float64", "give both one dtype")
        yield Mistake("x is float32", forward(single), DTypeError, words)
        device = fake_device.module.asarray(X)
        words = ("x", "live in different places", "numpy", "fake_device", "to_device")
        yield Mistake("x on a device", forward(device), DTypeError, words)
    if name in ("BatchNorm", "Linear"):
        yield Mistake("one axis", forward(ROW), ShapeError, ("x", "(4,)", "two axes"))
    if labels:
        yield Mistake(
            "no such label", forward(np.array([0, 5])), DomainError, ("labels", "5", "0 to 4")
        )


def one_layer():
    return layers.ReLU()


def elsewhere():
    """What is not a setting: layers that are none, names that nobody knows, states and devices."""
    twice = one_layer()
    optimizer = optim.SGD(weights(), lr=0.1)
    tenth = schedules.cosine(10)
    row = net.Sequential(layers.Linear(4, 3, rng=rng()), layers.ReLU())
    state = row.state_dict()
    for kind in (net.Sequential, net.Residual, net.Checkpointed):
        name = kind.__name__
        yield f"{name} of nothing", kind, DomainError, (name, "at least one layer")
        for wrong in (None, [one_layer()], "relu", layers.ReLU):
            words = (f"{name}: layer 0 is", came(wrong), "needed")
            yield f"{name} of {came(wrong)}", lambda k=kind, w=wrong: k(w), DTypeError, words
        words = (name, "layer 1", "twice")
        yield f"{name} of one layer twice", lambda k=kind: k(twice, twice), DomainError, words
    for wrong in ([1.0], None, np.ones(3, int)):
        words = ("Parameter W: value", came(wrong), "floats")
        yield "Parameter", lambda w=wrong: layers.Parameter(w, "W"), DTypeError, words
    for wrong in (None, [], "sgd"):
        words = ("Scheduler: optimizer is", came(wrong), "needed")
        yield "Scheduler", lambda w=wrong: optim.Scheduler(w, tenth), DTypeError, words
    for wrong in (None, 0.5, "cosine"):
        words = ("schedule", "needed", came(wrong))
        yield "Scheduler", lambda w=wrong: optim.Scheduler(optimizer, w), DTypeError, words
        yield "then", lambda w=wrong: tenth.then(w), DTypeError, words
        yield "product", lambda w=wrong: tenth * w, DTypeError, words
    for wrong in (-1.0, NAN, INF):
        words = ("Scheduler: the factor of step 0 is", f"{wrong:g}", "at least 0 and finite")
        call = lambda w=wrong: optim.Scheduler(optimizer, lambda k: w)  # noqa: E731
        yield "a factor", call, DomainError, words
    for wrong, kind in ((-1, DomainError), (1.5, DomainError), ("first", DTypeError)):
        yield "step of a schedule", lambda w=wrong: tenth(w), kind, ("Schedule: step is",)
    for name, call, words in (
        ("operation", lambda: tape.record("mutliply", 1.0), ("did you mean 'multiply'",)),
        ("operation", lambda: tape.record("zzz", 1.0), ("there is", "add")),
        ("method", lambda: gradcheck(np.sin, X, method="entrys"), ("did you mean 'entries'",)),
        ("device", lambda: backend.to_device(X, "cpuu"), ("'cpu' or 'gpu'",)),
        ("device", lambda: row.to("gpuu"), ("gpuu", "gpu")),
        ("parameter", lambda: row.load_state_dict({**state, "0.w": X}), ("did you mean '0.W'",)),
        ("parameter", lambda: row.load_state_dict({"0.W": state["0.W"]}), ("0.b",)),
    ):
        yield f"unknown {name}", call, UnknownNameError, words
    for wrong, kind, words in (
        (np.ones((4, 5)), ShapeError, ("0.W", "(4, 5)", "(4, 3)")),
        (np.ones((4, 3), np.float32), DTypeError, ("0.W", "float32", "float64")),
        ([1.0], DTypeError, ("0.W", "a list", "needed")),
        (None, DTypeError, ("0.W", "None", "needed")),
    ):
        call = lambda w=wrong: row.load_state_dict({**state, "0.W": w})  # noqa: E731
        yield "a state with another array", call, kind, words
    for wrong in (None, [], "state"):
        yield (
            "a state",
            lambda w=wrong: optimizer.load_state_dict(w),
            DTypeError,
            (came(wrong), "dict"),
        )
        yield "a state", lambda w=wrong: row.load_state_dict(w), DTypeError, (came(wrong), "needed")


def wrong_gradients(name):
    """Gradients that an optimizer cannot step with."""

    def with_gradient(gradient):
        parameters = weights()
        for parameter in parameters:
            parameter.grad = np.ones(parameter.value.shape)
        parameters[1].grad = gradient
        rule = getattr(optim, name)(parameters, lr=0.1)
        return rule.step

    there = fake_device.module.asarray(ROW)
    for what, gradient, kind, words in (
        ("none", None, NotReadyError, ("b", "no gradient yet", "call backward first")),
        ("another shape", np.ones((1, 4)), ShapeError, ("b", "(1, 4)", "(4,)")),
        ("float32", np.ones(4, np.float32), DTypeError, ("b", "float32", "float64")),
        ("on a device", there, DTypeError, ("b and the gradient of b live in different places",)),
        ("half an array", SimpleNamespace(shape=(4,)), DTypeError, ("b", "SimpleNamespace")),
        ("a list", [1.0, 1.0, 1.0, 1.0], DTypeError, ("b", "a list", "needed")),
    ):
        words = (f"{name}.step", *words)
        yield Mistake(f"gradient is {what}", with_gradient(gradient), kind, words)
    rule = getattr(optim, name)
    for what, given, kind, words in (
        (
            "an unknown setting",
            {"learning_rate": 1},
            UnknownNameError,
            ("learning_rate", "there is"),
        ),
        (
            "a misspelt setting",
            {"weight_deca": 1},
            UnknownNameError,
            ("did you mean", "weight_decay"),
        ),
        ("a setting out of range", {"lr": NAN}, DomainError, ("lr of group 0", "nan")),
        ("a setting that is no number", {"lr": None}, DTypeError, ("lr of group 0", "None")),
    ):

        def call(given=given):
            return rule([{"parameters": weights(), **given}], lr=0.1)

        yield Mistake(f"a group with {what}", call, kind, words)
    for what, given, kind, words in (
        ("no parameters", [], DomainError, ("parameters is empty",)),
        ("arrays for parameters", [X], DTypeError, ("parameters[0]", "an ndarray", ".value")),
        ("a parameter twice", weights()[:1] * 2, DomainError, ("W", "twice")),
        ("a group without parameters", [{"lr": 1.0}], DTypeError, ("group 0", "'parameters'")),
    ):
        yield Mistake(what, lambda given=given: rule(given, lr=0.1), kind, words)
