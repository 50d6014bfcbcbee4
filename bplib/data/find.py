"""Where the files of a data set may lie.

The places, in this order: the folder that the environment variable BPLIB_DATA names, the folder of
the system's packages, the user's cache. In each, a data set has a folder of its own.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bplib.data.download import download
from bplib.errors import MissingFileError

SYSTEM = Path("/usr/share/datasets")
VARIABLE = "BPLIB_DATA"


@dataclass(frozen=True)
class Home:
    """Where the files of a data set are kept and published.

    Fields:
        folder: the name of its folder in every place.
        by_hand: how to get the files without this library, the end of a sentence.
        addresses: where they can be downloaded, packed by gzip; tried in this order.
        sha256: for each file the SHA-256 of its content, unpacked, so that a copy which somebody
            else has packed passes too. Only a file that is named here is ever downloaded.
    """

    folder: str
    by_hand: str
    addresses: tuple[str, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)


def places(home: Home) -> list[Path]:
    """The folders in which a data set is looked for, the first one first.

    Arguments:
        home: the data set's.

    Returns:
        Two or three paths, whether they exist or not.
    """
    named = os.environ.get(VARIABLE)
    bases = [Path(named).expanduser()] if named else []
    return [base / home.folder for base in [*bases, SYSTEM, _cache()]]


def find(op: str, home: Home, name: str, may_download: bool = True) -> Path:
    """One file of a data set: where it lies, or where it was put by a download.

    Arguments:
        op: who asks; it opens the sentence.
        home: the data set's.
        name: the file's name, without .gz; a packed file is found as well.
        may_download: whether it is downloaded where it lies nowhere, into the user's cache.

    Returns:
        The path of a file that exists.

    Raises:
        MissingFileError: where it is in none of the places and cannot be downloaded; the sentence
            says where it was looked for and how to get it.
        MissingExtraError: where it could be downloaded, but pooch is not installed.
        FormatError: where what was downloaded is not the file.
    """
    looked = places(home)
    for folder in looked:
        for candidate in (folder / name, folder / f"{name}.gz"):
            if candidate.is_file():
                return candidate
    absent = f"{op}: {name} is in none of {', '.join(map(str, looked))}"
    if not may_download or name not in home.sha256:
        raise MissingFileError(f"{absent}; {home.by_hand}.")
    addresses = [f"{address}{name}.gz" for address in home.addresses]
    return download(absent, addresses, looked[-1] / f"{name}.gz", home.sha256[name], home.by_hand)


def _cache() -> Path:
    """The user's cache as the system has it; without platformdirs, where Linux has it."""
    try:
        return Path(importlib.import_module("platformdirs").user_cache_dir("bplib", False))
    except ImportError:
        return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "bplib"
