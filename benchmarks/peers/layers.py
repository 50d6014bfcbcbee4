"""bplib with layers: forward, backward, and an optimizer from its public interface."""

TITLE = "bplib layers"
NEEDS = ("numpy",)


def network(case, sequential=None):
    """The network of the case, with the case's weights."""
    import numpy as np

    import bplib

    layers = []
    for W, b in case.weights():
        linear = bplib.Linear(*W.shape, rng=np.random.default_rng(0), dtype=np.float32)
        linear.W.value[...], linear.b.value[...] = W, b
        layers += [linear, bplib.ReLU()]
    return (sequential or bplib.Sequential)(*layers[:-1])


def loss_of(case):
    """The loss's pair."""
    from bplib import losses

    name = {"binary_cross_entropy": "binary_cross_entropy_with_logits"}.get(case.loss, case.loss)
    return getattr(losses, name), getattr(losses, f"{name}_backward")


def optimizer(case, parameters):
    """The optimizer of the case."""
    from bplib import optim

    return {"sgd": optim.SGD, "adam": optim.Adam}[case.optimizer](parameters, lr=case.lr)


def prepare(case, sequential=None):
    net = network(case, sequential)
    loss_forward, loss_backward = loss_of(case)
    update = optimizer(case, net.parameters())
    x, target = case.data()

    def step():
        logits = net.forward(x)
        loss, cache = loss_forward(logits, target)
        net.zero_grad()
        net.backward_parameters(loss_backward(cache))
        update.step()
        return loss

    if case.part == "optimizer":
        step()
        return update.step, lambda: None
    return step, lambda: None
