"""Formulas as pictures with MathML, made by MathJax while the site is built.

A page then needs no script for its formulas: they are there at once, without JavaScript too, and a
screen reader has the MathML beside them. What letters look like is kept once a page.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from press import numbers

SITE = Path(__file__).resolve().parent.parent

_DEFS = re.compile(r"<defs>(.*?)</defs>", re.DOTALL)
_MARK = re.compile(r"<!--formula (\d+)-->")
_BODY = re.compile(r"<body\b[^>]*>")
_GLYPH = re.compile(r'<path id="(?:MJX-\d+-)([^"]+)"([^>]*)></path>')
_NOISE = re.compile(
    r" (?:data-mml-node|data-mjx-texclass|data-c|xmlns(?::xlink)?|focusable|unselectable|role)"
    r'="[^"]*"'
)

_DRAWING = re.compile(
    r'(<svg\b[^>]*><g stroke="currentColor"[^>]*transform="scale\(1,-1\)">)(.*)</g></svg>',
    re.DOTALL,
)
_TAG = re.compile(r"(<(/?)(\w+)([^>]*)>)")
_TRANSFORM = re.compile(r' transform="([^"]*)"')
_STEP = re.compile(r"(translate|scale)\(([^)]*)\)")


@dataclass(frozen=True)
class Formula:
    """One formula as HTML.

    Fields:
        html: the picture, which uses glyphs, and the MathML.
        glyphs: for each glyph that it uses, its outline as SVG.
    """

    html: str
    glyphs: dict[str, str]


class Typesetter:
    """MathJax, running beside the builder; each formula is set once."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._known: dict[tuple[str, bool], Formula] = {}

    def set(self, tex: str, display: bool) -> Formula:
        """One formula.

        Arguments:
            tex: without dollars and without a number.
            display: whether it stands on a line of its own.

        Returns:
            The Formula.

        Raises:
            ValueError: where MathJax does not understand it.
        """
        if (tex, display) not in self._known:
            self._known[tex, display] = self._ask(tex, display)
        return self._known[tex, display]

    def _ask(self, tex: str, display: bool) -> Formula:
        if self._process is None:
            self._process = subprocess.Popen(
                ["node", "render.js"], cwd=SITE, text=True, encoding="utf-8",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline() or '{"error": "?"}')
        if "error" in answer:
            raise ValueError(f"{answer['error']}: {tex}")
        return shared(answer["html"])

    def close(self) -> None:
        """End MathJax."""
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None


def shared(made: str) -> Formula:
    """Take the outlines of the glyphs out of a formula, so that a page holds each once.

    Arguments:
        made: what MathJax made, an <svg> and its <mjx-assistive-mml>.

    Returns:
        The Formula; its parts refer to glyphs as "#TEX-I-1D465".
    """
    glyphs = {}
    for block in _DEFS.findall(made):
        for name, rest in _GLYPH.findall(block):
            glyphs[name] = f'<path id="{name}"{rest}/>'
    made = _DEFS.sub("", made)
    made = re.sub(r'xlink:href="#MJX-\d+-', 'href="#', made)
    made = _NOISE.sub("", made).replace("></use>", "/>").replace("></rect>", "/>")
    made = re.sub(r"<(/?)mjx-assistive-mml[^>]*>", r"<\1span>", made)
    made = flat(made)
    return Formula(made.replace("<span>", '<span class="mathml">', 1), glyphs)


def flat(made: str) -> str:
    """Take the groups within groups out of a formula: a browser is done with it sooner.

    Arguments:
        made: HTML with the <svg> of a formula.

    Returns:
        The HTML; in its drawing every glyph and every line says itself where it is. A drawing with
        anything but glyphs, lines and groups that move or scale them stays as it is.
    """
    drawing = _DRAWING.search(made)
    if drawing is None:
        return made
    out: list[str] = []
    places = [(0.0, 0.0, 1.0, 1.0)]  # where each open group is, and how wide and high one unit is
    inner = 0  # how many drawings within the drawing are open; what is in those stays as it is
    for whole, end, name, attributes in _TAG.findall(drawing[2]):
        if name == "svg":
            out.append(whole if end or inner else f"<g{_at(places[-1])}>{whole}")
            inner += -1 if end else 1
            out.append("" if inner else "</g>")
        elif inner:
            out.append(whole)
        elif name == "g" and end:
            places.pop()
        else:
            rest, place = _moved(places[-1], attributes.rstrip("/"))
            if name == "g" and rest or name not in {"g", "use", "rect"}:
                return made
            if name == "g":
                places.append(place)
            else:
                out.append(f"<{name}{rest}{_at(place)}/>")
    inside = "".join(out)
    return f"{made[: drawing.start(2)]}{inside}{made[drawing.end(2) :]}"


