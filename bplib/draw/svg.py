"""Pictures as SVG text. Only presentation attributes are used: GitHub strips style sheets."""

from __future__ import annotations

from bplib.draw import text
from bplib.draw.expression import Expression
from bplib.draw.shapes import MARGIN, Line, Picture, Shape, Text
from bplib.draw.style import BORDER, FONT, INK, PAPER

NAMESPACE = "http://www.w3.org/2000/svg"
TITLE_ROOM = 34.0


def frame(width: float, height: float, inner: str, alt: str, *, size: float = 15.0) -> str:
    """An SVG document with a white card behind `inner` and its description."""
    w, h = text.coordinate(width), text.coordinate(height)
    said = text.escape(alt)
    return (
        f'<svg xmlns="{NAMESPACE}" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        f'aria-label="{said}" font-family="{FONT}" font-size="{size:g}">'
        f"<title>{said}</title><desc>{said}</desc>"
        f'<rect x="0.5" y="0.5" width="{text.coordinate(width - 1)}" '
        f'height="{text.coordinate(height - 1)}" rx="8" fill="{PAPER}" '
        f'stroke="{BORDER}"/>{inner}</svg>'
    )


def render(
    picture: Picture,
    expression: Expression | None,
    *,
    title: str | None = None,
    alt: str,
    keys: bool = False,
) -> str:
    """The SVG of a placed expression; `keys` marks every item for the stepper."""
    del expression  # its texts are already in the picture
    width, height, shift = picture.width, picture.height, 0.0
    parts = []
    if title:
        shift = TITLE_ROOM
        width = max(width, text.width(title, 16, True) + 2 * MARGIN)
        parts.append(
            f'<text x="{MARGIN:g}" y="{MARGIN + 13:g}" font-size="16" font-weight="bold" '
            f'fill="{INK}">{text.escape(title)}</text>'
        )
    # A narrow graph stands in the middle of its card.
    aside = (width - picture.width) / 2
    body = "".join(_item(item, keys) for item in picture.items)
    if shift or aside:
        body = f'<g transform="translate({text.coordinate(aside)} {shift:g})">{body}</g>'
    return frame(width, height + shift, "".join(parts) + body, alt)


def _item(item: Line | Shape | Text, keys: bool) -> str:
    key = f' data-k="{item.key}"' if keys else ""
    c = text.coordinate
    if isinstance(item, Line):
        if item.fill != "none":
            return f'<path{key} d="{item.d}" fill="{item.fill}"/>'
        return (
            f'<path{key} d="{item.d}" fill="none" stroke="{item.colour}" '
            f'stroke-width="{item.width:g}"/>'
        )
    if isinstance(item, Shape):
        dash = ' stroke-dasharray="4 3"' if item.dashed else ""
        return (
            f'<rect{key} x="{c(item.x)}" y="{c(item.y)}" width="{c(item.w)}" height="{c(item.h)}" '
            f'rx="{c(item.h / 2)}" fill="{item.fill}" stroke="{item.stroke}" '
            f'stroke-width="1.4"{dash}/>'
        )
    size = "" if item.size == 15 else f' font-size="{item.size:g}"'
    anchor = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
    bold = ' font-weight="bold"' if item.bold else ""
    more = f"<title>{text.escape(item.more)}</title>" if item.more else ""
    return (
        f'<text{key} x="{c(item.x)}" y="{c(item.y)}"{size}{anchor}{bold} '
        f'fill="{item.colour}">{more}{text.escape(item.content)}</text>'
    )
