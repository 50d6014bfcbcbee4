"""Notebooks as delivered are marked as trusted, so that their figures show before they are run.

JupyterLab shows drawings and anything that moves only in a notebook that was run here or that
somebody vouched for. The course vouches for its own files, byte for byte as delivered, and for
nothing else.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bplib.course.where import delivered


def trust(root: Path) -> list[str]:
    """Mark the notebooks below ``root`` that are exactly as delivered as trusted.

    Arguments:
        root: a working copy, or the root of the clone.

    Returns:
        The relative names of the notebooks that were marked: none where nbformat is missing or
        its list of signatures cannot be written, which costs figures until a notebook is run.
    """
    try:
        import nbformat
        from nbformat.sign import NotebookNotary

        notary = NotebookNotary()
        marked = []
        with closing(notary.store):
            for name, source in delivered(with_solutions=True).items():
                path = root / name
                if path.suffix != ".ipynb" or not path.is_file():
                    continue
                if path.read_bytes() == source.read_bytes():
                    notary.sign(nbformat.read(path, as_version=4))
                    marked.append(name)
    except Exception:  # the list is a database of another program's: it may be damaged or locked
        return []
    return marked
