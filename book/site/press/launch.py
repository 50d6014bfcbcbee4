"""The line below a page's title: how long, how many exercises, and where the page can be run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from html import escape
from typing import NamedTuple
from urllib.parse import quote

import bplib
from press.course import Chapter

# The branch colab holds copies that install the library first; the site's workflow writes it.
COLAB = "https://colab.research.google.com/github/{repository}/blob/colab/{notebook}"
BINDER = "https://mybinder.org/v2/gh/{repository}/{branch}?labpath={notebook}"
WHEEL = (
    "https://github.com/{repository}/releases/download/v{version}/bplib-{version}-py3-none-any.whl"
)


class Public(NamedTuple):
    """Where a reader can run the book without installing it.

    Fields:
        repository: "owner/name" on GitHub; empty where the site has no public one, and then
            nothing is offered that needs it.
        branch: of that repository.
        lite: whether the site carries JupyterLite.
        site: the site's own address, without a slash at its end; empty where it is not known.
        wheel: where a notebook on its own gets bplib from, an address; empty where there is none.
    """

    repository: str = ""
    branch: str = "main"
    lite: bool = False
    site: str = ""
    wheel: str = ""


def public(environment: Mapping[str, str] = os.environ) -> Public:
    """What the environment says of that: SITE_REPOSITORY, SITE_BRANCH, SITE_LITE and so on.

    Arguments:
        environment: names and values; where it names no repository, GitHub's own name of the one
            that it builds is taken, and where it names no wheel, the one of this version's release.

    Returns:
        The Public.
    """
    repository = environment.get("SITE_REPOSITORY") or environment.get("GITHUB_REPOSITORY", "")
    released = WHEEL.format(repository=repository, version=bplib.__version__) if repository else ""
    return Public(
        repository,
        environment.get("SITE_BRANCH") or "main",
        bool(environment.get("SITE_LITE")),
        environment.get("SITE_URL", "").rstrip("/"),
        environment.get("SITE_WHEEL") or released,
    )


def row(notebook: str, chapter: Chapter | None, *, root: str, where: Public) -> str:
    """The line as HTML.

    Arguments:
        notebook: its place in the repository, "book/03_one_neuron.ipynb".
        chapter: what is known of it, where the page is a chapter.
        root: from the page to the top of the site, "../".
        where: where it can be run.

    Returns:
        A <p>.
    """
    facts = []
    if chapter and chapter.time:
        facts.append(f"<span>{chapter.time}</span>")
    if chapter and chapter.exercises:
        facts.append(f'<a href="../exercises/{chapter.slug}.html">{chapter.work}</a>')
    places = {**where._asdict(), "notebook": quote(notebook)}
    doors = []
    if where.lite:
        doors.append(("Run here", f"{root}lite/notebooks/index.html?path={quote(notebook)}"))
    if where.repository:
        doors += [("Colab", COLAB.format(**places)), ("Binder", BINDER.format(**places))]
    doors.append(("Download notebook", f"{root}notebooks/{notebook}"))
    links = [
        f'<a href="{escape(address)}"{" download" * name.startswith("Download")}>{name}</a>'
        for name, address in doors
    ]
    return (
        '<p class="launch"><span class="facts">' + "".join(facts) + "</span>"
        '<span class="doors">' + "".join(links) + "</span></p>"
    )
