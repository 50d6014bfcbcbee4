"""Chapter 2: the people, the loss and the two gradients that several exercises share."""

from __future__ import annotations

import numpy as np


def people(rng, i):
    """x (m,) around 26 and y (m,) around 150, as body-mass index and disease score are."""
    m = (3, 7, 5, 11, 9, 13)[i % 6]
    x = rng.normal(26.0, 4.0, size=m)
    y = 10.0 * x - 110.0 + rng.normal(0.0, 40.0, size=m)
    return x, y


def line_and_people(rng, i):
    x, y = people(rng, i)
    theta0, theta1 = rng.uniform(2.0, 9.0), rng.uniform(-40.0, 40.0)
    if i in (1, 3):
        theta1 = -abs(theta1) if i == 1 else abs(theta1)
    if i == 4:  # a falling line, and people on both sides of zero
        return x - 26.0, y - 150.0, -theta0, theta1
    return x, y, theta0, theta1


def mean_square(prediction, target):
    return np.mean((prediction - target) ** 2)


def two_gradients(x, y, theta0, theta1):
    error = theta0 * x + theta1 - y
    return 2.0 * np.mean(error * x), 2.0 * np.mean(error)


def two_gradients_loop(x, y, theta0, theta1):
    dtheta0 = dtheta1 = 0.0
    for x_i, y_i in zip(x, y, strict=True):
        push = 2.0 * (theta0 * x_i + theta1 - y_i) / len(x)
        dtheta0 += push * x_i
        dtheta1 += push
    return dtheta0, dtheta1


def two_gradients_matrix(x, y, theta0, theta1):
    ones = np.stack([x, np.ones_like(x)], axis=1)
    return tuple(2.0 / len(x) * ones.T @ (ones @ np.array([theta0, theta1]) - y))


def one_step(x, y, theta0, theta1, lr):
    dtheta0, dtheta1 = two_gradients(x, y, theta0, theta1)
    return theta0 - lr * dtheta0, theta1 - lr * dtheta1
