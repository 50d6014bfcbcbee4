"""Runs in Pyodide (compile.mjs): what a notebook loads at its start, compiled, as `archive`."""

import importlib.util
import io
import sys
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from pathlib import Path

import piplite  # noqa: F401  these two are what the page itself loads
import pyodide_kernel  # noqa: F401

import bplib
from bplib.checks import run_check

run_check("bitterness_slope", lambda cups: 1.0)

SITE = Path(bplib.__file__).parents[1]
written = io.BytesIO()
with zipfile.ZipFile(written, "w") as file:
    for module in list(sys.modules.values()):
        path = Path(getattr(module, "__file__", None) or "built-in")
        if path.suffix == ".py" and SITE in path.parents:
            code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
            # Valid without a look at the source, whose time of change is that of its unpacking.
            pyc = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(b""), False))
            beside = Path(importlib.util.cache_from_source(str(path)))
            file.writestr(f"{path.relative_to(SITE)}:{beside.relative_to(SITE)}", pyc)
archive = written.getvalue()
