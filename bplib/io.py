"""Saving what was learned, and getting it back: safetensors files, in which nothing can run.

    io.save("digits.safetensors", net, accuracy=0.97, epochs=20)
    saved = io.load("digits.safetensors", into=net)     # net has the weights, or nothing happened
    saved.metadata["accuracy"]

A file carries a format version, the architecture's repr, every array's name, shape and dtype in
order, and a SHA-256 over all of it. It is never pickle: loading a file runs no code of whoever
wrote it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bplib import errors
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import (
    DTypeError,
    FormatError,
    MissingFileError,
    ShapeError,
    UnknownNameError,
    kind_of,
)

__all__ = ["Saved", "load", "save"]

VERSION = 1
"""Of the metadata; a file with a higher one was written by a later bplib."""

ENTRIES = ("bplib_format", "architecture", "arrays", "metadata", "sha256")


@dataclass(frozen=True, eq=False, repr=False)
class Saved:
    """What a file holds.

    Fields:
        arrays: NumPy arrays by name, in the order in which they were saved.
        metadata: what was passed to `save` beside them.
        architecture: the repr of what was saved, for reading.
    """

    arrays: dict[str, np.ndarray]
    metadata: dict[str, Any]
    architecture: str

    def __repr__(self) -> str:
        lines = [f"saved from {self.architecture}"]
        width = max(map(len, self.arrays))
        lines += [f"  {name:<{width}}  {a.shape} {a.dtype}" for name, a in self.arrays.items()]
        lines += [f"  {key} = {value!r}" for key, value in self.metadata.items()]
        return "\n".join(lines)


def save(path: str | os.PathLike[str], what: Any, /, **metadata: Any) -> None:
    """Write the values of a layer, a network, parameters or named arrays to a file.

    The file appears whole or not at all: it is written under another name in the same folder,
    forced to the disk and then put in place in one step. Whatever happens before that step, a
    power cut included, leaves an older file as it was (and perhaps a hidden one that ends in
    `.part`, which may be deleted).

    Arguments:
        path: the file, usually `….safetensors`; its folder exists.
        what: something with `.parameters()`, such as a layer or a network; a list of parameters,
            which get the names "0.W", "1.b", … by their places in it; or a dict of arrays.
        **metadata: what else to remember by name: numbers, text, booleans, None, and lists and
            dicts of these. A tuple comes back as a list.

    Raises:
        DTypeError: for something that cannot be saved.
        ShapeError: where there is no array at all.
        MissingFileError: where the folder does not exist.
        MissingExtraError: where safetensors is not installed.
    """
    numpy_part = errors.need("safetensors.numpy", "book", "io.save")
    arrays = {name: _contiguous(name, value) for name, value in _named("save", what).items()}
    # Through symbolic links, so that the link stays one.
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise MissingFileError(f"save: the folder {target.parent} does not exist; make it first.")
    entries = {
        "bplib_format": str(VERSION),
        "architecture": f"{len(arrays)} arrays" if isinstance(what, Mapping | list) else repr(what),
        "arrays": json.dumps([[name, list(a.shape), a.dtype.name] for name, a in arrays.items()]),
        "metadata": _as_json(metadata),
    }
    entries["sha256"] = _sha256(entries, arrays)
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


def load(path: str | os.PathLike[str], into: Any = None) -> Saved:
    """Read a file that `save` has written, and put its values where they belong.

    Arguments:
        path: the file.
        into: a layer, a network or a list of parameters, as was saved; its values are overwritten
            in place once all of them are known to fit. None only reads.

    Returns:
        What the file holds: arrays, metadata and architecture.

    Raises:
        MissingFileError: where there is no such file.
        FormatError: for a file that is damaged, cut off, of another kind, not by bplib, or by a
            later bplib.
        UnknownNameError: where the file lacks a parameter that `into` has, or has one too many.
        ShapeError, DTypeError: where an array does not fit its parameter.
        MissingExtraError: where safetensors is not installed.
    """
    package = errors.need("safetensors", "book", "io.load")
    _look(path)
    try:
        with package.safe_open(path, framework="numpy") as file:
            entries = file.metadata() or {}
            _check_format(path, entries)
            arrays = {name: file.get_tensor(name) for name in file.keys()}
    except package.SafetensorError as error:
        reason = str(error).rpartition(": ")[2]
        raise FormatError(
            f"load: {path} is damaged or cut off (safetensors says: {reason})."
        ) from None
    arrays = _checked(path, entries, arrays)
    saved = Saved(arrays, json.loads(entries["metadata"]), entries["architecture"])
    if into is not None:
        _put(path, saved.arrays, into)
    return saved


def _named(op: str, what: Any) -> dict[str, Array]:
    """The arrays of a thing by unique names, in order."""
    if isinstance(what, Mapping):
        found = dict(what)
    elif _has_state(what):
        found = what.state_dict()
    else:
        parameters = _parameters(op, what)
        names = [getattr(parameter, "name", None) for parameter in parameters]
        found = {
            f"{i}.{name}" if name else str(i): parameter.value
            for i, (name, parameter) in enumerate(zip(names, parameters, strict=True))
        }
    if not found:
        raise ShapeError(f"{op}: {_kind(what)} holds no arrays.")
    return found


def _has_state(what: Any) -> bool:
    """A network knows the names of its arrays; an optimizer's state holds more than arrays."""
    own = all(hasattr(what, name) for name in ("state_dict", "load_state_dict"))
    return own and callable(getattr(what, "parameters", None))


