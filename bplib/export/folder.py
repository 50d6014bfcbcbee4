"""Writing an export: into a folder that holds nothing yet, or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bplib.export.assignment import ExportError


def write_new(directory: str | os.PathLike, files: Mapping[str, bytes]) -> Path:
    """Write files into a new or empty folder; nothing that exists is touched.

    Arguments:
        directory: the folder; made where it is missing.
        files: contents by name, with forward slashes.

    Returns:
        The folder.

    Raises:
        ExportError: where there is something in the folder, or it cannot be written to.
    """
    target = Path(directory).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise ExportError(
                f"{target} is not empty, and nothing in it is overwritten; name a new folder."
            )
        for name, content in files.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    except (FileExistsError, NotADirectoryError) as error:
        raise ExportError(f"{target} cannot be a folder: {error.filename} is a file.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"{target} cannot be written: {reason}.") from error
    return target
