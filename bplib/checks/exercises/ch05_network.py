"""Chapter 5: the gradients of a network of any depth, in two loops."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception

# The batch, and the widths from the input to the scores: two, three and four layers, and one.
_NETWORKS = (
    (7, 4, 5, 3),
    (5, 6, 4, 7, 3),
    (6, 3, 7, 5, 8, 4),
    (9, 5, 3),
    (4, 7, 5, 3, 6),
    (8, 3, 6, 5),
)


def _network_cases(rng, i):
    m, *widths = _NETWORKS[i % 6]
    parameters = {}
    for layer, (n, k) in enumerate(zip(widths[:-1], widths[1:], strict=True), start=1):
        parameters[f"W{layer}"] = rng.normal(size=(n, k)) / np.sqrt(n)
        parameters[f"b{layer}"] = 0.3 + 0.5 * rng.normal(size=k)
    labels = rng.integers(0, widths[-1], size=m)
    return rng.normal(size=(m, widths[0])), labels, parameters


def _widths(X, labels, parameters):
    sizes = [X.shape[1], *(parameters[f"b{layer}"].size for layer in _layers(parameters))]
    return f"m={len(X)}, {'-'.join(map(str, sizes))}"


def _layers(parameters):
    return range(1, len(parameters) // 2 + 1)


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def network_loss(X, labels, parameters):
    """The mean cross-entropy; the tests nudge it."""
    a, depth = X, len(parameters) // 2
    for layer in _layers(parameters):
        z = a @ parameters[f"W{layer}"] + parameters[f"b{layer}"]
        a = np.tanh(z) if layer < depth else z
    return -np.mean(np.log(_softmax(a)[np.arange(len(X)), labels]))


def _backprop(
    X,
    labels,
    parameters,
    *,
    bend=np.tanh,
    slope=lambda z, a: 1 - a**2,
    top=lambda p, y, z: (p - y) / len(p),
    last_bend=None,
    to_W=lambda a, z, delta: a.T @ delta,
    to_b=lambda delta: delta.sum(axis=0),
    bias=1.0,
):
    """Forward and back with parts that can be exchanged for wrong ones."""
    depth = len(parameters) // 2
    a, z = [X], [X]
    for layer in _layers(parameters):
        z.append(a[-1] @ parameters[f"W{layer}"] + bias * parameters[f"b{layer}"])
        a.append(bend(z[-1]) if layer < depth else (last_bend or (lambda v: v))(z[-1]))
    p = _softmax(a[-1])
    delta = top(p, np.eye(p.shape[1])[labels], z[-1])
    gradients = {}
    for layer in reversed(_layers(parameters)):
        gradients[f"dW{layer}"] = to_W(a[layer - 1], z[layer - 1], delta)
        gradients[f"db{layer}"] = to_b(delta)
        if layer > 1:
            arrived = delta @ parameters[f"W{layer}"].T
            delta = arrived * slope(z[layer - 1], a[layer - 1])
    return gradients


def _with(**parts):
    return lambda X, labels, parameters: _backprop(X, labels, parameters, **parts)


def _any_depth_gradients(X, labels, parameters):
    return _backprop(X, labels, parameters)


def _one_by_one(X, labels, parameters):
    """The mean of the gradients of single samples."""
    total: dict = {}
    for i in range(len(X)):
        one = _backprop(X[i : i + 1], labels[i : i + 1], parameters)
        for name, gradient in one.items():
            total[name] = total.get(name, 0) + gradient / len(X)
    return total


def _recursive(X, labels, parameters):
    depth, gradients = len(parameters) // 2, {}

    def through(a, layer):
        """The loss's gradient at the input of a layer."""
        W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        z = a @ W + b
        if layer == depth:
            delta = _softmax(z)
            delta[np.arange(len(z)), labels] -= 1
            delta /= len(z)
        else:
            delta = through(np.tanh(z), layer + 1) / np.cosh(z) ** 2
        gradients[f"dW{layer}"], gradients[f"db{layer}"] = a.T @ delta, delta.sum(axis=0)
        return delta @ W.T

    through(X, 1)
    return gradients