def _parameters(op: str, what: Any) -> list[Any]:
    listed = what.parameters() if callable(getattr(what, "parameters", None)) else what
    if isinstance(listed, str) or hasattr(listed, "shape") or not isinstance(listed, Iterable):
        raise DTypeError(
            f"{op}: {kind_of(what)} was given; a layer, a network, a list of parameters or a dict "
            "of arrays is needed."
        )
    listed = list(listed)
    for i, parameter in enumerate(listed):
        if not hasattr(parameter, "value"):
            raise DTypeError(f"{op}: entry {i} is {kind_of(parameter)}; a parameter is needed.")
    return listed


def _contiguous(name: Any, value: Array) -> np.ndarray:
    """The numbers on the host, row by row: safetensors writes memory as it lies there."""
    if not isinstance(name, str):
        raise DTypeError(f"save: the name {name!r} is {kind_of(name)}; text is needed.")
    if getattr(getattr(value, "dtype", None), "kind", "O") not in "fiub":
        given = getattr(value, "dtype", None)
        raise DTypeError(
            f"save: {name} is {kind_of(value) if given is None else f'of dtype {given}'}; "
            "an array of real numbers is needed."
        )
    host = to_numpy(value)
    return np.asarray(host, dtype=host.dtype.newbyteorder("="), order="C")


def _as_json(metadata: dict[str, Any]) -> str:
    for key, value in metadata.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            raise DTypeError(
                f"save: {key} is {kind_of(value)}, which is not kept as metadata; numbers, text, "
                "booleans, None, and lists and dicts of these are."
            ) from None
    return json.dumps(metadata)


def _sha256(entries: Mapping[str, str], arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for key in ENTRIES[:-1]:
        digest.update(f"{key}={entries[key]}\n".encode())
    for array in arrays.values():
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _force_entry_to_disk(folder: Path) -> None:
    """The file's new name as well; Windows cannot open a folder, and does not need it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _look(path: str | os.PathLike[str]) -> None:
    """Is it a file, does it begin like one of safetensors, and does its header fit in?"""
    if not os.path.isfile(path):
        raise MissingFileError(f"load: there is no file {path}.")
    with open(path, "rb") as stream:
        begin = stream.read(9)
    if len(begin) == 0:
        raise FormatError(f"load: {path} is empty.")
    length = int.from_bytes(begin[:8], "little")
    if len(begin) < 9 or begin[8:] != b"{" or length > 100_000_000:
        raise FormatError(f"load: {path} is no safetensors file.")
    if os.path.getsize(path) < 8 + length:
        raise FormatError(f"load: {path} is cut off inside its header.")


def _check_format(path: Any, entries: Mapping[str, str]) -> None:
    version = entries.get("bplib_format", "")
    if not version.isdecimal():
        raise FormatError(f"load: {path} is a safetensors file, but not one that bplib has saved.")
    if int(version) > VERSION:
        raise FormatError(
            f"load: {path} has format {version}, and this bplib reads up to {VERSION}; "
            "a newer bplib has written it, and can read it."
        )
    for key in ENTRIES:
        if key not in entries:
            raise FormatError(f"load: {path} is damaged, its metadata lacks '{key}'.")


def _checked(
    path: Any, entries: Mapping[str, str], arrays: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The arrays in the order in which they were saved, every byte as it was."""
    try:
        ordered = {name: arrays[name] for name, *_ in json.loads(entries["arrays"])}
    except (ValueError, TypeError, KeyError):
        ordered = {}
    if len(ordered) != len(arrays) or _sha256(entries, ordered) != entries["sha256"]:
        raise FormatError(f"load: {path} is damaged, its contents are not what was saved.")
    return ordered


def _put(path: Any, arrays: Mapping[str, np.ndarray], into: Any) -> None:
    """All values into their places, or a sentence and none."""
    if isinstance(into, Mapping):
        raise DTypeError("load: into is a dict; use the arrays of what load returns.")
    here, kind = _named("load", into), _kind(into)
    for name in here:
        if name not in arrays:
            raise UnknownNameError(f"load: {path} has no '{name}', which {kind} has.")
    for name in arrays:
        if name not in here:
            raise UnknownNameError(f"load: {path} has '{name}', which {kind} does not have.")
    for name, value in here.items():
        came = arrays[name]
        if came.shape != value.shape:
            raise ShapeError(
                f"load: {name} has shape {came.shape} in {path}, but {value.shape} in {kind}."
            )
        if came.dtype != value.dtype:
            raise DTypeError(
                f"load: {name} is {came.dtype} in {path}, but {value.dtype} in {kind}."
            )
    there = {name: xp_of(value).asarray(arrays[name]) for name, value in here.items()}
    if _has_state(into):
        into.load_state_dict(there)
        return
    for name, value in here.items():
        value[...] = there[name]


def _kind(what: Any) -> str:
    return "the list" if isinstance(what, list | tuple) else type(what).__name__
