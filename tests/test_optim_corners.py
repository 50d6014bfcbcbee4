"""Corners of optimizers, schedules and clipping: exact limits, things without a name, pieces."""

import copy
import inspect
from types import SimpleNamespace

import numpy as np
import pytest

from bplib import expect, optim
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, UnknownNameError
from bplib.optim import base, schedules
from bplib.optim.settings import Setting


def parameter(value, grad=None, **more):
    return SimpleNamespace(value=np.asarray(value, float), grad=grad, **more)


def says(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence


# What has no name is called by its place.


def test_parameters_without_a_name():
    a, b = parameter([1.0, 2.0], np.ones(2)), parameter([3.0])
    rule = optim.SGD([a, b], lr=0.1)
    says(
        rule.step,
        NotReadyError,
        "SGD.step: parameters[1] has no gradient yet; call backward first.",
    )
    b.grad = np.ones((1, 1))
    says(
        rule.step,
        ShapeError,
        "SGD.step: the gradient of parameters[1] has shape (1, 1), but its value has shape (1,).",
    )
    b.grad = np.array([np.nan])
    says(
        lambda: optim.clip_by_value([a, b], 1.0),
        DomainError,
        "clip_by_value: the gradient of parameters[1] holds nan at index 0; "
        "no clipping makes that a direction.",
    )
    b.grad = None
    says(
        lambda: optim.clip_by_global_norm([a, b], 1.0),
        NotReadyError,
        "clip_by_global_norm: parameters[1] has no gradient yet; call backward first.",
    )
    says(
        lambda: optim.SGD([a, b, a], lr=0.1),
        DomainError,
        "SGD: parameters[2] is in the list of parameters twice; it would move twice in a step.",
    )
    two = optim.Momentum([parameter([1.0, 2.0]), parameter([3.0])], lr=0.1)
    other = optim.Momentum([parameter([1.0, 2.0]), parameter([3.0, 4.0])], lr=0.1)
    says(
        lambda: two.load_state_dict(other.state_dict()),
        ShapeError,
        "Momentum: the state has shape (2,) for parameters[1], which has shape (1,).",
    )
    state = two.state_dict()
    del state["slots"][1]["velocity"]
    says(
        lambda: two.load_state_dict(state),
        DomainError,
        "Momentum: the state has no 'velocity' for parameters[1].",
    )


@pytest.mark.parametrize(
    "wrong", [SimpleNamespace(value=np.ones(2)), SimpleNamespace(grad=None)], ids=["value", "grad"]
)
def test_half_a_parameter(wrong):
    says(
        lambda: optim.SGD([wrong], lr=0.1),
        DTypeError,
        "SGD: parameters[0] is a SimpleNamespace; "
        "it must have .value and .grad, as Parameter and Tensor do.",
    )


@pytest.mark.parametrize("value", [[1.0, 2.0], np.ones(2, int), SimpleNamespace(dtype=None)])
def test_a_value_that_is_no_array_of_floats(value):
    says(
        lambda: optim.SGD([SimpleNamespace(value=value, grad=None, name="W")], lr=0.1),
        DTypeError,
        "SGD: the value of W is not an array of floats; it cannot move by small steps.",
    )


# States and groups.


def test_a_state_whose_numbers_are_none():
    rule = optim.SGD([parameter([1.0])], lr=0.1)
    state = rule.state_dict()
    state["groups"][0]["lr_ratio"] = None
    says(
        lambda: rule.load_state_dict(state),
        DTypeError,
        "SGD: lr_ratio of the state's group 0 is None; a number is needed.",
    )
    scheduler = optim.Scheduler(rule, schedules.cosine(5))
    says(
        lambda: scheduler.load_state_dict({"steps": 1, "lr": -1}),
        DomainError,
        "Scheduler: lr of the state is -1; it must be positive and finite.",
    )


def test_a_state_with_an_array_from_elsewhere(xp):
    if xp is np:
        return
    rule = optim.Momentum([parameter([1.0], name="W")], lr=0.1)
    state = rule.state_dict()
    state["slots"][0]["velocity"] = xp.asarray(np.zeros(1))
    with pytest.raises(
        DTypeError, match="Momentum: W and the state's 'velocity' live in different"
    ):
        rule.load_state_dict(state)


def test_a_group_is_asked_what_its_rule_asks():
    says(
        lambda: optim.Adam([{"parameters": [parameter([1.0])], "beta1": 1.0}]),
        DomainError,
        "Adam: beta1 of group 0 is 1; it must be at least 0 and below 1.",
    )


def test_two_groups_are_shown():
    rule = optim.SGD([{"parameters": [parameter([1.0])]}, {"parameters": [parameter([2.0])]}], 0.1)
    assert repr(rule) == "SGD(lr=0.1; 2 groups, 2 arrays, 2 numbers)"


def test_a_rule_of_ones_own_has_settings_that_are_looked_at():
    class Signs(optim.Optimizer):
        settings = ("lr", "reach", "weight_decay")
        reach = Setting(expect.positive)

        def __init__(self, parameters, lr, reach=1.0):
            self.reach = reach
            super().__init__(parameters, lr)

        def update(self, value, grad):
            value -= self.lr * self.reach * np.sign(grad)

    W = parameter([1.0, 2.0], np.array([5.0, -5.0]))
    rule = Signs([W], lr=0.1, reach=2.0)
    rule.step()
    np.testing.assert_allclose(W.value, [0.8, 2.2])
    says(
        lambda: setattr(rule, "reach", -1),
        DomainError,
        "Signs: reach is -1; it must be positive and finite.",
    )
    assert rule.reach == 2.0 and isinstance(Signs.reach, Setting)


# Values that were replaced, and arrays that do not say whether they may be written.


def test_a_value_that_was_replaced_by_one_of_another_shape():
    """Also where the gradient is still the old one's."""
    W = parameter([1.0, 2.0], np.ones(2), name="W")
    rule = optim.SGD([W], lr=0.1)
    W.value = np.ones(3)
    with pytest.raises(ShapeError, match="the gradient of W has shape"):
        rule.step()
    W.grad = np.ones(3)
    with pytest.raises(ShapeError, match="W was an array of float64 of shape"):
        rule.step()
    W.value, W.grad = np.ones(2, np.float32), np.ones(2)
    with pytest.raises(DTypeError, match="the gradient of W is float64"):
        rule.step()
    W.grad = np.ones(2, np.float32)
    with pytest.raises(ShapeError, match="make a new optimizer"):
        rule.step()
    W.value, W.grad = np.ones(2), np.ones(2)
    W.value.flags.writeable = False
    with pytest.raises(DomainError, match="the value of W is read-only"):
        rule.step()


class Mute(np.ndarray):
    """An array whose flags do not say whether it may be written to, as CuPy's do not."""

    flags = property(lambda self: SimpleNamespace(c_contiguous=True))


@pytest.mark.parametrize("alike", [True, False])
def test_flags_that_do_not_say(alike):
    W = SimpleNamespace(value=np.ones(2).view(Mute), grad=np.ones(2), name="W")
    if alike:
        W.grad = W.grad.view(Mute)
    optim.SGD([W], lr=0.25).step()
    np.testing.assert_array_equal(np.asarray(W.value), [0.75, 0.75])


# Pieces.


def test_pieces_cover_everything_once_and_are_small(monkeypatch):
    monkeypatch.setattr(base, "SMALLEST_PIECE", 10)
    monkeypatch.setattr(base, "LARGEST_PIECE", 10)
    flat = np.arange(25.0).reshape(5, 5)
    found = list(base.pieces([flat]))
    assert [piece.shape for (piece,) in found] == [(10,), (10,), (5,)]
    np.testing.assert_array_equal(np.concatenate([piece for (piece,) in found]), flat.reshape(-1))
    assert all(np.shares_memory(piece, flat) for (piece,) in found)

    rows = np.asfortranarray(np.arange(28.0).reshape(7, 4))
    found = list(base.pieces([rows, rows.copy()]))
    assert [piece.shape for piece, _ in found] == [(2, 4), (2, 4), (2, 4), (1, 4)]
    np.testing.assert_array_equal(np.concatenate([piece for piece, _ in found]), rows)

    wide = np.asfortranarray(np.arange(45.0).reshape(3, 15))
    assert [piece.shape for (piece,) in base.pieces([wide])] == [(1, 15)] * 3


@pytest.mark.parametrize("entrywise, seen", [(True, [10, 10, 5]), (False, [25])])
def test_a_rule_that_needs_the_whole_parameter_gets_it(entrywise, seen, monkeypatch):
    monkeypatch.setattr(base, "SMALLEST_PIECE", 10)
    monkeypatch.setattr(base, "LARGEST_PIECE", 10)
    sizes = []

    class Rule(optim.Optimizer):
        def update(self, value, grad):
            sizes.append(value.size)

    Rule.entrywise = entrywise
    Rule([parameter(np.ones((5, 5)), np.ones((5, 5)))], lr=0.1).step()
    assert sizes == seen


# Clipping at its limits.


@pytest.mark.parametrize("clip", [optim.clip_by_value, optim.clip_by_global_norm])
def test_a_gradient_just_at_the_limit_stays_the_very_array(clip):
    for length, limit in ((4.0, 4.0), (-4.0, 4.0)):
        grad = np.array([0.0, length])
        W = parameter([0.0, 0.0], grad)
        assert clip([W], limit) == 4.0
        assert W.grad is grad


@pytest.mark.parametrize("dtype, size", [(np.float64, 1e-160), (np.float32, 1e-22)])
def test_a_norm_whose_squares_lose_their_digits(dtype, size):
    """They do not vanish yet, but have few digits left."""
    W = SimpleNamespace(value=np.zeros(2, dtype), grad=np.array([3, 4], dtype) * dtype(size))
    expected = float(W.grad[1]) * 1.25
    for limit in (1.0, expected / 2):
        norm = optim.clip_by_global_norm([W], limit)
        assert norm == pytest.approx(expected, rel=4 * float(np.finfo(dtype).eps), abs=0)


# Schedules.


def test_defaults_of_schedules():
    assert [schedules.constant()(k) for k in (0, 7)] == [1.0, 1.0]
    assert schedules.step(3)(3) == 0.1
    cycle = schedules.one_cycle(10)
    assert cycle.steps == 10 and cycle(0) == 1 / 25 and cycle(2) == 1.0
    assert cycle(9) == cycle(50) == 1 / 250_000
    whole = [schedules.one_cycle(20, 0.5, 0.1, 0.0)(k) for k in range(20)]
    up, down = np.arange(10) / 9, np.arange(1, 11) / 10
    expected = [*(0.1 + 0.9 * (1 - np.cos(np.pi * up)) / 2), *((1 + np.cos(np.pi * down)) / 2)]
    np.testing.assert_allclose(whole, expected, atol=1e-15)


def test_names_and_lengths_of_schedules():
    for schedule, name, steps in (
        (schedules.constant(0.5), "constant(0.5)", None),
        (schedules.step(3, 0.5), "step(3, 0.5)", None),
        (schedules.exponential(0.9), "exponential(0.9)", None),
        (schedules.cosine(4), "cosine(4)", 4),
        (schedules.linear_warmup(5), "linear_warmup(5)", 5),
        (schedules.one_cycle(6), "one_cycle(6)", 6),
        (schedules.cosine(4).then(lambda k: 1), "cosine(4).then(function)", None),
        (schedules.cosine(4) * (lambda k: 1), "cosine(4) * function", None),
    ):
        assert repr(schedule) == f"Schedule({name})" and schedule.steps == steps


def test_what_follows_begins_when_the_first_has_ended():
    both = schedules.constant(0.5)
    first = schedules.Schedule("two steps", lambda k: 10.0 + k, 2)
    assert [first.then(lambda k: k)(k) for k in range(4)] == [10.0, 11.0, 0, 1]
    assert [first.then(both)(k) for k in range(3)] == [10.0, 11.0, 0.5]
    assert first.then(both).steps is None and first.then(schedules.cosine(3)).steps == 5


def test_a_scheduler_of_a_plain_function_is_shown():
    rule = optim.SGD([parameter([1.0])], lr=0.1)
    assert repr(optim.Scheduler(rule, lambda k: 0.5)) == "Scheduler(function; step 0, lr=0.05)"


@pytest.mark.parametrize(
    "rule, name, meant",
    [
        (optim.SGD, "learning_rate", "lr"),
        (optim.SGD, "Lr", "lr"),
        (optim.SGD, "weightdecay", "weight_decay"),
        (optim.Momentum, "momentum", "beta"),
        (optim.Adam, "beta_1", "beta1"),
        (optim.Adam, "eps", "epsilon"),
    ],
)
def test_a_misspelt_setting_is_refused(rule, name, meant):
    """It would be one more attribute, which nobody reads."""
    optimizer = rule([parameter([1.0])], lr=0.1)
    with pytest.raises(UnknownNameError) as caught:
        setattr(optimizer, name, 0.5)
    sentence = f"there is no setting of {rule.__name__} '{name}'; did you mean '{meant}'?"
    assert str(caught.value) == sentence
    assert not hasattr(optimizer, name)


def test_what_is_nobody_s_setting_is_refused_with_what_there_is():
    with pytest.raises(UnknownNameError) as caught:
        optim.SGD([parameter([1.0])], lr=0.1).nesterov = True
    assert str(caught.value) == "there is no setting of SGD 'nesterov'; there is lr, weight_decay."


def test_a_rule_of_one_s_own_sets_what_it_likes_until_it_is_complete():
    """Before and after the `__init__` of its base, and in that of a subclass."""

    class Between(optim.SGD):
        mood = "calm"

        def __init__(self, parameters, lr, reach=2.0):
            self.reach = reach
            super().__init__(parameters, lr)
            self.learning_curve = []

    class Last(Between):
        def __init__(self, parameters):
            super().__init__(parameters, lr=0.1)
            self.extra = 1

    for rule in (Between([parameter([1.0])], 0.1), Last([parameter([1.0])])):
        rule.reach, rule.mood, rule._private, rule.learning_curve = 3.0, "brisk", 1, [1]
        with pytest.raises(UnknownNameError):
            rule.learning_rate = 0.5
        with pytest.raises(UnknownNameError):
            copy.deepcopy(rule).reech = 0.5
    assert list(inspect.signature(Between).parameters) == ["parameters", "lr", "reach"]
