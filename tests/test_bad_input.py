"""Bad input gets one plain sentence: every mistake, for everything that it can happen to.

The mistakes are made from signatures and docstrings, in bad_input.py for pairs and bad_settings.py
for what has settings. The exact words of the sentences are in test_sentences.py; here each must
open with who speaks and name the argument, what came and what was expected.
"""

import inspect
import re

import bad_input as pairs
import bad_settings as made
import pytest

from bplib import layers, losses, net, ops, optim
from bplib.errors import BplibError

PAIRS = pairs.names_of_pairs()
SETTINGS = sorted(made.subjects())
LAYERS = [
    name
    for name in SETTINGS
    if inspect.isclass(made.subjects()[name])
    and issubclass(made.subjects()[name], layers.Layer)
    and name not in net.__all__
]
RULES = [
    name
    for name in optim.__all__
    if inspect.isclass(getattr(optim, name))
    and issubclass(getattr(optim, name), optim.Optimizer)
    and name != "Optimizer"
]


def wrong_calls(mistakes, who=""):
    """What is wrong with what the mistakes are answered with: sentences for a failing test."""
    for what, call, kind, words in mistakes:
        try:
            call()
        except BplibError as error:
            sentence = str(error)
            missing = [word for word in words if not stands_in(word, sentence)]
            if not isinstance(error, kind):
                yield f"{what}: {type(error).__name__} instead of {kind}: {sentence}"
            elif missing or not sentence.startswith(who):
                yield f"{what}: no {missing or who} in: {sentence}"
            elif "\n" in sentence or not sentence.endswith((".", ")", "'", "?", "…")):
                yield f"{what}: not one sentence: {sentence}"
        except Exception as error:
            yield f"{what}: a raw {type(error).__name__}: {error}"
        else:
            yield f"{what}: no error"


def stands_in(word, sentence):
    """As a word or words of its own, not as a part of another."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence)


def from_signature(name):
    return [
        *pairs.wrong_arrays(name),
        *pairs.wrong_shapes(name),
        *pairs.wrong_settings(name),
        *pairs.special(name),
    ]


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair(name):
    pairs.forward(name, pairs.good_call(name))
    assert not [*wrong_calls(from_signature(name), f"{name}: ")]
    assert not [*wrong_calls(pairs.wrong_upstream(name), f"{name}_backward: ")]


def promised(function):
    """The errors that a page lists under "Raises"."""
    page = inspect.getdoc(function).partition("Raises:")[2]
    lines = re.findall(r"^    ((?:\w+Error(?:, )?)+):", page, re.MULTILINE)
    return {name for line in lines for name in line.split(", ")}


def raised(mistakes):
    found = set()
    for one in mistakes:
        with pytest.raises(BplibError) as caught:
            one.call()
        found.add(type(caught.value).__name__)
    return found


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_raises_what_its_page_says(name):
    """Every error on the page is provoked here, and no other one comes."""
    assert raised(from_signature(name)) == promised(pairs.function(name))
    backward = pairs.function(f"{name}_backward")
    assert raised(pairs.wrong_upstream(name)) == promised(backward)


def test_no_pair_and_no_kind_of_mistake_is_left_out():
    """For every pair what its signature allows: arrays, places, precisions, shapes, settings."""
    for name in PAIRS:
        said = [mistake.what for mistake in from_signature(name)]
        arrays = pairs.arrays_of(name)
        for called in arrays:
            for mistake in ("is list", "is empty", "holds object"):
                assert f"{called} {mistake}" in said, (name, called)
            if len(arrays) > 1:
                assert f"{called} is on another device" in said, (name, called)
        for each in pairs.parameters(name):
            if not pairs.is_array(each):
                assert any(what.startswith(f"{each.name} is") for what in said), (name, each.name)
                limited = each.annotation not in ("bool", "np.random.Generator")
                assert limited == ((name, each.name) in pairs.BAD_VALUES), (name, each.name)
            elif each.annotation.startswith("FixedArray") and (name, each.name) != (
                "where",
                "condition",
            ):
                known = {*pairs.BAD_VALUES, *pairs.ANY_VALUE}
                assert (name, each.name) in known, f"which {each.name} does {name} refuse?"
        same = [called for called, one in arrays.items() if one.shape == pairs.X.shape]
        if len(same) > 1 and not any(pairs.shape_said(name, called) for called in same):
            assert any("(m, 1)" in what for what in said), name


def test_the_tables_name_nothing_that_is_not_there():
    for name, argument in (*pairs.BAD_VALUES, *pairs.ANY_VALUE):
        assert argument in {each.name for each in pairs.parameters(name)}
    assert set(pairs.GOOD) <= set(PAIRS) and {name for name, *_ in pairs.SPECIAL} <= set(PAIRS)
    assert set(made.GOOD) <= set(SETTINGS)
    assert set(ops.__all__) & set(losses.__all__) == set()


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(name):
    """Of layers, optimizers, schedules and initial weights."""
    mistakes = list(made.wrong_settings(name))
    who = {"GELU": "gelu", "ELU": "elu", "LeakyReLU": "leaky_relu", "LogSoftmax": "log_softmax"}
    who |= {"Softmax": "softmax", "init.constant": "constant"}
    assert not [*wrong_calls(mistakes, f"{who.get(name, name)}: ")]


@pytest.mark.parametrize("name", LAYERS)
def test_batches_of_a_layer(name):
    assert not [*wrong_calls(made.wrong_batches(name))]


@pytest.mark.parametrize("name", RULES)
def test_parameters_and_gradients_of_an_optimizer(name):
    assert not [*wrong_calls(made.wrong_gradients(name))]


def test_everything_else():
    """Layers of layers, schedulers, names that nobody knows, states."""
    assert not [*wrong_calls(made.elsewhere())]


def test_this_test_would_notice():
    """A raw error, no error, the wrong class and a sentence that names nothing are all found."""

    def fail():
        raise ValueError("operands could not be broadcast together")

    for call, kind, words, found in (
        (fail, ValueError, (), "a raw ValueError"),
        (lambda: None, ValueError, (), "no error"),
        (lambda: ops.exp(None), made.ShapeError, (), "DTypeError instead of"),
        (lambda: ops.exp(None), made.DTypeError, ("W",), "no ['W'] in"),
    ):
        (sentence,) = wrong_calls([("here", call, kind, words)])
        assert sentence.startswith(f"here: {found}")
    assert all(len(from_signature(name)) >= 8 for name in PAIRS)
