"""Chapter 5: a layer, the bend before it, softmax, two losses, a whole network."""

import functools
import math

import numpy as np


def _layer_in_place(x, W, b, delta):
    dx, dW = np.empty(x.shape), np.empty(W.shape)
    np.matmul(delta, W.T, out=dx)
    np.matmul(x.T, delta, out=dW)
    return [dx, dW, np.add.reduce(delta)]


def _layer_with_ones(x, W, b, delta):
    """The bias as one more row of W, fed by a column of ones."""
    wide = np.column_stack([x, np.ones(len(x))]).T @ delta
    return np.inner(delta, W), wide[:-1], wide[-1]


def _layer_tensordot(x, W, b, delta):
    return (
        np.tensordot(delta, W, axes=(1, 1)),
        np.tensordot(x, delta, axes=(0, 0)),
        np.array([math.fsum(column) for column in delta.T]),
    )


def _layer_outer(x, W, b, delta):
    dW = (x[:, :, None] * delta[:, None, :]).sum(axis=0)
    return (W[None] * delta[:, None, :]).sum(axis=2), dW, delta.T @ np.ones(len(delta))


def _bend_complex(delta_next, W_next, z):
    slope = np.tanh(z + 1e-30j).imag / 1e-30
    return (delta_next @ W_next.T) * slope


def _bend_rows(delta_next, W_next, z):
    slopes = [np.diag(1 - np.tanh(row) ** 2) for row in z]
    return np.array([S @ (W_next @ d) for S, d in zip(slopes, delta_next, strict=True)])


def _bend_in_place(delta_next, W_next, z):
    out = np.tanh(z)
    np.square(out, out=out)
    np.subtract(1, out, out=out)
    out *= delta_next @ W_next.T
    return out


def _bend_sigmoid(delta_next, W_next, z):
    s = 1 / (1 + np.exp(-2 * z))  # tanh z = 2 σ(2z) - 1
    return np.matmul(delta_next, np.transpose(W_next)) * 4 * s * (1 - s)


def _softmax_in_place(z):
    out = z - np.max(z, axis=-1)[..., None]
    np.exp(out, out=out)
    out /= np.sum(out, axis=-1, keepdims=True)
    return out


def _softmax_plain(z):
    rows = []
    for row in z.tolist():
        e = [math.exp(score - max(row)) for score in row]
        rows.append([one / math.fsum(e) for one in e])
    return np.array(rows)


def _softmax_columns(z):
    t = z.T - z.T.max(0)
    return (np.exp(t) / np.exp(t).sum(0)).T.copy()


