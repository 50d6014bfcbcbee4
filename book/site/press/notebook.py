"""One notebook of the course as the site's builder wants it. Nothing is executed here."""

from __future__ import annotations

import hashlib
import html
import re
from copy import deepcopy
from pathlib import PurePosixPath
from typing import Any

from press.boxes import boxes
from press.course import CHECK, Chapter

FIGURES = "figures"
"""The folder of the site that holds the pictures of all outputs."""

FOLDED = 8
"""From this many lines on, code that draws a picture is folded above it."""

_SVG = "image/svg+xml"
_TITLE = re.compile(r"<title\b[^>]*>(.*?)</title>", re.DOTALL)
_SIDE = re.compile(r'\b(width|height)="([\d.]+)(pt|px|)"')
_MARKERS = re.compile(r"^[ \t]*# (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_PIXELS = {"pt": 4 / 3, "px": 1, "": 1}


def chapter(notebook: dict[str, Any], about: Chapter) -> tuple[dict[str, Any], dict[str, str]]:
    """A chapter or appendix for the site.

    Arguments:
        notebook: with outputs, sources as texts (`course.load`).
        about: what is known of the chapter.

    Returns:
        The notebook with boxes and with pictures in files; and those files, name to content.
    """
    made, pictures = _shared(notebook)
    if about.exercises:
        below = ("Exercises", "exercises"), ("Answers", "solutions")
        pages = [f"{title} <../{folder}/{about.slug}>" for title, folder in below]
        made["cells"].append(_markdown(_contents(pages)))
    return made, pictures


def exercises(notebook: dict[str, Any], about: Chapter) -> tuple[dict[str, Any], dict[str, str]]:
    """A page of exercises: below each, where its worked answer is.

    Arguments and returns: as of `chapter`.
    """
    made, pictures = _shared(notebook)
    cells, heading = [], ""
    for cell in made["cells"]:
        cells.append(cell)
        if cell["cell_type"] == "markdown":
            heading = (_HEADING.findall(cell["source"]) or [heading])[-1]
        elif heading and CHECK.search(cell["source"]):
            place = f"../solutions/{about.slug}.ipynb#{heading.replace(' ', '-')}"
            cells.append(_markdown(f":::{{container}} answer\n[A worked answer](<{place}>)\n:::"))
    made["cells"] = cells
    return made, pictures


def answers(notebook: dict[str, Any], about: Chapter) -> tuple[dict[str, Any], dict[str, str]]:
    """A page of worked answers: no blanks, no marks for the grader, no progress of a reader.

    Arguments and returns: as of `chapter`.
    """
    made, pictures = _shared(notebook)
    number = "" if about.number == 0 else f"{about.number} · "
    lead = (
        f"# Answers {number}{about.title}\n\n"
        f"One worked answer to each of [the exercises](../exercises/{about.slug}.ipynb), and what "
        "its check says. Other ways are as right: a check compares values, never code."
    )
    cells = [_markdown(lead), *made["cells"][1:]]
    end = next((i for i, cell in enumerate(cells) if "## Where you are" in cell["source"]), None)
    made["cells"] = cells[:end]
    for cell in made["cells"]:
        cell["source"] = _MARKERS.sub("", cell["source"])
    return made, pictures


def _shared(notebook: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What holds for all notebooks: boxes, and pictures in files of their own."""
    made = deepcopy(notebook)
    pictures: dict[str, str] = {}
    for cell in made["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = boxes(cell["source"])
            continue
        # Pages show no empty lines around code, and codeautolink compares it with the page.
        cell["source"] = cell["source"].strip("\n")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if _SVG in data:
                svg = "".join(data[_SVG])
                name = f"{hashlib.sha256(svg.encode()).hexdigest()[:16]}.svg"
                pictures[name] = svg
                output["data"] = {"text/html": picture(svg, f"../{FIGURES}/{name}")}
            drawn = _SVG in data or "bplib-live" in "".join(data.get("text/html", ""))
            if drawn and cell["source"].count("\n") >= FOLDED:
                cell["metadata"].setdefault("tags", []).append("hide-input")
    return made, pictures


def picture(svg: str, address: str) -> str:
    """The image element of a drawing that is kept in a file.

    Arguments:
        svg: the drawing; its title says what it shows.
        address: where the page finds the file.

    Returns:
        HTML with the alternative text and the size, so that nothing moves while it loads.
    """
    title = _TITLE.search(svg)
    alt = html.escape(html.unescape(title[1].strip()), quote=True) if title else ""
    opening = re.search(r"<svg\b[^>]*>", svg)
    sides = _SIDE.findall(opening[0] if opening else "")
    size = "".join(f' {side}="{round(float(n) * _PIXELS[unit])}"' for side, n, unit in sides)
    return f'<img class="plot" src="{PurePosixPath(address)}" alt="{alt}"{size} loading="lazy">'


def _markdown(source: str) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": hashlib.sha256(source.encode()).hexdigest()[:8],
        "metadata": {},
        "source": source,
    }


def _contents(pages: list[str]) -> str:
    return "```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```"
