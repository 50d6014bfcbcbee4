"""Chapter 12: the mistakes of its exercises that stand nowhere else, made in another way."""

import numpy as np

NAMED = {
    "nearest_mean_predict": {
        "differences-cancel": [
            lambda X_train, y_train, X: np.argmin(
                [np.abs(X.sum(1) - X_train[y_train == k].mean(0).sum())
                 for k in range(max(y_train) + 1)], axis=0
            ),
        ],
        "largest-product": [
            lambda X_train, y_train, X: np.array([
                max(range(max(y_train) + 1), key=lambda k: x @ np.mean(X_train[y_train == k], 0))
                for x in X
            ]),
        ],
    },
    "choose_setting": {
        "steadiest": [
            lambda a: (
                int(np.argsort(a.var(1))[0]), a[np.argsort(a.var(1))[0]].mean(),
                np.sqrt(np.sort(np.var(a, 1, ddof=1))[0]),
            ),
        ],
        "spread-of-everything": [
            lambda a: (
                int(a.sum(1).argmax()), a.sum(1).max() / a.shape[1],
                np.sqrt(np.sum((a - a.mean()) ** 2) / (a.size - 1)),
            ),
        ],
    },
    "calibration_gap": {
        "squared": [
            lambda p, labels, n: sum(
                np.mean(inside) * np.square((p.argmax(1) == labels)[inside].mean()
                                            - p.max(1)[inside].mean())
                for inside in (np.ceil(p.max(1) * n) == b for b in range(1, n + 1)) if inside.any()
            ),
        ],
        "probability-of-the-label": [
            lambda p, labels, n: sum(
                np.mean(inside) * abs(np.mean((p.argmax(1) == labels)[inside])
                                      - np.mean(p[range(len(p)), labels][inside]))
                for inside in (np.ceil(p[range(len(p)), labels] * n) == b for b in range(1, n + 1))
                if inside.any()
            ),
        ],
    },
    "temperature_slope": {
        "right-score-only": [
            lambda z, labels, s: np.mean([
                (np.exp(s * row[k] - np.logaddexp.reduce(s * row)) - 1) * row[k]
                for row, k in zip(z, labels, strict=True)
            ]),
        ],
        "z-forgotten": [
            lambda z, labels, s: 2 * np.mean([
                1 - np.exp(s * row[k] - np.logaddexp.reduce(s * row))
                for row, k in zip(z, labels, strict=True)
            ]),
        ],
    },
    "count_blocks": {
        "axes-mixed-up": [
            lambda b: sum(
                b[i * (len(b) // 4) : (i + 1) * (len(b) // 4),
                  j * (b.shape[1] // 4) : (j + 1) * (b.shape[1] // 4)]
                for i in range(4) for j in range(4)
            ),
        ],
    },
}  # fmt: skip
