"""Follow every link of the finished site that stays inside it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ADDRESSES = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "src"}
"""Where an element says what it leads to or loads."""


class Page(HTMLParser):
    """The places of one page and what it leads to and loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.addresses: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        known = dict(attrs)
        self.places |= {known[name] or "" for name in ("id", "name") if name in known}
        address = known.get(ADDRESSES.get(tag, ""))
        if address is not None and known.get("rel") != "canonical":
            self.addresses.append((tag, address))


def links(site: Path) -> list[str]:
    """What is wrong with the links of a site, one sentence each.

    An address on another host is a problem where the browser would load it by itself; a link that
    a reader follows may lead outside.

    Arguments:
        site: the folder of the finished pages.

    Returns:
        Sentences; none where everything leads somewhere.
    """
    skipped = ("_static/", "lite/", "previews/")
    paths = {
        path.relative_to(site).as_posix(): path
        for path in sorted(site.rglob("*.html"))
        if not path.relative_to(site).as_posix().startswith(skipped)
    }
    pages = {name: Page(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    problems = []
    for name, page in pages.items():
        for tag, address in page.addresses:
            problem = _problem(site, pages, name, tag, address)
            if problem:
                problems.append(f"{name}: {problem}")
    return problems


def _problem(site: Path, pages: dict[str, Page], name: str, tag: str, address: str) -> str | None:
    parts = urlsplit(address)
    if parts.scheme == "data" or parts.scheme == "mailto":
        return None
    if parts.scheme or parts.netloc:
        return f"<{tag}> loads {address} from another host" if tag != "a" else None
    path = unquote(parts.path)
    if path.startswith("/"):
        return None if name == "404.html" else f"{address} begins at the top of the host"
    target = (site / name).parent / path if path else site / name
    if target.is_dir():
        target = target / "index.html"
    try:
        place = target.resolve().relative_to(site.resolve()).as_posix()
    except ValueError:
        return f"{address} leads out of the site"
    if not target.exists():
        return f"{address} leads nowhere"
    fragment = unquote(parts.fragment)
    if tag == "a" and fragment and place in pages and fragment not in pages[place].places:
        return f"{address}: there is no place of that name"
    return None
