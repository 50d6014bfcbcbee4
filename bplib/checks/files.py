"""Files that more than one notebook may write: whole or not at all, one writer at a time."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bplib import browser

_LOCK_SECONDS = 5.0


def write_whole(path: Path, data: Any) -> None:
    """Writes data as JSON beside the file and moves it into place: old or new, never half.

    Arguments:
        path: of the file; its folder exists.
        data: dicts, lists, numbers, text.

    Raises:
        OSError: where the system refuses.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        _replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _replace(source: str, target: Path) -> None:
    for _ in range(20):
        try:
            os.replace(source, target)
            return
        except PermissionError:  # Windows: somebody is reading the target this very moment
            time.sleep(0.02)
    os.replace(source, target)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock file that the system gives back when the process ends, however it ends.

    Where locks do not work (some network folders, a browser) the write goes ahead without.

    Arguments:
        path: of the lock file.

    Returns:
        A context in which no other process holds it.
    """
    if browser.here():  # which has no locks, and would show the file to the reader
        yield
        return
    with open(path, "a+b") as file:
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _try_lock(file.fileno()) and time.monotonic() < deadline:
            time.sleep(0.01)
        yield  # closing the file releases the lock


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        return error.errno not in (11, 13, 36)  # busy: try again; anything else: no locks here
    return True
