"""A file from its data set's own home: whole and checked, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from pathlib import Path

from bplib import errors
from bplib.errors import FormatError, MissingExtraError, MissingFileError

PIECE = 1 << 20
PATIENCE = 30
"""Seconds without an answer, or without a further piece, after which an address is given up."""


def download(absent: str, addresses: list[str], target: Path, sha256: str, by_hand: str) -> Path:
    """Fetch one packed file, check what is in it, and only then give it its name.

    It is written into a folder of its own beside the target and moved there in one step, so a
    download that breaks off, or that is killed, leaves nothing under the target's name.

    Arguments:
        absent: the beginning of every sentence: which file is missing where.
        addresses: where it can be downloaded; the next one is tried where one fails.
        target: where it is put.
        sha256: of its content, unpacked.
        by_hand: how to get the file otherwise, the end of a sentence.

    Returns:
        The target.

    Raises:
        MissingExtraError: where pooch is not installed.
        FormatError: where the last address that answered gave another content.
        MissingFileError: where no address answered, or the target's folder cannot be written.
    """
    try:
        pooch = errors.need("pooch", "book", "the download")
    except MissingExtraError as error:
        raise MissingExtraError(f"{absent}; {by_hand}; {error}") from None
    fetch = pooch.HTTPDownloader(chunk_size=PIECE, timeout=PATIENCE)
    problem: OSError | None = None
    wrong = ""
    for address in addresses:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=".coming-") as folder:
                arrived = Path(folder) / target.name
                fetch(address, str(arrived), None)
                found = content_sha256(arrived)
                if found == sha256:
                    os.replace(arrived, target)
                    return target
                wrong = f"{address} gave another file: its SHA-256 is {found}, not {sha256}"
        except OSError as error:  # those of requests are among them
            problem = error
            if (response := getattr(error, "response", None)) is not None:
                response.close()
    if wrong:
        raise FormatError(f"{absent}, and {wrong}; it was thrown away.")
    why = type(problem).__name__
    raise MissingFileError(
        f"{absent}, and its download from {addresses[-1]} failed ({why}); {by_hand}."
    ) from problem


def content_sha256(path: Path) -> str:
    """The SHA-256 of what is packed in a gzip file, piece by piece.

    Arguments:
        path: the file.

    Returns:
        64 hexadecimal digits, or the words "none, as gzip cannot unpack it".
    """
    digest = hashlib.sha256()
    try:
        with gzip.open(path) as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return "none, as gzip cannot unpack it"
    return digest.hexdigest()
