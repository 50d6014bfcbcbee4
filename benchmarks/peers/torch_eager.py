"""PyTorch, eager, on the CPU."""

TITLE = "PyTorch eager"
NEEDS = ("torch",)


def prepare(case):
    import torch

    from benchmarks.worker import THREADS

    torch.set_num_threads(THREADS)
    layers = []
    for W, b in case.weights():
        linear = torch.nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W.T))
            linear.bias.copy_(torch.from_numpy(b))
        layers += [linear, torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    loss_of = {
        "softmax_cross_entropy": torch.nn.CrossEntropyLoss,
        "binary_cross_entropy": torch.nn.BCEWithLogitsLoss,
        "mse": torch.nn.MSELoss,
    }[case.loss]()
    # Their defaults, which choose between the loop, foreach and fused forms.
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[case.optimizer]
    update = rule(net.parameters(), lr=case.lr)
    x, target = (torch.from_numpy(array) for array in case.data())

    def step():
        update.zero_grad()
        loss = loss_of(net(x), target)
        loss.backward()
        update.step()
        return loss.detach()

    if case.part == "optimizer":
        step()
        return update.step, lambda: None
    return step, lambda: None
