"""Losses of predicted classes, from logits: the scores before sigmoid or softmax.

Each is the fused pair of the squashing function and the loss. Squashing first and taking the
logarithm afterwards gives log(0) from z = 40 on; together they are exact for every finite z, and
the gradient is the difference of two probabilities.
"""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, FixedArray, quietly, to_numpy, xp_of
from bplib.errors import DomainError
from bplib.losses import labels as allowed
from bplib.losses.upstream import one_number


@quietly
def binary_cross_entropy_with_logits(logits: Array, labels: FixedArray) -> tuple[Array, Cache]:
    """Cross-entropy of two classes: L = (1/N) Σ of max(z, 0) - z y + ln(1 + exp(-|z|)).

    Over all N entries, z a logit and y its label. It equals -y ln p - (1 - y) ln(1 - p) with
    p = σ(z), and stays finite where p rounds to 0 or 1.

    Arguments:
        logits: (m,) or (m, k), float array; k questions, each with its own yes or no.
        labels: of the same shape; 0 and 1 as integers, or floats between 0 and 1.

    Returns:
        `L`, one number, at least 0, in nats, and the cache.

    Raises:
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are empty.
        DTypeError: for logits that are not floats, or float32 against float64.
        DomainError: where a label is below 0 or above 1.

    Source: C. M. Bishop (2006), Pattern Recognition and Machine Learning, equation 4.90.
    """
    loss = "binary_cross_entropy_with_logits"
    allowed.same_shape(loss, "logits", logits, labels)
    z, y = logits, labels.astype(logits.real.dtype)
    expect.everywhere(loss, "labels", y, (y >= 0) & (y <= 1), "labels lie between 0 and 1")
    xp = xp_of(logits)
    positive = z.real > 0
    missing = positive - y
    e = xp.exp(xp.minimum(z, -z))  # of -|z|, for complex numbers by their real part
    return (z * missing + xp.log1p(e)).sum() / e.size, (positive, missing, e)


@quietly
def binary_cross_entropy_with_logits_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of the binary cross-entropy: dlogits = dloss (1/N) (σ(z) - y).

    Arguments:
        cache: of `binary_cross_entropy_with_logits`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dlogits`, shaped as the logits.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    positive, missing, e = cache
    dloss = one_number("binary_cross_entropy_with_logits_backward", dloss, e)
    # The smaller of p and 1 - p: where p rounds to 1, the gradient still has all its digits. Then
    # p - y is (1 - y) - smaller where z is positive, and smaller - y elsewhere.
    smaller = e / (1 + e)
    slope = smaller * positive
    slope *= -2
    slope += smaller
    slope += missing
    return slope * (dloss / e.size)


@quietly
def softmax_cross_entropy(
    logits: Array,
    labels: FixedArray,
    label_smoothing: float = 0.0,
    class_weights: Array | None = None,
) -> tuple[Array, Cache]:
    """Cross-entropy of k classes: L = -(1/m) Σ over the batch of ln p of the right class.

    With p = softmax of the row. In general, with probabilities y (1 at the right class for class
    numbers), smoothing ε and class weights w, L = -(1/W) Σᵢ Σ꜀ w꜀ qᵢ꜀ ln pᵢ꜀, where
    q = (1 - ε) y + ε/k and W = Σᵢ Σ꜀ w꜀ yᵢ꜀ is the sum of the weights of the labels, m where all
    weigh 1. So class numbers and their one-hot rows give the same loss; for class numbers it is
    also PyTorch's, which for probabilities divides by m in the place of W.

    Arguments:
        logits: (m, k), float array.
        labels: (m,), class numbers from 0 to k - 1, or (m, k), probabilities whose rows sum to 1.
        label_smoothing: ε, from 0 to 1; the share of every label that goes to all classes alike.
        class_weights: (k,), float array of weights of at least 0; None weighs all alike.

    Returns:
        `L`, one number, at least 0, in nats, and the cache.

    Raises:
        ShapeError: where the shapes do not fit, or an array is empty.
        DTypeError: for logits that are not floats, labels (m,) that are not whole, or float32
            against float64.
        DomainError: where a label names no class, a row of probabilities does not sum to 1, a
            weight is negative, or the labels weigh nothing together.

    Source: C. M. Bishop (2006), Pattern Recognition and Machine Learning, equation 4.108; C.
        Szegedy et al. (2016), Rethinking the Inception Architecture for Computer Vision, section
        7, for smoothing.
    """
    loss = "softmax_cross_entropy"
    allowed.matrix(loss, logits)
    numbered = allowed.by_number(loss, labels)
    if numbered:
        allowed.classes(loss, logits, labels)
    else:
        allowed.probabilities(loss, "labels", logits, labels)
    epsilon = expect.fraction(loss, "label_smoothing", label_smoothing)
    if class_weights is not None:
        allowed.weights(loss, logits, class_weights)
    xp = xp_of(logits)
    shifted, p, total = _softmax(logits)
    if numbered and not epsilon and class_weights is None:
        right = xp.arange(len(labels)), labels
        return (xp.log(total[:, 0]) - shifted[right]).sum() / len(p), (p, right, None)
    shifted -= xp.log(total)
    targets, W = _targets(logits, labels, epsilon, class_weights)
    return -_products(targets, shifted).sum() / W, (p, targets, W)


@quietly
def softmax_cross_entropy_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of the cross-entropy: dlogits = dloss (1/m) (p - y), each row of it sums to 0.

    In general, with t꜀ = w꜀ q꜀ for a row, dlogits = dloss (1/W) (p Σ꜀ t꜀ - t).

    Arguments:
        cache: of `softmax_cross_entropy`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dlogits`, shaped as the logits.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    p, targets, W = cache
    dloss = one_number("softmax_cross_entropy_backward", dloss, p)
    if W is None:
        scale = dloss / len(p)
        dlogits = p * scale
        dlogits[targets] -= scale
        return dlogits
    return _pulled(p, targets) * (dloss / W)


