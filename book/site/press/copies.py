"""Notebooks to take along, as the site offers them for download and Colab opens them.

A notebook of the repository counts on bplib being installed and on its neighbours. One that stands
alone installs the library where it is missing, and its links lead to the pages of the site.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from press.check import Page
from press.launch import Public

INSTALL = "install-bplib"
"""The id of the cell that is added."""

CELL = """\
# Installs bplib where it is missing, as in Google Colab; where it is there, nothing happens.
# Colab forgets your progress with the session, unless Google Drive is mounted (the folder at the
# left) before this cell is run: then it is kept there, for all notebooks.
import importlib.util
import os

if importlib.util.find_spec("bplib") is None:
    %pip install --quiet "bplib[notebook] @ WHEEL"
if os.path.isdir("/content/drive/MyDrive"):
    os.environ.setdefault("BPLIB_PROGRESS", "/content/drive/MyDrive/bplib-progress.json")
"""

_LINK = re.compile(r"(?<=\]\()([^)\s#:]+)(#[^)\s]*)?(?=\))")
_NOTEBOOK = re.compile(r"(book|exercises|solutions)/(\w+)\.(?:ipynb|md)")
_IMAGE = re.compile(r"book/images/([\w.-]+)")


def stand_alone(notebook: dict[str, Any], folder: str, where: Public) -> dict[str, Any]:
    """A notebook that needs nothing around it.

    Arguments:
        notebook: sources as texts (`course.load`); it is not changed.
        folder: where it is in the repository, "book".
        where: the site's address and the wheel's; what is not known is left out.

    Returns:
        The notebook, with a cell that installs bplib below the title.
    """
    # What `make sync` notes about a notebook of the repository is not true of this one.
    metadata = {key: value for key, value in notebook["metadata"].items() if key != "bplib"}
    cells = [
        {**cell, "source": at_the_site(cell["source"], folder, where.site)}
        if cell["cell_type"] == "markdown"
        else cell
        for cell in notebook["cells"]
    ]
    if where.wheel:
        cells.insert(1, _code(CELL.replace("WHEEL", where.wheel).rstrip("\n")))
    return {**notebook, "cells": cells, "metadata": metadata}


def at_the_site(text: str, folder: str, site: str) -> str:
    """Links to neighbours as links to the site.

    Arguments:
        text: Markdown of a cell.
        folder: of its notebook, "book".
        site: the site's address; empty where it has none, and then the links stay.

    Returns:
        The text.
    """

    def lead(match: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(folder, match[1]))
        if page := _NOTEBOOK.fullmatch(place):
            return f"{site}/{page[1]}/{page[2]}.html{match[2] or ''}"
        if image := _IMAGE.fullmatch(place):
            return f"{site}/_images/{image[1]}"
        return match[0]

    return _LINK.sub(lead, text) if site else text


def dead_links(made: Path, site: str) -> list[str]:
    """Links from the copies into the site that lead nowhere.

    Arguments:
        made: the folder of the finished site, with the copies in notebooks/.
        site: its address; where it is empty, no copy has such links.

    Returns:
        A sentence for each.
    """
    links: dict[str, str] = {}
    for path in sorted(made.glob("notebooks/*/*.ipynb")) if site else []:
        for address in re.findall(re.escape(site) + r"/([^)\s\"]+)", path.read_text("utf-8")):
            links.setdefault(address, path.relative_to(made).as_posix())
    places: dict[str, set[str]] = {}
    problems = []
    for address, name in links.items():
        page, _, fragment = address.partition("#")
        if not (made / page).is_file():
            problems.append(f"{name}: {address} leads nowhere")
        elif fragment:
            if page not in places:
                places[page] = Page((made / page).read_text("utf-8")).places
            if unquote(fragment) not in places[page]:
                problems.append(f"{name}: {address}: there is no place of that name")
    return problems


def text(notebook: dict[str, Any]) -> str:
    """A notebook as it is written to a file."""
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": INSTALL,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
