"""The submissions in a folder: who handed in what, when; and a notebook's cells, read with care."""

from __future__ import annotations

import datetime
import json
import os
import re
import stat
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bplib.grading.session import clean
from bplib.grading.workers import GradingError

_DEPTH = 4  # folders below a student's own
_MOST = 12  # notebooks of one student
_SAID = 3  # sentences about other files of a student who has no notebook
_CELLS = 2000  # of code in one notebook
_LETTERS = 5 * 10**6  # of code in one notebook
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_TAKEN_FOR_ONE = (".py", ".html", ".htm", ".pdf", ".doc", ".docx")
_BESIDE = 2**20  # bytes of the files beside a notebook
_ENTRIES = 200  # of which so many are looked at
_TIMESTAMP = "timestamp.txt"  # nbgrader's
_SUBMITTED = "submitted"  # the folder of nbgrader's: submitted/STUDENT/ASSIGNMENT/x.ipynb


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Fields:
        student: the name of the file without its ending, or of the folder.
        notebooks: the files, relative to the folder of all submissions.
        problems: sentences about what was found and not taken.
        when: seconds since 1970, when the last of them was handed in, where that is known.
    """

    student: str
    notebooks: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    when: float | None = None


class Unreadable(Exception):
    """One sentence on why a notebook cannot be graded."""


def find_submissions(folder: Path, notebook: str | None = None) -> list[Submission]:
    """Who handed in what, in the order of the names.

    Files NAME.ipynb are a student each; so are folders with notebooks inside, also with a folder
    for the assignment in between. Links are not followed. Whoever handed in an archive, a program
    or a page in the place of a notebook is there too, with a sentence.

    Arguments:
        folder: of all submissions.
        notebook: the name that counts in a student's folder; the others are left aside.

    Returns:
        The submissions, one at least.

    Raises:
        GradingError: where there is no such folder, or nothing in it.
    """
    if not folder.exists():
        raise GradingError(f"there is no folder {folder}.")
    if not folder.is_dir():
        raise GradingError(f"{folder} is a file; name the folder that the submissions are in.")
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError as error:
        raise GradingError(f"{folder} cannot be read: {error.strerror}.") from error
    files = any(_is_notebook(one.name) for one in entries)
    if not files and (folder / _SUBMITTED).is_dir():
        return find_submissions(folder / _SUBMITTED, notebook)
    found = [one for entry in entries for one in _submission(entry, folder, notebook)]
    names = {one.student.casefold() for one in found}
    instead = [one for entry in entries for one in _in_its_place(entry)]
    found += [one for one in instead if one.student.casefold() not in names]
    if not found:
        raise GradingError(
            f"{folder} holds no submissions; they are files NAME.ipynb, or a folder for each "
            "student with notebooks inside."
        )
    return sorted(_with_twins(found), key=lambda one: (one.student.casefold(), one.notebooks))


def _is_notebook(name: str) -> bool:
    return name.casefold().endswith(".ipynb")


def _mistaken(name: str) -> str | None:
    """What to say of a file that somebody may have handed in for a notebook; None for others."""
    plain = name.casefold()
    if plain.endswith(_ARCHIVES):
        return f"{clean(name)} is an archive; unpack it and grade again."
    if plain.endswith(_TAKEN_FOR_ONE):
        return f"{clean(name)} is no notebook; a file NAME.ipynb is due."
    if ".ipynb" in plain:
        return f"{clean(name)} does not end in .ipynb; rename it and grade again."
    return None


def _in_its_place(entry: os.DirEntry) -> Iterator[Submission]:
    """A student of whom there is a file, and it is no notebook."""
    if entry.name.startswith((".", "__")) or _is_notebook(entry.name) or not entry.is_file():
        return
    said = _mistaken(entry.name)
    if said is not None:
        stem = entry.name.removesuffix(Path(entry.name).suffix)
        yield Submission(re.sub(r"(?i)\.(ipynb.*|tar)\Z", "", stem), (), (said,))


def _submission(entry: os.DirEntry, folder: Path, notebook: str | None) -> Iterator[Submission]:
    if entry.name.startswith((".", "__")):
        return
    is_notebook = _is_notebook(entry.name)
    student = entry.name[: -len(".ipynb")] if is_notebook else entry.name
    if entry.is_symlink():
        if is_notebook or Path(entry.path).is_dir():
            yield Submission(student, (), (f"{clean(entry.name)} is a link; it was not followed.",))
    elif is_notebook:
        yield Submission(student, (entry.name,), (), _time(Path(entry.path)))
    elif entry.is_dir():
        yield _of_folder(student, Path(entry.path), folder, notebook)


def _of_folder(student: str, own: Path, folder: Path, notebook: str | None) -> Submission:
    paths: list[Path] = []
    problems: list[str] = []
    others: list[str] = []
    for path in _files(own, _DEPTH):
        if not _is_notebook(path.name):
            deep = f"{clean(path.name)} is a folder too deep to be looked into."
            others += [deep] if path.is_dir() else filter(None, [_mistaken(path.name)])
        elif path.is_symlink():
            problems.append(f"{clean(path.name)} is a link; it was not followed.")
        else:
            paths.append(path)
    if notebook is not None:
        named = [path for path in paths if path.stem == notebook]
        if named or len(paths) > 1:
            paths = named
    if not paths and not problems:
        missing = f"{notebook}.ipynb" if notebook else "a notebook"
        problems += [f"{missing} is not in the folder.", *others[:_SAID]]
    if len(paths) > _MOST:
        problems.append(f"{len(paths)} notebooks; the first {_MOST} were graded.")
        paths = paths[:_MOST]
    times = [_time(path) for path in paths]
    names = tuple(path.relative_to(folder).as_posix() for path in paths)
    return Submission(student, names, tuple(problems), max(times, default=None))


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """Files below a folder, in order, and the folders that are too deep; no link is followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith((".", "__")):
            continue
        if depth and not _is_notebook(entry.name) and entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), depth - 1)
        elif _is_notebook(entry.name) or not entry.is_symlink():
            yield Path(entry.path)