def _in_columns(X, labels, parameters):
    depth = len(parameters) // 2
    a = [X.T]
    for layer in _layers(parameters):
        z = parameters[f"W{layer}"].T @ a[-1] + parameters[f"b{layer}"][:, None]
        a.append(np.tanh(z) if layer < depth else z)
    delta = (_softmax(a[-1].T).T - np.eye(len(a[-1]))[:, labels]) / len(X)
    gradients = {}
    for layer in range(depth, 0, -1):
        gradients[f"dW{layer}"] = (delta @ a[layer - 1].T).T.copy()
        gradients[f"db{layer}"] = delta.sum(axis=1)
        delta = (parameters[f"W{layer}"] @ delta) * (1 - a[layer - 1] ** 2)
    return gradients


def _through(g, p):
    return p * (g - (g * p).sum(axis=1, keepdims=True))


def _updated_too_early(X, labels, parameters):
    """The weights of a layer make a step of rate 1 before delta goes back through them."""
    depth, a = len(parameters) // 2, [X]
    for layer in _layers(parameters):
        z = a[-1] @ parameters[f"W{layer}"] + parameters[f"b{layer}"]
        a.append(np.tanh(z) if layer < depth else z)
    p = _softmax(a[-1])
    delta, gradients = (p - np.eye(p.shape[1])[labels]) / len(p), {}
    for layer in reversed(_layers(parameters)):
        dW = a[layer - 1].T @ delta
        gradients[f"dW{layer}"], gradients[f"db{layer}"] = dW, delta.sum(axis=0)
        if layer > 1:
            delta = (delta @ (parameters[f"W{layer}"] - dW).T) * (1 - a[layer - 1] ** 2)
    return gradients


