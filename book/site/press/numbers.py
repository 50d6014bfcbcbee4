r"""Equations and figures by their numbers: where each is at home, and where a text refers to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from press import course

TAG = re.compile(r"\\tag\{([^{}]+)\}")
"""The number of an equation in TeX."""
CAPTION = re.compile(r"^\*Figure ((?:\d+|A)\.\d+)\.\*", re.MULTILINE)
"""How the caption of a figure begins; a sentence that ends with a figure's number is none."""

_NUMBER = r"(?:\d+|A)\.\d+"
_REFERENCE = re.compile(rf"\((?P<equation>{_NUMBER})\)|\bFigure (?P<figure>{_NUMBER})\b")


def anchor(kind: str, number: str) -> str:
    """The name of a place on a page: ("equation", "2.3") is at "equation-2-3"."""
    return f"{kind}-{number.replace('.', '-').lower()}"


@dataclass
class Numbers:
    """The page on which each number is at home.

    Fields:
        equations: the number of each equation ("2.3") and its page ("book/02_linear_regression").
        figures: the same for figures.
    """

    equations: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)

    def references(self, text: str) -> Iterator[tuple[str, str | None, str | None]]:
        """Cut a text at its references to equations and figures.

        Arguments:
            text: what stands between tags; "(2.3)" and "Figure 2.4" are references where the book
                has an equation and a figure of that number.

        Returns:
            Pieces of the text in order, each with the page and the anchor that it refers to, or
            None and None. The parentheses of an equation's number belong to it.
        """
        done = 0
        for match in _REFERENCE.finditer(text):
            kind = "equation" if match["equation"] else "figure"
            number = match["equation"] or match["figure"]
            home = (self.equations if match["equation"] else self.figures).get(number)
            if home is None:
                continue
            if match.start() > done:
                yield text[done : match.start()], None, None
            yield match.group(), home, anchor(kind, number)
            done = match.end()
        if done < len(text):
            yield text[done:], None, None

    def missing(self, text: str) -> list[str]:
        """The references of a text that lead nowhere.

        Arguments:
            text: as of `references`. A number in parentheses is no reference where the book has
                no equation of that chapter at all: "(0.2)".

        Returns:
            Their words.
        """
        found = []
        chapters = {number.split(".")[0] for number in self.equations}
        for match in _REFERENCE.finditer(text):
            equation, figure = match["equation"], match["figure"]
            if figure and figure not in self.figures:
                found.append(match.group())
            if equation and equation.split(".")[0] in chapters and equation not in self.equations:
                found.append(match.group())
        return found


_END = re.compile(r"[^\s]*[(\[“‘\"'–-]$")
_START = re.compile(r"^[)\].,;:?!’”\"'–-]+[^\s]{0,3}(?=\s|$)")


def touching(before: str, after: str) -> tuple[str, str]:
    """What of the texts around a formula must not be parted from it by the end of a line.

    Arguments:
        before: the text that the formula follows.
        after: the text that follows it.

    Returns:
        The end of the one, such as an opening bracket, and the beginning of the other, such as a
        comma; empty where nothing touches.
    """
    end, start = _END.search(before[-12:]), _START.match(after)
    return end[0] if end else "", start[0] if start else ""


def read(root: Path) -> Numbers:
    """Find every numbered equation and figure of the book.

    A number is at home in the chapter that it names; A.1, A.2 … in the appendix where it stands
    first. Where an appendix quotes an equation, the chapter stays its home.

    Arguments:
        root: the folder that holds book/.

    Returns:
        The Numbers.
    """
    found = Numbers()
    for chapter in course.read(root):
        notebook = course.load(root / "book" / f"{chapter.slug}.ipynb")
        text = "\n\n".join(course.sources(notebook, "markdown"))
        own = "A" if chapter.is_appendix else str(chapter.number)
        for numbers, pattern in ((found.equations, TAG), (found.figures, CAPTION)):
            for number in pattern.findall(text):
                if number.split(".")[0] == own:
                    numbers.setdefault(number, f"book/{chapter.slug}")
    return found
