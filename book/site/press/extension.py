"""The site's own part of Sphinx: formulas, captions, references, glossary, launch buttons."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from press import assets, course, launch, lighter, mathematics, numbers, previews, searching, words

ROOT = Path(__file__).resolve().parents[3]

LOGGER = logging.getLogger(__name__)
TYPESETTER, MARKS = mathematics.Typesetter(), mathematics.Marks()
KEEP = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.reference,
        nodes.raw, nodes.title, nodes.target)  # fmt: skip
"""Where a number in parentheses is no reference."""

NOTATION = "book/90_notation"
"""The page whose table has every letter of the book's formulas."""

EXERCISES = "press_exercises"
"""Where a page keeps the numbers of its exercises, by their anchors."""

VERDICTS = {"✓": "verdict-right", "✗": "verdict-wrong"}
"""What a verdict begins with, and the class that style/cells.css colours."""

_NAMED = re.compile(r'<a id="([^"]+)">')
_CAPTION = re.compile(r"Figure ((?:\d+|A)\.\d+)\.$")
_SHADES = re.compile(r"\b(black|white|grey|pale|bright|dark)(er|est)?\b")
"""Words by which a caption speaks of shades: its figure is not turned round in the dark."""


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_html_math_renderer("press", (inline_math, None), (block_math, None))
    app.add_search_language(searching.SearchSymbols)
    app.add_post_transform(Captions)
    app.add_post_transform(References)
    app.add_post_transform(Together)
    app.add_post_transform(ExerciseNumbers)
    app.connect("doctree-read", number_exercises, priority=400)  # before titles are collected
    app.connect("doctree-read", name_terms)
    app.connect("doctree-read", index_terms)
    app.connect("doctree-read", mark_verdicts)
    app.connect("html-page-context", finish_page)
    app.connect("build-finished", finish_site, priority=900)  # after codeautolink
    return {"parallel_read_safe": True, "parallel_write_safe": False}


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────


