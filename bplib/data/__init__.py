"""Data to learn from: two bundled real data sets and four synthetic ones.

    X, y = data.moons(200, rng=np.random.default_rng(0))
    patients = data.diabetes()          # a Dataset: patients.X, patients.y, patients.licence …

Everything here loads without a network and without scikit-learn, and every call returns fresh
arrays: changing them changes nothing for the next call.
"""

from bplib.data.bundled import diabetes, digits
from bplib.data.dataset import Dataset
from bplib.data.synthetic import line, moons, spiral, xor

__all__ = ["Dataset", "diabetes", "digits", "line", "moons", "spiral", "xor"]
