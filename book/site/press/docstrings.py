"""The structured docstrings of bplib, taken apart: opening, sections and their entries."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import dedent

SECTIONS = ("Arguments", "Fields", "Attributes", "Returns", "Raises", "Source")
"""The headings a docstring may have, in their order."""
WITH_ENTRIES = ("Arguments", "Fields", "Attributes", "Raises")
"""Sections whose lines are "name: what it is"."""

_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):(?: +(.*))?$")
_ENTRY = re.compile(r"^(\S[^:]*): +(.*)$")


@dataclass
class Docstring:
    """What one docstring says.

    Fields:
        opening: the sentences before the first section, paragraphs and indented code as written.
        sections: for each heading that there is, its entries as (name, text); a section without
            names has one entry with an empty name.
    """

    opening: str
    sections: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The first sentence or line."""
        return " ".join(self.opening.split("\n\n")[0].split())


def parse(text: str | None) -> Docstring:
    """Take a docstring apart.

    Arguments:
        text: as `inspect.getdoc` gives it, or None.

    Returns:
        The Docstring; empty for None.
    """
    lines = (text or "").strip().splitlines()
    starts = [i for i, line in enumerate(lines) if _HEADING.match(line)]
    found = Docstring("\n".join(lines[: starts[0]] if starts else lines).strip())
    for start, stop in pairwise([*starts, len(lines)]):
        name, rest = _HEADING.match(lines[start]).groups()  # type: ignore[union-attr]
        body = dedent("\n".join(lines[start + 1 : stop])).strip()
        if name in WITH_ENTRIES:
            found.sections[name] = _entries(body)
        else:
            words = f"{rest or ''}\n{body}" if rest else body
            found.sections[name] = [("", words.strip())]
    return found


def _entries(body: str) -> list[tuple[str, str]]:
    """The entries of a section: a name at the margin, what belongs to it indented below."""
    entries: list[tuple[str, str]] = []
    for line in body.splitlines():
        match = _ENTRY.match(line)
        if match:
            entries.append((match[1], match[2]))
        elif entries:
            name, text = entries[-1]
            entries[-1] = name, f"{text}\n{line.strip()}"
        elif line.strip():
            entries.append(("", line.strip()))
    return entries
