"""Chapter 12: the nearest mean, and blocks of pixels that are counted."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception

# ── the nearest mean ─────────────────────────────────────────────────────────────────────────────

_SIZES = ((14, 3, 31, 4), (17, 5, 28, 3), (19, 4, 33, 5), (23, 6, 29, 4), (13, 7, 35, 3),
          (21, 3, 26, 6))  # fmt: skip


def _pictures(rng, i):
    m, n, q, k = _SIZES[i]
    y = rng.permutation(np.concatenate([np.arange(k), rng.integers(k, size=m - k)]))
    centres = 0.9 * rng.normal(size=(k, n))
    if i == 3:
        centres = centres * np.linspace(0.3, 3, k)[:, None]
    offset = 5.0 if i == 4 else 0.0
    X_train = centres[y] + rng.normal(size=(m, n)) + offset
    X = centres[rng.integers(k, size=q)] + 1.5 * rng.normal(size=(q, n)) + offset
    return X_train, y, X


def _means(X_train, y_train, of=np.mean):
    return np.stack([of(X_train[y_train == k], axis=0) for k in range(y_train.max() + 1)])


def _away(X, means):
    return ((X[:, None] - means) ** 2).sum(axis=2)


def _nearest_mean(X_train, y_train, X):
    """X_train (m, n), y_train (m,) whole numbers from 0, X (q, n) -> (q,)"""
    return _away(X, _means(X_train, y_train)).argmin(axis=1)


def _by_loops(X_train, y_train, X):
    means = [X_train[y_train == k].mean(axis=0) for k in range(max(y_train) + 1)]
    return np.array([min(range(len(means)), key=lambda k: np.linalg.norm(x - means[k])) for x in X])


def _by_products(X_train, y_train, X):
    members = np.eye(y_train.max() + 1)[y_train]
    means = members.T @ X_train / members.sum(axis=0)[:, None]
    return (X @ means.T - (means**2).sum(axis=1) / 2).argmax(axis=1)


def _by_einsum(X_train, y_train, X):
    apart = X[:, None] - _means(X_train, y_train)
    return np.argmin(np.einsum("qkn,qkn->qk", apart, apart), axis=1)


def _nearest_picture(X_train, y_train, X):
    return y_train[_away(X, X_train).argmin(axis=1)]


nearest_mean_predict = Exercise(
    name="nearest_mean_predict",
    chapter=12,
    minutes=5,
    statement=(
        "For every row of X the class whose mean over the training pictures is nearest. "
        "X_train (m, n), y_train (m,) whole numbers from 0, X (q, n) -> (q,)."
    ),
    reference=_nearest_mean,
    cases=_pictures,
    case_note=lambda X_train, y_train, X: f"{len(X_train)} to learn from, {len(X)} to read",
    equivalents=(_by_loops, _by_products, _by_einsum),
    misconceptions=(
        Misconception(
            "farthest",
            "these are the classes whose mean is farthest away.",
            lambda X_train, y_train, X: _away(X, _means(X_train, y_train)).argmax(axis=1),
        ),
        Misconception(
            "nearest-picture",
            "this is the class of the nearest training picture; the nearest mean is asked.",
            _nearest_picture,
        ),
        Misconception(
            "sums-for-means",
            "the pictures of a class were added up and not divided by their number.",
            lambda X_train, y_train, X: _away(X, _means(X_train, y_train, np.sum)).argmin(axis=1),
        ),
        Misconception(
            "medians",
            "these are medians, pixel by pixel; means are asked.",
            lambda X_train, y_train, X: _away(X, _means(X_train, y_train, np.median)).argmin(
                axis=1
            ),
        ),
        Misconception(
            "city-blocks",
            "the sizes of the differences were added; the distance is the root of their squares.",
            lambda X_train, y_train, X: (
                np.abs(X[:, None] - _means(X_train, y_train)).sum(axis=2).argmin(axis=1)
            ),
        ),
        Misconception(
            "differences-cancel",
            "the differences were added before they were squared, so they cancel.",
            lambda X_train, y_train, X: (
                (X[:, None] - _means(X_train, y_train)).sum(axis=2) ** 2
            ).argmin(axis=1),
        ),
        Misconception(
            "largest-product",
            "the largest product with a mean wins here. Long means then win too often; the square "
            "of each mean's length is missing.",
            lambda X_train, y_train, X: (X @ _means(X_train, y_train).T).argmax(axis=1),
        ),
        Misconception(
            "largest-difference",
            "only the largest of the differences counts here; all of them do.",
            lambda X_train, y_train, X: (
                np.abs(X[:, None] - _means(X_train, y_train)).max(axis=2).argmin(axis=1)
            ),
        ),
    ),
    hints=(
        "Two steps: a mean picture for every class, then a distance from every row to every mean.",
        "`X_train[y_train == k].mean(axis=0)` is one mean; X[:, np.newaxis] against all of them "
        "makes a table (q, classes, n) of differences.",
        "Square the differences, add over the last axis, and ask for the argmin of every row.",
    ),
    after="Nine digits in ten, and nothing was trained. Every network has to beat this.",
    another="""
