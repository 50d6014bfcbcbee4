"""What a reader sees when pointing at a reference: the equation, the figure, the term itself."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from press import numbers

FOLDER = "previews"
GLOSSARY = "book/91_glossary"

_NAME = re.compile(r'(<[a-z]+\b[^>]*?) id="[^"]*"')


def write(site: Path, known: numbers.Numbers) -> int:
    """Write one small file for every equation, figure and term, its formulas still marks.

    Arguments:
        site: the folder of the finished pages.
        known: where equations and figures are at home.

    Returns:
        How many there are.
    """
    (site / FOLDER).mkdir(exist_ok=True)
    wanted: dict[str, list[str]] = {}
    for kind, homes in (("equation", known.equations), ("figure", known.figures)):
        for number, page in homes.items():
            wanted.setdefault(page, []).append(numbers.anchor(kind, number))
    count = 0
    for page in {*wanted, GLOSSARY}:
        path = site / f"{page}.html"
        if not path.exists():
            continue
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        named = {tag["id"]: tag for tag in soup.find_all(id=True)}
        places = [(name, named.get(name)) for name in wanted.get(page, [])]
        if page == GLOSSARY:
            places += [(f"term-{a['id']}", a.parent) for a in soup.select("article p > a[id]")]
        for name, place in places:
            if isinstance(place, Tag):
                (site / FOLDER / f"{name}.html").write_text(_excerpt(place), "utf-8")
                count += 1
    return count


def _excerpt(place: Tag) -> str:
    """The HTML of one place, without names of its own."""
    before = _picture_before(place) if "caption" in place.get("class", []) else ""
    return before + _NAME.sub(r"\1", str(place))


def _picture_before(caption: Tag) -> str:
    """The picture that a caption belongs to: the last one before it."""
    picture = caption.find_previous("img")
    return str(picture) if isinstance(picture, Tag) and "plot" in picture.get("class", []) else ""
