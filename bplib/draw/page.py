"""Interactive figures as one piece of HTML that needs nothing from outside.

The picture travels as an image, so that it is there where scripts and styles are not: in a
notebook that is not trusted yet, on paper, in a reader that strips them. A script, where one
runs, puts the live figure in the image's place.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from bplib.draw.text import escape


class Page:
    """An interactive figure: shown by a notebook, read as `.html`, or saved with `.save(path)`.

    Arguments:
        html: the figure.
        alt: what it shows, in words.
        steps: what it says, one sentence a step.
        svg: the picture that is shown where no script runs.
    """

    def __init__(self, html: str, alt: str, steps: list[str], svg: str) -> None:
        self.html = html
        self.alt = alt
        self.steps = steps
        self.svg = svg

    def save(self, path: str | Path) -> Path:
        """Write the figure as a page of its own and return its path."""
        path = Path(path)
        path.write_text(
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(self.alt)}</title></head>\n<body>{self.html}</body></html>\n",
            encoding="utf-8",
        )
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        lines = [self.alt]
        lines += [f"{i}. {step}" for i, step in enumerate(self.steps, start=1)]
        return "\n".join(lines)


def asset(name: str) -> str:
    """A script or style sheet of this package, without its comments and line breaks."""
    source = files("bplib.draw").joinpath("assets", name).read_text(encoding="utf-8")
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


def image_address(svg: str) -> str:
    """An SVG as an address that an <img> understands."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def page(
    kind: str,
    *,
    svg: str,
    alt: str,
    steps: list[str],
    data: dict[str, Any],
    caption: str | None = None,
    summary: str = "The steps in words",
) -> Page:
    """Put a picture, its words, its data and its script together.

    Arguments:
        kind: the name of the script in `assets`, such as "stepper" or "race"; it follows `card.js`,
            which holds what all figures share.
        svg: what is shown without a script.
        alt: the picture in words.
        steps: sentences for the folded list.
        data: for the script.
        caption: a line below the picture where no script runs.
        summary: title of the folded list.

    Returns:
        A Page.
    """
    payload = json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("</", "<\\/")
    key = hashlib.sha256((kind + svg + payload).encode()).hexdigest()[:12]
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    below = f"<p>{escape(caption)}</p>" if caption else ""
    # Everything is inside one function: figures on the same page share no names.
    script = (
        f'(function () {{\nvar key = "{key}";\nvar data = {payload};\n'
        f"{asset('card.js')}\n{asset(f'{kind}.js')}\n}})();"
    )
    html = (
        f'<div class="bplib-live" data-bplib="{key}" data-lm-suppress-shortcuts="true">'
        f"<style>{asset('live.css')}</style>"
        f'<div class="bplib-still"><img alt="{escape(alt)}" src="{image_address(svg)}">{below}'
        f"</div><details><summary>{escape(summary)}</summary><ol>{items}</ol></details>"
        f"<script>{script}</script></div>"
    )
    return Page(html, alt, steps, svg)
