"""Run a notebook's cells in a fresh kernel, the way a reader's machine would."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from bplib.author.problem import AuthorError, tool
from bplib.author.twins import KERNEL, one_line, shown

TIMEOUT = 120  # seconds for one cell, as in `make test`


def execute(cells: list[dict[str, Any]], folder: Path, name: str) -> list[dict[str, Any]]:
    """Run ``cells`` in order in ``folder`` and return them with outputs.

    A cell tagged ``raises-exception`` may raise; any other exception stops the run with a sentence
    that names ``name`` and the cell.
    """
    nbclient = tool("nbclient", "Executing a notebook")
    nbformat = tool("nbformat", "Executing a notebook")
    notebook = nbformat.from_dict(
        {
            "cells": [_fresh(cell) for cell in cells],
            "metadata": {"kernelspec": KERNEL},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    client = nbclient.NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        # The kernel's own log (such as its remark on TCP) says nothing about the notebook.
        extra_arguments=["--log-level=40"],
        store_widget_state=False,
    )
    with tempfile.TemporaryDirectory() as profile:
        try:
            client.execute(env=_environment(profile))
        except Exception as error:  # nbclient, kernel and time-out errors: one sentence for all
            raise AuthorError(f"{name}: {_what_failed(notebook, error)}") from error
    return [_plain(cell) for cell in notebook.cells]


def _fresh(cell: dict[str, Any]) -> dict[str, Any]:
    if cell["cell_type"] != "code":
        return dict(cell)
    return {**cell, "outputs": [], "execution_count": None}


def _plain(cell: Any) -> dict[str, Any]:
    """A cell as nbclient leaves it, as plain dictionaries without run-time metadata."""
    nbformat = tool("nbformat", "Executing a notebook")
    plain = nbformat.from_dict(cell).copy()
    plain["metadata"] = {k: v for k, v in cell["metadata"].items() if k != "execution"}
    return plain


def _environment(profile: str) -> dict[str, str]:
    """The kernel's environment: one thread, a throw-away progress file, no personal profile."""
    env = dict(os.environ)
    env.pop("MPLBACKEND", None)
    # The kernel runs in the notebook's folder and must find the bplib that this tool belongs to.
    paths = [str(Path(__file__).resolve().parents[2]), env.get("PYTHONPATH", "")]
    env.update(
        PYTHONPATH=os.pathsep.join(filter(None, paths)),
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        BPLIB_PROGRESS="memory",
        IPYTHONDIR=profile,
    )
    return env


def _what_failed(notebook: Any, error: BaseException) -> str:
    """The cell that raised and its last line of error, or the error itself."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            allowed = "raises-exception" in cell.metadata.get("tags", [])
            if output["output_type"] == "error" and not allowed:
                return (
                    f"cell {number} ({shown(cell.source)}) raised {output['ename']}: "
                    f"{output['evalue']}. Nothing was written."
                )
    return f"{one_line(error)}. Nothing was written."
