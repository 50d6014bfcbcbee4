"""Chapter 11: every mistake that has a name, made by somebody else, in another style."""

import itertools
import math

import numpy as np

# ── soft threshold and dropout, number by number ─────────────────────────────────────────────────


def _numbers(rule):
    return lambda a, alpha: np.array([float(rule(float(v), alpha)) for v in a])


THRESHOLD = {
    "l2-for-l1": (_numbers(lambda v, t: v / (1.0 + t)),),
    "hard-threshold": (_numbers(lambda v, t: v if v > t or v < -t else 0),),
    "sign-lost": (_numbers(lambda v, t: abs(v) - t if abs(v) > t else 0),),
    "positive-only": (_numbers(lambda v, t: v - t if v > t else 0),),
    "through-zero": (_numbers(lambda v, t: v - t if v > 0 else v + t),),
    "always-minus": (_numbers(lambda v, t: v - t),),
    "clipped": (_numbers(lambda v, t: min(max(v, -t), t)),),
    "negative-pushed-out": (_numbers(lambda v, t: 0 if -t <= v <= t else v - t),),
}


def _masked(forward, backward):
    """Number by number: what becomes of a kept and of a dropped one, both ways."""

    def wrong(x, dy, keep, rate):
        y, dx = np.empty_like(x), np.empty_like(dy)
        for place in np.ndindex(*x.shape):
            heard = bool(keep[place])
            y[place] = x[place] * forward(heard, rate)
            dx[place] = dy[place] * backward(heard, rate)
        return y, dx

    return wrong


def _right(heard, rate):
    return 1 / (1 - rate) if heard else 0.0


DROPOUT = {
    "divided-by-the-rate": (_masked(*[lambda heard, rate: heard / rate] * 2),),
    "made-smaller": (_masked(*[lambda heard, rate: heard * (1 - rate)] * 2),),
    "not-enlarged": (_masked(*[lambda heard, rate: float(heard)] * 2),),
    "mask-forgotten-backward": (_masked(_right, lambda heard, rate: 1 / (1 - rate)),),
    "backward-untouched": (_masked(_right, lambda heard, rate: 1.0),),
    "backward-not-enlarged": (_masked(_right, lambda heard, rate: float(heard)),),
    "mask-upside-down": (_masked(*[lambda heard, rate: _right(not heard, rate)] * 2),),
    "divided-backward": (_masked(_right, lambda heard, rate: heard * (1 - rate)),),
}

# ── early stopping ───────────────────────────────────────────────────────────────────────────────


def _stopping(
    patience_of=lambda p: p,
    beats=lambda new, best, before: new < best,
    reset=True,
    answer=lambda best, last, losses: (best, last),
):
    def wrong(losses, patience):
        best, waited, last = 1, 0, len(losses)
        for epoch in range(2, len(losses) + 1):
            new, before = losses[epoch - 1], losses[epoch - 2]
            if beats(new, losses[best - 1], before):
                best, waited = epoch, 0 if reset else waited
            else:
                waited += 1
                if waited >= patience_of(patience):
                    last = epoch
                    break
        return answer(best, last, losses)

    return wrong


STOPPING = {
    "one-epoch-too-soon": (_stopping(lambda p: p - 1),),
    "one-epoch-too-late": (_stopping(lambda p: p + 1),),
    "looked-ahead": (_stopping(answer=lambda best, last, v: (v.tolist().index(min(v)) + 1, last)),),
    "never-stops": (_stopping(lambda p: math.inf),),
    "counted-from-zero": (_stopping(answer=lambda best, last, v: (best - 1, last - 1)),),
    "equal-is-better": (_stopping(beats=lambda new, best, before: new <= best),),
    "compared-with-the-one-before": (
        _stopping(
            beats=lambda new, best, before: new < before,
            answer=lambda best, last, v: (v[:last].tolist().index(min(v[:last])) + 1, last),
        ),
    ),
    "count-never-reset": (_stopping(reset=False),),
    "last-weights-kept": (_stopping(answer=lambda best, last, v: (last, last)),),
}

# ── precision, recall, F1 ────────────────────────────────────────────────────────────────────────


