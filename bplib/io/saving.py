"""Writing a file that appears whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from bplib import errors, expect
from bplib.backend import Array, to_numpy
from bplib.errors import DomainError, DTypeError, kind_of
from bplib.io.contents import has_state, state_of
from bplib.io.form import VERSION, sha256
from bplib.io.nested import KEPT, packed
from bplib.io.place import refused, writable

RESERVED = "__metadata__"
"""In a file of safetensors, where everything but arrays stands; an array would take its place."""


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
        DomainError: where two arrays would get one name, or path is a folder.
        ShapeError: where there is nothing to save.
        MissingFileError: where the folder does not exist.
        FileAccessError: where nothing may be written there, or the disk is full.
        MissingExtraError: where safetensors is not installed.
    """
    numpy_part = errors.need("safetensors.numpy", "train", "io.save")
    state, found = packed(state_of("save", what))
    arrays = {name: _contiguous(name, value) for name, value in found.items()}
    if RESERVED in arrays:
        raise DomainError(f"save: safetensors keeps the name '{RESERVED}' for itself; rename it.")
    target = writable("save: path", path)
    entries = {
        "bplib_format": str(VERSION),
        "architecture": repr(what) if has_state(what) else f"{len(arrays)} arrays",
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
    except OSError as error:
        raise refused("save", target, "written", error) from None
    finally:
        with suppress(OSError):  # where there is none, or its name was too long for one
            part.unlink()
    _force_entry_to_disk(target.parent)


def _contiguous(name: str, value: Array) -> np.ndarray:
    """The numbers on the host, row by row: safetensors writes memory as it lies there."""
    expect.plain("save", name, value)
    if value.dtype.kind not in "fiub":
        raise DTypeError(
            f"save: {name} is of dtype {value.dtype}; an array of real numbers is needed."
        )
    if value.dtype.itemsize > 8:
        raise DTypeError(
            f"save: {name} is of dtype {value.dtype}, and safetensors keeps numbers of 64 bits at "
            f"most; for example {name}.astype(float)."
        )
    host = to_numpy(value)
    return np.asarray(host, dtype=host.dtype.newbyteorder("="), order="C")


def _as_json(metadata: dict[str, Any]) -> str:
    for key, value in metadata.items():
        _only_text_as_names(value)
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            raise DTypeError(
                f"save: {key} is {kind_of(value)}, which is not kept as metadata; {KEPT}."
            ) from None
    return json.dumps(metadata)


def _only_text_as_names(value: Any) -> None:
    """JSON would make text of a number that is a name, and it would come back as text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise DTypeError(f"save: the name {key!r} is {kind_of(key)}; text is needed.")
            _only_text_as_names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _only_text_as_names(inner)


def _force_entry_to_disk(folder: Path) -> None:
    """The file's new name as well; Windows cannot open a folder, and does not need it."""
    if os.name != "posix":
        return
    with suppress(OSError):  # it is in place by now, and some file systems can do no more
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
