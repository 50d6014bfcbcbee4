"""Chapter 4: every mistake that has a name, made by somebody else, in plain loops and lists."""

import functools
import math

import numpy as np


def _bend(z):
    return math.exp(z) / (1 + math.exp(z))


def _slope(a, z):
    return a - a * a


# ── forward ──────────────────────────────────────────────────────────────────────────────────────


def _forward(
    x, W, b, v, c, *, weight=lambda W, i, j: W[i][j], into=lambda s, b: s + b, bend=_bend,
    after=lambda a, b: a, out_into=lambda s, c: s + c, out_bend=_bend, out_after=lambda a, c: a,
    heard=lambda h, z: h,
):  # fmt: skip
    z, h = [], []
    for j in range(W.shape[1]):
        total = 0.0
        for i in range(W.shape[0]):
            total += weight(W, i, j) * float(x[i])
        z.append(into(total, float(b[j])))
        h.append(after(bend(z[j]), float(b[j])))
    total = sum(heard(h_j, z_j) * float(v_j) for h_j, z_j, v_j in zip(h, z, v, strict=True))
    return np.array(h), out_after(out_bend(out_into(total, c)), c)


def _read_across(W, i, j):
    return W.ravel()[j * W.shape[0] + i]


def _average_of(x, W, b, v, c):
    h, _ = _forward(x, W, b, v, c)
    return h, _bend(np.average(np.multiply(v, h)) + c)


FORWARD = {
    "hidden-biases-forgotten": (functools.partial(_forward, into=lambda s, b: s),),
    "output-bias-forgotten": (functools.partial(_forward, out_into=lambda s, c: s),),
    "weights-read-across": (functools.partial(_forward, weight=_read_across),),
    "no-sigmoid-at-the-output": (functools.partial(_forward, out_bend=float),),
    "no-sigmoid-in-the-middle": (functools.partial(_forward, bend=float),),
    "output-reads-the-sums": (functools.partial(_forward, heard=lambda h, z: z),),
    "sigmoid-upside-down": (
        functools.partial(_forward, bend=lambda z: _bend(-z), out_bend=lambda z: _bend(-z)),
        functools.partial(
            _forward, bend=lambda z: 1 / (1 + math.exp(z)), out_bend=lambda z: 1 / (1 + math.exp(z))
        ),
    ),
    "bias-after-the-sigmoid": (
        functools.partial(_forward, into=lambda s, b: s, after=lambda a, b: a + b),
    ),
    "output-bias-after-the-sigmoid": (
        functools.partial(_forward, out_into=lambda s, c: s, out_after=lambda a, c: a + c),
    ),
    "tanh-for-sigmoid": (functools.partial(_forward, bend=math.tanh, out_bend=math.tanh),),
    "averaged": (_average_of,),
}

# ── deltas ───────────────────────────────────────────────────────────────────────────────────────


OUTPUT = {
    "slope-forgotten": (lambda o, y: -(y - o) * 2, lambda o, y: o - y + o - y),
    "error-alone": (lambda o, y: np.subtract(o, y), lambda o, y: sum((o, -y))),
    "factor-2-lost": (lambda o, y: math.prod((o - y, o, 1 - o)),),
    "sign-flipped": (lambda o, y: 2 * (y - o) * (o - o**2), lambda o, y: 2 * (o - y) * o * (o - 1)),
    "sigmoid-again": (lambda o, y: 2 * (o - y) * math.exp(-o) / (1 + math.exp(-o)) ** 2,),
    "sigmoid-for-its-slope": (lambda o, y: 2 * o**2 - 2 * o * y,),
    "slope-alone": (lambda o, y: o - o**2,),
    "square-not-differentiated": (lambda o, y: (y - o) ** 2 * (o - o**2),),
    "slope-of-tanh": (lambda o, y: 2 * (o - y) * (1 - o) * (1 + o),),
    "slope-with-y": (lambda o, y: 2 * (o - y) * (y - y**2),),
}


def _hidden(h, v, delta_o, *, term):
    out = np.empty(len(h))
    for j in range(len(h)):
        out[j] = term(float(h[j]), float(v[j]), delta_o)
    return out