def _softmax_logaddexp(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


def _ce_put(z, labels):
    p = _softmax_in_place(z)
    at = labels[:, None]
    np.put_along_axis(p, at, np.take_along_axis(p, at, axis=1) - 1, axis=1)
    return p / len(p)


def _ce_equal(z, labels):
    return (_softmax_in_place(z) - (labels[:, None] == np.arange(z.shape[1]))) / z.shape[0]


def _ce_plain(z, labels):
    out = _softmax_plain(z)
    for i, label in enumerate(labels.tolist()):
        out[i, label] -= 1
    return out * (1 / len(out))


def _ce_jacobians(z, labels):
    out = []
    for p, label in zip(_softmax_in_place(z), labels, strict=True):
        J = np.diag(p) - np.outer(p, p)
        # where the right class's p is 0 its row of J over p is what the limit says
        out.append(-J[label] / p[label] if p[label] > 1e-8 else p - np.eye(len(p))[label])
    return np.array(out) / len(z)


def _squares_complex(z, y):
    a = 1 / (1 + np.exp(-(z + 1e-30j)))
    return (((a - y) ** 2).imag / 1e-30) / len(z)


def _squares_expit(z, y):
    a = np.exp(-np.logaddexp(0, -z))
    return np.multiply(2 * (a - y), np.exp(-np.logaddexp(0, z)) * a) / y.shape[0]


def _squares_rows(z, y):
    rows = []
    for u, v in zip(z, y, strict=True):
        a = 1 / (1 + np.exp(-u))
        rows.append(np.diag(a * (1 - a)) @ (2 * (a - v)))
    return np.array(rows) / len(rows)


def _squares_expanded(z, y):
    a = 1 / (1 + np.exp(-z))
    return 2 / len(a) * (a**2 - a**3 - y * a + y * a**2)


def network(X, labels, parameters, *, slope=lambda a: 1 - a**2, passes=None):
    """Layers as closures: each forward leaves a function that goes back."""
    gradients, way_back, a = {}, [], X
    depth = len(parameters) // 2
    for number in range(1, depth + 1):
        W, b = parameters[f"W{number}"], parameters[f"b{number}"]

        def back(delta, number=number, W=W, a=a):
            gradients[f"dW{number}"] = a.T @ delta
            gradients[f"db{number}"] = delta.sum(axis=0)
            return delta @ (W if passes is None else passes(W)).T

        way_back.append(back)
        a = a @ W + b
        if number < depth:
            a = np.tanh(a)
            way_back.append(lambda da, a=a: da * slope(a))
    delta = _ce_equal(a, labels)
    for back in reversed(way_back):
        delta = back(delta)
    return gradients


def _network_with_ones(X, labels, parameters):
    """Biases as one more row of each matrix."""
    depth = len(parameters) // 2
    wide = [
        np.vstack([parameters[f"W{layer + 1}"], parameters[f"b{layer + 1}"]])
        for layer in range(depth)
    ]
    ins = [np.column_stack([X, np.ones(len(X))])]
    for V in wide[:-1]:
        ins.append(np.column_stack([np.tanh(ins[-1] @ V), np.ones(len(X))]))
    delta, out = _ce_plain(ins[-1] @ wide[-1], labels), {}
    for layer in reversed(range(depth)):
        dV = ins[layer].T @ delta
        out[f"dW{layer + 1}"], out[f"db{layer + 1}"] = dV[:-1], dV[-1]
        delta = (delta @ wide[layer].T * (1 - ins[layer] ** 2))[:, :-1]
    return out


def _network_reduced(X, labels, parameters):
    layers = range(1, len(parameters) // 2 + 1)

    def forward(kept, layer):
        a = np.tanh(kept[-1]) if layer > 1 else kept[-1]
        return [*kept, a @ parameters[f"W{layer}"] + parameters[f"b{layer}"]]

    zs = functools.reduce(forward, layers, [X])
    delta, out = _ce_equal(zs[-1], labels), {}
    for layer in layers[::-1]:
        a = np.tanh(zs[layer - 1]) if layer > 1 else X
        out |= {f"dW{layer}": np.dot(a.T, delta), f"db{layer}": np.einsum("ij->j", delta)}
        delta = np.dot(delta, parameters[f"W{layer}"].T) * (1 - a * a)
    return dict(sorted(out.items()))


def _network_complex_step(X, labels, parameters):
    def loss(values):
        a, depth = X, len(values) // 2
        for layer in range(1, depth + 1):
            a = a @ values[f"W{layer}"] + values[f"b{layer}"]
            a = np.tanh(a) if layer < depth else a
        right = a[np.arange(len(X)), labels]
        return np.mean(np.log(np.exp(a).sum(axis=1)) - right)

    out = {}
    for name, value in parameters.items():
        gradient = np.zeros_like(value)
        for place in np.ndindex(value.shape):
            nudged = value.astype(complex)
            nudged[place] += 1e-30j
            gradient[place] = loss({**parameters, name: nudged}).imag / 1e-30
        out["d" + name] = gradient
    return out


RIGHT = {
    "layer_gradients": {
        "in place": _layer_in_place,
        "a column of ones": _layer_with_ones,
        "tensordot": _layer_tensordot,
        "outer products": _layer_outer,
    },
    "one_layer_back": {
        "complex step": _bend_complex,
        "rows and diagonals": _bend_rows,
        "in place": _bend_in_place,
        "by the sigmoid": _bend_sigmoid,
    },
    "softmax_rows": {
        "in place": _softmax_in_place,
        "plain Python": _softmax_plain,
        "columns": _softmax_columns,
        "logaddexp": _softmax_logaddexp,
    },
    "cross_entropy_gradient": {
        "put along": _ce_put,
        "by comparison": _ce_equal,
        "plain Python": _ce_plain,
        "with Jacobians": _ce_jacobians,
    },
    "sigmoid_square_delta": {
        "complex step": _squares_complex,
        "logaddexp": _squares_expit,
        "rows and diagonals": _squares_rows,
        "multiplied out": _squares_expanded,
    },
    "any_depth_gradients": {
        "closures": network,
        "a row of ones": _network_with_ones,
        "sums kept": _network_reduced,
        "complex step": _network_complex_step,
    },
}