@quietly
def kl_divergence(logits: Array, target: FixedArray) -> tuple[Array, Cache]:
    """Kullback–Leibler divergence: L = (1/m) Σ over the batch of Σ꜀ t꜀ (ln t꜀ - ln p꜀).

    With p = softmax of the row of logits, and 0 ln 0 = 0. It is the cross-entropy less the entropy
    of the target, so that a perfect prediction costs 0; the gradient is the same.

    Arguments:
        logits: (m, k), float array.
        target: (m, k), probabilities whose rows sum to 1; it gets no gradient.

    Returns:
        `L`, one number, at least 0 up to rounding, in nats, and the cache.

    Raises:
        ShapeError: where the shapes differ, are not (m, k), or are empty.
        DTypeError: for integers, or float32 against float64.
        DomainError: where a target is negative, or a row of them does not sum to 1.

    Source: S. Kullback, R. A. Leibler (1951), On Information and Sufficiency, Annals of
        Mathematical Statistics 22, 79–86, section 2; C. M. Bishop (2006), Pattern Recognition
        and Machine Learning, equation 1.113.
    """
    allowed.matrix("kl_divergence", logits)
    allowed.probabilities("kl_divergence", "target", logits, target)
    xp = xp_of(logits)
    log_p, p, total = _softmax(logits)
    log_p -= xp.log(total)
    log_target = xp.log(xp.where(target > 0, target, 1))
    return _products(target, log_target - log_p).sum() / len(p), (p, target)


@quietly
def kl_divergence_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of the divergence: dlogits = dloss (1/m) (p - t), each row of it sums to 0.

    Arguments:
        cache: of `kl_divergence`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dlogits`, shaped as the logits.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    p, target = cache
    dloss = one_number("kl_divergence_backward", dloss, p)
    return _pulled(p, target) * (dloss / len(p))


def _softmax(logits: Array) -> tuple[Array, Array, Array]:
    """(logits less the row's largest, the softmax, Σ exp of the first), all of them fresh."""
    shifted = logits - logits.real.max(axis=1, keepdims=True)
    p = xp_of(logits).exp(shifted)
    total = p.sum(axis=1, keepdims=True)
    p /= total
    return shifted, p, total


def _targets(
    logits: Array, labels: FixedArray, epsilon: float, class_weights: Array | None
) -> tuple[Array, Array]:
    """The smoothed and weighted targets (m, k), and the sum of the weights of the labels."""
    m, k = logits.shape
    xp = xp_of(logits)
    y = labels
    if labels.ndim == 1:
        y = xp.zeros((m, k), dtype=logits.real.dtype)
        y[xp.arange(m), labels] = 1
    q = y * (1 - epsilon) + epsilon / k
    if class_weights is None:
        return q, m
    W = (y * class_weights).sum()
    if not to_numpy(W > 0):
        raise DomainError(
            "softmax_cross_entropy: the class_weights of all labels in the batch are 0; "
            "there is nothing to average."
        )
    return q * class_weights, W


def _products(t: Array, log_p: Array) -> Array:
    """t ln p entry by entry, with 0 where t is 0, also for ln 0."""
    return xp_of(t).where(t == 0, 0, t * log_p)


def _pulled(p: Array, t: Array) -> Array:
    """p Σ t - t for every row, whose entries sum to 0."""
    return p * t.sum(axis=1, keepdims=True) - t
