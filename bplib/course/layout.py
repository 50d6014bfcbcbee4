"""A reader's working copy: laid out, brought up to date, and never overwritten.

What was delivered is written down in ``.bplib-course.json``: for every file the hash of its bytes
and, for a notebook, the hash of its cell sources. A notebook counts as untouched while its cell
sources are as delivered: running it changes outputs and counts, and those are cheap to make again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bplib.course.where import CourseError, delivered

MANIFEST = ".bplib-course.json"
FORMAT = 1
REFUSED = "cannot be written to; choose another folder: bplib book DIR"


@dataclass
class LayOut:
    """What `lay_out` did: lists of relative names.

    Fields:
        directory: the working copy.
        new: files that were not there, also ones that the reader had deleted.
        updated: files that the reader had not touched and the course has changed.
        kept: files that the reader changed and the course changed too: left as they are.
        beside: where the new versions of the kept ones are, such as ``NAME.new.ipynb``.
        gone: files that are no longer part of the course; the reader's copy stays.
        notes: sentences about anything else.
    """

    directory: Path
    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """What a reader should know, in a few plain sentences."""
        told = list(self.notes)
        if self.new:
            told.append(f"{_count(self.new, 'file')} laid out in {self.directory}.")
        if self.updated:
            told.append(f"Brought up to date: {', '.join(self.updated)}.")
        for name, new in zip(self.kept, self.beside, strict=True):
            told.append(
                f"{name} has changed in the course; you changed it too, so yours stays "
                f"and the new version is {new}."
            )
        if self.gone:
            told.append(
                f"No longer part of the course, kept as you have it: {', '.join(self.gone)}."
            )
        return told


def lay_out(directory: str | os.PathLike, *, with_solutions: bool = False) -> LayOut:
    """Make or update a reader's working copy of the course.

    Files that the reader has not touched are updated; touched ones are kept, and when the course
    has changed them too, the new version is put beside as ``NAME.new.ipynb``. A file that the
    reader deleted comes back: deleting a notebook is how most people ask for a fresh one. Nothing
    that the reader wrote is overwritten or removed.

    Arguments:
        directory: the working copy; made where it is missing.
        with_solutions: whether to lay out the worked answers as well.

    Returns:
        A `LayOut`, what was done.

    Raises:
        CourseError: where the directory cannot be used, or a newer bplib laid it out.
    """
    target = Path(directory).expanduser()
    done = LayOut(target)
    with plain_sentences(target):
        target.mkdir(parents=True, exist_ok=True)
        record = _read_manifest(target, done)
        course = delivered(with_solutions=with_solutions)
        for name, source in course.items():
            record[name] = _bring(name, source.read_bytes(), record.get(name), done)
        for name in [n for n in record if n not in course]:
            if not with_solutions and name.startswith("solutions/"):
                continue
            if (target / name).exists():
                done.gone.append(name)
            del record[name]
        _write_manifest(target, record)
    return done


def _bring(name: str, data: bytes, before: dict | None, done: LayOut) -> dict[str, Any]:
    """Bring one file up to date; returns its new entry in the manifest."""
    path = done.directory / name
    entry = {"bytes": _hash(data), "sources": _sources_hash(name, data)}
    if not path.exists():
        write_whole(path, data)
        done.new.append(name)
        return entry
    mine = _sources_hash(name, path.read_bytes())
    if before is not None and before["bytes"] == entry["bytes"]:
        return before
    if mine == entry["sources"] and before is None:
        return entry
    if before is not None and mine == before["sources"]:
        write_whole(path, data)
        done.updated.append(name)
        return entry
    if mine == entry["sources"]:
        return entry
    if before is not None and before["sources"] == entry["sources"]:
        return {**before, "bytes": entry["bytes"]}  # only stored outputs changed
    beside = _place_beside(path, data, (before or {}).get("beside"))
    done.kept.append(name)
    done.beside.append(beside.relative_to(done.directory).as_posix())
    return {**entry, "beside": {"name": beside.name, "sources": entry["sources"]}}


def _place_beside(path: Path, data: bytes, earlier: dict | None) -> Path:
    """Write the new version as ``NAME.new.ipynb``; one that the reader edited stays as it is."""
    number = 1
    while True:
        tail = ".new" if number == 1 else f".new-{number}"
        beside = path.with_name(f"{path.stem}{tail}{path.suffix}")
        if not beside.exists():
            break
        there = _sources_hash(beside.name, beside.read_bytes())
        if there == _sources_hash(path.name, data):
            break
        if earlier == {"name": beside.name, "sources": there}:
            break
        number += 1
    write_whole(beside, data)
    return beside


def _sources_hash(name: str, data: bytes) -> str:
    """Hash of what a reader edits: a notebook's cell types and sources, else the bytes."""
    if not name.endswith(".ipynb"):
        return _hash(data)
    try:
        cells = json.loads(data)["cells"]
        written = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError, TypeError):
        return _hash(data)  # half a notebook is the reader's too, and differs from every other
    return _hash(json.dumps(written).encode())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_manifest(target: Path, done: LayOut) -> dict[str, dict]:
    """What was delivered earlier; a damaged record is set aside and said."""
    path = target / MANIFEST
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        number, record = content["format"], content["files"]
        for entry in record.values():
            _ = entry["bytes"], entry["sources"]
    except (ValueError, KeyError, TypeError, AttributeError):
        number = 1
        while (aside := target / f"{MANIFEST}.damaged-{number}").exists():
            number += 1
        os.replace(path, aside)
        done.notes.append(
            f"The record of what was delivered was damaged and is set aside as {aside.name}; "
            "every notebook that differs from the course is treated as yours."
        )
        return {}
    if number > FORMAT:
        raise CourseError(f"{target} was laid out by a newer bplib; nothing was changed.")
    return record


def _write_manifest(target: Path, record: dict[str, dict]) -> None:
    content = {"format": FORMAT, "files": record}
    write_whole(target / MANIFEST, (json.dumps(content, indent=1) + "\n").encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write in one step: an interruption leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".bplib-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def plain_sentences(target: Path, refused: str = REFUSED) -> Iterator[None]:
    """Turn what the operating system says into one sentence; ``refused`` ends one of them."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise CourseError(
            f"{target} cannot hold the book: {error.filename} is a file, not a folder."
        ) from error
    except PermissionError as error:
        raise CourseError(f"{target} {refused}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CourseError(f"{target} cannot hold the book: {reason}.") from error


def _count(names: list[str], noun: str) -> str:
    return f"{len(names)} {noun}{'' if len(names) == 1 else 's'}"