def _counting(three):
    """From the four counts, found with a loop."""

    def wrong(called, labels):
        n = dict.fromkeys(itertools.product((0, 1), repeat=2), 0)
        for pair in zip(called.tolist(), labels.tolist(), strict=True):
            n[pair] += 1
        return three(n[1, 1], n[1, 0], n[0, 1], n[0, 0])

    return wrong


def _harmonic(p, r):
    return 2 / (1 / p + 1 / r)


def _pr(TP, FP, FN):
    return TP / (TP + FP), TP / (TP + FN)


def _with(third):
    return _counting(lambda TP, FP, FN, TN: (*_pr(TP, FP, FN), third(*_pr(TP, FP, FN))))


SHARES = {
    "swapped": (_counting(lambda TP, FP, FN, TN: (*_pr(TP, FN, FP), _harmonic(*_pr(TP, FP, FN)))),),
    "arithmetic-mean": (_with(lambda p, r: p / 2 + r / 2),),
    "geometric-mean": (_with(lambda p, r: math.exp((math.log(p) + math.log(r)) / 2)),),
    "f1-without-2": (_with(lambda p, r: p * r / (p + r)),),
    "product-for-f1": (_with(lambda p, r: p * r),),
    "accuracy-for-precision": (
        _counting(
            lambda TP, FP, FN, TN: (
                1 - (FP + FN) / (TP + FP + FN + TN),
                TP / (TP + FN),
                _harmonic(*_pr(TP, FP, FN)),
            )
        ),
    ),
    "specificity-for-recall": (
        _counting(
            lambda TP, FP, FN, TN: (
                TP / (TP + FP),
                1 - FP / (FP + TN),
                _harmonic(*_pr(TP, FP, FN)),
            )
        ),
    ),
    "of-class-0": (
        _counting(lambda TP, FP, FN, TN: (*_pr(TN, FN, FP), _harmonic(*_pr(TN, FN, FP)))),
    ),
    "divided-by-all": (
        _counting(
            lambda TP, FP, FN, TN: (
                TP / (TP + FP + FN + TN),
                TP / (TP + FP + FN + TN),
                _harmonic(*_pr(TP, FP, FN)),
            )
        ),
    ),
}

# ── the ROC curve and its area ───────────────────────────────────────────────────────────────────


def _walk(scores, labels, together=True):
    """(zeros, ones) passed so far, from the highest score down."""
    down = sorted(
        zip(scores.tolist(), range(len(scores)), strict=True), key=lambda p: (-p[0], p[1])
    )
    points, zeros, ones = [(0, 0)], 0, 0
    for k, (score, i) in enumerate(down):
        ones, zeros = ones + int(labels[i] == 1), zeros + int(labels[i] == 0)
        if not together or k + 1 == len(down) or down[k + 1][0] != score:
            points.append((zeros, ones))
    return points


def _curve(point=lambda zeros, ones, Z, P: (zeros / Z, ones / P), order=lambda p: p, together=True):
    def wrong(scores, labels):
        Z, P = int(np.sum(labels == 0)), int(np.sum(labels == 1))
        points = [point(*p, Z, P) for p in order(_walk(scores, labels, together))]
        return tuple(np.array(side, dtype=float) for side in zip(*points, strict=True))

    return wrong


ROC = {
    "axes-swapped": (_curve(lambda zeros, ones, Z, P: (ones / P, zeros / Z)),),
    "ties-one-by-one": (_curve(together=False),),
    "corner-missing": (_curve(order=lambda p: p[1:]),),
    "other-end-first": (_curve(order=lambda p: p[::-1]),),
    "counts-for-shares": (_curve(lambda zeros, ones, Z, P: (zeros, ones)),),
    "shares-of-all": (_curve(lambda zeros, ones, Z, P: (zeros / (Z + P), ones / (Z + P))),),
    "precision-and-recall": (
        _curve(lambda zeros, ones, Z, P: (zeros / max(zeros + ones, 1), ones / P)),
    ),
    "above-not-at-least": (_curve(order=lambda p: [p[0], *p[:-1]]),),
    "left-alone-for-called": (_curve(lambda zeros, ones, Z, P: (1 - zeros / Z, ones / P)),),
}


