"""Optimizers move parameters in place, whole or not at all."""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from bplib import optim
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError
from bplib.layers import Parameter


def parameter(value, grad=None, name="W"):
    return SimpleNamespace(value=value, grad=grad, name=name)


class Momentum(optim.Optimizer):
    """The rule of a later chapter, to see that a new rule is a few lines."""

    settings = ("lr", "beta")
    slots = ("velocity",)

    def __init__(self, parameters, lr, beta=0.9):
        super().__init__(parameters, lr)
        self.beta = beta

    def update(self, value, grad, velocity):
        velocity *= self.beta
        velocity += grad
        value -= self.lr * velocity


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (5,), (3, 4)])
def test_step_is_the_formula_in_place(xp, shape, dtype, rng):
    start, grad = rng.standard_normal((2, *shape)).astype(dtype)
    start, grad = np.asarray(start, dtype=dtype), np.asarray(grad, dtype=dtype)
    W = parameter(xp.array(start), xp.array(grad))
    same_array = W.value
    optim.SGD([W], lr=0.1).step()
    assert W.value is same_array and W.value.dtype == dtype
    np.testing.assert_allclose(to_numpy(W.value), start - dtype(0.1) * grad, rtol=1e-6)
    np.testing.assert_array_equal(to_numpy(W.grad), grad)


def test_who_else_holds_the_array_sees_the_step(rng):
    shared = rng.standard_normal(6)
    before = shared.copy()
    optim.SGD([parameter(shared, np.ones(6))], lr=0.5).step()
    np.testing.assert_allclose(shared, before - 0.5)


def test_two_parameters_and_many_steps(xp):
    # f(a, b) = a² + 3b² has gradient (2a, 6b): each step multiplies a by 0.8 and b by 0.4
    a, b = parameter(xp.asarray([1.0, -2.0]), name="a"), parameter(xp.asarray([[5.0]]), name="b")
    optimizer = optim.SGD([a, b], lr=0.1)
    for _ in range(20):
        a.grad, b.grad = 2 * a.value, 6 * b.value
        optimizer.step()
    np.testing.assert_allclose(to_numpy(a.value), np.array([1.0, -2.0]) * 0.8**20)
    np.testing.assert_allclose(to_numpy(b.value), [[5 * 0.4**20]])
    assert optimizer.steps == 20


def test_no_temporary_larger_than_the_parameter(rng):
    W = parameter(rng.standard_normal(1_000_000), rng.standard_normal(1_000_000))
    optimizer = optim.SGD([W], lr=0.1)
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 1.01 * W.value.nbytes


def test_zero_grad():
    W = parameter(np.ones(3), np.ones(3))
    optimizer = optim.SGD([W], lr=0.1)
    optimizer.zero_grad()
    assert W.grad is None


def test_a_step_happens_whole_or_not_at_all():
    a, b = parameter(np.ones(3), np.ones(3), "a"), parameter(np.ones(2), None, "b")
    optimizer = optim.SGD([a, b], lr=0.1)
    with pytest.raises(NotReadyError, match="^SGD.step: b has no gradient yet; call backward fir"):
        optimizer.step()
    np.testing.assert_array_equal(a.value, np.ones(3))
    assert optimizer.steps == 0


def test_lr_may_change_between_steps():
    W = parameter(np.zeros(2), np.ones(2))
    optimizer = optim.SGD([W], lr=1)
    optimizer.step()
    optimizer.lr = 0.25
    optimizer.step()
    np.testing.assert_array_equal(W.value, [-1.25, -1.25])
    with pytest.raises(DomainError, match="^SGD: lr is 0; it must be positive and finite.$"):
        optimizer.lr = 0
    assert optimizer.lr == 0.25


def test_lr_does_not_change_the_precision():
    W = parameter(np.ones(3, np.float32), np.ones(3, np.float32))
    optim.SGD([W], lr=np.float64(0.1)).step()
    assert W.value.dtype == np.float32


def test_takes_any_iterable():
    W = parameter(np.ones(3), np.ones(3))
    assert optim.SGD((p for p in [W]), lr=0.1).parameters == [W]


def test_repr():
    a, b = parameter(np.ones(3)), parameter(np.ones((2, 4)))
    assert repr(optim.SGD([a, b], lr=0.05)) == "SGD(lr=0.05; 2 arrays, 11 numbers)"


def test_a_new_rule_is_a_few_lines(xp):
    W = parameter(xp.asarray([1.0, 2.0]), xp.asarray([1.0, 1.0]))
    optimizer = Momentum([W], lr=0.1)
    optimizer.step()
    optimizer.step()
    np.testing.assert_allclose(to_numpy(W.value), np.array([1.0, 2.0]) - 0.1 * (1.0 + 1.9))


def test_goes_on_from_a_saved_state(xp, rng):
    start, grads = rng.standard_normal((4, 3)), rng.standard_normal((6, 4, 3))
    whole = parameter(xp.array(start))
    optimizer = Momentum([whole], lr=0.1)
    for i, grad in enumerate(grads):
        if i == 3:
            state, middle = optimizer.state_dict(), xp.array(whole.value)
        whole.grad = xp.asarray(grad)
        optimizer.step()

    resumed = parameter(middle)
    other = Momentum([resumed], lr=5.0, beta=0.1)
    other.load_state_dict(state)
    for grad in grads[3:]:
        resumed.grad = xp.asarray(grad)
        other.step()
    np.testing.assert_array_equal(to_numpy(resumed.value), to_numpy(whole.value))
    assert other.steps == 6 and (other.lr, other.beta) == (0.1, 0.9)