def _summed(h, v, delta_o):
    arrived = 0.0
    for v_j in v:
        arrived += v_j * delta_o
    return np.array([arrived * (h_j - h_j**2) for h_j in h])


HIDDEN = {
    "slope-forgotten": (functools.partial(_hidden, term=lambda h, v, d: d * v),),
    "weights-forgotten": (functools.partial(_hidden, term=lambda h, v, d: d * h - d * h * h),),
    "sigmoid-again": (
        functools.partial(_hidden, term=lambda h, v, d: d * v * _bend(h) * _bend(-h)),
    ),
    "weight-gradient": (functools.partial(_hidden, term=lambda h, v, d: d * h),),
    "h-for-v": (functools.partial(_hidden, term=lambda h, v, d: d * h**2 * (1 - h)),),
    "sigmoid-for-its-slope": (functools.partial(_hidden, term=lambda h, v, d: d * v * h),),
    "one-minus-only": (functools.partial(_hidden, term=lambda h, v, d: d * v - d * v * h),),
    "summed": (_summed,),
    "sign-flipped": (functools.partial(_hidden, term=lambda h, v, d: d * v * h * (h - 1)),),
    "slope-of-tanh": (functools.partial(_hidden, term=lambda h, v, d: d * v * (1 - h) * (1 + h)),),
    "averaged": (lambda h, v, delta_o: (h - h**2) * v * np.mean([delta_o] + [0] * (len(h) - 1)),),
}

# ── all gradients ────────────────────────────────────────────────────────────────────────────────


def _gradients(
    x, y, W, b, v, c, *, bend=_bend, out_bend=_bend, error=lambda o, y: o - y + o - y,
    out_slope=_slope, slope=_slope, share=lambda d, v: d * v, to_w=lambda x, d, **_: x * d,
    to_b=lambda d, **_: d, to_v=lambda h, d, **_: h * d, to_c=lambda d, c: d,
):  # fmt: skip
    """Neuron by neuron, with one line replaced where it is given."""
    n, size = W.shape
    z = [sum(float(x[i] * W[i, j]) for i in range(n)) + float(b[j]) for j in range(size)]
    h = [bend(one) for one in z]
    z_o = sum(float(h[j] * v[j]) for j in range(size)) + c
    o = out_bend(z_o)
    delta_o = error(o, y) * out_slope(o, z_o)
    dW, db, dv = np.zeros((n, size)), np.zeros(size), np.zeros(size)
    for j in range(size):
        dh = share(delta_o, float(v[j]))
        delta = dh * slope(h[j], z[j])
        dv[j] = to_v(h[j], delta_o, z=z[j])
        db[j] = to_b(delta, dh=dh, b=float(b[j]))
        for i in range(n):
            dW[i, j] = to_w(float(x[i]), delta, h=h[j], delta_o=delta_o)
    return dW, db, dv, to_c(delta_o, c)


def _slip(**replaced):
    return functools.partial(_gradients, **replaced)


def _bent_again(a, z):
    return _bend(a) * _bend(-a)


def _output_weights_from_themselves(x, y, W, b, v, c):
    dW, db, _, dc = _gradients(x, y, W, b, v, c)
    return dW, db, [float(one) * dc for one in v], dc


