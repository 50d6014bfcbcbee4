"""Notebook files, written cell by cell: the same cells give the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

Cell = dict[str, Any]


def markdown(source: str) -> Cell:
    """A cell of Markdown.

    Arguments:
        source: its text.

    Returns:
        The cell.
    """
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def raw(source: str) -> Cell:
    """A raw cell, which otter reads its instructions from.

    Arguments:
        source: its text.

    Returns:
        The cell.
    """
    return {"cell_type": "raw", "metadata": {}, "source": source}


def code(source: str, **metadata: Any) -> Cell:
    """A code cell that was never run.

    Arguments:
        source: its code.
        metadata: entries of the cell's metadata.

    Returns:
        The cell.
    """
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def notebook(cells: Iterable[Cell]) -> bytes:
    """A notebook file, format 4.5, with ids made from what the cells say.

    Arguments:
        cells: in order.

    Returns:
        The file's bytes.
    """
    seen: Counter[str] = Counter()
    written = []
    for cell in cells:
        digest = hashlib.sha256(f"{cell['cell_type']}\n{cell['source']}".encode()).hexdigest()[:12]
        seen[digest] += 1
        name = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        written.append({**cell, "id": name, "source": cell["source"].splitlines(keepends=True)})
    content = {
        "cells": written,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
