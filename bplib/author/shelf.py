"""The notebooks of a repository, read once, with the names that messages use for their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bplib.author.problem import joined, read_notebook
from bplib.course import notebooks

FIRST_APPENDIX = 90  # the numbers of a book's files from which on they are no chapters


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook."""

    notebook: Notebook
    number: int
    raw: dict[str, Any]

    @property
    def kind(self) -> str:
        """``code``, ``markdown`` or ``raw``."""
        return self.raw["cell_type"]

    @property
    def source(self) -> str:
        """The text of the cell."""
        return joined(self.raw["source"])

    @property
    def tags(self) -> list[str]:
        """The cell's tags."""
        return self.raw.get("metadata", {}).get("tags", [])

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """The stored outputs; none for a markdown cell."""
        return self.raw.get("outputs", [])

    def says(self, message: str) -> str:
        """A message that begins with the place: ``book/01_chain_rule.ipynb, cell 4: …``."""
        return f"{self.notebook.name}, cell {self.number}: {message}"


@dataclass(frozen=True)
class Notebook:
    """One notebook file."""

    root: Path
    path: Path
    raw: dict[str, Any]

    @property
    def folder(self) -> str:
        """``book``, ``solutions`` or ``exercises``."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """The path inside the repository, with forward slashes."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def chapter(self) -> int:
        """The number at the start of the file's name."""
        return int(self.path.stem.split("_")[0])

    @property
    def is_appendix(self) -> bool:
        """Whether this is something to look up: it asks no predictions and has no exercises."""
        return self.chapter >= FIRST_APPENDIX

    def cells(self, kind: str | None = None) -> Iterator[Cell]:
        """The cells in order, all or of one kind."""
        for number, raw in enumerate(self.raw["cells"], start=1):
            cell = Cell(self, number, raw)
            if kind in (None, cell.kind):
                yield cell


def shelf(root: Path, *folders: str) -> list[Notebook]:
    """The notebooks in the named folders (by default all three), in order."""
    found = []
    for folder in folders or ("book", "solutions", "exercises"):
        for path in notebooks(root / folder):
            found.append(Notebook(root, path, read_notebook(path)))
    return found


def default_root() -> Path:
    """The repository: the working directory when it holds the texts, else around this package."""
    here = Path.cwd()
    if (here / "book" / "text").is_dir() or (here / "solutions" / "text").is_dir():
        return here
    return Path(__file__).resolve().parents[2]
