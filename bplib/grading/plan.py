"""What counts: the exercises with their points, the seeds, the limits and the due date.

All of it comes from a small TOML file of the teacher's or from the chapters that are named; what
stands in a student's notebook has no say in it.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bplib import errors
from bplib.checks import registry
from bplib.checks.declare import Prediction
from bplib.grading.contain import Limits
from bplib.grading.workers import GradingError

_KEYS = ("title", "chapters", "notebook", "seeds", "due", "late_percent_per_day", "own_work",
         "points", "limits")  # fmt: skip
_MOST_SEEDS = 20


@dataclass(frozen=True)
class Plan:
    """How one class is graded.

    Fields:
        points: exercise names, in the order of the book, and what each is worth.
        title: heading of the feedback pages.
        notebook: name of the notebook that counts, where a student hands in several.
        seeds: what the hidden cases are made from.
        due: when it was due; lateness is only ever said where this is set.
        late_percent_per_day: percent of the points that every begun day costs.
        own_work: whether handing in the library's own answer counts as a failure.
        limits: what one submission may use.
    """

    points: dict[str, float]
    title: str = "Exercises"
    notebook: str | None = None
    seeds: tuple[int, ...] = (1, 2)
    due: datetime.datetime | None = None
    late_percent_per_day: float = 0.0
    own_work: bool = True
    limits: Limits = field(default_factory=Limits)

    @property
    def most(self) -> float:
        """The points of everything together."""
        return sum(self.points.values())

    def to_json(self) -> str:
        """The plan for another process."""
        found = dataclasses.asdict(self)
        found["due"] = None if self.due is None else self.due.isoformat()
        return json.dumps(found)

    @staticmethod
    def from_json(text: str) -> Plan:
        """The plan that `to_json` wrote."""
        found = json.loads(text)
        due = found["due"]
        found["due"] = None if due is None else datetime.datetime.fromisoformat(due)
        found["seeds"] = tuple(found["seeds"])
        return Plan(**{**found, "limits": Limits(**found["limits"])})


def plan_of_chapters(chapters: Iterable[int]) -> Plan:
    """The plan without a file: all exercises of the chapters, with the points of the book."""
    chapters = sorted(set(chapters))
    points: dict[str, float] = {}
    for chapter in chapters:
        found = _of_chapter(chapter)
        if not found:
            raise GradingError(f"chapter {chapter} has no exercises.")
        points |= found
    words = ", ".join(map(str, chapters))
    return Plan(points, title=f"Chapter{'' if len(chapters) == 1 else 's'} {words}")


def _of_chapter(chapter: int) -> dict[str, float]:
    """The exercises of a chapter; its predictions belong to the text and count where named."""
    worth = _points_of_the_book(chapter)
    return {
        one.name: worth.get(one.name, 1.0)
        for one in registry.of_chapter(chapter)
        if not isinstance(one, Prediction)
    }


def _points_of_the_book(chapter: int) -> dict[str, float]:
    """What the delivered notebook says that each exercise is worth."""
    from bplib.course import where

    try:
        folder = where.files() / "exercises"
    except errors.BplibError:
        return {}
    found: dict[str, float] = {}
    for path in where.notebooks(folder, chapter):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError):  # an edited copy; every exercise then counts one
            continue
        for cell in cells:
            grading = cell.get("metadata", {}).get("nbgrader", {})
            if grading.get("grade") and grading.get("points"):
                name = str(grading.get("grade_id", "")).removesuffix("-check")
                found[name] = float(grading["points"])
    return found


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def read_plan(path: Path) -> Plan:
    """The plan that a TOML file describes.

    Arguments:
        path: of the file.

    Returns:
        The plan.

    Raises:
        GradingError: one sentence with the file and the key, for anything that cannot be meant.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise GradingError(f"{path} cannot be read: {reason}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GradingError(f"{path.name} is not TOML: {error}.") from error
    try:
        return _plan(found)
    except (GradingError, errors.UnknownNameError) as error:
        raise GradingError(f"{path.name}: {error}") from error


def _plan(found: dict[str, Any]) -> Plan:
    _only(found, "key", _KEYS)
    points: dict[str, float] = {}
    for chapter in _numbers(found, "chapters", least=0):
        points |= plan_of_chapters([chapter]).points
    points |= _points(found)
    if not points:
        raise GradingError(
            "it names no exercises; write `chapters = [2]`, or a table [points] with a line "
            "for each, such as `mse_gradient = 2`."
        )
    points = {name: points[name] for name in registry.all_exercises() if name in points}
    seeds = _numbers(found, "seeds", least=0) or list(Plan.seeds)
    if len(seeds) > _MOST_SEEDS:
        raise GradingError(f"`seeds` has {len(seeds)} numbers; {_MOST_SEEDS} are enough.")
    notebook = _word(found, "notebook", None)
    return Plan(
        points=points,
        title=_word(found, "title", "Exercises") or "Exercises",
        notebook=notebook and notebook.removesuffix(".ipynb"),
        seeds=tuple(seeds),
        due=_due(found.get("due")),
        late_percent_per_day=_number(found, "late_percent_per_day", 0.0, most=100.0),
        own_work=_truth(found, "own_work", True),
        limits=_limits(found),
    )


def _only(found: dict[str, Any], kind: str, known: Iterable[str]) -> None:
    known = list(known)
    for name in found:
        if name not in known:
            raise errors.unknown(kind, name, known)


def _table(found: dict[str, Any], name: str) -> dict[str, Any]:
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise GradingError(f"`{name}` is a table: write [{name}] and its lines below it.")
    return table


def _points(found: dict[str, Any]) -> dict[str, float]:
    table = _table(found, "points")
    points = {registry.find(name).name: _number(table, name, 1.0) for name in table}
    if points and not sum(points.values()) and "chapters" not in found:
        raise GradingError("the points of all exercises together are 0.")
    return points


def _limits(found: dict[str, Any]) -> Limits:
    table = _table(found, "limits")
    standard = Limits()
    _only(table, "limit", standard.as_dict())
    values: dict[str, Any] = {}
    for name, usual in standard.as_dict().items():
        value = _number(table, name, float(usual), least=0.1)
        if isinstance(usual, int):
            if value != int(value):
                raise GradingError(f"`{name}` is a whole number; it says {value:g}.")
            value = int(value)
        values[name] = value
    return Limits(**values)


def _number(
    table: dict[str, Any], name: str, usual: float, *, least: float = 0.0, most: float = 1e6
) -> float:
    value = table.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise GradingError(f"`{name}` is a number; it says {value!r}.")
    if not least <= value <= most:
        raise GradingError(f"`{name}` is a number from {least:g} to {most:g}; it says {value:g}.")
    return float(value)


def _numbers(found: dict[str, Any], name: str, least: int) -> list[int]:
    values = found.get(name, [])
    if not isinstance(values, list) or any(type(v) is not int or v < least for v in values):
        raise GradingError(f"`{name}` is a list of whole numbers, such as [2, 3].")
    return values


def _word(found: dict[str, Any], name: str, usual: str | None) -> str | None:
    value = found.get(name, usual)
    if value is not None and not isinstance(value, str):
        raise GradingError(f"`{name}` is a word in quotes; it says {value!r}.")
    return value


def _truth(found: dict[str, Any], name: str, usual: bool) -> bool:
    value = found.get(name, usual)
    if not isinstance(value, bool):
        raise GradingError(f"`{name}` is true or false; it says {value!r}.")
    return value


def _due(value: Any) -> datetime.datetime | None:
    """A moment: a day ends at its midnight, and a time without a zone is this machine's."""
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        return value.astimezone()
    if isinstance(value, datetime.date):
        day = datetime.datetime(value.year, value.month, value.day)
        return (day + datetime.timedelta(days=1)).astimezone()
    raise GradingError(
        f"`due` is a date or a time, such as 2026-03-01T18:00:00; it says {value!r}."
    )
