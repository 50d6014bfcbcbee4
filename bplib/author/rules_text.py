"""Rules about what a reader reads: equations, images, links, predictions, plain Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from bplib.author.problem import joined
from bplib.author.shelf import Cell, Notebook, shelf

PREDICTIONS = 3  # the least a chapter asks for; the welcome asks for one

_TAG = re.compile(r"\\tag\{([^}]*)\}")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"[^"]*\S[^"]*"|'[^']*\S[^']*')""", re.IGNORECASE)
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_HREF = re.compile(r"""<a\b[^>]*\bhref\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_ANCHOR = re.compile(r"""<\w+\b[^>]*\b(?:id|name)\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_DIRECTIVE = re.compile(r"^[\s>]*(?::{3,}|`{3,}\s*\{|~{3,}\s*\{|\$\$.*\$\$\s*\([\w-]+\)\s*$)", re.M)
_ROLE = re.compile(r"\{[a-z][a-z:-]*\}`")
_TARGET = re.compile(r"^\([\w-]+\)=\s*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1[`~]*\s*$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_PREDICT = re.compile(r"^\s*>\s*\*\*Predict\.\*\*", re.MULTILINE)
_README_BOOK = re.compile(r"\(book/(\d\d_\w+)\.ipynb\)")
_SVG_SAYS = re.compile(r"<title\b[^>]*>\s*[^<\s]|aria-label\s*=\s*[\"'][^\"']*\w", re.IGNORECASE)
# What bplib.draw says of a figure whose axes have no labels.
_SAYS_NOTHING = re.compile(r"aria-label\s*=\s*[\"']Figure\.?[\"']|<title\b[^>]*>Figure\.?<")


def equations_are_numbered(root: Path) -> list[str]:
    r"""``\tag{N.k}``: N is the chapter's number, k counts 1, 2, 3 … through the chapter.

    Appendices count A.1, A.2 … from the first to the last. An equation that they quote keeps the
    number of its chapter, and the cell links there.
    """
    found = []
    books = sorted(shelf(root, "book"), key=lambda notebook: notebook.is_appendix)
    numbered: dict[str, str] = {}  # the number of every equation of a chapter, and its file
    expected: Counter[str] = Counter()
    for notebook in books:
        series = "A" if notebook.is_appendix else str(notebook.chapter)
        for cell in notebook.cells("markdown"):
            for tag in _TAG.findall(cell.source):
                if notebook.is_appendix and not tag.startswith("A."):
                    found += _misquoted(cell, tag, numbered)
                    continue
                wanted = f"{series}.{expected[series] + 1}"
                if tag != wanted:
                    found.append(cell.says(rf"the equation is \tag{{{tag}}}; {wanted} is next."))
                expected[series] += 1
                if not notebook.is_appendix:
                    numbered[tag] = notebook.path.name
    return found


def _misquoted(cell: Cell, tag: str, numbered: dict[str, str]) -> list[str]:
    """What is wrong with an equation that an appendix quotes by its chapter's number."""
    if tag not in numbered:
        return [cell.says(f"it quotes equation ({tag}), which no chapter has.")]
    if not any(target.startswith(numbered[tag]) for target in _LINK.findall(cell.source)):
        return [cell.says(f"it quotes equation ({tag}) without a link to {numbered[tag]}.")]
    return []


def images_have_alt_text(root: Path) -> list[str]:
    """Every image says in words what it shows, in the text and in the outputs."""
    found = []
    for notebook in shelf(root):
        for cell in notebook.cells("markdown"):
            for alt, target in _IMAGE.findall(without_code(cell.source)):
                if not alt.strip():
                    found.append(cell.says(f"the image {target} has no alt text."))
            found += [cell.says(f"{tag[:60]} has no alt text.") for tag in _mute(cell.source)]
        for cell in notebook.cells("code"):
            found += [cell.says(f"the {kind} has no alt text.") for kind in _mute_outputs(cell)]
    return found


def _mute(html: str) -> list[str]:
    return [tag for tag in _HTML_IMAGE.findall(html) if not _ALT.search(tag)]


def _mute_outputs(cell: Cell) -> Iterator[str]:
    """Kinds of output images that nothing describes in words."""
    for output in cell.outputs:
        data = output.get("data", {})
        html = joined(data.get("text/html", ""))
        if _mute(html):
            yield "image in HTML"
        svg = joined(data.get("image/svg+xml", ""))
        if svg and (not _SVG_SAYS.search(svg) or _SAYS_NOTHING.search(svg)):
            yield "figure (SVG)"
        for mime in ("image/png", "image/jpeg"):
            said = output.get("metadata", {}).get(mime, {}).get("alt")
            if mime in data and not said and not html:
                yield f"figure ({mime[6:].upper()})"


def markdown_is_plain(root: Path) -> list[str]:
    """No directive, role or target that a plain viewer would show as code."""
    found = []
    for notebook in shelf(root):
        for cell in notebook.cells("markdown"):
            for pattern, what in ((_DIRECTIVE, "directive"), (_TARGET, "target"), (_ROLE, "role")):
                # Directives look like fenced code, so only the others are sought outside code.
                text = cell.source if pattern is _DIRECTIVE else without_code(cell.source)
                match = pattern.search(text)
                if match:
                    shown = match.group().strip()[:40]
                    found.append(cell.says(f"a raw {what} stands in the text: {shown}"))
    return found


def chapters_ask_first(root: Path) -> list[str]:
    """At least three places per chapter where the reader predicts; one in the welcome.

    An appendix asks nothing: it is there to look things up in.
    """
    found = []
    for notebook in shelf(root, "book"):
        if notebook.is_appendix:
            continue
        least = PREDICTIONS if notebook.chapter else 1
        asked = sum(len(_PREDICT.findall(cell.source)) for cell in notebook.cells("markdown"))
        if asked < least:
            found.append(
                f"{notebook.name} has {asked} call-outs `> **Predict.**`; {least} is the least."
            )
    return found


def links_resolve(root: Path) -> list[str]:
    """Every link inside the course leads to a file that exists, and to a heading or id in it."""
    found = []
    for notebook in shelf(root):
        for cell in notebook.cells("markdown"):
            text = without_code(cell.source)
            images = [target for _, target in _IMAGE.findall(text)]
            for target in _LINK.findall(text) + _HREF.findall(text) + images:
                problem = _broken(notebook, target)
                if problem:
                    found.append(cell.says(f"the link {target} leads nowhere: {problem}"))
    return found


def _broken(notebook: Notebook, target: str) -> str | None:
    """Why an internal link does not resolve; None for one that does, and for outside links."""
    if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
        return None
    file, _, anchor = unquote(target).partition("#")
    path = (notebook.path.parent / file).resolve() if file else notebook.path
    if not path.exists():
        return f"there is no file {file}."
    if not path.is_relative_to(notebook.root.resolve()):
        return "it leaves the course."
    if anchor and path.suffix == ".ipynb" and anchor not in anchors(path):
        return f"no heading or id in {path.parent.name}/{path.name} makes #{anchor}."
    return None


def anchors(path: Path) -> set[str]:
    """What a link into a notebook may end with: ids, and headings as Jupyter spells them.

    JupyterLab and nbconvert make ``#Two-ways-to-get-there`` from a heading: spaces become hyphens,
    everything else stays.
    """
    from bplib.author.problem import read_notebook

    found: set[str] = set()
    for cell in read_notebook(path)["cells"]:
        if cell["cell_type"] == "markdown":
            found |= set(_ANCHOR.findall(cell["source"]))
            for heading in _HEADING.findall(_FENCE.sub("", cell["source"])):
                plain = re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip()
                found.add(plain.replace(" ", "-"))
    return found


def readme_lists_the_book(root: Path) -> list[str]:
    """The README's table names the chapters that exist, each of them, and no other."""
    readme = root / "README.md"
    if not readme.exists():
        return []
    listed = set(_README_BOOK.findall(readme.read_text(encoding="utf-8")))
    if not listed:
        return []
    here = {notebook.path.stem for notebook in shelf(root, "book")}
    found = [f"README.md does not list book/{stem}.ipynb." for stem in sorted(here - listed)]
    found += [
        f"README.md lists book/{stem}.ipynb, which does not exist."
        for stem in sorted(listed - here)
    ]
    return found


def without_code(markdown: str) -> str:
    """Markdown with fenced and inline code taken out: what looks like a link there is none."""
    return _INLINE_CODE.sub("``", _FENCE.sub("", markdown))


TEXT_RULES = (
    equations_are_numbered,
    images_have_alt_text,
    markdown_is_plain,
    chapters_ask_first,
    links_resolve,
    readme_lists_the_book,
)
