"""Chapter 5: what the two backward passes in steps share."""

from __future__ import annotations

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


AVERAGED = (
    "the rows of delta are averaged, and the 1/m is in them already; every sample uses the bias, "
    "so add them up."
)
UNSUMMED = "there is one row for each sample; the bias is one row that all samples share."
ALONG = "the sum runs along each row; it runs over the samples, down the columns."
