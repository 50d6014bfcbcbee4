"""Cells from 569 breast lumps, measured, and a kind of lump that must not be missed."""

from __future__ import annotations

from typing import Any

import numpy as np

from bplib import expect
from bplib.data.bundled import load
from bplib.data.dataset import Dataset

MEASURED = (
    ("radius", "distance from the centre to the outline, mean over the outline"),
    ("texture", "standard deviation of the grey values"),
    ("perimeter", "length of the outline"),
    ("area", "area inside the outline"),
    ("smoothness", "how much neighbouring radii differ"),
    ("compactness", "perimeter² / area − 1"),
    ("concavity", "how deep the dents of the outline are"),
    ("concave_points", "which part of the outline is dents"),
    ("symmetry", "how much the two halves differ"),
    ("fractal_dimension", "how the length of the outline grows with the precision, minus 1"),
)
"""What was measured of every nucleus."""

OVER_NUCLEI = (
    ("mean_{}", "mean over the nuclei"),
    ("{}_error", "standard error of that mean"),
    ("worst_{}", "mean of the three largest"),
)
"""The three numbers that an image has of each."""


def breast_cancer(*, dtype: Any = np.float64) -> Dataset:
    """569 lumps in a breast: thirty measurements of cell nuclei, and whether it was cancer.

    y = 1 for a malignant lump, 0 for a benign one, so the positives are what has to be found.
    scikit-learn's ``load_breast_cancer()`` has the same numbers with the labels the other way
    round, 1 for benign.

    Arguments:
        dtype: float32 or float64, the dtype of X.

    Returns:
        A Dataset with X (569, 30), y (569,) int64, 0 or 1, and ``class_names``, fresh at every
        call.

    Raises:
        DTypeError: for a dtype that is neither float32 nor float64.

    Source: W. N. Street, W. H. Wolberg, O. L. Mangasarian (1993), Nuclear feature extraction for
        breast tumor diagnosis, Proceedings of SPIE 1905, 861–870.
    """
    dtype = expect.precision("breast_cancer", dtype)
    arrays = load("breast_cancer.npz")
    pairs = [(over, measured) for over in OVER_NUCLEI for measured in MEASURED]
    return Dataset(
        name="breast_cancer",
        X=arrays["X"].astype(dtype, copy=False),
        y=arrays["malignant"].astype(np.int64),
        feature_names=tuple(over[0].format(measured[0]) for over, measured in pairs),
        units=("",) * len(pairs),
        feature_notes=tuple(f"{measured[1]}; {over[1]}" for over, measured in pairs),
        target_name="1 where the lump was malignant, 0 where it was benign",
        description=(
            "Cells were drawn from 569 breast lumps with a fine needle, stained and photographed; "
            "a program followed the outlines of the nuclei and measured them. 357 lumps turned "
            "out to be benign, 212 malignant. Each of the ten measurements has three columns, so "
            "many columns nearly say the same. The source gives no units. These are patients of "
            "one clinic, of whom far more have cancer than of women who are screened."
        ),
        source="Wolberg, Mangasarian, Street, Street (1993), Breast Cancer Wisconsin, UCI",
        licence="CC BY 4.0",
        citation=(
            "W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin "
            "(Diagnostic). UCI Machine Learning Repository, 1993. doi:10.24432/C5DW2B"
        ),
        class_names=("benign", "malignant"),
    )
