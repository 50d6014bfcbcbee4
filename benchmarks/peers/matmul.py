"""The bare matrix products of a training step, into memory that is there: what no NumPy beats."""

TITLE = "bare matrix products"
NEEDS = ("numpy",)


def SUPPORTS(case):
    return case.part == "step"


def prepare(case):
    import numpy as np

    x, _ = case.data()
    layers = [W for W, _ in case.weights()]
    activations = [x] + [np.ones((case.batch, W.shape[1]), np.float32) for W in layers]
    gradients = [np.ones_like(W) for W in layers]
    upstream = [np.ones_like(a) for a in activations]

    def step():
        for i, W in enumerate(layers):
            np.matmul(activations[i], W, out=activations[i + 1])
        for i in reversed(range(len(layers))):
            np.matmul(activations[i].T, upstream[i + 1], out=gradients[i])
            if i:  # nobody asks for the gradient of the input
                np.matmul(upstream[i + 1], layers[i].T, out=upstream[i])

    return step, lambda: None
