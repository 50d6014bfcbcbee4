"""bplib with the tape: the same pairs, recorded on the way forward."""

from benchmarks.peers.layers import optimizer

TITLE = "bplib tape"
NEEDS = ("numpy",)


def prepare(case):
    from bplib import tape

    parameters = [(tape.Tensor(W), tape.Tensor(b)) for W, b in case.weights()]
    update = optimizer(case, [each for pair in parameters for each in pair])
    name = {"binary_cross_entropy": "binary_cross_entropy_with_logits"}.get(case.loss, case.loss)
    loss_of = getattr(tape, name)
    x, target = case.data()

    def step():
        a = x
        for W, b in parameters[:-1]:
            a = tape.relu(tape.linear(a, W, b))
        loss = loss_of(tape.linear(a, *parameters[-1]), target)
        update.zero_grad()
        loss.backward()
        update.step()
        return loss.value

    return step, lambda: None
