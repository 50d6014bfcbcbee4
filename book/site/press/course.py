"""What the book holds: its chapters, appendices and exercises, read from the notebooks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PARTS = {
    0: "One derivative at a time",
    4: "Backpropagation",
    9: "Learning",
    13: "Architectures",
    18: "At scale, and in the world",
}
"""The number of the first chapter of each part, and the part's name."""

APPENDICES = 90
"""Notebooks from this number on are appendices."""

CHECK = re.compile(r"^check(?:_all)?\(", re.MULTILINE)
"""What makes a part of a page of exercises an exercise: the call that checks it."""

_NUMBERED = re.compile(r"\d\d_\w+\.ipynb")
_TIME = re.compile(r"(\b[\w-]+) (minutes|hours?)\b(?: and (a half|a quarter|three quarters))?")
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50,
}  # fmt: skip
_REST = {"": 0, "a half": 30, "a quarter": 15, "three quarters": 45}


@dataclass(frozen=True)
class Chapter:
    """One notebook of the book and what belongs to it.

    Fields:
        slug: the name that chapter, exercises and answers share, "03_one_neuron".
        number: its number; from 90 on it is an appendix.
        title: the title without the number.
        question: the question that it opens with.
        minutes: how long it takes to read, None where it does not say.
        exercises: how many exercises it has.
    """

    slug: str
    number: int
    title: str
    question: str
    minutes: int | None
    exercises: int

    @property
    def is_appendix(self) -> bool:
        """Whether this is something to look things up in."""
        return self.number >= APPENDICES

    @property
    def part(self) -> int:
        """The number of the part that it belongs to, from 1."""
        return sum(first <= self.number for first in PARTS)

    @property
    def time(self) -> str:
        """The reading time, as a person would say it: "1 h 30 min", or nothing."""
        hours, minutes = divmod(self.minutes or 0, 60)
        return " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n)

    @property
    def work(self) -> str:
        """What there is to do: "7 exercises", or nothing."""
        return f"{self.exercises} exercise{'s' * (self.exercises > 1)}" if self.exercises else ""


def load(path: Path) -> dict[str, Any]:
    """A notebook as it is in the file, with every source as one text."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def sources(notebook: dict[str, Any], kind: str) -> list[str]:
    """The texts of all cells of one kind, "markdown" or "code"."""
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == kind]


def reading_minutes(opening: str) -> int | None:
    """How long a chapter takes, from what its opening says ("About an hour and a half").

    Arguments:
        opening: the chapter's first text.

    Returns:
        Minutes, or None where the opening says nothing of the kind.
    """
    for word, unit, rest in _TIME.findall(opening):
        count = int(word) if word.isdigit() else _WORDS.get(word.lower())
        if count is not None:
            return count * (60 if unit.startswith("hour") else 1) + _REST[rest]
    return None


def read(root: Path) -> list[Chapter]:
    """All chapters and appendices of the course, in their order.

    Arguments:
        root: the folder that holds book/ and exercises/.

    Returns:
        A Chapter for each numbered notebook of book/.
    """
    return [_chapter(root, path) for path in sorted((root / "book").glob("*.ipynb"))
            if _NUMBERED.fullmatch(path.name)]  # fmt: skip


def _chapter(root: Path, path: Path) -> Chapter:
    opening = sources(load(path), "markdown")[0]
    heading = re.search(r"^# (?:\d+ · |Appendix · )?(.+)$", opening, re.MULTILINE)
    question = re.search(r"^\*\*(.+?)\*\*$", opening, re.MULTILINE)
    mark = root / "exercises" / path.name
    checks = CHECK.findall("\n".join(sources(load(mark), "code"))) if mark.exists() else []
    return Chapter(
        slug=path.stem,
        number=int(path.name[:2]),
        title=heading.group(1).strip() if heading else path.stem,
        question=question.group(1) if question else "",
        minutes=reading_minutes(opening),
        exercises=len(checks),
    )
