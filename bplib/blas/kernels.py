"""The kernels of OpenBLAS that are worth a comparison, and which of them a processor can run."""

from __future__ import annotations

import platform
from collections.abc import Collection

import numpy as np

VARIABLE = "OPENBLAS_CORETYPE"

NEEDS: dict[str, tuple[frozenset[str], ...]] = {
    "Haswell": (frozenset({"X86_V3"}), frozenset({"AVX2", "FMA3"})),
    "SkylakeX": (frozenset({"X86_V4"}), frozenset({"AVX512_SKX"})),
}
"""What the processor must have for each, as newer and as older NumPy call it; any one set will do.
AVX2 multiplies 8 float32 numbers at once, AVX-512 multiplies 16."""

SAME_PRODUCTS = {"Zen": "Haswell", "Cooperlake": "SkylakeX"}
"""Kernels under a name of their own whose products of floats are those of another."""


def extensions() -> set[str]:
    """The instruction sets that NumPy finds on this processor, by NumPy's names."""
    listed = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return {*listed.get("baseline", ()), *listed.get("found", ())}


def has_choice() -> bool:
    """Whether this processor is of the family that has several kernels to choose from."""
    return platform.machine().lower() in ("x86_64", "amd64")


def alternatives(picked: str, found: Collection[str]) -> list[str]:
    """The kernels that a processor can run and that differ from those picked.

    Arguments:
        picked: the kernels that OpenBLAS uses now; "" where it is not OpenBLAS.
        found: the processor's instruction sets, as `extensions` has them.

    Returns:
        Names that OPENBLAS_CORETYPE takes; none where there is nothing to choose.
    """
    if not picked or not has_choice():
        return []
    now = SAME_PRODUCTS.get(picked, picked)
    runs = [name for name, sets in NEEDS.items() if any(needed <= set(found) for needed in sets)]
    return [name for name in runs if name != now]
