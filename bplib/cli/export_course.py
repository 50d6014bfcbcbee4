"""``bplib export``: the exercises as a course for nbgrader or assignments for otter-grader."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from bplib.export import (
    Assignment,
    ExportError,
    assignments,
    nbgrader_course,
    otter_assignments,
    write_new,
)

Maker = Callable[[Sequence[Assignment], int], dict[str, bytes]]
TOOLS: dict[str, tuple[Maker, str]] = {
    "nbgrader": (nbgrader_course, "nbgrader generate_assignment {slug}"),
    "otter": (otter_assignments, "otter assign {slug}/{slug}.ipynb {slug}/dist"),
}
_CHAPTERS = re.compile(r"(?:ch)?(\d{1,2})(?:-(?:ch)?(\d{1,2}))?\Z")


def export_course(tool: str, directory: Path, chapters: str | None, seed: int | None) -> int:
    """Write the course and say what is in it and what comes next.

    Arguments:
        tool: "nbgrader" or "otter".
        directory: a new or empty folder.
        chapters: such as "1,2" or "0-2"; all where it is None.
        seed: the number that hidden tests are drawn from; a new one where it is None.

    Returns:
        The exit code.

    Raises:
        ExportError: for chapters that are none, or a folder that cannot be used.
    """
    make, first = TOOLS[tool]
    found = assignments(None if chapters is None else numbers(chapters))
    if seed is None:
        seed = secrets.randbelow(900_000) + 100_000
    target = write_new(directory, make(found, seed))
    for one in found:
        print(f"✓ {one.slug}: {len(one.tasks)} exercises, {one.points:g} points")
    print(f"In {target}; its README.md says the rest.")
    print(f"The hidden tests are drawn from --seed {seed}; keep it to make the same again.")
    print(f"Next: cd {target} && {first.format(slug=found[0].slug)}")
    return 0


def numbers(text: str) -> list[int]:
    """Chapters as they are written on the command line, "0,2" or "1-3".

    Arguments:
        text: numbers and ranges with commas between them.

    Returns:
        Their numbers, each once, in order.

    Raises:
        ExportError: for anything else.
    """
    found: set[int] = set()
    for word in text.split(","):
        match = _CHAPTERS.match(word.strip())
        if match is None:
            raise ExportError(f"--chapters wants numbers such as 1,2 or 0-2; not '{word.strip()}'.")
        first = int(match.group(1))
        found.update(range(first, int(match.group(2) or first) + 1))
    if not found:
        raise ExportError(f"--chapters {text} holds no chapter; the smaller number comes first.")
    return sorted(found)
