"""Layers that remember, against PyTorch in float64, where PyTorch is installed."""

import numpy as np
import pytest

from bplib import BatchNorm, Embedding

torch = pytest.importorskip("torch")


def close(mine, theirs):
    np.testing.assert_allclose(mine, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("momentum", [0.1, 0.7])
def test_batch_norm_over_several_batches_and_in_evaluation(momentum):
    rng = np.random.default_rng(4)
    ours = BatchNorm(5, momentum=momentum)
    theirs = torch.nn.BatchNorm1d(5, momentum=momentum, dtype=torch.float64)
    for parameter, other in zip(ours.parameters(), (theirs.weight, theirs.bias), strict=True):
        parameter.value = rng.standard_normal(5)
        other.data = torch.tensor(parameter.value)
    for m in (7, 3, 12, 0):
        if m == 0:  # evaluation, with what the batches have left behind
            m = 6
            ours.eval()
            theirs.eval()
        ours.zero_grad()
        theirs.zero_grad()
        x, dy = rng.standard_normal((m, 5)) * 3 + 1, rng.standard_normal((m, 5))
        t = torch.tensor(x, requires_grad=True)
        y = theirs(t)
        y.backward(torch.tensor(dy))
        close(ours.forward(x), y)
        close(ours.backward(dy), t.grad)
        close(ours.gamma.grad, theirs.weight.grad)
        close(ours.beta.grad, theirs.bias.grad)
        close(ours.running_mean.value, theirs.running_mean)
        close(ours.running_variance.value, theirs.running_var)


def test_embedding():
    rng = np.random.default_rng(4)
    ours = Embedding(8, 5, rng=rng)
    theirs = torch.nn.Embedding(8, 5, _weight=torch.tensor(ours.W.value))
    labels, dy = rng.integers(0, 8, (6, 3)), rng.standard_normal((6, 3, 5))
    y = theirs(torch.tensor(labels))
    y.backward(torch.tensor(dy))
    close(ours.forward(labels), y)
    ours.backward(dy)
    close(ours.W.grad, theirs.weight.grad)