def nearest_mean_predict(X_train, y_train, X):
    members = np.eye(y_train.max() + 1)[y_train]  # (m, classes), one-hot
    means = members.T @ X_train / members.sum(axis=0)[:, np.newaxis]
    # |x - mean|² = |x|² - 2 x·mean + |mean|², and |x|² is the same for all classes
    return (X @ means.T - (means**2).sum(axis=1) / 2).argmax(axis=1)
""",
)


# ── from strokes to counts ───────────────────────────────────────────────────────────────────────


def _bitmap(rng, i):
    rows, columns = ((8, 12), (16, 8), (12, 20), (32, 16), (20, 24), (8, 28))[i]
    bitmap = (rng.uniform(size=(rows, columns)) < (0.3, 0.5, 0.7, 0.2, 0.6, 0.4)[i]).astype(float)
    bitmap[[0, -1], [1, -3]] = 1.0
    return (bitmap,)


def _count(bitmap):
    """bitmap (4 r, 4 c), zeros and ones -> (r, c)"""
    rows, columns = bitmap.shape
    return bitmap.reshape(rows // 4, 4, columns // 4, 4).sum(axis=(1, 3))


def _count_loops(bitmap):
    counts = np.zeros((bitmap.shape[0] // 4, bitmap.shape[1] // 4))
    for i, j in np.ndindex(counts.shape):
        counts[i, j] = bitmap[4 * i : 4 * i + 4, 4 * j : 4 * j + 4].sum()
    return counts


def _count_slices(bitmap):
    return sum(bitmap[i::4, j::4] for i in range(4) for j in range(4))


def _count_products(bitmap):
    rows, columns = (np.kron(np.eye(n // 4), np.ones(4)) for n in bitmap.shape)
    return rows @ bitmap @ columns.T


def _corner(bitmap):
    return bitmap[::4, ::4].copy()


count_blocks = Exercise(
    name="count_blocks",
    chapter=12,
    minutes=10,
    statement=(
        "bitmap (4 r, 4 c) holds zeros and ones, 1 where it is dark. How many dark pixels has each "
        "block of 4 × 4? -> (r, c)."
    ),
    reference=_count,
    cases=_bitmap,
    case_note=lambda bitmap: f"{bitmap.shape[0]} × {bitmap.shape[1]} pixels",
    returns=("counts",),
    equivalents=(_count_loops, _count_slices, _count_products),
    misconceptions=(
        Misconception(
            "means-for-counts",
            "these are shares from 0 to 1; the data hold counts from 0 to 16.",
            lambda bitmap: _count(bitmap) / 16,
        ),
        Misconception(
            "white-counted",
            "the white pixels are counted here.",
            lambda bitmap: 16 - _count(bitmap),
        ),
        Misconception(
            "one-pixel-a-block",
            "of each block only the pixel in its corner was taken.",
            _corner,
        ),
        Misconception(
            "any-dark",
            "each block says whether it has a dark pixel at all; how many is asked.",
            lambda bitmap: (_count(bitmap) > 0).astype(float),
        ),
        Misconception(
            "sixteen-in-a-row",
            "sixteen pixels of one row were counted together. A block has four rows.",
            lambda bitmap: bitmap.reshape(bitmap.shape[0] // 4, bitmap.shape[1] // 4, 16).sum(
                axis=2
            ),
        ),
        Misconception(
            "axes-mixed-up",
            "the axes after the reshape are summed two that belong to other blocks: rows and "
            "columns of a block are the second and the fourth.",
            lambda bitmap: bitmap.reshape(4, bitmap.shape[0] // 4, 4, bitmap.shape[1] // 4).sum(
                axis=(0, 2)
            ),
        ),
        Misconception(
            "transposed",
            "this lies on its side: rows of blocks come first.",
            lambda bitmap: _count(bitmap).T.copy(),
        ),
        Misconception(
            "rows-only",
            "only the rows were put together in fours; the columns are still single pixels.",
            lambda bitmap: bitmap.reshape(bitmap.shape[0] // 4, 4, -1).sum(axis=1),
        ),
    ),
    hints=(
        "A block is four rows and four columns. Give both of them an axis of their own.",
        "`bitmap.reshape(rows // 4, 4, columns // 4, 4)`: say what each of the four axes counts.",
        "Sum over the axes that count within a block, the second and the fourth.",
    ),
    after="With a bitmap of 32 × 32 this is what a digit of the data set is. Your pen can join in.",
    another="""
def count_blocks(bitmap):
    # every fourth pixel, from each of the sixteen places in a block
    return sum(bitmap[i::4, j::4] for i in range(4) for j in range(4))
""",
)
