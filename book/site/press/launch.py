"""The line below a page's title: how long, how many exercises, and where the page can be run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from press.course import Chapter

COLAB = "https://colab.research.google.com/github/{repository}/blob/{branch}/{notebook}"
BINDER = "https://mybinder.org/v2/gh/{repository}/{branch}?labpath={notebook}"


class Public(NamedTuple):
    """Where a reader can run the book without installing it.

    Fields:
        repository: "owner/name" on GitHub; empty where the site has no public one, and then
            nothing is offered that needs it.
        branch: of that repository.
        lite: whether the site carries JupyterLite.
    """

    repository: str = ""
    branch: str = "main"
    lite: bool = False


def public(environment: Mapping[str, str] = os.environ) -> Public:
    """What the environment says of that: SITE_REPOSITORY, SITE_BRANCH and SITE_LITE.

    Arguments:
        environment: names and values; where it names no repository, GitHub's own name of the one
            that it builds is taken.

    Returns:
        The Public.
    """
    repository = environment.get("SITE_REPOSITORY") or environment.get("GITHUB_REPOSITORY", "")
    branch = environment.get("SITE_BRANCH") or "main"
    return Public(repository, branch, bool(environment.get("SITE_LITE")))


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
        count = f"{chapter.exercises} exercise{'s' * (chapter.exercises > 1)}"
        facts.append(f'<a href="../exercises/{chapter.slug}.html">{count}</a>')
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