GRADIENTS = {
    "hidden-slope-forgotten": (_slip(slope=lambda a, z: 1),),
    "output-slope-forgotten": (_slip(out_slope=lambda a, z: 1),),
    "error-alone": (_slip(error=lambda o, y: o - y, out_slope=lambda a, z: 1),),
    "factor-2-lost": (_slip(error=lambda o, y: o - y),),
    "sign-flipped": (_slip(error=lambda o, y: 2 * y - 2 * o),),
    "hidden-slope-from-z": (_slip(slope=lambda a, z: z - z * z),),
    "both-slopes-from-z": (_slip(slope=lambda a, z: z - z * z, out_slope=lambda a, z: z - z * z),),
    "sigmoid-again": (_slip(out_slope=_bent_again, slope=_bent_again),),
    "weights-not-used-on-the-way-back": (_slip(share=lambda d, v: d),),
    "hidden-weights-from-the-output": (_slip(to_w=lambda x, d, h, delta_o: x * h * delta_o),),
    "biases-forgotten": (_slip(to_b=lambda d, **_: 0, to_c=lambda d, c: 0.0),),
    "bias-gets-dh": (_slip(to_b=lambda d, dh, b: dh),),
    "output-weights-from-the-sums": (_slip(to_v=lambda h, d, z: z * d),),
    "output-weights-from-themselves": (_output_weights_from_themselves,),
    "biases-multiplied-in": (_slip(to_b=lambda d, dh, b: b * d, to_c=lambda d, c: c * d),),
    "inputs-left-out": (_slip(to_w=lambda x, d, **_: d),),
}


def _one(o, z):
    return 1.0


_tanh = functools.partial(
    _gradients, bend=math.tanh, out_bend=float, out_slope=_one, slope=lambda a, z: 1 - a * a
)


def _tanh_slip(**replaced):
    return functools.partial(_tanh, **replaced)


TANH = {
    "slope-of-the-sigmoid": (_tanh_slip(slope=_slope),),
    "output-slope-kept": (_tanh_slip(out_slope=_slope),),
    "output-slope-of-tanh": (_tanh_slip(out_slope=lambda a, z: (1 - a) * (1 + a)),),
    "nothing-changed": (_tanh_slip(slope=_slope, out_slope=_slope),),
    "slope-from-z": (_tanh_slip(slope=lambda a, z: (1 - z) * (1 + z)),),
    "square-lost": (_tanh_slip(slope=lambda a, z: 1 - a),),
    "hidden-slope-forgotten": (_tanh_slip(slope=_one),),
    "tanh-again": (_tanh_slip(slope=lambda a, z: 1 / math.cosh(a) ** 2),),
    "factor-2-lost": (_tanh_slip(error=lambda o, y: o - y),),
    "sign-flipped": (_tanh_slip(error=lambda o, y: 2 * (y - o)),),
    "weights-not-used-on-the-way-back": (_tanh_slip(share=lambda d, v: d),),
    "forward-with-sigmoid": (_tanh_slip(bend=_bend),),
    "the-other-network": (_gradients,),
}

# ── one step, and many ───────────────────────────────────────────────────────────────────────────


def _minus(parameters, gradients, rates):
    rows = zip(parameters, gradients, rates, strict=True)
    return [p + -rate * g for p, g, rate in rows]


def _update(*given, rates=(1, 1, 1, 1), gradients=_gradients, times=lambda lr: lr):
    *sample_and_network, lr = given
    found = gradients(*sample_and_network)
    return _minus(given[2:6], found, [times(lr) * k for k in rates])


def _early(x, y, W, b, v, c, lr):
    """Neuron by neuron: v[j] is moved just before it is used."""
    h = [_bend(float(x @ W[:, j] + b[j])) for j in range(len(b))]
    o = _bend(float(np.dot(h, v) + c))
    push = 2 * (o - y) * (o - o**2)
    W, b, v = W.copy(), b.copy(), v.copy()
    for j in range(len(b)):
        v[j] -= lr * push * h[j]
        delta = push * v[j] * (h[j] - h[j] ** 2)
        b[j] -= lr * delta
        W[:, j] -= lr * delta * x
    return W, b, v, c - lr * push


def _layer_after_layer(x, y, W, b, v, c, lr, *, first):
    now = [W, b, v, c]
    for layer in first, 1 - first:
        found = _gradients(x, y, *now)
        for k in (2 * layer, 2 * layer + 1):
            now[k] = now[k] - lr * found[k]
    return now


def _changes(*given):
    return [-given[-1] * g for g in _gradients(*given[:-1])]


