"""Chapter 5, a network of any depth: every mistake that has a name, in another style."""

import numpy as np


def _soft(z):
    p = np.exp(z - np.max(z, axis=1)[:, None])
    return p / np.sum(p, axis=1)[:, None]


def _right(z, labels):
    return (labels[:, None] == range(z.shape[1])) * 1.0


def _first(z, labels):
    return (_soft(z) - _right(z, labels)) / len(z)


def _walk(
    first=_first,
    down=lambda a, z: 1 / np.cosh(z) ** 2,
    forward=np.tanh,
    scores=lambda z: z,
    for_W=lambda ins, sums, delta: np.einsum("ij,ik->jk", ins, delta),
    for_b=lambda delta: np.einsum("ij->j", delta),
    step=0.0,
    shift=1.0,
):
    """The network by recursion, from a layer to the gradient at its input."""

    def answer(X, labels, parameters):
        found, depth = {}, len(parameters) // 2

        def layer(number, ins, sums):
            W, b = parameters[f"W{number}"], parameters[f"b{number}"]
            z = ins @ W + shift * b
            if number == depth:
                delta = first(scores(z), labels)
            else:
                a = forward(z)
                delta = layer(number + 1, a, z) * down(a, z)
            found[f"dW{number}"] = for_W(ins, sums, delta)
            found[f"db{number}"] = for_b(delta)
            return delta @ np.transpose(W - step * found[f"dW{number}"])

        layer(1, X, X)
        return {"d" + name: found["d" + name] for name in parameters}

    return answer


def _pull(z, labels):
    rows = []
    for p, y in zip(_soft(z), _right(z, labels), strict=True):
        rows.append((np.diag(p) - np.outer(p, p)) @ (p - y) / len(z))
    return np.array(rows)


NAMED = {
    "any_depth_gradients": {
        "missing-1/m": (_walk(first=lambda z, labels: _first(z, labels) * len(z)),),
        "1/m-twice": (
            _walk(first=lambda z, labels: _first(z, labels) / len(z)),
            _walk(
                for_W=lambda ins, sums, delta: np.mean(ins[:, :, None] * delta[:, None], axis=0),
                for_b=lambda delta: np.mean(delta, axis=0),
            ),
        ),
        "bias-averaged": (_walk(for_b=lambda delta: np.average(delta, axis=0)),),
        "bias-first-row": (_walk(for_b=lambda delta: np.array(delta.tolist()[0])),),
        "slope-forgotten": (_walk(down=lambda a, z: np.ones_like(a)),),
        "slope-of-the-wrong-quantity": (_walk(down=lambda a, z: (1 - z) * (1 + z)),),
        "tanh-taken-twice": (_walk(down=lambda a, z: 1 / np.cosh(a) ** 2),),
        "formula-of-the-sigmoid": (_walk(down=lambda a, z: a - np.square(a)),),
        "slope-at-the-end": (_walk(first=lambda z, labels: _first(z, labels) / np.cosh(z) ** 2),),
        "bend-at-the-end": (
            _walk(scores=np.tanh, first=lambda a, labels: _first(a, labels) * (1 - a * a)),
        ),
        "bend-at-the-end-forward-only": (_walk(scores=np.tanh),),
        "diagonal-only": (_walk(first=lambda z, labels: _first(z, labels) * _right(z, labels)),),
        "jacobian-once-more": (_walk(first=_pull),),
        "sums-for-activations": (_walk(for_W=lambda ins, sums, delta: np.dot(sums.T, delta)),),
        "biases-left-out": (_walk(shift=0.0),),
        "no-bend": (_walk(forward=lambda z: z * 1.0, down=lambda a, z: 1.0),),
        "sign-flipped": (_walk(first=lambda z, labels: -_first(z, labels)),),
        "updated-too-early": (_walk(step=1.0),),
    }
}
