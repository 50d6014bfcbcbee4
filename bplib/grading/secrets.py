"""What no worker should see on disk: the course's answers, and what is personal to the teacher."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_RUN = "/run"  # sockets of services: through them a program does things in the teacher's name
_MOST = 2000  # things to hide one by one in a home folder


def secrets_of_the_course() -> list[Path]:
    """The files that hold references, worked answers or tests of them."""
    import bplib
    from bplib.course import where

    package = Path(str(bplib.__file__)).resolve().parent
    found = [package / name for name in ("checks", "author", "course/files/solutions")]
    if where.is_clone():
        found += [package.parent / name for name in ("solutions", "tests", ".git")]
        found.append(package.parent / "book" / "tour_of_the_checks.md")
    return [path for path in found if path.exists()]


def out_of_sight(hidden: Sequence[Path], folder: Path) -> list[Path]:
    """The paths to hide: those named, the services' sockets, and the home folder's content.

    What a worker's Python runs on stays, and so does every folder on the way to it.

    Arguments:
        hidden: the paths named.
        folder: the workers' own.

    Returns:
        Absolute paths that exist.
    """
    needed = _needed(folder)
    found = [path.resolve() for path in hidden]
    found += [Path(_RUN).resolve(), *filter(None, [_agent()])]
    found = [path for path in found if path.exists() and not _leads_to(path, needed)]
    home = Path(os.path.expanduser("~"))
    if home.is_absolute() and home != home.parent:
        needed += [Path(one).resolve() for one in sys.path if one]
        found += list(_personal(home.resolve(), needed))[:_MOST]
    return found


def _agent() -> Path | None:
    """The socket through which keys may be used."""
    name = os.environ.get("SSH_AUTH_SOCK")
    return Path(name).resolve() if name else None


def _needed(folder: Path) -> list[Path]:
    import numpy

    import bplib

    files = (numpy.__file__, bplib.__file__, os.__file__, sys.executable)
    used = [folder, *(Path(str(one)).parent for one in files), Path(sys.prefix)]
    used.append(Path(sys.base_prefix))
    if "BPLIB_DATA" in os.environ:
        used.append(Path(os.environ["BPLIB_DATA"]))
    return [one.resolve() for one in used]


def _leads_to(path: Path, needed: Sequence[Path]) -> bool:
    return any(one.is_relative_to(path) for one in needed)


def _personal(folder: Path, needed: Sequence[Path]) -> Iterator[Path]:
    """What stands in a folder and is not needed, also beside what is."""
    if folder in needed:
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_symlink():
            continue  # what it leads to is hidden where it stands
        if _leads_to(path, needed):
            yield from _personal(path, needed)
        else:
            yield path
