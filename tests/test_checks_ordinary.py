"""Answers in classes of somebody's own: what they hold is judged, not what they say."""

import collections
import enum

import numpy as np
import pytest
import tiny_exercises as tiny

from bplib.checks.chain import decide_chain
from bplib.checks.decide import decide
from bplib.checks.ordinary import ordinary


def no(*_, **__):
    raise ValueError


class Float(float):
    __float__ = __repr__ = __eq__ = __lt__ = __abs__ = no
    __hash__ = None


class Int(int):
    __int__ = __index__ = __repr__ = __eq__ = __abs__ = no
    __hash__ = None


class Text(str):
    __repr__ = __str__ = __len__ = no

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class List(list):
    __repr__ = __getitem__ = no


class Tuple(tuple):
    __repr__ = __getitem__ = no


class Dict(dict):
    __len__ = __repr__ = __getitem__ = __contains__ = no


class Array(np.ndarray):
    def __getattribute__(self, name):
        if name in ("shape", "dtype", "ndim", "size", "kind"):
            raise ValueError
        return super().__getattribute__(name)

    def __eq__(self, other):
        return np.True_

    __sub__ = __rsub__ = lambda self, other: np.zeros(3)
    __hash__ = None


PAIR = tiny.exercise(
    reference=lambda x: (x, 2 * x),
    cases=lambda rng, i: (rng.normal(size=3),),
    misconceptions=(),
    returns=("a", "b"),
)
KINDS = {
    "float": (tiny.number(), lambda x: Float(x * x), lambda x: Float(x)),
    "int": (
        tiny.number(cases=lambda rng, i: (i + 3.0,)),
        lambda x: Int(x * x),
        lambda x: Int(x),
    ),
    "text": (tiny.number(reference=lambda x: "up"), lambda x: Text("up"), lambda x: Text("down")),
    "list": (
        tiny.number(reference=lambda x: ["b", "a"]),
        lambda x: List([Text("b"), "a"]),
        lambda x: List([Text("a"), "b"]),
    ),
    "tuple": (PAIR, lambda x: Tuple((x * 1, 2 * x)), lambda x: Tuple((x * 1, x * 1))),
    "dict": (
        tiny.number(reference=lambda x: {"a": x, "b": 2 * x}),
        lambda x: Dict(a=Float(x), b=2 * x),
        lambda x: Dict(a=Float(x), b=x),
    ),
    "array": (
        PAIR,
        lambda x: ((x * 1).view(Array), 2 * x),
        lambda x: ((x * 1).view(Array), x.copy().view(Array)),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_of_ones_own_is_judged_by_what_it_holds(kind):
    exercise, right, wrong = KINDS[kind]
    result = decide(exercise, right, own_work=False)
    assert result.passed, result.text
    result = decide(exercise, wrong, own_work=False)
    assert result.status == "failed" and "in Python" not in result.text
    assert dict(result.details)["you return"]


def test_what_is_ordinary_stays_as_it_is():
    array = np.ma.array([1.0, 2.0], mask=[True, False])
    for value in (1, 1.5, True, None, "a", np.float32(1), np.str_("a"), array):
        assert type(ordinary(value)) is type(value)
        assert np.all(ordinary(value) == value)
    named = collections.namedtuple("named", "a b")(1, [2])
    assert ordinary(named) == (1, [2]) and type(ordinary(named)) is tuple
    assert ordinary(enum.IntEnum("E", "one").one) == 1
    assert ordinary(collections.OrderedDict(a=collections.defaultdict(int))) == {"a": {}}


def test_a_list_that_holds_itself_comes_to_an_end():
    endless = [1.0]
    endless.append(endless)
    assert ordinary(endless)[0] == 1.0
    assert decide(tiny.number(), lambda x: endless, own_work=False).status == "failed"


def test_a_step_of_a_calculation_is_judged_in_the_same_way():
    y, prediction = np.array([0.5, 1.0]), np.array([1.0, 2.0])
    space = {"y": y, "prediction": prediction, "error": (prediction - y).view(Array)}
    assert "`loss` comes next" in decide_chain(tiny.chain(), space).text
    space["error"] = (y - prediction).view(Array)
    assert decide_chain(tiny.chain(), space).status == "failed"


def test_what_lies_under_a_mask_is_no_mistake_with_a_name():
    zero = (tiny.Misconception("zero", "nothing but 0.", lambda x: 0.0),)
    result = decide(tiny.number(misconceptions=zero), lambda x: np.ma.masked, own_work=False)
    assert result.status == "failed" and result.misconception is None
    assert decide(tiny.number(misconceptions=zero), lambda x: 0.0).misconception == "zero"


def test_a_judge_that_quotes_a_long_answer_is_cut_short():
    asks = tiny.number(reference=lambda x: ["a"], accept=lambda answer, *_: f"{answer} is not it.")
    text = decide(asks, lambda x: ["b" * 10**6], own_work=False).text
    assert len(text) < 600 and "..." in text
