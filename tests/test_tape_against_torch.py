"""Forward mode against `torch.func`, where PyTorch is installed (the `bench` extra)."""

import numpy as np
import pytest

from bplib import tape

torch = pytest.importorskip("torch")
F = torch.nn.functional
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's, of its own parts

X = np.random.default_rng(1).standard_normal((7, 5))
LABELS = np.array([0, 2, 1, 1, 0, 2, 2])
Y = np.random.default_rng(2).standard_normal((7, 3))


def ours_dense(W, b, V, c):
    h = tape.gelu(tape.linear(X, W, b))
    return tape.softmax_cross_entropy(tape.linear(h, V, c), LABELS, label_smoothing=0.1)


def theirs_dense(W, b, V, c):
    h = F.gelu(torch.tensor(X) @ W + b)
    return F.cross_entropy(h @ V + c, torch.tensor(LABELS), label_smoothing=0.1)


def ours_normalised(W, b, V, c):
    h = tape.softplus(tape.layer_norm(X @ W, tape.exp(b), b * 0.5))
    h = tape.batch_norm(h @ V + c, np.ones(3), np.zeros(3))
    return tape.huber(tape.tanh(h) * 3.0, Y)


def theirs_normalised(W, b, V, c):
    h = F.softplus(F.layer_norm(torch.tensor(X) @ W, (4,), torch.exp(b), b * 0.5))
    h = F.batch_norm(h @ V + c, None, None, training=True)
    return F.huber_loss(torch.tanh(h) * 3.0, torch.tensor(Y))


def ours_shuffled(W, b, V, c):
    h = tape.concatenate(tape.elu(X @ W), tape.leaky_relu(X @ W + b), axis=1)
    h = tape.max(tape.reshape(h, (7, 4, 2)), axis=2)[::-1]
    return (tape.sigmoid(h @ V + c) - Y).var() + tape.sqrt((W * W).sum() + 1.0)


def theirs_shuffled(W, b, V, c):
    x = torch.tensor(X)
    h = torch.cat([F.elu(x @ W), F.leaky_relu(x @ W + b)], dim=1)
    h = h.reshape(7, 4, 2).amax(dim=2).flip(0)
    difference = torch.sigmoid(h @ V + c) - torch.tensor(Y)
    return difference.var(correction=0) + torch.sqrt((W * W).sum() + 1.0)


NETWORKS = {
    "dense": (ours_dense, theirs_dense),
    "normalised": (ours_normalised, theirs_normalised),
    "shuffled": (ours_shuffled, theirs_shuffled),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("seed", range(5))
def test_directions_and_curvatures_agree(name, seed):
    ours, theirs = NETWORKS[name]
    rng = np.random.default_rng(seed)
    shapes = (5, 4), (4,), (4, 3), (3,)
    x = tuple(rng.standard_normal(shape) for shape in shapes)
    v = tuple(rng.standard_normal(shape) for shape in shapes)
    there, along = tuple(map(torch.tensor, x)), tuple(map(torch.tensor, v))

    value, moved = torch.func.jvp(theirs, there, along)
    y, dy = tape.jvp(ours, x, v)
    np.testing.assert_allclose(y, value.numpy(), rtol=1e-12)
    np.testing.assert_allclose(dy, moved.numpy(), rtol=1e-10)

    # Reverse over reverse: some of torch's backward functions have no forward mode.
    gradient = torch.func.grad(theirs, argnums=(0, 1, 2, 3))

    def slope(*parameters):
        return sum((g * d).sum() for g, d in zip(gradient(*parameters), along, strict=True))

    curvature = torch.func.grad(slope, argnums=(0, 1, 2, 3))(*there)
    scale = max(float(part.abs().max()) for part in curvature)
    for mine, other in zip(tape.hvp(ours, x, v), curvature, strict=True):
        np.testing.assert_allclose(mine, other.numpy(), rtol=1e-9, atol=1e-10 * scale)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_jacobians_agree(mode, rng):
    W, x = rng.standard_normal((4, 3)), rng.standard_normal(3)
    ours = tape.jacobian(lambda t: tape.softmax(W @ t), mode=mode)(x)
    theirs = torch.func.jacrev(lambda t: torch.softmax(torch.tensor(W) @ t, 0))(torch.tensor(x))
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-11, atol=1e-14)
