"""Values as a reader wants to see them, short; and never an error, whatever they are."""

from __future__ import annotations

from typing import Any

import numpy as np


def value(one: Any) -> str:
    """A value as a reader wants it: four digits, long arrays shortened."""
    if isinstance(one, np.ndarray):
        return np.array2string(one, precision=4, suppress_small=False, threshold=60, edgeitems=3)
    if isinstance(one, float | np.floating):
        return f"{float(one):.6g}"
    if isinstance(one, tuple):
        return "\n".join(value(each) for each in one)
    text = safe_repr(one)
    return text if len(text) <= 400 else text[:397] + "..."


def safe_repr(one: Any) -> str:
    """`repr`, also of an object whose own is broken."""
    try:
        return repr(one)
    except Exception:
        return f"<{type(one).__name__}>"
