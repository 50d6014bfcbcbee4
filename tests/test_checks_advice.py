"""What a check advises, where the fact alone would leave a learner guessing."""

import numpy as np
import pytest

from bplib.checks import run_check
from bplib.checks.facts import rounded


def said(name, answer):
    result = run_check(name, answer)
    assert not result.passed
    return result.message


def test_a_hat_is_no_power():
    message = said("bitterness_slope", lambda cups: (3 * cups + 1) ^ 2)
    assert "In Python a power is written `**`; `^` is another operation." in message
    message = said("mean_squared_error", lambda prediction, y: np.mean((prediction - y) ^ 2))
    assert "floats have no rule for ^. In Python a power is written `**`" in message


def test_a_path_without_a_return():
    def on_one_side(price, minimum, factor, tip):
        if price >= minimum:
            return factor, 0.0, price, 1.0

    message = said("minimum_bill_gradients", on_one_side)
    assert "returned None: on this path through the function no `return` is reached." in message
    message = said("minimum_bill_gradients", lambda price, minimum, factor, tip: print())
    assert "returned None: is the `return` line missing?" in message


@pytest.mark.parametrize(
    "given, right, answer",
    [
        (33.2, 33.213, True),
        (-0.77, -0.7684, True),
        (33.3, 33.213, False),
        (0.0, 0.04, False),
        (33.213, 33.213, False),
        (1e-9, 1.2e-9, False),
        (float("nan"), 1.0, False),
    ],
)
def test_rounding_is_seen(given, right, answer):
    assert rounded(given, right) is answer


def test_rounded_answers_are_told_so():
    message = said("bitterness_slope", lambda cups: round(3 * (3 * cups + 1), 1))
    assert message.split("Next")[0].rstrip().endswith("yours is rounded: return all its digits.")
    message = said(
        "mse_gradient", lambda X, y, theta: np.round(2 / len(y) * X.T @ (X @ theta - y), 2)
    )
    assert "its entries are rounded: return all their digits; at [" in message


def test_advice_fits_what_was_changed():
    def clearing(parents):
        order = []

        def visit(node):
            for parent in parents[node]:
                visit(parent)
            if node not in order:
                order.append(node)

        for node in parents:
            visit(node)
        parents.clear()
        return order

    assert said("topological_order", clearing).endswith("Work on a copy.")

    def in_place(X, y, theta):
        y -= X @ theta
        return -2 / len(y) * X.T @ y

    assert "write `a = a - b` in place of `a -= b`" in said("mse_gradient", in_place)


def test_a_named_mistake_is_not_also_called_an_order():
    def loser(price, minimum, factor, tip):
        larger = max(price, minimum)
        return (0.0, factor, larger, 1.0) if price >= minimum else (factor, 0.0, larger, 1.0)

    message = said("minimum_bill_gradients", loser)
    assert "**Likely mistake:**" in message and "not in this order" not in message
    assert "`dprice`: returns 0;" in message
