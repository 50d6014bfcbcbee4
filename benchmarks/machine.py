"""What was measured on, and with which versions."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping

import numpy as np

from benchmarks.worker import THREADS
from bplib.blas import decision
from bplib.blas.kernels import VARIABLE
from bplib.blas.measure import Child, Failed

PACKAGES = ("torch", "jax", "autograd", "mygrad", "scikit-learn")


BUSY = 0.5
"""How many other processes may want a core, on average, on a machine that counts as quiet."""


def load() -> float | None:
    """How many processes wanted a core in the last minute, where the system says so."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def facts(
    environment: Mapping[str, str], load_before: float | None = None
) -> list[tuple[str, str]]:
    """Names and values, for the table.

    Arguments:
        environment: what the workers get beside their limits.
        load_before: what `load` said before anything was measured.
    """
    build = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return [
        ("processor", f"{decision.processor()}, {os.cpu_count()} cores"),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("Python", platform.python_version()),
        ("NumPy", np.__version__),
        ("BLAS", f"{build['name']} {build.get('version', '')}, {kernels(environment)}"),
        ("threads", "1, and the processor's time is read" if THREADS == 1 else str(THREADS)),
        ("load before", "not known" if load_before is None else f"{load_before:.1f}"),
        *((name, version(name)) for name in PACKAGES),
    ]


def kernels(environment: Mapping[str, str]) -> str:
    """Which kernels OpenBLAS uses in that environment, and why."""
    try:
        with Child({**os.environ, **environment}) as child:
            found = child.started().kernels
    except Failed as error:
        return str(error)
    if not found:
        return "which does not say its kernels"
    if VARIABLE in environment:
        return f"{found} kernels, set as bplib doctor advises"
    return f"{found} kernels, " + ("set by hand" if VARIABLE in os.environ else "its own pick")


def version(package: str) -> str:
    """The version of an installed package."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
