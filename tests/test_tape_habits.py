"""What somebody who knows arrays writes: it works, or a sentence says how the tape writes it."""

import copy
import math
import operator
import pickle

import numpy as np
import pytest

from bplib import tape
from bplib.errors import DTypeError, ShapeError
from bplib.tape import PAIRS, Tensor

t, one, A = Tensor([1.0, -2.0, 3.0], "t"), Tensor(2.0), np.array([4.0, 5.0, 6.0])

ORDER = "a Tensor has no order; compare its .value instead."
EQUALITY = "a Tensor equals itself alone; compare its .value instead."
EXPONENT = (
    "power: exponent is a Tensor; a plain number is needed "
    "(for a learned exponent p write exp(p * log(x)))."
)
ARRAY = "numpy.asarray: a Tensor was given; use its .value."
FLOAT = "float: a Tensor was given; .item() is its number, from which no gradient comes back."
LIST = (
    "Tensor: value is a {} of Tensors; tape.concatenate(x, y, …) joins them, each given by itself."
)

REFUSED = {
    "np.exp": (lambda: np.exp(t), "numpy.exp: a Tensor was given; use tape.exp, or its .value."),
    "np.sum": (lambda: np.sum(t), "numpy.sum: a Tensor was given; use tape.sum, or its .value."),
    "np.maximum": (
        lambda: np.maximum(A, t),
        "numpy.maximum: a Tensor was given; use tape.maximum, or its .value.",
    ),
    "np.min": (
        lambda: np.min(t),
        "numpy.min: a Tensor was given; write -(-x).max(), or use its .value.",
    ),
    "np.sin": (
        lambda: np.sin(t),
        "numpy.sin: a Tensor was given, and the tape has no such operation; use its .value.",
    ),
    "np.linalg.norm": (
        lambda: np.linalg.norm(t),
        "numpy.linalg.norm: a Tensor was given, and the tape has no such operation; "
        "use its .value.",
    ),
    "np.concatenate": (
        lambda: np.concatenate([t, t]),
        "numpy.concatenate: a Tensor was given; use tape.concatenate, or its .value.",
    ),
    "np.add.reduce": (
        lambda: np.add.reduce(t),
        "numpy.add: a Tensor was given; use tape.add, or its .value.",
    ),
    "np.add into an array": (
        lambda: np.add(A, t, out=np.ones(3)),
        "numpy.add: a Tensor was given; use tape.add, or its .value.",
    ),
    "np.add of some": (
        lambda: np.add(A, t, where=A > 0),
        "numpy.add: a Tensor was given; use tape.add, or its .value.",
    ),
    "np.asarray": (lambda: np.asarray(t), ARRAY),
    "np.array of a list": (lambda: np.array([one, one]), ARRAY),
    "t > 0": (lambda: t > 0, ORDER),
    "t >= 0": (lambda: t >= 0, ORDER),
    "t < 0": (lambda: t < 0, ORDER),
    "t <= t": (lambda: t <= t, ORDER),
    "A > t": (lambda: A > t, ORDER),
    "A >= t": (lambda: A >= t, ORDER),
    "A < t": (lambda: A < t, ORDER),
    "A <= t": (lambda: A <= t, ORDER),
    "max(t, t)": (lambda: max(one, one), ORDER),
    "t == 0.": (lambda: t == 0.0, EQUALITY),
    "t != 0": (lambda: t != 0, EQUALITY),
    "t == A": (lambda: t == A, EQUALITY),
    "A == t": (lambda: A == t, EQUALITY),
    "A != t": (lambda: A != t, EQUALITY),
    "2 ** t": (lambda: 2**t, EXPONENT),
    "t ** t": (lambda: t**t, EXPONENT),
    "A ** t": (lambda: A**t, EXPONENT),
    "float(t)": (lambda: float(one), FLOAT),
    "math.exp(t)": (lambda: math.exp(one), FLOAT),
    "a list of Tensors": (lambda: Tensor([one, 1.0]), LIST.format("list")),
    "a tuple of Tensors": (lambda: Tensor((one, one)), LIST.format("tuple")),
    "concatenate of a list": (lambda: tape.concatenate([t, t]), LIST.format("list")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    call, sentence = REFUSED[case]
    with pytest.raises(DTypeError) as caught:
        call()
    assert str(caught.value) == sentence


MISSING = {
    "min": "a Tensor has no 'min'; write -(-x).max().",
    "std": "a Tensor has no 'std'; write tape.sqrt(x.var()).",
    "numpy": "a Tensor has no 'numpy'; write x.value.",
    "where": "a Tensor has no 'where'; use tape.where.",
    "argmax": "a Tensor has no 'argmax'; its .value has.",
}


@pytest.mark.parametrize("name", MISSING)
def test_what_a_tensor_does_not_have(name):
    with pytest.raises(AttributeError) as caught:
        getattr(t, name)
    assert str(caught.value) == MISSING[name]
    assert not hasattr(t, name)


def test_attributes_that_nobody_has():
    """A slip of the pen is left to Python, which offers what `dir` lists."""
    for name in ("grda", "sigmiod", "__cuda_array_interface__"):
        with pytest.raises(AttributeError, match=f"'Tensor' object has no attribute '{name}'"):
            getattr(t, name)
    listed = dir(t)
    assert {"grad", "sigmoid", "T", "ndim", "backward"} <= set(listed)
    assert not {"min", "numpy", "where", "argmax"} & set(listed)
    with pytest.raises(AttributeError):
        t.min = 3.0


def test_what_is_written_instead_is_right():
    from bplib.tape.habits import INSTEAD

    x, y = Tensor([[1.0, -2.0], [3.0, 5.0]]), Tensor([[0.5, 4.0], [-1.0, 2.0]])
    for name, text in INSTEAD.items():
        found = eval(text, {"tape": tape, "x": x, "y": y})
        found = getattr(found, "value", found)
        if name in ("data", "detach", "numpy"):
            expected = x.value
        elif name in ("vstack", "hstack"):
            expected = getattr(np, name)([x.value, y.value])
        elif name in ("dot", "minimum"):
            expected = getattr(np, name)(x.value, y.value)
        else:
            expected = getattr(np, name, np.ravel)(x.value)
        np.testing.assert_allclose(found, expected, err_msg=name)


def test_arrays_and_numbers_of_numpy_on_the_left():
    """They ask Tensors first, whatever the operator."""
    for left in (A, np.float64(2.0), np.array(2.0)):
        for act in (operator.add, operator.sub, operator.mul, operator.truediv):
            y = act(left, t)
            assert isinstance(y, Tensor) and y.parents[1] is t and y.parents[0].constant
            np.testing.assert_array_equal(y.value, act(left, t.value))
    assert (np.ones((2, 3)) @ t).value.tolist() == [2.0, 2.0]
    assert np.multiply(A, t).operation == "multiply"


def test_adding_to_an_array_in_place_makes_a_tensor_and_leaves_the_array():
    total = before = np.ones(3)
    total += t
    assert isinstance(total, Tensor) and total.value.tolist() == [2.0, -1.0, 4.0]
    assert before.tolist() == [1.0, 1.0, 1.0]


def test_equality_is_identity():
    other = Tensor(t.value)
    assert t == t and t != other and not t == other and t != None  # noqa: E711
    assert t != "t" and t in [other, t] and {t: 1, other: 2}[t] == 1 and len({t, other, t}) == 2


def test_sizes_and_absolute_values():
    x = Tensor(np.array([[1.0, -2.0, 3.0]]))
    assert (x.ndim, x.size, one.ndim, one.size) == (2, 3, 0, 1)
    y = abs(x)
    y.backward(np.ones((1, 3)))
    assert y.operation == "abs" and x.grad.tolist() == [[1.0, -1.0, 1.0]]


def test_operations_are_methods_of_their_first_argument():
    x, target = np.array([[0.5, 2.0]]), np.array([[1.0, 1.0]])
    for name in ("tanh", "sqrt", "sigmoid", "relu", "softmax", "exp", "log", "abs"):
        y = getattr(Tensor(x), name)()
        assert y.operation == name
        np.testing.assert_array_equal(y.value, getattr(tape, name)(x).value)
    assert Tensor(x).mse(target).item() == tape.mse(x, target).item()
    assert Tensor(x).clip(0.0, 1.0).value.tolist() == [[0.5, 1.0]]
    assert set(PAIRS) - set(dir(t)) == {"where"} and "backward" in dir(t)


def test_numbers_in_text():
    assert (
        f"{one:.3f}, {one}, {t}" == "2.000, Tensor(2), Tensor(shape=(3,), dtype=float64, name='t')"
    )
    with pytest.raises(ShapeError, match=r"^item: the Tensor has shape \(3,\); it must hold one"):
        f"{t:.3f}"


def test_copies():
    for each in (copy.copy(t), copy.deepcopy(t), pickle.loads(pickle.dumps(t))):
        assert each is not t and each.name == "t" and each.value.tolist() == t.value.tolist()


def test_what_reductions_leave_out_is_what_numpy_leaves_out():
    x = np.arange(12.0).reshape(3, 4)
    for name in ("sum", "mean", "max", "var"):
        for settings in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}):
            found = getattr(Tensor(x), name)(**settings).value
            np.testing.assert_allclose(found, getattr(x, name)(**settings), strict=True)
