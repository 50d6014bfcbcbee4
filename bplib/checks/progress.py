"""What a reader has done: one JSON file in the user's data folder, never lost, never in the way.

The file is written whole and put in place in one move.  Every change reads the file again under a
lock first, so two notebooks that are open at once add up.  The environment variable BPLIB_PROGRESS
holds another path, or `memory` for progress that ends with the process.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from bplib import browser

from .files import locked, write_whole
from .show_values import safe_repr

VERSION = 1
_KEPT_ANSWERS = 50

Data = dict[str, Any]


def default_path() -> Path:
    """Where the file is without BPLIB_PROGRESS: the system's folder for a user's data.

    In a browser it is the top of JupyterLite's list of files, where it can be downloaded, and where
    another can be put in its place.
    """
    if browser.here():
        return browser.DRIVE / "progress.json"
    try:
        from platformdirs import user_data_dir
    except ImportError:
        base = os.environ.get("APPDATA") or os.environ.get("XDG_DATA_HOME")
        return (Path(base) if base else Path.home() / ".local" / "share") / "bplib/progress.json"
    return Path(user_data_dir("bplib", appauthor=False)) / "progress.json"


def store() -> Store:
    """The progress of this process, as BPLIB_PROGRESS says now."""
    return _store(os.environ.get("BPLIB_PROGRESS", ""))


@cache
def _store(setting: str) -> Store:
    if setting == "memory":
        return Store(None)
    try:
        path = Path(setting).expanduser() if setting else default_path()
    except RuntimeError:  # no home folder at all
        path = None
    missing = "There is no home folder to keep your progress in (BPLIB_PROGRESS may name a file)."
    if browser.here() and not setting and not browser.DRIVE.is_dir():
        path, missing = None, "This browser keeps no files for the page (is it a private window?)."
    if path is not None and (setting or path.is_absolute()):
        return Store(path.absolute())
    homeless = Store(None)
    homeless.add_note(
        f"{missing} The checks work all the same; what you do now is kept until this session ends."
    )
    return homeless


def fresh_data() -> Data:
    return {"version": VERSION, "exercises": {}}


class Store:
    """A progress file, or progress kept in memory only.

    Arguments:
        path: of the file; None for memory.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._memory: Data | None = fresh_data() if path is None else None
        self._notes: list[str] = []

    def add_note(self, sentence: str) -> None:
        self._notes.append(sentence)

    def take_notes(self) -> list[str]:
        """Sentences that the reader has not been told yet; they are handed over once."""
        notes, self._notes = self._notes, []
        return notes

    def entry(self, name: str) -> Data:
        """What is known about one exercise: attempts, done, hints, solution, answers."""
        return _entry(self.read(), name)

    def read(self) -> Data:
        """All progress.  A damaged file is set aside; a newer version's is left as it is."""
        if self._memory is not None or self.path is None:
            return self._memory or fresh_data()
        try:
            if not self.path.is_file() and self.path.exists():  # a pipe would never end
                self._go_on_in_memory("is not a file")
                return self._memory or fresh_data()
            found = self.path.read_bytes()
        except FileNotFoundError:
            return fresh_data()
        except OSError:
            self._go_on_in_memory("cannot be read")
            return self._memory or fresh_data()
        try:
            data = json.loads(found.decode("utf-8"))
            version = data["version"]
            if type(version) is not int or not isinstance(data["exercises"], dict):
                raise ValueError("not a progress file")
            if version <= VERSION and not all(map(_sound, data["exercises"].values())):
                raise ValueError("an entry is damaged")
        except (ValueError, KeyError, TypeError, RecursionError):
            return self._set_aside(found)
        if version > VERSION:
            self._notes.append(
                f"Your progress file ({self.path}) is from a newer bplib. It stays as it is; what "
                "you do now is kept until this session ends."
            )
            self._memory = fresh_data()
            return self._memory
        return data

    def update(self, change: Callable[[Data], None]) -> None:
        """Reads again, applies `change`, writes; all of it while no other process does."""
        if self._memory is None and self.path is not None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with locked(self.path.with_name(self.path.name + ".lock")):
                    data = self.read()
                    change(data)
                    if self._memory is None:
                        write_whole(self.path, data)
                    return
            except OSError as error:
                reason = error.strerror or type(error).__name__
                self._go_on_in_memory(f"cannot be written ({reason})")
        change(self._memory if self._memory is not None else fresh_data())

    def back_up(self, data: Data) -> Path | None:
        """Writes a copy of some progress beside the file, under the first free name."""
        if self.path is None or self._memory is not None:
            return None
        number = 1
        while (copy := self.path.with_name(f"{self.path.name}.backup-{number}")).exists():
            number += 1
        write_whole(copy, data)
        return copy

    def _go_on_in_memory(self, what: str) -> None:
        self._notes.append(
            f"Your progress file ({self.path}) {what}. The checks work all the same; what you do "
            "now is kept until this session ends."
        )
        data = fresh_data()
        with contextlib.suppress(Exception):
            if self.path is not None and self.path.is_file():
                data = json.loads(self.path.read_text(encoding="utf-8"))
        self._memory = data if _is_ours(data) else fresh_data()

    def _set_aside(self, damaged: bytes) -> Data:
        """Renames a damaged file to the first free name and begins anew."""
        assert self.path is not None
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        try:
            if self.path.read_bytes() != damaged:  # another process has begun a new one
                return self.read()
            self.path.rename(aside)
        except FileNotFoundError:  # another process was quicker, and has said so
            return fresh_data()
        except OSError:
            self._go_on_in_memory("is damaged and cannot be moved")
            return self._memory or fresh_data()
        self._notes.append(
            f"Your progress file was damaged. It is kept as {aside}, and a new one is begun."
        )
        return fresh_data()


