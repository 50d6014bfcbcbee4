"""Outputs as they are stored: the same run gives the same bytes."""

from __future__ import annotations

import re
from typing import Any

from bplib.author.problem import joined

IGNORED = "nbval-ignore-output"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def tidy(cells: list[dict[str, Any]], old: dict[str, Any] | None, fresh: bool) -> None:
    """Bring executed cells into their stored form, in place.

    Execution counts run 1, 2, 3…; pieces of one stream become one; tracebacks lose the frames
    that name files of this machine. Cells tagged ``nbval-ignore-output`` keep the outputs they
    had while their source is unchanged, unless ``fresh``.
    """
    before = {c.get("id"): c for c in (old or {}).get("cells", [])}
    count = 0
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["outputs"] = [_tidy_one(out, count) for out in _merged(cell["outputs"])]
        cell["execution_count"] = count
        kept = before.get(cell["id"])
        if kept and not fresh and IGNORED in cell["metadata"].get("tags", []):
            if kept["source"] == cell["source"] and kept.get("outputs"):
                cell["outputs"] = [_tidy_one(out, count) for out in kept["outputs"]]


def _merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Consecutive pieces of the same stream joined into one."""
    merged: list[dict[str, Any]] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output["output_type"] == last["output_type"] == "stream":
            if last["name"] == output["name"]:
                last["text"] = joined(last["text"]) + joined(output["text"])
                continue
        merged.append(dict(output))
    return merged


def _tidy_one(output: dict[str, Any], count: int) -> dict[str, Any]:
    output = dict(output)
    if output["output_type"] == "execute_result":
        output["execution_count"] = count
    if output["output_type"] == "error":
        output["traceback"] = _portable(output["traceback"], count)
    output.pop("transient", None)
    return output


def _portable(traceback: list[str], count: int) -> list[str]:
    """A traceback without frames in files: their paths and line numbers are this machine's."""
    kept = []
    for entry in traceback:
        plain = _ANSI.sub("", entry)
        if plain.startswith("File "):
            continue
        kept.append(re.sub(r"In\[\d+\]", f"In[{count}]", plain))
    return kept
