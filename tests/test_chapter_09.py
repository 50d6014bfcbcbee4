"""Chapter 9: its exercises against the library and against simulation."""

import numpy as np
import pytest

from bplib import optim
from bplib.checks.decide import make_cases
from bplib.checks.registry import all_exercises
from bplib.optim import schedules

EXERCISES = all_exercises()


class Point:
    def __init__(self, value):
        self.value, self.grad = np.array(value, dtype=float), None


def cases(name, seeds=range(5)):
    exercise = EXERCISES[name]
    for seed in seeds:
        for inputs in make_cases(exercise, seed):
            yield inputs, exercise.reference(*inputs)


def test_no_rate_is_better_than_the_best():
    for (low, high), (rate, factor) in cases("best_rate"):
        rates = np.linspace(0.5, 1.5, 2001) * rate
        factors = np.maximum(abs(1 - rates * low), abs(1 - rates * high))
        assert factors.min() >= factor - 1e-12
        distance = np.array([1.0, 1.0])
        for _ in range(10):
            distance = distance - rate * np.array([low, high]) * distance
        assert np.allclose(abs(distance), factor**10, rtol=1e-6, atol=1e-12)


def test_momentum_is_the_librarys():
    for (theta, velocity, gradient, lr, beta), (moved, new) in cases("momentum_step"):
        point = Point(theta)
        optimizer = optim.Momentum([point], lr=lr, beta=beta)
        point.grad = velocity  # a first step of velocity v leaves that velocity behind
        optimizer.step()
        start = point.value.copy()
        point.grad = gradient
        optimizer.step()
        assert np.allclose(point.value - start, moved - theta, rtol=1e-9, atol=1e-12)
        assert np.allclose((theta - moved) / lr, new, rtol=1e-9, atol=1e-9)


def test_the_first_step_of_adam_is_the_librarys():
    found = 0
    for inputs, (moved, *_) in cases("adam_step"):
        theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon = inputs
        if t == 1 and not mean.any() and not squares.any():
            point = Point(theta)
            point.grad = gradient
            optim.Adam([point], lr=lr, beta1=beta1, beta2=beta2, epsilon=epsilon).step()
            assert np.allclose(point.value, moved, rtol=1e-12)
            found += 1
    assert found >= 5


def test_the_whole_optimizer_is_the_librarys():
    for (gradient_of, theta, rates, decay), end in cases("adamw_descent"):
        point = Point(theta)
        optimizer = optim.AdamW([point], lr=1.0, weight_decay=decay)
        for rate in rates:
            optimizer.lr = float(rate)
            point.grad = gradient_of(point.value)
            optimizer.step()
        assert np.allclose(point.value, end, rtol=1e-9, atol=1e-12)


def test_the_schedule_is_the_librarys():
    for (total, warmup, lr), rates in cases("warmup_cosine"):
        schedule = schedules.linear_warmup(warmup).then(schedules.cosine(total - warmup))
        assert np.allclose([lr * schedule(k) for k in range(total)], rates, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_an_epoch_in_one_batch_is_a_step_down_the_slope_of_the_loss(seed):
    for X, y, theta, order, _, lr in make_cases(EXERCISES["sgd_epoch"], seed):
        moved = EXERCISES["sgd_epoch"].reference(X, y, theta, order, len(y), lr)
        for k in range(len(theta)):
            h = 1e-6 * np.eye(len(theta))[k]
            up, down = (np.mean((X @ (theta + s * h) - y) ** 2) for s in (1, -1))
            assert np.isclose((theta - moved)[k] / lr, (up - down) / 2e-6, rtol=1e-5, atol=1e-7)