# ── changes ──────────────────────────────────────────────────────────────────────────────────────


def record_answer(status: str, misconception: str | None, name: str, key: str) -> None:
    """Notes a verdict; the same answer twice is one attempt, and done stays done."""

    def change(data: Data) -> None:
        entry = data["exercises"].setdefault(name, {})
        answers = entry.setdefault("answers", {})
        if key not in answers:
            entry["attempts"] = entry.get("attempts", 0) + 1
        answers.pop(key, None)
        answers[key] = {"status": status, "misconception": misconception}
        for old in list(answers)[:-_KEPT_ANSWERS]:
            del answers[old]
        if status == "passed":
            entry["done"] = True

    store().update(change)


def record_hint(name: str, level: int) -> None:
    """Notes how many hints have been read."""

    def change(data: Data) -> None:
        entry = data["exercises"].setdefault(name, {})
        entry["hints"] = max(entry.get("hints", 0), level)

    store().update(change)


def record_solution(name: str) -> None:
    """Notes that the worked answer was looked at, and whether that was before it was done."""

    def change(data: Data) -> None:
        entry = data["exercises"].setdefault(name, {})
        entry["solution"] = True
        if not entry.get("done"):
            entry["solution_first"] = True

    store().update(change)


def forget(names: Iterable[str]) -> Path | None:
    """Forgets what was done in some exercises, after a copy of the progress file as it was.

    Arguments:
        names: of exercises; those without progress do not matter.

    Returns:
        The copy, `progress.json.backup-1` beside the file; None where there was nothing to forget,
        or progress is kept in memory.

    Raises:
        OSError: where there is no room for the copy; then nothing is forgotten.
    """
    wanted = set(names)
    copy: Path | None = None
    no_room: OSError | None = None

    def change(data: Data) -> None:
        nonlocal copy, no_room
        try:  # while no other process writes, so that the copy holds all that is forgotten
            copy = store().back_up(data)
        except OSError as error:
            no_room = error
        if no_room is None:
            for name in wanted:
                data["exercises"].pop(name, None)

    if wanted & store().read()["exercises"].keys():
        store().update(change)
    if no_room is not None:
        raise no_room
    return copy


def answer_key(answer: Any) -> str:
    """A short hash of the learner's source, or of the value."""
    import inspect
    import textwrap

    try:
        text = textwrap.dedent(inspect.getsource(answer))
    except Exception:  # no source, or none that Python finds its way in
        code = getattr(answer, "__code__", None)
        text = (
            safe_repr(answer)
            if code is None
            else f"{code.co_code!r} {code.co_names} {code.co_consts}"
        )
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


# ── what an entry holds ──────────────────────────────────────────────────────────────────────────


def _entry(data: Data, name: str) -> Data:
    found = data["exercises"].get(name, {})
    return {"attempts": 0, "done": False, "hints": 0, "solution": False, "answers": {}, **found}


def _sound(entry: Any) -> bool:
    """Whether an entry has the kinds of values that the rest of this module counts on."""
    return (
        isinstance(entry, dict)
        and all(_is_count(entry.get(count, 0)) for count in ("attempts", "hints"))
        and isinstance(entry.get("answers", {}), dict)
    )


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_ours(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and data.get("version") == VERSION
        and isinstance(data.get("exercises"), dict)
        and all(map(_sound, data["exercises"].values()))
    )
