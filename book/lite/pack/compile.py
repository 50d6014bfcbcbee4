"""Runs in Pyodide (compile.mjs): what a notebook loads, compiled, as `archive`.

What starts the kernel, checks an answer and draws a figure; of the standard library too, which
Pyodide keeps as text in one archive and would compile anew in every browser, at every start.
"""

import importlib.util
import io
import sys
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from pathlib import Path

import matplotlib_inline.backend_inline  # noqa: F401  what draws below a cell
import piplite.piplite  # noqa: F401  these two are what the page itself loads
import pyodide_kernel  # noqa: F401

import bplib
from bplib import draw
from bplib.checks import run_check

run_check("bitterness_slope", lambda cups: 1.0)
curves = draw.error_curves([1.0, 0.1, 0.01], {"difference": [0.1, 0.01, 0.001]})
curves.figure.savefig(io.BytesIO(), format="svg")

SITE = Path(bplib.__file__).parents[1]
LIBRARY = Path(next(entry for entry in sys.path if entry.endswith(".zip")))


def places(path):
    """Where a source lies in its archive, and where Python looks for its compiled form there."""
    if SITE in path.parents:
        beside = Path(importlib.util.cache_from_source(str(path)))
        return path.relative_to(SITE), beside.relative_to(SITE)
    if LIBRARY in path.parents:
        inside = path.relative_to(LIBRARY)
        return Path("python_stdlib.zip", inside), inside.with_suffix(".pyc")
    return None


written = io.BytesIO()
with zipfile.ZipFile(written, "w") as file:
    for module in list(sys.modules.values()):
        path = Path(getattr(module, "__file__", None) or "built-in")
        read = getattr(getattr(module, "__loader__", None), "get_data", None)  # frozen: none
        found = places(path) if read and path.suffix == ".py" else None
        if read and found:
            source = read(str(path))
            code = compile(source, str(path), "exec", dont_inherit=True)
            # Valid without a look at the source, whose time of change is that of its unpacking.
            pyc = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(b""), False))
            file.writestr("{}:{}".format(*found), pyc)
archive = written.getvalue()