any_depth_gradients = Exercise(
    name="any_depth_gradients",
    chapter=5,
    minutes=30,
    statement=(
        "A network with tanh in all layers but the last, whose scores go into softmax with the "
        "mean cross-entropy. parameters maps 'W1', 'b1', 'W2', … to arrays, for any number of "
        "layers. Return a dict that maps 'dW1', 'db1', 'dW2', … to the gradients. X (m, n), "
        "labels (m,) whole numbers from 0."
    ),
    reference=_any_depth_gradients,
    cases=_network_cases,
    case_note=_widths,
    returns=("gradients",),
    equivalents=(_one_by_one, _recursive, _in_columns),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "everything is m times too large: the 1/m of the mean comes in with the first delta.",
            _with(top=lambda p, y, z: p - y),
        ),
        Misconception(
            "1/m-twice",
            "1/m is applied twice: in the first delta, and once more for every parameter.",
            _with(
                to_W=lambda a, z, delta: a.T @ delta / len(a), to_b=lambda delta: delta.mean(axis=0)
            ),
        ),
        Misconception(
            "bias-averaged",
            "the weights are right. For the biases the rows of delta are averaged, and their 1/m "
            "is in delta already: add them up.",
            _with(to_b=lambda delta: delta.mean(axis=0)),
        ),
        Misconception(
            "bias-first-row",
            "the weights are right. The biases get the first row of delta alone: right for a "
            "batch of one.",
            _with(to_b=lambda delta: delta[0].copy()),
        ),
        Misconception(
            "slope-forgotten",
            "the last layer is right. On the way down, delta passes through the weights but not "
            "through the bend: tanh's slope is missing.",
            _with(slope=lambda z, a: 1.0),
        ),
        Misconception(
            "slope-of-the-wrong-quantity",
            "the last layer is right. Below it the slope is made from z; 1 − a² wants the output "
            "of tanh.",
            _with(slope=lambda z, a: 1 - z**2),
        ),
        Misconception(
            "tanh-taken-twice",
            "the last layer is right. Below it tanh is taken twice in the slope: of a, which is "
            "tanh(z) already.",
            _with(slope=lambda z, a: 1 - np.tanh(a) ** 2),
        ),
        Misconception(
            "formula-of-the-sigmoid",
            "the last layer is right. Below it the slope is a(1 − a), the sigmoid's; this network "
            "bends with tanh.",
            _with(slope=lambda z, a: a * (1 - a)),
        ),
        Misconception(
            "slope-at-the-end",
            "the first delta is multiplied by a slope of tanh. Between the scores and softmax "
            "there is no bend, and softmax's own slope has cancelled.",
            _with(top=lambda p, y, z: (p - y) / len(p) * (1 - np.tanh(z) ** 2)),
        ),
        Misconception(
            "bend-at-the-end",
            "the scores went through tanh as well; the last layer has no bend.",
            _with(
                last_bend=np.tanh,
                top=lambda p, y, z: (p - y) / len(p) * (1 - np.tanh(z) ** 2),
            ),
        ),
        Misconception(
            "bend-at-the-end-forward-only",
            "on the way forward the scores went through tanh as well; the last layer has no bend.",
            _with(last_bend=np.tanh),
        ),
        Misconception(
            "diagonal-only",
            "the first delta pushes the right score alone: of softmax's Jacobian only the diagonal "
            "is used.",
            _with(top=lambda p, y, z: -y * (1 - p) / len(p)),
        ),
        Misconception(
            "jacobian-once-more",
            "the first delta is p − y once more through softmax's Jacobian, which has cancelled "
            "already.",
            _with(top=lambda p, y, z: _through(p - y, p) / len(p)),
        ),
        Misconception(
            "sums-for-activations",
            "the biases are right. The weights are multiplied by a, what came out of the bend, "
            "and here z stands in its place.",
            _with(to_W=lambda a, z, delta: z.T @ delta),
        ),
        Misconception(
            "biases-left-out",
            "on the way forward no bias is added.",
            _with(bias=0.0),
        ),
        Misconception(
            "no-bend",
            "there is no tanh on the way forward, and no slope on the way back: the whole network "
            "is one straight line.",
            _with(bend=lambda z: z, slope=lambda z, a: 1.0),
        ),
        Misconception(
            "sign-flipped",
            "all signs are flipped: the first delta is what was said minus what was true.",
            _with(top=lambda p, y, z: (y - p) / len(p)),
        ),
        Misconception(
            "updated-too-early",
            "a layer's weights make their step before delta goes back through them; delta wants "
            "the weights of the way forward.",
            _updated_too_early,
        ),
    ),
    hints=(
        "Forward, keep every activation in a list, X first. Back, start with the delta of the "
        "scores and let the layers come in reverse.",
        "In each round of the way back: the two gradients of this layer, from its input and its "
        "delta; then, unless it was the first layer, the delta of the layer below.",
        "With `a[0]` the input and `a[layer]` what that layer gives: the gradient of its weights "
        "uses `a[layer - 1]`, and so does the slope 1 − a² that takes delta one layer down. The "
        'names are f"W{layer}" and f"dW{layer}".',
    ),
    another="""
def any_depth_gradients(X, labels, parameters):
    depth, gradients = len(parameters) // 2, {}

    def through(a, l):  # the gradient at the input of layer l
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        z = a @ W + b
        if l == depth:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            delta = e / e.sum(axis=1, keepdims=True)
            delta = (delta - np.eye(z.shape[1])[labels]) / len(X)
        else:
            delta = through(np.tanh(z), l + 1) * (1 - np.tanh(z) ** 2)
        gradients[f"dW{l}"], gradients[f"db{l}"] = a.T @ delta, delta.sum(axis=0)
        return delta @ W.T

    through(X, 1)
    return gradients
""",
    after=(
        "Two loops, and no line knows how deep the network is. In the other way the recursion "
        "keeps the activations, and its return is the way back."
    ),
)
