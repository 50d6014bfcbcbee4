"""Writing a file that appears whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bplib import errors
from bplib.backend import Array, to_numpy
from bplib.errors import DTypeError, MissingFileError, kind_of
from bplib.io.contents import state_of
from bplib.io.form import VERSION, sha256
from bplib.io.nested import KEPT, packed


def save(path: str | os.PathLike[str], what: Any, /, **metadata: Any) -> None:
    """Write the state of a layer, a network or an optimizer, parameters or a dict to a file.

    The file appears whole or not at all: it is written under another name in the same folder,
    forced to the disk and then put in place in one step. Whatever happens before that step, a
    power cut included, leaves an older file as it was (and perhaps a hidden one that ends in
    `.part`, which may be deleted).

    Arguments:
        path: the file, usually `….safetensors`; its folder exists. `~` is your home.
        what: something with a `state_dict`, such as a layer, a network or an optimizer; a list of
            parameters, which get the names "0.W", "1.b", … by their places in it; or a dict of
            arrays, numbers, text, booleans and None, also nested, in dicts and lists.
        **metadata: what else to remember by name: numbers, text, booleans, None, and lists and
            dicts of these. A tuple comes back as a list, here and in what.

    Raises:
        DTypeError: for something that cannot be saved.
        DomainError: where two arrays would get one name.
        ShapeError: where there is nothing to save.
        MissingFileError: where the folder does not exist.
        MissingExtraError: where safetensors is not installed.
    """
    numpy_part = errors.need("safetensors.numpy", "train", "io.save")
    state, found = packed(state_of("save", what))
    arrays = {name: _contiguous(name, value) for name, value in found.items()}
    # Through symbolic links, so that the link stays one.
    target = Path(os.path.realpath(os.path.expanduser(path)))
    if not target.parent.is_dir():
        raise MissingFileError(f"save: the folder {target.parent} does not exist; make it first.")
    entries = {
        "bplib_format": str(VERSION),
        "architecture": f"{len(arrays)} arrays" if isinstance(what, Mapping | list) else repr(what),
        "arrays": json.dumps([[name, list(a.shape), a.dtype.name] for name, a in arrays.items()]),
        "state": state,
        "metadata": _as_json(metadata),
    }
    entries["sha256"] = sha256(entries, arrays)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with open(part, "xb") as stream:
            stream.write(numpy_part.save(arrays, metadata=entries))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    _force_entry_to_disk(target.parent)


def _contiguous(name: str, value: Array) -> np.ndarray:
    """The numbers on the host, row by row: safetensors writes memory as it lies there."""
    if value.dtype.kind not in "fiub":
        raise DTypeError(
            f"save: {name} is of dtype {value.dtype}; an array of real numbers is needed."
        )
    host = to_numpy(value)
    return np.asarray(host, dtype=host.dtype.newbyteorder("="), order="C")


def _as_json(metadata: dict[str, Any]) -> str:
    for key, value in metadata.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            raise DTypeError(
                f"save: {key} is {kind_of(value)}, which is not kept as metadata; {KEPT}."
            ) from None
    return json.dumps(metadata)


def _force_entry_to_disk(folder: Path) -> None:
    """The file's new name as well; Windows cannot open a folder, and does not need it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
