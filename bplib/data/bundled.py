"""The real data sets that travel with the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bplib import expect
from bplib.data.dataset import Dataset

FILES = Path(__file__).parent / "files"

# name, unit, what it is. The source gives no units; those in brackets are the ones in which the
# ranges are those of a blood test (mg/dL) and of a blood-pressure cuff (mm Hg).
DIABETES_FEATURES = (
    ("age", "years", "age"),
    ("sex", "", "sex, coded 1 or 2; the source does not say which is which"),
    ("bmi", "kg/m²", "body mass index"),
    ("bp", "mm Hg", "average blood pressure"),
    ("s1", "mg/dL", "tc: total serum cholesterol"),
    ("s2", "mg/dL", "ldl: low-density lipoproteins"),
    ("s3", "mg/dL", "hdl: high-density lipoproteins"),
    ("s4", "", "tch: total cholesterol / hdl"),
    ("s5", "", "ltg: probably the logarithm of the serum triglycerides"),
    ("s6", "mg/dL", "glu: blood sugar"),
)


def diabetes(*, dtype: Any = np.float64) -> Dataset:
    """Ten measurements of 442 diabetes patients, and how far the disease went in the next year.

    y ≈ f(age, sex, bmi, bp, s1 … s6): a regression on real data, in the units of measurement.
    scikit-learn's ``load_diabetes()`` standardises the columns by default; this is its
    ``scaled=False``.

    Arguments:
        dtype: float32 or float64, the dtype of X and y.

    Returns:
        A Dataset with X (442, 10) and y (442,), fresh at every call.

    Raises:
        DTypeError: for a dtype that is neither float32 nor float64.

    Source: B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Least Angle Regression, The
        Annals of Statistics 32(2), 407–499, table 1.
    """
    dtype = expect.precision("diabetes", dtype)
    arrays = load("diabetes.npz")
    names, units, notes = zip(*DIABETES_FEATURES, strict=True)
    return Dataset(
        name="diabetes",
        X=arrays["X"].astype(dtype, copy=False),
        y=arrays["y"].astype(dtype, copy=False),
        feature_names=names,
        units=units,
        feature_notes=notes,
        target_name="disease progression one year after baseline (a score, 25 to 346, no unit)",
        description=(
            "442 diabetes patients were examined once: age, sex, body mass index, average blood "
            "pressure and six values of a blood test. One year later the progression of their "
            "disease was scored by a single number. The six blood values are related to one "
            "another (s4 is about s1 / s3), so their separate effects are hard to tell apart. "
            "The source gives no units; those here are the usual ones that fit the ranges."
        ),
        source="Efron, Hastie, Johnstone, Tibshirani (2004), Least Angle Regression",
        licence=(
            "none stated by the authors, who offer the data for download; "
            "this copy is scikit-learn's (BSD 3-Clause)"
        ),
        citation=(
            "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least Angle Regression. "
            "The Annals of Statistics 32(2), 407–499, 2004. doi:10.1214/009053604000000067"
        ),
    )


def digits(*, dtype: Any = np.float64) -> Dataset:
    """1,797 handwritten digits as images of 8 × 8 pixels, with the digit that was meant.

    X[i] is image i, row by row; a pixel counts the dark points in a block of 4 × 4 of the scanned
    32 × 32 bitmap, so it is a whole number from 0 (white) to 16 (black). Divide by 16 for 0 to 1.

    Arguments:
        dtype: float32 or float64, the dtype of X.

    Returns:
        A Dataset with X (1797, 64), y (1797,) int64 from 0 to 9, and ``images`` (1797, 8, 8),
        fresh at every call.

    Raises:
        DTypeError: for a dtype that is neither float32 nor float64.

    Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
        Learning Repository.
    """
    dtype = expect.precision("digits", dtype)
    arrays = load("digits.npz")
    images = arrays["images"]
    places = [(row, column) for row in range(8) for column in range(8)]
    return Dataset(
        name="digits",
        X=images.reshape(len(images), 64).astype(dtype),
        y=arrays["labels"].astype(np.int64),
        feature_names=tuple(f"pixel_{row}_{column}" for row, column in places),
        units=("dark points of 16",) * 64,
        feature_notes=tuple(f"row {row}, column {column}" for row, column in places),
        target_name="the digit that was written, 0 to 9",
        description=(
            "13 people filled in forms by hand; each digit was scanned to 32 × 32 black or white "
            "points, and the dark points in every block of 4 × 4 were counted, which leaves 8 × 8 "
            "numbers from 0 to 16. These 1,797 are the test part of a larger collection of 5,620; "
            "the 30 people who wrote its training part are not among them. Neighbouring rows seem "
            "to come from the same hand: shuffle before splitting, and know that a random split "
            "then has every hand on both sides."
        ),
        source="Alpaydin, Kaynak (1998), Optical Recognition of Handwritten Digits, UCI",
        licence="CC BY 4.0",
        citation=(
            "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits. "
            "UCI Machine Learning Repository, 1998. doi:10.24432/C50P49"
        ),
        image_shape=(8, 8),
    )


def load(file_name: str) -> dict[str, np.ndarray]:
    """The arrays of a bundled file, by name."""
    with np.load(FILES / file_name, allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}
