"""Chapter 8: the right answers of its exercises against the library's forward and reverse mode."""

import numpy as np
import pytest

from bplib import losses, tape
from bplib.checks.registry import all_exercises
from bplib.tape import Tensor

EXERCISES = all_exercises()


def cases(name):
    rng = np.random.default_rng(8)
    exercise = EXERCISES[name]
    return [pytest.param(exercise.cases(rng, i), id=f"{i}") for i in range(exercise.n_cases)]


def right(name, *inputs):
    return EXERCISES[name].reference(*inputs)


@pytest.mark.parametrize("given", cases("dual_times"))
def test_a_product_of_dual_numbers(given):
    a, a_moves, b, b_moves = given
    found = tape.jvp(lambda a, b: a * b, (a, b), (a_moves, b_moves))
    assert np.allclose(found, right("dual_times", *given), rtol=1e-14)


@pytest.mark.parametrize("given", cases("root_and_slope"))
def test_a_loop_and_its_slope(given):
    s, s_moves, rounds = given

    def root(s):
        x = 1.0
        for _ in range(rounds):
            x = 0.5 * (x + s / x)
        return x

    assert np.allclose(tape.jvp(root, s, s_moves), right("root_and_slope", *given), rtol=1e-12)


@pytest.mark.parametrize("given", cases("unstretch"))
def test_what_was_stretched(given):
    dz, shape = given
    small = Tensor(np.ones(shape))
    (small * np.ones(dz.shape)).backward(dz)
    assert np.allclose(small.grad, right("unstretch", *given), rtol=1e-12)


@pytest.mark.parametrize("given", cases("layer_jvp"))
def test_a_layers_tangent(given):
    _, moves = tape.jvp(lambda x, W, b: (x @ W + b).tanh(), given[:3], given[3:])
    assert np.allclose(moves, right("layer_jvp", *given), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("given", cases("logistic_hvp"))
def test_curvature_without_a_hessian(given):
    X, y, theta, v = given

    def loss(theta):
        return tape.binary_cross_entropy_with_logits(X @ theta, y)

    assert losses.binary_cross_entropy_with_logits(X @ theta, y)[0] > 0  # the mean over samples
    assert np.allclose(tape.hvp(loss, theta, v), right("logistic_hvp", *given), rtol=1e-9)


@pytest.mark.parametrize("given", cases("tape_gradients"))
def test_a_tape(given):
    program, inputs = given
    names = {name: Tensor(value) for name, value in inputs.items()}
    leaves = dict(names)
    for result, operation, arguments in program:
        parents = [names[name] for name in arguments]
        if operation in ("add", "multiply"):  # the library stretches one side only
            shape = np.broadcast_shapes(*[parent.shape for parent in parents])
            parents[0] = parents[0] * np.ones(shape)
        names[result] = tape.record(operation, *parents)
    names[program[-1][0]].backward()
    found = right("tape_gradients", *given)
    for name, leaf in leaves.items():
        expected = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad
        assert np.allclose(found[name], expected, rtol=1e-12)
        assert found[name].shape == leaf.shape