def test_a_saved_state_is_a_copy():
    W = parameter(np.ones(3), np.ones(3))
    optimizer = Momentum([W], lr=0.1)
    optimizer.step()
    state = optimizer.state_dict()
    optimizer.step()
    np.testing.assert_array_equal(state["slots"][0]["velocity"], np.ones(3))
    assert state["steps"] == 1
    optimizer.load_state_dict(state)
    optimizer.step()
    np.testing.assert_array_equal(state["slots"][0]["velocity"], np.ones(3))


def _state(**changes):
    state = optim.SGD([parameter(np.ones((2, 3)))], lr=0.5).state_dict()
    return {key: value for key, value in (state | changes).items() if value is not None}


BAD_STATES = [
    (
        Momentum([parameter(np.ones((2, 3)))], lr=1.0).state_dict(),
        DomainError,
        "SGD: the state was made by Momentum, not by SGD.",
    ),
    (
        _state(steps=None),
        DomainError,
        "SGD: the state has no entry 'steps'; was it made by state_dict?",
    ),
    (_state(settings={}), DomainError, "SGD: the state has no setting 'lr'."),
    (
        _state(settings={"lr": -1.0}),
        DomainError,
        "SGD: lr of the state is -1; it must be positive and finite.",
    ),
    (
        _state(shapes=[(2, 3), (4,)]),
        DomainError,
        "SGD: the state is for 2 parameters, but this optimizer has 1.",
    ),
    (
        _state(shapes=[(3, 2)]),
        ShapeError,
        "SGD: the state has shape (3, 2) for W, which has shape (2, 3).",
    ),
    (
        _state(slots=[{}, {}]),
        DomainError,
        "SGD: the state has slots for 2 parameters, but this optimizer has 1.",
    ),
    ([], DTypeError, "SGD: the state is a list, not a dict."),
]


@pytest.mark.parametrize("state, kind, sentence", BAD_STATES)
def test_a_state_that_does_not_fit_changes_nothing(state, kind, sentence):
    optimizer = optim.SGD([parameter(np.ones((2, 3)))], lr=0.125)
    with pytest.raises(kind) as caught:
        optimizer.load_state_dict(state)
    assert str(caught.value) == sentence
    assert optimizer.lr == 0.125 and optimizer.steps == 0


def test_a_state_without_a_slot_changes_nothing():
    W = parameter(np.ones(3), np.ones(3))
    optimizer = Momentum([W], lr=0.1)
    state = optimizer.state_dict() | {"slots": [{}]}
    with pytest.raises(DomainError, match="^Momentum: the state has no 'velocity' for W.$"):
        optimizer.load_state_dict(state)


twice = parameter(np.ones(3))
BAD_CALLS = [
    (([], 0.1), DomainError, "SGD: parameters is empty; there is nothing to move."),
    (
        ([np.ones(3)], 0.1),
        DTypeError,
        "SGD: parameters[0] is an ndarray; "
        "it must have .value and .grad, as Parameter and Tensor do.",
    ),
    (
        (np.ones(3), 0.1),
        DTypeError,
        "SGD: parameters is an ndarray; "
        "it must be a list of parameters, for example layer.parameters().",
    ),
    (
        (twice, 0.1),
        DTypeError,
        "SGD: parameters is a SimpleNamespace; "
        "it must be a list of parameters, for example layer.parameters().",
    ),
    (
        ({Parameter(np.ones(3), "W")}, 0.1),
        DTypeError,
        "SGD: parameters is a set; "
        "it must be a list of parameters, for example layer.parameters().",
    ),
    (
        ([twice, twice], 0.1),
        DomainError,
        "SGD: W is in the list of parameters twice; it would move twice in a step.",
    ),
    (
        ([parameter(np.array([1, 2]), name=None)], 0.1),
        DTypeError,
        "SGD: the value of parameters[0] is not an array of floats; it cannot move by small steps.",
    ),
    (([twice], -0.1), DomainError, "SGD: lr is -0.1; it must be positive and finite."),
    (([twice], float("inf")), DomainError, "SGD: lr is inf; it must be positive and finite."),
    (([twice], float("nan")), DomainError, "SGD: lr is nan; it must be positive and finite."),
    (([twice], "0.1"), DTypeError, "SGD: lr is a str; a number is needed."),
    (([twice], None), DTypeError, "SGD: lr is None; a number is needed."),
]


@pytest.mark.parametrize("arguments, kind, sentence", BAD_CALLS)
def test_bad_calls(arguments, kind, sentence):
    with pytest.raises(kind) as caught:
        optim.SGD(*arguments)
    assert str(caught.value) == sentence


def test_a_gradient_that_does_not_fit():
    W = parameter(np.ones((2, 3)), np.ones((3, 2)))
    optimizer = optim.SGD([W], lr=0.1)
    with pytest.raises(ShapeError) as caught:
        optimizer.step()
    assert str(caught.value) == (
        "SGD.step: the gradient of W has shape (3, 2), but its value has shape (2, 3)."
    )
    W.grad = np.ones((2, 3), np.float32)
    with pytest.raises(DTypeError) as caught:
        optimizer.step()
    assert str(caught.value) == (
        "SGD.step: the gradient of W is float32, but its value is float64."
    )
