"""A text and its notebook: reading both, and telling whether they agree."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bplib.author.problem import AuthorError, read_notebook, tool

# What a text's header says. JupyterLab is told nothing of the pairs: it would refuse to open a
# notebook that is newer than its text, which is what git makes of it.
HEADER = (
    "kernelspec,jupytext.text_representation.extension,"
    "jupytext.text_representation.format_name,-all"
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read_text(path: Path) -> list[dict[str, Any]]:
    """The cells of a MyST text, in order: type, source, metadata and a stable id.

    The id is made from what the cell says, so the same text always gives the same ids, and moving
    a cell keeps its id. A repeated cell gets a number.
    """
    jupytext = tool("jupytext", "Reading a chapter's text")
    try:
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    except Exception as error:  # jupytext lets YAML and parser errors of many kinds through
        raise AuthorError(f"{path} cannot be read as MyST text: {one_line(error)}.") from error
    seen: Counter[str] = Counter()
    cells = []
    for cell in notebook.cells:
        metadata = json.loads(json.dumps(cell.metadata))
        cells.append(
            {
                "cell_type": cell.cell_type,
                "id": _identifier(cell.cell_type, cell.source, seen),
                "metadata": metadata,
                "source": cell.source,
            }
        )
    return cells


def _identifier(kind: str, source: str, seen: Counter[str]) -> str:
    digest = hashlib.sha256(f"{kind}\n{source}".encode()).hexdigest()[:12]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def inputs_key(cells: Iterable[dict[str, Any]]) -> str:
    """A short hash of what an author writes: cell types, sources, tags and nbgrader marks.

    Outputs, execution counts, ids and what JupyterLab adds to the metadata do not count.
    """
    digest = hashlib.sha256()
    for cell in cells:
        metadata = cell.get("metadata", {})
        marks = {k: v for k, v in metadata.get("nbgrader", {}).items() if k != "checksum"}
        written = [cell["cell_type"], cell["source"], metadata.get("tags", []), marks]
        digest.update(json.dumps(written, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def synced_key(notebook: dict[str, Any]) -> str | None:
    """The key that the last sync wrote into the notebook, or None when it was never synced."""
    return notebook.get("metadata", {}).get("bplib", {}).get("inputs")


def first_difference(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> str:
    """Where two lists of cells part, in words: ``cell 4 ("theta = ...")``."""
    for number, (a, b) in enumerate(zip(ours, theirs, strict=False), start=1):
        if inputs_key([a]) != inputs_key([b]):
            return f"cell {number} ({shown(b['source'])})"
    return f"{len(ours)} cells against {len(theirs)}"


def shown(source: str) -> str:
    """The first line of a cell in quotes, short enough for a sentence."""
    lines = source.strip().splitlines() or [""]
    return f'"{lines[0][:50]}"'


def one_line(error: BaseException) -> str:
    """An exception's message on one line, without its full stop."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:300].rstrip(".")


def guard(text_path: Path, notebook_path: Path, cells: list[dict[str, Any]]) -> dict | None:
    """The notebook as it is on disk; stops when it holds edits that the text does not have."""
    if not notebook_path.exists():
        return None
    old = read_notebook(notebook_path)
    here = inputs_key(old["cells"])
    if here in (inputs_key(cells), synced_key(old)):
        return old
    where = first_difference(cells, old["cells"])
    name = f"{notebook_path.parent.name}/{notebook_path.stem}"
    raise AuthorError(
        f"{name}.ipynb holds edits that its text does not have (first at {where}); take them over "
        f"with `python -m bplib.author sync --from-notebook {name}`, or delete the notebook to "
        f"drop them. The text is {text_path.parent.name}/{text_path.name}."
    )


def text_from_notebook(text_path: Path, notebook_path: Path) -> str:
    """The MyST text of an edited notebook; stops when the text was edited as well."""
    jupytext = tool("jupytext", "Writing a chapter's text")
    nbformat = tool("nbformat", "Writing a chapter's text")
    notebook = read_notebook(notebook_path)
    key = synced_key(notebook)
    if text_path.exists() and key != inputs_key(read_text(text_path)):
        raise AuthorError(
            f"{text_path.parent.name}/{text_path.name} and {notebook_path.name} were both edited "
            "since the last sync; copy one side's edits into the text by hand, then sync."
        )
    for cell in notebook["cells"]:
        kept = {k: v for k, v in cell["metadata"].items() if k in ("tags", "nbgrader")}
        cell["metadata"] = kept
    notebook["metadata"] = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        # The header keeps what names the format and leaves out what names a version.
        "jupytext": {
            "notebook_metadata_filter": HEADER,
            "cell_metadata_filter": "tags,nbgrader,-all",
        },
    }
    return jupytext.writes(nbformat.from_dict(notebook), fmt="md:myst").rstrip("\n") + "\n"
