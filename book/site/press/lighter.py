"""What a finished page does without, so that it is there sooner: on a phone above all.

Sphinx, its theme and its extensions bring eight style sheets, nine tenths of them for pages that
this book has not, and scripts that hold up the text. The pages get one style sheet of what they
use, and every script waits until the text is there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

MERGED = "book.css"
"""The style sheet that takes the place of all others, in the site's static folder."""

SCRIPT = "scripts/pydata-sphinx-theme.js"
"""The theme's script in the site's static folder."""

SILENT = ("bootstrap.js",)
"""Scripts that know many names of classes but put none of them on these pages."""

_MEASURES = re.compile(r'document\.querySelectorAll\(\["pre",[^\]]*\]\.join\(", "\)\)(?=\.forEach)')
_NOT_DARK = 'html:not([data-theme="dark"])'
_ICONS = "Font Awesome"
_STYLE = re.compile(r'<link\b[^>]*?href="([^"]*?_static/)([^"?]+\.css)[^"]*"[^>]*>\n?')
_SCRIPT = re.compile(r"<script(?![^>]*\bdefer\b)([^>]*\bsrc=)")
_OPTIONS = re.compile(r'<script src="[^"]*documentation_options\.js[^"]*"></script>')
_PLAIN = re.compile(r'<span class="[pw]">([^<]*)</span>|<span></span>')
_IMPORT = re.compile(r'@import "([^"]+)";')
_NOT = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
_NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
_WORD = re.compile(r"-?[A-Za-z_][\w-]*")


def sheets(page: str) -> list[str]:
    """The style sheets that a page loads, in order, below the static folder."""
    return [name for _, name in _STYLE.findall(page)]


def words(texts: Iterable[str]) -> set[str]:
    """Every word of pages and scripts that could be the name of a class or of a place."""
    return {word for text in texts for word in _WORD.findall(text)}


def used(css: str, known: set[str]) -> str:
    """The part of a style sheet that some page can need.

    Arguments:
        css: the style sheet.
        known: every word of the pages and of their scripts.

    Returns:
        The style sheet without rules whose selectors name a class or a place that is not known,
        without comments, and without the fonts of the theme's icons, which site.css draws.
    """
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, known))


def _kept(rules: list[Node], known: set[str]) -> Iterable[str]:
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            selectors = _alternatives(tinycss2.serialize(rule.prelude))
            wanted = [s for s in selectors if set(_NAME.findall(_NOT.sub("", s))) <= known]
            if wanted:
                yield f"{','.join(wanted)}{{{tinycss2.serialize(rule.content).strip()}}}\n"
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in {"media", "supports"}:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if inside := "".join(_kept(inner, known)):
                prelude = tinycss2.serialize(rule.prelude).strip()
                yield f"@{rule.at_keyword} {prelude}{{\n{inside}}}\n"
        elif isinstance(rule, AtRule) and rule.lower_at_keyword != "charset":
            text = rule.serialize()
            yield "" if _ICONS in text else text + "\n"


def _alternatives(selector: str) -> list[str]:
    """Cut "a, b:is(c, d)" at the commas that stand in no brackets."""
    found, depth = [""], 0
    for letter in re.sub(r"\s+", " ", selector.strip()):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [each.strip() for each in found]


def merge(static: Path, names: list[str], known: set[str]) -> str:
    """Write the style sheet that takes the place of others.

    Arguments:
        static: the site's static folder.
        names: the others, in order.
        known: as of `used`.

    Returns:
        Its address below the static folder; it changes with the content, so that no browser shows
        a page with the style sheet of an older one.
    """
    whole = ""
    for name in names:
        css = (static / name).read_text(encoding="utf-8")
        for imported in _IMPORT.findall(css):
            path = static / Path(name).parent / imported
            whole += used(path.read_text(encoding="utf-8"), known)
        whole += used(_IMPORT.sub("", css), known)
    # Without JavaScript a page is neither "light" nor "dark"; its code is coloured all the same.
    whole = whole.replace('html[data-theme="light"] .highlight', _NOT_DARK + " .highlight")
    (static / MERGED).write_text(whole, encoding="utf-8")
    return f"{MERGED}?v={hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def lighten(page: str, theme: str, options: str) -> str:
    """One finished page, lighter.

    Arguments:
        page: its HTML.
        theme: what `merge` returned.
        options: the script that tells the others the site's settings; it is so short that it
            stands in the page.

    Returns:
        The HTML, which looks the same.
    """
    start = _STYLE.search(page)
    if start:
        link = f'<link href="{start[1]}{theme}" rel="stylesheet"/>\n'
        page = page[: start.start()] + link + _STYLE.sub("", page[start.start() :])
    page = _OPTIONS.sub(f"<script>{options}</script>", page)
    page = _SCRIPT.sub(r"<script defer\1", page)
    return _PLAIN.sub(r"\1", page)


def quiet(script: Path) -> None:
    """Keep the theme from measuring every frame of a page at once; reach.js does it as they come.

    Arguments:
        script: the theme's; it is changed.

    Raises:
        ValueError: where the theme's script is another than this was written for.
    """
    text, count = _MEASURES.subn("[]", script.read_text(encoding="utf-8"))
    if count != 1:
        raise ValueError(f"{script.name}: the place where it measures the frames is not there.")
    script.write_text(text, encoding="utf-8")


def write(site: Path, pages: list[Path]) -> None:
    """Make the finished pages of a site lighter: those of the theme, not what was written by hand.

    Arguments:
        site: the folder of the site.
        pages: its pages; they are changed.
    """
    static = site / "_static"
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    texts = {path: text for path, text in texts.items() if SCRIPT in text}
    quiet(static / SCRIPT)
    scripts = [p.read_text("utf-8") for p in static.rglob("*.js") if p.name not in SILENT]
    others = list(dict.fromkeys(name for text in texts.values() for name in sheets(text)))
    theme = merge(static, others, words([*texts.values(), *scripts]))
    options = (static / "documentation_options.js").read_text(encoding="utf-8")
    options = re.sub(r"\s+", " ", options.replace("const ", "var ", 1)).strip()
    for path, text in texts.items():
        path.write_text(lighten(text, theme, options), encoding="utf-8")