def _with_twins(found: list[Submission]) -> Iterator[Submission]:
    """Says it where two submissions carry one name."""
    names = [one.student.casefold() for one in found]
    for one in found:
        twins = names.count(one.student.casefold())
        said = (f"{twins} submissions carry the name {clean(one.student)}.",) if twins > 1 else ()
        yield Submission(one.student, one.notebooks, (*one.problems, *said), one.when)


def _time(path: Path) -> float:
    """When it was handed in: as nbgrader noted it beside the notebook, else the file's time."""
    try:
        words = (path.parent / _TIMESTAMP).read_text(encoding="utf-8")[:80].split()
        moment = datetime.datetime.fromisoformat(" ".join(words[:2]))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zoneinfo.ZoneInfo(words[2]))
        return moment.timestamp()
    except (OSError, ValueError, IndexError, zoneinfo.ZoneInfoNotFoundError):
        return path.lstat().st_mtime


# ── one notebook ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Notebook:
    """A notebook as it is given to a worker."""

    name: str
    cells: list[str] = field(repr=False)
    content: bytes = field(repr=False)


def read_notebook(path: Path, most_mb: float) -> Notebook:
    """The code cells of a notebook that somebody else wrote.

    Arguments:
        path: of the file; a link or anything else than a file is refused.
        most_mb: the size beyond which it is not read.

    Returns:
        The notebook.

    Raises:
        Unreadable: one sentence for the teacher and the student.
    """
    content = _bytes(path, int(most_mb * 2**20))
    try:
        found = json.loads(content.decode("utf-8-sig"))
        sources = [_source(cell) for cell in _cells_of(found) if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable("is not a notebook that can be read.") from error
    if len(sources) > _CELLS:
        raise Unreadable(f"has {len(sources)} cells of code; more than {_CELLS} are not run.")
    if sum(map(len, sources)) > _LETTERS:
        raise Unreadable("has more than five million letters of code in it.")
    language = _language(found.get("metadata"))
    if language not in ("", "python", "ipython"):
        raise Unreadable(f"is written in {clean(language, 30)}; a Python notebook is due.")
    return Notebook(path.name, sources, content)


def read_beside(path: Path) -> dict[str, bytes]:
    """The files beside a notebook in a student's own folder: data that it reads, modules of theirs.

    Arguments:
        path: of the notebook.

    Returns:
        Contents by name, a megabyte of them at most; no links, no other notebooks.
    """
    found: dict[str, bytes] = {}
    left = _BESIDE
    for entry in sorted(os.scandir(path.parent), key=lambda one: one.name)[:_ENTRIES]:
        if entry.name.startswith(".") or _is_notebook(entry.name) or entry.name == _TIMESTAMP:
            continue
        if entry.is_file(follow_symlinks=False) and entry.stat().st_size <= left:
            try:
                found[entry.name] = _bytes(Path(entry.path), left)
            except Unreadable:
                continue
            left -= len(found[entry.name])
    return found


def _bytes(path: Path, most: int) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        if path.is_symlink():
            raise Unreadable("is a link; it was not followed.")
        with open(os.open(path, flags), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Unreadable("is not a file.")
            if about.st_size > most:
                raise Unreadable(
                    f"is {about.st_size / 2**20:.0f} MB; more than {most / 2**20:g} MB are not "
                    "read."
                )
            return file.read(most)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise Unreadable(f"cannot be read: {reason}.") from error


def _cells_of(found: Any) -> list[Any]:
    """The cells; before format 4 of 2015 they stood in worksheets."""
    if "worksheets" in found:
        return [cell for sheet in found["worksheets"] for cell in sheet["cells"]]
    return found["cells"]


def _source(cell: Any) -> str:
    source = cell["input"] if "input" in cell else cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _language(metadata: Any) -> str:
    """The language that a notebook says it is in; the kernel's own name does not matter here."""
    if not isinstance(metadata, dict):
        return ""
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        told = metadata.get(part)
        if isinstance(told, dict) and isinstance(told.get(key), str):
            return told[key].casefold()
    return ""
