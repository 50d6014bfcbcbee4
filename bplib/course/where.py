"""Where the book's files are: beside the package in a clone, inside it once installed."""

from __future__ import annotations

from pathlib import Path

from bplib.errors import BplibError

_PACKAGE = Path(__file__).resolve().parents[1]
_PACKED = Path(__file__).resolve().parent / "files"


class CourseError(BplibError, RuntimeError):
    """One plain sentence about the course's files or a reader's working copy."""


def is_clone() -> bool:
    """Whether this bplib runs from a clone of the repository, with the book beside it.

    Returns:
        True in a clone, False in an installed package.
    """
    root = _PACKAGE.parent
    return (root / "pyproject.toml").is_file() and (root / "book").is_dir()


def files() -> Path:
    """The folder that holds ``book/``, ``exercises/`` and ``solutions/``.

    Returns:
        The root of the clone, or the folder inside the installed package.

    Raises:
        CourseError: where neither has the book.
    """
    root = _PACKAGE.parent if is_clone() else _PACKED
    if not (root / "book").is_dir():
        raise CourseError(
            "this installation of bplib has no book in it; install it again: "
            "pip install --force-reinstall 'bplib[book]'"
        )
    return root


def delivered(*, with_solutions: bool = False) -> dict[str, Path]:
    """What a reader gets: relative name → file of the course, in reading order.

    Arguments:
        with_solutions: whether the worked answers are among them; without them a learner still
            reads each one through ``solution()``.

    Returns:
        Paths by names with forward slashes, such as ``book/01_chain_rule.ipynb``.

    Raises:
        CourseError: where this installation has no book.
    """
    root = files()
    folders = ["book", "exercises"] + (["solutions"] if with_solutions else [])
    found: dict[str, Path] = {}
    for folder in folders:
        paths = sorted((root / folder).glob("*.ipynb"))
        paths += sorted(p for p in (root / folder / "images").glob("*") if p.is_file())
        # A clone may hold copies that an earlier run put beside a notebook; they are not course.
        found |= {p.relative_to(root).as_posix(): p for p in paths if not _is_copy(p)}
    return found


def notebooks(folder: Path, chapter: int | None = None) -> list[Path]:
    """The course's notebooks in a folder, without the copies that stand beside them.

    Arguments:
        folder: such as the ``exercises`` of a working copy; it need not exist.
        chapter: only those of this chapter.

    Returns:
        Paths in reading order: ``01_chain_rule.ipynb``, and neither ``01_chain_rule.new.ipynb`` nor
        ``01_chain_rule.backup-1.ipynb``, which are a reader's own.
    """
    start = "[0-9][0-9]" if chapter is None else f"{chapter:02d}"
    return [path for path in sorted(folder.glob(f"{start}_*.ipynb")) if not _is_copy(path)]


def _is_copy(path: Path) -> bool:
    return path.suffix == ".ipynb" and "." in path.stem
