"""Where a file is to be, and the sentence when there can be none."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from bplib.errors import DomainError, DTypeError, FileAccessError, MissingFileError, kind_of


def named(asks: str, path: Any) -> str:
    """The name of a file, `~` written out.

    Arguments:
        asks: who asks, and the name of the argument: "load: path".
        path: what was given.

    Returns:
        The same as text.

    Raises:
        DTypeError: for what is no name.
    """
    found = os.fspath(path) if isinstance(path, str | os.PathLike) else path
    if not isinstance(found, str):
        raise DTypeError(f"{asks} is {kind_of(path)}; the name of a file is needed.")
    return os.path.expanduser(found)


def writable(asks: str, path: Any) -> Path:
    """The place of a file that can be written; nothing is done to it yet.

    Arguments:
        asks: who asks, and the name of the argument.
        path: what was given.

    Returns:
        The place, symbolic links followed, so that a link stays one.

    Raises:
        DTypeError: for what is no name.
        DomainError: for a folder, or another thing that is no file, such as a device.
        MissingFileError: where the folder that it is to be in does not exist.
        FileAccessError: where nothing may be written there.
    """
    name = named(asks, path)
    if os.path.isdir(name) or name.endswith((os.sep, "/")) or not name:
        folder = name or "."
        raise DomainError(f"{asks} is the folder {folder}; the name of a file in it is needed.")
    if os.path.exists(name) and not os.path.isfile(name):
        raise DomainError(f"{asks} is {name}, which is there and is no file; choose another name.")
    op, target = asks.partition(":")[0], Path(os.path.realpath(name))
    if not target.parent.is_dir():
        raise MissingFileError(f"{op}: the folder {target.parent} does not exist; make it first.")
    if not os.access(target.parent, os.W_OK):
        raise refused(op, target, "written", OSError(errno.EACCES, os.strerror(errno.EACCES)))
    return target


def refused(op: str, path: Any, done: str, error: OSError) -> FileAccessError:
    """The error for what the system does not do.

    Arguments:
        op: who asks.
        path: the file.
        done: what cannot be done to it, "read" or "written".
        error: what the system said.

    Returns:
        The error, with the system's number; the caller raises it.
    """
    reason = error.strerror or error
    found = FileAccessError(f"{op}: {path} cannot be {done} ({reason}).")
    found.errno = error.errno
    return found
