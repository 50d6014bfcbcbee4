"""Data to learn from, bundled and synthetic, and what is done to data before learning.

    patients = data.diabetes()          # a Dataset: patients.X, patients.y, patients.licence …
    X, y = data.moons(200, rng=np.random.default_rng(0))
    (X_train, y_train), (X_test, y_test) = data.split(X, y, fractions=(0.8, 0.2), rng=rng)
    for X_batch, y_batch in data.batches(X_train, y_train, batch_size=32, rng=rng): …

Everything here loads without a network and without scikit-learn, but for three larger sets of
images (`fashion_mnist`, `mnist`, `cifar10`), which are looked for in the folder that BPLIB_DATA
names, in the system's packages and in the user's cache. Every call returns fresh arrays: changing
them changes nothing for the next call.
"""

from bplib.data.batches import batches
from bplib.data.bundled import diabetes, digits
from bplib.data.cancer import breast_cancer
from bplib.data.dataset import Dataset
from bplib.data.images import cifar10, fashion_mnist, mnist
from bplib.data.one_hot import one_hot
from bplib.data.shift import shifted
from bplib.data.split import split
from bplib.data.standardise import Standardiser
from bplib.data.synthetic import line, moons, spiral, xor

__all__ = [
    "Dataset",
    "Standardiser",
    "batches",
    "breast_cancer",
    "cifar10",
    "diabetes",
    "digits",
    "fashion_mnist",
    "line",
    "mnist",
    "moons",
    "one_hot",
    "shifted",
    "spiral",
    "split",
    "xor",
]