Place = tuple[float, float, float, float]


def _moved(place: Place, attributes: str) -> tuple[str, Place]:
    """The attributes without the one that moves and scales, and the place that it leads to."""
    x, y, wide, high = place
    found = _TRANSFORM.search(attributes)
    for kind, numbers_ in _STEP.findall(found[1]) if found else ():
        first, second = (*map(float, numbers_.replace(",", " ").split()), None)[:2]
        if kind == "translate":
            x, y = x + wide * first, y + high * (second or 0)
        else:
            wide, high = wide * first, high * (first if second is None else second)
    return _TRANSFORM.sub("", attributes).rstrip(), (x, y, wide, high)


def _at(place: Place) -> str:
    """The attribute that moves and scales something to a place; none where it is there already."""
    x, y, wide, high = (f"{round(number, 3):g}" for number in place)
    moves = f"translate({x},{y})" if (x, y) != ("0", "0") else ""
    if (wide, high) != ("1", "1"):
        moves += f"scale({wide})" if wide == high else f"scale({wide},{high})"
    return f' transform="{moves}"' if moves else ""


def sprite(glyphs: dict[str, str]) -> str:
    """The outlines of all glyphs of a page, invisible, for its formulas to use."""
    if not glyphs:
        return ""
    return f'<svg class="glyphs" aria-hidden="true"><defs>{"".join(glyphs.values())}</defs></svg>'


class Marks:
    """Formulas that wait until the pages are written, each behind a mark.

    What reads and writes whole pages before that (codeautolink, the previews) is spared most of
    their weight.
    """

    def __init__(self) -> None:
        self._formulas: list[Formula] = []

    def put(self, formula: Formula) -> str:
        """Keep a formula.

        Arguments:
            formula: to be shown where the mark is.

        Returns:
            The mark, an HTML comment.
        """
        self._formulas.append(formula)
        return f"<!--formula {len(self._formulas) - 1}-->"

    def fill(self, page: str) -> str:
        """Put the formulas in the place of their marks.

        Arguments:
            page: a page, or a piece of one.

        Returns:
            The same with its formulas and, at the beginning of its body, the glyphs they use.
        """
        glyphs: dict[str, str] = {}

        def formula(mark: re.Match[str]) -> str:
            found = self._formulas[int(mark[1])]
            glyphs.update(found.glyphs)
            return found.html

        filled = _MARK.sub(formula, page)
        body = _BODY.search(filled)
        start = body.end() if body else 0
        return filled[:start] + sprite(glyphs) + filled[start:]


def number_of(tex: str) -> tuple[str, str | None]:
    r"""Part a formula from its number.

    Arguments:
        tex: may hold \tag{2.3}.

    Returns:
        The formula without it, and the number or None.
    """
    found = numbers.TAG.search(tex)
    return numbers.TAG.sub("", tex).strip(), found[1] if found else None


def block(formula: str, number: str | None) -> str:
    """A formula on a line of its own, with its number as a link to itself.

    Arguments:
        formula: as HTML.
        number: "2.3"; None for a formula without.

    Returns:
        A <div>, with the anchor of the number.
    """
    inner = f'<div class="formula" tabindex="0">{formula}</div>'
    if number is None:
        return f'<div class="equation">{inner}</div>'
    name, number = numbers.anchor("equation", number), html.escape(number)
    link = f'<a class="number" href="#{name}" aria-label="Equation {number}">({number})</a>'
    return f'<div class="equation numbered" id="{name}">{inner}{link}</div>'
