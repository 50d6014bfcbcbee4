"""The training step written out by hand in NumPy, for this one network: no checks, no names."""

TITLE = "hand-written NumPy"
NEEDS = ("numpy",)


def SUPPORTS(case):
    return case.optimizer == "sgd"


def prepare(case):
    import numpy as np

    x, target = case.data()
    layers = case.weights()
    rows = np.arange(case.batch)
    lr = np.float32(case.lr)

    def softmax_cross_entropy(z):
        z = z - z.max(axis=1, keepdims=True)
        p = np.exp(z)
        total = p.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - z[rows, target]).mean()
        p /= total
        p[rows, target] -= 1
        p /= case.batch
        return loss, p

    def binary_cross_entropy(z):
        e = np.exp(-np.abs(z))
        loss = (np.maximum(z, 0) - z * target + np.log1p(e)).mean()
        p = np.where(z > 0, 1, e) / (1 + e)
        return loss, (p - target) / case.batch

    def mse(z):
        difference = z - target
        return (difference * difference).mean(), difference * np.float32(2 / difference.size)

    loss_of = locals()[case.loss]

    def step():
        activations = [x]
        for W, b in layers[:-1]:
            z = activations[-1] @ W
            z += b
            activations.append(np.maximum(z, 0, out=z))
        W, b = layers[-1]
        z = activations[-1] @ W
        z += b
        loss, d = loss_of(z)
        for i in reversed(range(len(layers))):
            W, b = layers[i]
            dW = activations[i].T @ d
            db = d.sum(axis=0)
            if i:
                d = d @ W.T
                d *= activations[i] > 0
            dW *= lr
            db *= lr
            W -= dW
            b -= db
        return loss

    return step, lambda: None
