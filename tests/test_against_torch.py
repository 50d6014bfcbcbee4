"""Every pair against PyTorch in float64, where PyTorch is installed (the `bench` extra)."""

import numpy as np
import pytest
from pairs import TABLE
from random_cases import GENERATORS, backward, forward, random_case

torch = pytest.importorskip("torch")

THEIRS = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "negative": torch.neg,
    "power": lambda x, exponent: torch.pow(x, exponent),
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "clip": lambda x, low, high: torch.clip(x, low, high),
    "where": lambda condition, x, y: torch.where(torch.tensor(condition), x, y),
    "relu": torch.relu,
    "leaky_relu": lambda x, slope=0.01: torch.nn.functional.leaky_relu(x, slope),
    "elu": lambda x, alpha=1.0: torch.nn.functional.elu(x, alpha),
    "gelu": lambda x, approximate=False: torch.nn.functional.gelu(
        x, approximate="tanh" if approximate else "none"
    ),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": torch.nn.functional.softplus,
    "softmax": lambda x, axis: torch.softmax(x, axis),
    "log_softmax": lambda x, axis: torch.log_softmax(x, axis),
    "maximum": torch.maximum,
    "sum": lambda x, axis, keepdims: torch.sum(x, dim=all_axes(x, axis), keepdim=keepdims),
    "mean": lambda x, axis, keepdims: torch.mean(x, dim=all_axes(x, axis), keepdim=keepdims),
    "var": lambda x, axis, keepdims=False, ddof=0: torch.var(
        x, dim=all_axes(x, axis), keepdim=keepdims, correction=ddof
    ),
    "max": lambda x, axis, keepdims: torch.amax(x, dim=all_axes(x, axis), keepdim=keepdims),
    "reshape": lambda x, shape: x.reshape(shape),
    "transpose": lambda x, axes: x.permute(axes or tuple(range(x.ndim))[::-1]),
    "concatenate": lambda *arrays, axis=0: torch.cat(arrays, dim=axis),
    "getitem": lambda x, index: picked(x, index),
    "embedding": lambda table, labels: torch.nn.functional.embedding(torch.tensor(labels), table),
    "dropout": lambda x, rate, rng, training=True: x * mask(x, rate, rng) if training else x * 1,
    "batch_norm": lambda x, gamma, beta, mean=None, variance=None, eps=1e-5: (
        torch.nn.functional.batch_norm(
            x, tensor(mean), tensor(variance), gamma, beta, training=mean is None, eps=eps
        )
    ),
    "layer_norm": lambda x, gamma, beta, eps=1e-5: torch.nn.functional.layer_norm(
        x, gamma.shape, gamma, beta, eps
    ),
    "matmul": torch.matmul,
    "linear": lambda x, W, b: torch.nn.functional.linear(x, W.T, b),
    "mse": torch.nn.functional.mse_loss,
    "half_mse": lambda p, t: torch.nn.functional.mse_loss(p, t) / 2,
    "mae": torch.nn.functional.l1_loss,
    "huber": lambda p, t, delta=1.0: torch.nn.functional.huber_loss(p, t, delta=delta),
    "binary_cross_entropy_with_logits": lambda z, labels: (
        torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(labels).to(z.dtype))
    ),
    "softmax_cross_entropy": lambda z, labels, **settings: cross_entropy(z, labels, **settings),
    "kl_divergence": lambda z, target: torch.nn.functional.kl_div(
        torch.log_softmax(z, dim=1), torch.as_tensor(target), reduction="batchmean"
    ),
    "hinge": lambda s, labels: torch.clamp(1 - torch.tensor(labels) * s, min=0).mean(),
}


def cross_entropy(z, labels, label_smoothing=0.0, class_weights=None):
    y, w = torch.tensor(labels), None if class_weights is None else torch.tensor(class_weights)
    loss = torch.nn.functional.cross_entropy(z, y, weight=w, label_smoothing=label_smoothing)
    # For probabilities torch divides by m even with weights; for class numbers, as we always do.
    return loss * len(z) / (y * w).sum() if y.ndim == 2 and w is not None else loss


def all_axes(x, axis):
    return tuple(range(x.ndim)) if axis is None else axis


def mask(x, rate, rng):
    """The same draw as ours, which torch cannot make: zeros, and 1 / (1 - rate) for the others."""
    return torch.tensor(rng.random(x.shape, dtype=np.float32) >= rate).double() / (1 - rate)


def tensor(array):
    return None if array is None else torch.tensor(array)


def picked(x, index):
    """The entries that NumPy picks: torch has no slices with a negative step."""
    places = np.arange(x.numel()).reshape(x.shape)[index]
    return x.reshape(-1)[torch.tensor(places.copy())]


def test_every_row_has_a_peer():
    assert {row.name for row in TABLE} == set(THEIRS)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
@pytest.mark.parametrize("seed", range(5))
def test_values_and_gradients_agree(row, seed):
    inputs = row.inputs(seed)
    y, cache = row.forward(*inputs)
    dy = np.asarray(np.random.default_rng(seed).standard_normal(np.shape(y)))
    tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
    theirs = row.call(THEIRS[row.name], tensors, inputs)
    agree(y, dy, row.backward(dy, cache), theirs, row.wanted(tensors))


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_random_cases_agree(name):
    """Fifty of the cases that are held against finite differences."""
    for number in range(50):
        case, rng = random_case(name, number)
        y, cache = forward(name, case, case.inputs)
        dy = np.asarray(rng.standard_normal(np.shape(y)))
        tensors = [torch.tensor(x, requires_grad=True) for x in case.inputs]
        target = case.settings.get("target")  # of a loss, where it is an array like the prediction
        settings = {k: v for k, v in case.settings.items() if k != "target"}
        more = [] if target is None else [torch.tensor(target)]
        if case.names:
            theirs = THEIRS[name](settings["condition"], *tensors)
        else:
            theirs = THEIRS[name](*tensors, *more, **settings)
        agree(y, dy, backward(name, dy, cache), theirs, tensors)


def agree(y, dy, ours, theirs, wanted):
    gradients = torch.autograd.grad(theirs, wanted, torch.tensor(dy).reshape(theirs.shape))
    np.testing.assert_allclose(y, theirs.detach().numpy(), rtol=1e-12, atol=1e-13)
    for mine, other in zip(ours, gradients, strict=True):
        scale = float(other.abs().max())
        np.testing.assert_allclose(mine, other.numpy(), rtol=1e-10, atol=1e-12 * scale)
