"""What an author tool says when it stops, and how it asks for a library it needs."""

from __future__ import annotations

import importlib
import json
import os
import tempfile
from pathlib import Path
from types import ModuleType


class AuthorError(Exception):
    """One plain sentence for the author; nothing was written that could lose work."""


def tool(module: str, purpose: str) -> ModuleType:
    """Import ``module`` or say in one sentence what is missing and how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise AuthorError(
            f"{purpose} needs {package}, which is not installed: pip install {package}."
        ) from error


def write_atomically(path: Path, text: str) -> bool:
    """Write ``text`` to ``path`` in one step; returns False when the file already holds it."""
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes private files; a notebook should be as readable as its neighbours.
        os.chmod(temporary, path.stat().st_mode if path.exists() else 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


def read_notebook(path: Path) -> dict:
    """The notebook at ``path`` as plain dictionaries, with cell sources as single strings."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        for cell in cells:
            cell["source"] = joined(cell["source"])
    except (ValueError, KeyError, TypeError) as error:
        name = f"{path.parent.name}/{path.name}"
        raise AuthorError(f"{name} is not a readable notebook ({error}).") from error
    return notebook


def joined(text: str | list[str]) -> str:
    """Notebook files keep long texts as lists of lines; this is the text itself."""
    return text if isinstance(text, str) else "".join(text)