UPDATE = {
    "updated-too-early": (_early,),
    "forward-once-more": (functools.partial(_layer_after_layer, first=1),),
    "hidden-layer-first": (functools.partial(_layer_after_layer, first=0),),
    "uphill": (functools.partial(_update, times=lambda lr: -lr),),
    "lr-ignored": (functools.partial(_update, times=lambda lr: 1),),
    "factor-2-lost": (functools.partial(_update, gradients=_slip(error=lambda o, y: o - y)),),
    "biases-stay": (functools.partial(_update, rates=(1, 0, 1, 0)),),
    "only-the-output-moves": (functools.partial(_update, rates=(0, 0, 1, 1)),),
    "only-the-hidden-layer-moves": (functools.partial(_update, rates=(1, 1, 0, 0)),),
    "hidden-slope-forgotten": (functools.partial(_update, gradients=_slip(slope=lambda a, z: 1)),),
    "gradients-returned": (lambda *given: list(_gradients(*given[:-1])),),
    "step-returned": (_changes,),
}


def _train(
    X, y, W, b, v, c, lr, steps, *, over=lambda m: m, more=0, keep=False, only_last=False,
    rates=(1, 1, 1, 1), stop=None, gradients=_gradients,
):  # fmt: skip
    now, sums = [W, b, v, c], [0.0] * 4
    for _ in range(steps + more):
        if not keep:
            sums = [0.0] * 4
        for k in range(len(X)):
            found = gradients(X[k], y[k], *now)
            sums = list(found) if only_last else [s + g for s, g in zip(sums, found, strict=True)]
        now = _minus(now, sums, [lr * rate / over(len(X)) for rate in rates])
        if stop:
            break
    return now


def _train_each(X, y, W, b, v, c, lr, steps, *, over=lambda m: 1):
    now = [W, b, v, c]
    for k in range(steps * len(X)):
        found = _gradients(X[k % len(X)], y[k % len(X)], *now)
        now = _minus(now, found, [lr / over(len(X))] * 4)
    return now


def _train_early(X, y, W, b, v, c, lr, steps):
    for _ in range(steps):
        H = np.array([[_bend(float(x @ w + k)) for w, k in zip(W.T, b, strict=True)] for x in X])
        said = np.array([_bend(float(h @ v + c)) for h in H])
        push = 2 * (said - y) * (said - said**2) / len(X)
        v = v - lr * np.einsum("m,mj->j", push, H)
        delta = np.einsum("m,j,mj->mj", push, v, H - H**2)
        W, b = W - lr * np.einsum("mi,mj->ij", X, delta), b - lr * np.einsum("mj->j", delta)
        c = c - lr * push.sum()
    return W, b, v, c


TRAIN = {
    "missing-1/m": (functools.partial(_train, over=lambda m: 1),),
    "1/m-twice": (functools.partial(_train, over=lambda m: m * m),),
    "sample-by-sample": (_train_each,),
    "sample-by-sample-1/m": (functools.partial(_train_each, over=lambda m: m),),
    "last-sample-only": (functools.partial(_train, only_last=True, over=lambda m: 1),),
    "last-sample-over-m": (functools.partial(_train, only_last=True),),
    "never-cleared": (functools.partial(_train, keep=True),),
    "one-step-too-many": (functools.partial(_train, more=1),),
    "one-step-too-few": (functools.partial(_train, more=-1),),
    "one-step-only": (functools.partial(_train, stop=True),),
    "uphill": (functools.partial(_train, rates=(-1, -1, -1, -1)),),
    "updated-too-early": (_train_early,),
    "biases-stay": (functools.partial(_train, rates=(1, 0, 1, 0)),),
}

NAMED = {
    "forward_pass": FORWARD,
    "output_delta": OUTPUT,
    "hidden_deltas": HIDDEN,
    "network_gradients": GRADIENTS,
    "network_update": UPDATE,
    "tanh_network_gradients": TANH,
    "train_network": TRAIN,
}

RIGHT = {
    "forward_pass": {"in loops": _forward},
    "network_gradients": {"neuron by neuron": _gradients},
    "network_update": {"a list of sums": _update},
    "tanh_network_gradients": {"neuron by neuron": _tanh},
    "train_network": {"neuron by neuron": _train},
}