def inline_math(translator: Any, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    mark = MARKS.put(TYPESETTER.set(node.astext(), False))
    translator.body.append(f'<span class="math">{mark}</span>')
    raise nodes.SkipNode


def block_math(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own."""
    tex, number = mathematics.number_of(node.astext())
    mark = MARKS.put(TYPESETTER.set(tex, True))
    translator.body.append(mathematics.block(mark, number))
    raise nodes.SkipNode


# ── captions, references, terms ──────────────────────────────────────────────────────────────────


class Captions(SphinxPostTransform):
    """A paragraph that begins with *Figure 2.4.* is a caption with an anchor."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Mark the captions of one page."""
        for paragraph in self.document.findall(nodes.paragraph):
            first = paragraph[0] if len(paragraph) else None
            found = isinstance(first, nodes.emphasis) and _CAPTION.match(first.astext())
            if found:
                name = numbers.anchor("figure", found[1])
                paragraph["ids"].append(name)
                shades = ["shades"] if _SHADES.search(paragraph.astext()) else []
                paragraph["classes"] += ["caption", *shades]
                link = nodes.reference("", "", refuri=f"#{name}", internal=True)
                link["classes"].append("number")
                link += nodes.Text(first.astext())
                paragraph.replace(first, link)


class References(SphinxPostTransform):
    """ "(2.3)" and "Figure 2.4" in a text become links to where they are."""

    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Link the references of one page."""
        known: numbers.Numbers = self.config.press_numbers
        here = self.env.docname
        for text in list(self.document.findall(nodes.Text)):
            if any(isinstance(above, KEEP) for above in _above(text)):
                continue
            for said in known.missing(text.astext()):
                LOGGER.warning("%s: the book has no such number", said, location=text.parent)
            pieces = list(known.references(text.astext()))
            if any(page for _, page, _ in pieces):
                made = [self._piece(here, *piece) for piece in pieces]
                text.parent.replace(text, made)

    def _piece(self, here: str, words: str, page: str | None, place: str | None) -> nodes.Node:
        if page is None:
            return nodes.Text(words)
        uri = "" if page == here else self.app.builder.get_relative_uri(here, page)
        link = nodes.reference("", words, refuri=f"{uri}#{place}", internal=True)
        link["classes"].append("numbered-reference")
        return link


class ExerciseNumbers(SphinxPostTransform):
    """A link to an exercise says its number, "5.3 · One line at a time"."""

    default_priority = 20  # when links lead somewhere

    def run(self, **kwargs: Any) -> None:
        """Number the links of one page."""
        here = self.env.docname
        for link in self.document.findall(nodes.reference):
            page, _, place = link.get("refuri", "").partition("#")
            lead = posixpath.normpath(posixpath.join(posixpath.dirname(here), page))
            target = lead.removesuffix(".html") if page else here
            numbered = self.env.metadata.get(target, {}).get(EXERCISES, {})
            place = place or link.get("refid", "")
            if target.startswith("exercises/") and place in numbered:
                number = nodes.inline("", f"{numbered[place]} · ", classes=["exercise-number"])
                link.insert(0, number)


class Together(SphinxPostTransform):
    """A bracket or comma stays on the line of the formula that it touches."""

    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Wrap the formulas in the lines of one page."""
        for math in list(self.document.findall(nodes.math)):
            place = math.parent.index(math)
            beside = math.parent.children[max(place - 1, 0) : place + 2]
            before, after = numbers.touching(*(
                node.astext() if isinstance(node, nodes.Text) else ""
                for node in (beside[0] if place else None, beside[-1])
            ))  # fmt: skip
            if before or after:
                wrapper = nodes.inline(classes=["together"])
                _shorten(math.parent, place + 1, after, at_end=False)
                _shorten(math.parent, place - 1, before, at_end=True)
                math.parent.replace(math, wrapper)
                wrapper += [nodes.Text(before), math, nodes.Text(after)]


def _shorten(parent: nodes.Element, place: int, part: str, at_end: bool) -> None:
    """Take a part off the end or the beginning of a text."""
    if part:
        text = parent[place].astext()
        kept = text[: -len(part)] if at_end else text[len(part) :]
        parent[place] = nodes.Text(kept)


def _above(node: nodes.Node) -> list[nodes.Node]:
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def name_terms(app: Sphinx, document: nodes.document) -> None:
    """Tell the parser's links of the places that a page names by <a id="…"></a>."""
    places = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for raw in document.findall(nodes.raw):
        for name in _NAMED.findall(raw.astext()):
            places[name] = (raw.line or 0, name, name)


def number_exercises(app: Sphinx, document: nodes.document) -> None:
    """Number the exercises of a page, and on the page of their answers: what has a check is one."""
    folder, _, slug = app.env.docname.partition("/")
    if folder not in {"exercises", "solutions"}:
        return
    places: dict[str, str] = {}
    for part in document.findall(nodes.section):
        checks = (course.CHECK.search(code.astext()) for code in part.findall(nodes.literal_block))
        if isinstance(part.parent, nodes.section) and any(checks):
            number = f"{int(slug[:2])}.{len(places) + 1}"
            places.update(dict.fromkeys(part["ids"][:1], number))
            part[0].insert(0, nodes.inline("", f"{number} · ", classes=["exercise-number"]))
    app.env.metadata[app.env.docname][EXERCISES] = places


def index_terms(app: Sphinx, document: nodes.document) -> None:
    """Make the entries of the glossary and the letters of the notation the first that is found."""
    page = app.env.docname
    found: list[tuple[str, str]] = []
    if page == previews.GLOSSARY:
        places = {place for part in document.findall(nodes.section) for place in part["ids"]}
        terms = {}
        for paragraph in document.findall(nodes.paragraph):
            raws = paragraph.findall(nodes.raw)
            if name := next((n for raw in raws for n in _NAMED.findall(raw.astext())), None):
                # The place that has the explanation in it: search shows its text.
                paragraph["ids"].append(f"term-{name}")
                terms[next(paragraph.findall(nodes.strong)).astext()] = name
        found = [
            (word, f"term-{place}" if place in terms.values() else place)
            for word, place in words.names(terms, places | set(terms.values()))
        ]
    elif page == NOTATION:
        part = next(p for p in document.findall(nodes.section) if p[0].astext() == "Letters")
        for row in part.findall(nodes.row):
            for math in row[0].findall(nodes.math):
                found += [(sign, part["ids"][0]) for sign in words.signs(math.astext())]
    if found:
        entries = [("single", word, place, "main", None) for word, place in dict(found).items()]
        document.append(addnodes.index(entries=entries))


def mark_verdicts(app: Sphinx, document: nodes.document) -> None:
    """Give what a check says in the text of a page the colour that it has in a notebook."""
    for said in document.findall(nodes.literal_block):
        if kind := VERDICTS.get(said.astext().lstrip()[:1]):
            said["classes"].append(kind)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────

_TITLE = re.compile(r"<h1>(Exercises |Answers )?(\d+|Appendix) · ")


def _numbered(title: re.Match[str]) -> str:
    kind = title[1] or ("" if title[2] == "Appendix" else "Chapter ")
    above = f'<span class="chapter-number">{kind}{title[2]}</span>'
    return f'<h1>{above}<span class="dot"> · </span>'


def finish_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Add the chapter's number as an ornament, and what can be done with the page."""
    if "body" in context:
        body = context["body"].replace(' aria-label="Toggle hidden content"', "")
        context["body"] = _TITLE.sub(_numbered, body, count=1)
    folder, _, slug = page.partition("/")
    chapter = app.config.press_chapters.get(slug) if folder == "book" else None
    context["press_description"] = chapter.question if chapter else ""
    if "body" in context and (ROOT / folder / f"{slug}.ipynb").is_file():
        line = launch.row(
            f"{page}.ipynb",
            chapter,
            root="../",
            where=app.config.press_public,
        )
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


def finish_site(app: Sphinx, exception: Exception | None) -> None:
    """Write the previews, then put the formulas into all pages."""
    TYPESETTER.close()
    if exception is None and app.builder.name == "html":
        site = Path(app.outdir)
        previews.write(site, app.config.press_numbers)
        pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
        for path, page in pages.items():
            path.write_text(MARKS.fill(page), encoding="utf-8")
        lighter.write(site, list(pages))
        assets.shrink(site / "_static" / "fonts", pages.values())
