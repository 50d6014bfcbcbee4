"""Reading a file back, and refusing what is damaged or does not fit."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplib import errors
from bplib.backend import Array
from bplib.errors import (
    DTypeError,
    FormatError,
    MissingFileError,
    ShapeError,
    UnknownNameError,
    kind_of,
    unknown,
)
from bplib.io.contents import called, has_state, state_of
from bplib.io.form import ENTRIES, VERSION, sha256
from bplib.io.nested import beside, packed, unpacked
from bplib.io.place import named, refused


@dataclass(frozen=True, eq=False, repr=False)
class Saved:
    """What a file holds.

    Fields:
        arrays: NumPy arrays by name, in the order in which they were saved.
        state: the same arrays, and the numbers beside them, nested as they were saved.
        metadata: what was passed to `save` beside them.
        architecture: the repr of what was saved, for reading.
    """

    arrays: dict[str, np.ndarray]
    state: dict[str, Any]
    metadata: dict[str, Any]
    architecture: str

    def __repr__(self) -> str:
        lines = [f"saved from {self.architecture}"]
        width = max(map(len, self.arrays), default=0)
        lines += [f"  {name:<{width}}  {a.shape} {a.dtype}" for name, a in self.arrays.items()]
        lines += [f"  {key} = {value!r}" for key, value in self.metadata.items()]
        return "\n".join(lines)


def load(path: str | os.PathLike[str], into: Any = None) -> Saved:
    """Read a file that `save` has written, and put its values where they belong.

    Arguments:
        path: the file.
        into: a layer, a network, an optimizer or a list of parameters, as was saved; its values
            are overwritten in place once all of them are known to fit. Where a dict was saved, as
            by `fit(..., checkpoint=…)`, a dict of such things takes its parts by name:
            `into={"net": net, "optimizer": optimizer}`, with all of them or none. None only reads.

    Returns:
        What the file holds: arrays, state, metadata and architecture.

    Raises:
        MissingFileError: where there is no such file.
        FileAccessError: where it may not be read.
        FormatError: for a file that is damaged, cut off, of another kind, not by bplib, or by a
            later bplib.
        UnknownNameError: where the file lacks a parameter or part that `into` has, or has a
            parameter too many.
        ShapeError, DTypeError: where an array does not fit its parameter.
        DomainError: where the file holds the state of another optimizer.
        MissingExtraError: where safetensors is not installed.
    """
    package = errors.need("safetensors", "train", "io.load")
    path = named("load: path", path)
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
    state = unpacked(entries["state"], list(arrays.values()))
    saved = Saved(arrays, state, json.loads(entries["metadata"]), entries["architecture"])
    if into is not None:
        _put(path, saved, into)
    return saved


def _look(path: str | os.PathLike[str]) -> None:
    """Is it a file, does it begin like one of safetensors, and does its header fit in?"""
    if not os.path.isfile(path):
        raise MissingFileError(f"load: there is no file {path}.")
    try:
        with open(path, "rb") as stream:
            begin = stream.read(9)
    except OSError as error:
        raise refused("load", path, "read", error) from None
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
    if len(ordered) != len(arrays) or sha256(entries, ordered) != entries["sha256"]:
        raise FormatError(f"load: {path} is damaged, its contents are not what was saved.")
    return ordered


def _put(path: Any, saved: Saved, into: Any) -> None:
    """All values into their places, or a sentence and none."""
    if isinstance(into, Mapping):
        _put_parts(path, saved, into)
        return
    here = state_of("load", into)
    if not set(here) <= set(saved.state):
        for name, part in saved.state.items():
            if isinstance(part, Mapping) and set(here) <= set(part):
                raise UnknownNameError(
                    f"load: {path} holds more than {called(into)}, whose values are in its part "
                    f"'{name}'; say into={{'{name}': {name}}}."
                )
    if any(not hasattr(value, "shape") for value in here.values()):
        into.load_state_dict(beside(saved.state, here))  # looks at all of it first
        return
    _check_fit(path, saved.arrays, here, called(into))
    there = beside(saved.arrays, here)
    if has_state(into):
        into.load_state_dict(there)
        return
    for name, value in here.items():
        value[...] = there[name]


def _put_parts(path: Any, saved: Saved, into: Mapping[str, Any]) -> None:
    for name, one in into.items():
        if name not in saved.state:
            raise unknown(f"part of {path}", str(name), saved.state)
        if not (isinstance(saved.state[name], Mapping) and has_state(one)):
            raise DTypeError(
                f"load: into[{name!r}] is {kind_of(one)}, and the part of {path} is "
                f"{kind_of(saved.state[name])}; what takes a part has a state_dict, as a network "
                "or an optimizer."
            )
    before = {name: one.state_dict() for name, one in into.items()}
    try:
        for name, one in into.items():
            part = saved.state[name]
            whole = Saved(packed(part)[1], part, {}, saved.architecture)
            _put(f"'{name}' of {path}", whole, one)
    except Exception:
        for name, one in into.items():
            one.load_state_dict(before[name])
        raise


def _check_fit(
    path: Any, arrays: Mapping[str, np.ndarray], here: Mapping[str, Array], kind: str
) -> None:
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
