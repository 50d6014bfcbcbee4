"""Schedules: the factor of each step, ends included or not as their pages say."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplib import optim
from bplib.errors import DomainError, DTypeError, NotReadyError
from bplib.optim import schedules


def factors(schedule, n):
    return [schedule(k) for k in range(n)]


def sgd(lr=0.1):
    return optim.SGD([SimpleNamespace(value=np.zeros(3), grad=np.ones(3), name="W")], lr=lr)


TABLE = [
    (lambda: schedules.constant(), [1, 1, 1]),
    (lambda: schedules.constant(0.25), [0.25, 0.25]),
    (lambda: schedules.step(2, 0.5), [1, 1, 0.5, 0.5, 0.25]),
    (lambda: schedules.exponential(0.5), [1, 0.5, 0.25, 0.125]),
    (lambda: schedules.cosine(4), [1, 0.5 + 8**-0.5, 0.5, 0.5 - 8**-0.5, 0, 0, 0]),
    (lambda: schedules.cosine(2, end=0.5), [1, 0.75, 0.5, 0.5]),
    (lambda: schedules.linear_warmup(4), [0.25, 0.5, 0.75, 1, 1, 1]),
    (lambda: schedules.linear_warmup(2, start=0.5), [0.75, 1, 1]),
    (lambda: schedules.linear_warmup(1), [1, 1]),
    (lambda: schedules.one_cycle(5, rise=0.6, start=0.2, end=0), [0.2, 0.6, 1, 0.5, 0, 0]),
    (lambda: schedules.one_cycle(3, rise=0), [1, 0.5 + 2e-6, 4e-6, 4e-6]),
    (lambda: schedules.one_cycle(1), [1, 1 / 250_000]),
    (lambda: schedules.linear_warmup(2).then(schedules.cosine(2)), [0.5, 1, 1, 0.5, 0, 0]),
    (lambda: schedules.linear_warmup(2).then(schedules.step(1, 0.5)), [0.5, 1, 1, 0.5, 0.25]),
    (lambda: schedules.linear_warmup(2).then(lambda k: 10 + k), [0.5, 1, 10, 11]),
    (lambda: schedules.linear_warmup(2) * schedules.exponential(0.5), [0.5, 0.5, 0.25]),
    (
        lambda: schedules.linear_warmup(1).then(schedules.cosine(2)).then(schedules.constant(7)),
        [1, 1, 0.5, 7, 7],
    ),
]


@pytest.mark.parametrize("make, expected", TABLE)
def test_the_factors(make, expected):
    np.testing.assert_allclose(factors(make(), len(expected)), expected, rtol=1e-12, atol=1e-15)


def test_how_long_and_what_name():
    warm = schedules.linear_warmup(100)
    whole = warm.then(schedules.cosine(900))
    assert whole.steps == 1000 and repr(whole) == "Schedule(linear_warmup(100).then(cosine(900)))"
    assert (warm * schedules.cosine(50)).steps == 100
    assert (warm * schedules.constant()).steps is None
    assert repr(warm * schedules.exponential(0.5)) == (
        "Schedule(linear_warmup(100) * exponential(0.5))"
    )


steps = st.integers(1, 300)
ends = st.floats(0, 1)


@given(steps, ends, st.integers(0, 1000))
def test_cosine_stays_between_its_ends_and_never_rises(n, end, k):
    schedule = schedules.cosine(n, end)
    assert end <= schedule(k) <= 1 and schedule(k + 1) <= schedule(k)
    assert schedule(0) == pytest.approx(1) and schedule(n + k) == end


@given(steps, st.floats(0, 0.99), st.integers(0, 1000))
def test_warmup_rises_from_above_its_start_to_one(n, start, k):
    schedule = schedules.linear_warmup(n, start)
    assert start < schedule(k) <= 1 and schedule(k) <= schedule(k + 1)
    assert schedule(n - 1 + k) == 1


@given(st.integers(2, 300), st.floats(0, 0.99), ends, ends)
def test_one_cycle_rises_and_falls_once(n, rise, start, end):
    values = factors(schedules.one_cycle(n, rise, start, end), n + 3)
    assert min(start, end) - 1e-15 <= min(values) and max(values) <= 1
    assert values[0] == start or rise * n < 1 or n == 1
    assert values[n - 1 :] == [end] * 4
    change = np.sign(np.round(np.diff(values[:n]), 12))
    assert (np.diff(change[change != 0]) <= 0).all(), "up, then down, and no third way"


@given(st.integers(1, 50), st.floats(0.01, 1), st.integers(0, 1000))
def test_a_staircase_is_an_exponential_seen_every_so_often(every, factor, k):
    stair = schedules.step(every, factor)
    assert stair(k * every) == schedules.exponential(factor)(k)
    assert stair(k * every) == stair(k * every + every - 1)


@given(st.integers(1, 50), steps, st.integers(0, 400))
def test_then_is_one_after_the_other(n, more, k):
    first, second = schedules.linear_warmup(n), schedules.cosine(more)
    assert first.then(second)(k) == (first(k) if k < n else second(k - n))
    assert (first * second)(k) == first(k) * second(k)


def test_the_scheduler_sets_the_learning_rate_of_each_step():
    optimizer = sgd()
    scheduler = optim.Scheduler(optimizer, schedules.linear_warmup(2).then(schedules.cosine(2)))
    seen = []
    for _ in range(6):
        seen.append(optimizer.lr)
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(seen, [0.05, 0.1, 0.1, 0.05, 0, 0])
    np.testing.assert_allclose(optimizer.parameters[0].value, -0.3)
    assert repr(scheduler) == "Scheduler(linear_warmup(2).then(cosine(2)); step 6, lr=0)"


def test_groups_keep_their_ratio_through_zero():
    theta = [SimpleNamespace(value=np.zeros(3), grad=np.ones(3), name=n) for n in "ab"]
    optimizer = optim.SGD([{"parameters": theta[:1], "lr": 0.4}, {"parameters": theta[1:]}], lr=0.1)
    scheduler = optim.Scheduler(optimizer, lambda k: [1.0, 0.0, 0.5][k])
    for expected in ([0.4, 0.1], [0.0, 0.0], [0.2, 0.05]):
        np.testing.assert_allclose([group["lr"] for group in optimizer.groups], expected)
        if expected[0] != 0.2:
            scheduler.step()


def test_a_factor_that_is_none_changes_nothing():
    optimizer = sgd()
    scheduler = optim.Scheduler(optimizer, lambda k: 1.0 if k == 0 else float("nan"))
    with pytest.raises(DomainError) as caught:
        scheduler.step()
    assert str(caught.value) == (
        "Scheduler: the factor of step 1 is nan; it must be at least 0 and finite."
    )
    assert optimizer.lr == 0.1 and scheduler.steps == 0


def test_goes_on_from_a_saved_state():
    scheduler = optim.Scheduler(sgd(0.1), schedules.cosine(10))
    for _ in range(3):
        scheduler.step()
    optimizer = sgd(5.0)
    other = optim.Scheduler(optimizer, schedules.cosine(10))
    other.load_state_dict(scheduler.state_dict())
    assert optimizer.lr == scheduler.optimizer.lr and other.steps == 3
    other.step()
    scheduler.step()
    assert optimizer.lr == scheduler.optimizer.lr
    fresh = optim.Scheduler(sgd(0.2), schedules.cosine(10)).state_dict()
    other.load_state_dict(fresh)
    assert optimizer.lr == 0.2 and other.steps == 0


def test_very_long_powers_do_not_raise():
    assert schedules.exponential(2.0)(10_000) == float("inf")
    assert schedules.exponential(0.5)(10_000) == 0


BAD_CALLS = [
    (lambda: schedules.cosine(0), DomainError, "cosine: steps is 0; it must be at least 1."),
    (
        lambda: schedules.cosine(10.0),
        DTypeError,
        "cosine: steps is a float; a whole number is needed.",
    ),
    (
        lambda: schedules.cosine(10, end=-1),
        DomainError,
        "cosine: end is -1; it must be at least 0 and finite.",
    ),
    (lambda: schedules.step(0), DomainError, "step: every is 0; it must be at least 1."),
    (
        lambda: schedules.exponential(0),
        DomainError,
        "exponential: factor is 0; it must be positive and finite.",
    ),
    (
        lambda: schedules.constant(-0.5),
        DomainError,
        "constant: factor is -0.5; it must be at least 0 and finite.",
    ),
    (
        lambda: schedules.linear_warmup(5, start=1),
        DomainError,
        "linear_warmup: start is 1; it must be at least 0 and below 1.",
    ),
    (
        lambda: schedules.one_cycle(5, rise=1.5),
        DomainError,
        "one_cycle: rise is 1.5; it must be at least 0 and below 1.",
    ),
    (
        lambda: schedules.cosine(5)(-1),
        DomainError,
        "Schedule: step is -1; it must be a whole number of at least 0.",
    ),
    (
        lambda: schedules.exponential(0.9).then(schedules.cosine(5)),
        DomainError,
        "Schedule.then: exponential(0.9) has no end, so nothing can follow it.",
    ),
    (
        lambda: schedules.cosine(5).then(0.1),
        DTypeError,
        "Schedule.then: a schedule is needed, or a function of the step, not a float.",
    ),
    (
        lambda: schedules.cosine(5) * 0.1,
        DTypeError,
        "Schedule: a schedule is needed, or a function of the step, not a float.",
    ),
    (
        lambda: optim.Scheduler(sgd(), 0.1),
        DTypeError,
        "Scheduler: a schedule is needed, or a function of the step, not a float.",
    ),
    (
        lambda: optim.Scheduler([], schedules.cosine(5)),
        DTypeError,
        "Scheduler: optimizer is a list; an Optimizer is needed.",
    ),
    (
        lambda: optim.Scheduler(sgd(), lambda k: "0.1"),
        DTypeError,
        "Scheduler: the factor of step 0 is a str; a number is needed.",
    ),
    (
        lambda: optim.Scheduler(sgd(), schedules.cosine(5)).load_state_dict([]),
        DTypeError,
        "Scheduler: the state is a list, not a dict.",
    ),
    (
        lambda: optim.Scheduler(sgd(), schedules.cosine(5)).load_state_dict({"steps": 1}),
        DomainError,
        "Scheduler: the state has no entry 'lr'; was it made by state_dict?",
    ),
    (
        lambda: optim.Scheduler(sgd(), schedules.cosine(5)).load_state_dict(
            {"steps": -1, "lr": 0.1}
        ),
        DomainError,
        "Scheduler: steps of the state is -1; it must be a whole number of at least 0.",
    ),
]


@pytest.mark.parametrize("call, kind, sentence", BAD_CALLS)
def test_bad_calls(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence


def test_the_scheduler_of_a_second_training_begins_at_the_full_rate():
    """A cosine ends at 0, and no schedule could lead away from that."""
    optimizer = sgd(0.5)
    first = optim.Scheduler(optimizer, schedules.cosine(2))
    first.step()
    first.step()
    assert optimizer.lr == 0 and optimizer._given_lr == 0.5
    second = optim.Scheduler(optimizer, schedules.linear_warmup(2))
    assert (optimizer.lr, second.lr) == (0.25, 0.5)
    second.step()
    assert optimizer.lr == 0.5
    optimizer.lr = 0.2
    assert optim.Scheduler(optimizer, schedules.constant()).lr == 0.2


def test_a_saved_optimizer_knows_what_its_rate_was():
    optimizer = sgd(0.5)
    scheduler = optim.Scheduler(optimizer, schedules.cosine(1))
    scheduler.step()
    other = sgd(0.1)
    other.load_state_dict(optimizer.state_dict())
    assert other.lr == 0
    assert optim.Scheduler(other, schedules.constant(0.5)).lr == 0.5 and other.lr == 0.25


def test_an_optimizer_follows_its_newest_scheduler():
    optimizer = sgd(0.5)
    older = optim.Scheduler(optimizer, schedules.cosine(10))
    with pytest.raises(DomainError):  # one that could not be made changes nothing
        optim.Scheduler(optimizer, lambda k: -1.0)
    older.step()
    newer = optim.Scheduler(optimizer, schedules.constant(0.1))
    with pytest.raises(NotReadyError) as caught:
        older.step()
    assert str(caught.value) == (
        "Scheduler.step: this optimizer has a newer Scheduler, which sets its lr; make one of "
        "both, schedule * schedule or schedule.then(schedule)."
    )
    assert older.steps == 1 and optimizer.lr == 0.05
    newer.step()
