"""What a reader sees when pointing at a reference: the equation, the figure, the term itself."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from press import mathematics, numbers

FOLDER = "previews"
GLOSSARY = "book/91_glossary"

_USED = re.compile(r'href="#(TEX-[^"]+)"')


def write(site: Path, known: numbers.Numbers) -> int:
    """Write one small file for every equation, figure and term.

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
        glyphs = {glyph["id"]: str(glyph) for glyph in soup.select("svg.glyphs path")}
        named = {tag["id"]: tag for tag in soup.find_all(id=True)}
        places = [(name, named.get(name)) for name in wanted.get(page, [])]
        if page == GLOSSARY:
            places += [(f"term-{a['id']}", a.parent) for a in soup.select("article p > a[id]")]
        for name, place in places:
            if isinstance(place, Tag):
                (site / FOLDER / f"{name}.html").write_text(_excerpt(place, glyphs), "utf-8")
                count += 1
    return count


def _excerpt(place: Tag, glyphs: dict[str, str]) -> str:
    """The HTML of one place, with the glyphs that it uses and without names of its own."""
    before = _picture_before(place) if "caption" in place.get("class", []) else ""
    made = before + str(place)
    used = {name: glyphs[name] for name in _USED.findall(made) if name in glyphs}
    made = re.sub(r'(<(?!path)[a-z]+\b[^>]*?) id="[^"]*"', r"\1", made)
    return mathematics.sprite(used) + made


def _picture_before(caption: Tag) -> str:
    """The picture that a caption belongs to: the last one before it."""
    picture = caption.find_previous("img")
    return str(picture) if isinstance(picture, Tag) and "plot" in picture.get("class", []) else ""