def _points(tie=0.5, whole=lambda Z, P, m, ties: Z * P, turn=1):
    def wrong(scores, labels):
        total, ties = 0.0, 0
        ones, zeros = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
        for i, j in itertools.product(ones, zeros):
            gap = turn * (scores[i] - scores[j])
            total += 1 if gap > 0 else tie if gap == 0 else 0
            ties += int(gap == 0)
        return total / whole(len(zeros), len(ones), len(labels), ties)

    return wrong


def _ahead_of_the_mean(scores, labels):
    ones = [s for s, t in zip(scores, labels, strict=True) if t == 1]
    zeros = [s for s, t in zip(scores, labels, strict=True) if t == 0]
    return sum(s > sum(zeros) / len(zeros) for s in ones) / len(ones)


AREA = {
    "ties-count-nothing": (_points(tie=0.0),),
    "ties-count-whole": (_points(tie=1.0),),
    "upside-down": (_points(turn=-1),),
    "counted-not-shared": (_points(whole=lambda Z, P, m, ties: 1),),
    "all-pairs": (_points(whole=lambda Z, P, m, ties: math.comb(m, 2)),),
    "m-squared": (_points(whole=lambda Z, P, m, ties: m**2),),
    "ties-left-out": (_points(tie=0.0, whole=lambda Z, P, m, ties: Z * P - ties),),
    "against-the-mean": (_ahead_of_the_mean,),
}

# ── cross-validation ─────────────────────────────────────────────────────────────────────────────


class _Ridge:
    """A ridge by way of eigenvectors, with every choice in a place of its own."""

    def __init__(self, A, t, alpha, shift, scale, middle):
        self.shift, self.scale, self.middle = shift, scale, middle
        Z = (A - shift) / scale
        values, V = np.linalg.eigh(Z.T @ Z)
        self.w = V @ ((V.T @ (Z.T @ (t - middle))) / (values + alpha))

    def __call__(self, B):
        return (B - self.shift) / self.scale @ self.w + self.middle


def _validated(
    rows=lambda a, b: a,
    seen=lambda a, b: a,
    middle=lambda t, y: t.mean(),
    price=lambda alpha, m: alpha * m,
    ddof=0,
    swap=False,
    end=lambda groups: np.mean(np.concatenate(groups)),
):
    def wrong(X, y, alphas, folds):
        out = []
        for alpha in alphas:
            groups = []
            for fold in np.unique(folds):
                a, b = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
                if swap:
                    a, b = b, a
                of, on = rows(a, b), seen(a, b)
                shift, scale = X[of].mean(axis=0), np.sqrt(X[of].var(axis=0, ddof=ddof))
                model = _Ridge(X[on], y[on], price(alpha, len(on)), shift, scale, middle(y[on], y))
                groups.append((model(X[b]) - y[b]) ** 2)
            out.append(end(groups))
        return np.array(out)

    return wrong


def _everybody(a, b):
    return np.sort(np.concatenate([a, b]))


VALIDATED = {
    "statistics-of-everybody": (_validated(rows=_everybody),),
    "mean-of-everybody": (_validated(middle=lambda t, y: y.mean()),),
    "trained-on-everybody": (_validated(rows=_everybody, seen=_everybody),),
    "mean-not-taken-off": (_validated(middle=lambda t, y: 0.0),),
    "sum-for-mean": (_validated(price=lambda alpha, m: alpha),),
    "half-the-price": (_validated(price=lambda alpha, m: alpha * m / 2),),
    "twice-the-price": (_validated(price=lambda alpha, m: 2 * alpha * m),),
    "m-minus-1": (_validated(ddof=1),),
    "mean-of-means": (_validated(end=lambda groups: np.mean([g.mean() for g in groups])),),
    "roles-swapped": (_validated(swap=True),),
    "root-taken": (_validated(end=lambda groups: math.sqrt(np.mean(np.concatenate(groups)))),),
}


NAMED = {
    "soft_threshold": THRESHOLD,
    "dropout_both_ways": DROPOUT,
    "early_stopping_epoch": STOPPING,
    "precision_recall_f1": SHARES,
    "roc_points": ROC,
    "auc_by_counting": AREA,
    "cross_validated_errors": VALIDATED,
}
