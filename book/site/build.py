"""Build the website from the executed notebooks, into book/_build/site. `make site` runs this.

    python book/site/build.py            build, then follow every link
    python book/site/build.py --serve    build, then open it in a browser

Nothing is executed: pages show what the notebooks hold. Where SITE_URL names the site's address it
gets a sitemap; where SITE_REPOSITORY names the repository ("owner/name"), buttons for Colab and
Binder; SITE_LITE=1 adds "Run here", which leads to lite/.
"""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "book" / "_build"
SOURCE, VENDOR, EXTRA, SITE = (BUILD / name for name in ("source", "vendor", "extra", "site"))
sys.path.insert(0, str(HERE))

from press import check, course, fonts, landing, notebook, reference  # noqa: E402

PORT = 8020


def packages() -> None:
    """Install what package-lock.json names, where that is not there yet."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".of-lock"
    if stamp.exists() and stamp.read_text() == lock:
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("site: npm is needed, for formulas and fonts; Node.js 18 or newer brings it.")
    done = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE)
    if done.returncode:
        sys.exit("site: npm could not install its packages; its message is above.")
    stamp.write_text(lock)


def write(path: Path, text: str) -> None:
    """Write a file where its text is new, so that Sphinx reads again only what changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def lay_out() -> int:
    """Write the sources that Sphinx reads; files of a build before that have gone are removed.

    Returns:
        The number of notebooks.
    """
    kept: set[Path] = set()

    def put(name: str, text: str) -> None:
        write(SOURCE / name, text)
        kept.add(SOURCE / name)

    def put_file(origin: Path, name: str) -> None:
        target = EXTRA / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, target)

    shutil.rmtree(EXTRA, ignore_errors=True)
    chapters = {chapter.slug: chapter for chapter in course.read(ROOT)}
    makers = {
        "book": notebook.chapter,
        "exercises": notebook.exercises,
        "solutions": notebook.answers,
    }
    count = 0
    for folder, make in makers.items():
        for path in sorted((ROOT / folder).glob("*.ipynb")):
            if path.stem not in chapters:
                continue
            made, pictures = make(course.load(path), chapters[path.stem])
            put(f"{folder}/{path.name}", json.dumps(made, ensure_ascii=False, indent=1))
            for name, svg in pictures.items():
                write(EXTRA / notebook.FIGURES / name, svg)
            put_file(path, f"notebooks/{folder}/{path.name}")
            count += 1
    for path in sorted((ROOT / "book" / "images").iterdir()):
        target = SOURCE / "book" / "images" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        kept.add(target)
    tour = (ROOT / "book" / "tour_of_the_checks.md").read_text(encoding="utf-8")
    put("book/tour_of_the_checks.md", tour)
    found = reference.modules()
    for module in found:
        text = reference.page(module, reference.resolver(found, module))
        put(f"{module.page}.md", text)
    put("reference/index.md", landing.library([(m.name, m.about) for m in found]))
    put("contents.md", landing.contents(list(chapters.values())))
    texts = [
        (c, "\n\n".join(course.sources(course.load(ROOT / "book" / f"{c.slug}.ipynb"), "markdown")))
        for c in chapters.values()
    ]
    put("bibliography.md", landing.bibliography(texts))
    for path in [path for path in SOURCE.rglob("*") if path.is_file() and path not in kept]:
        path.unlink()
    landing.card(EXTRA / "card.png")
    fonts.collect(HERE / "node_modules" / "@fontsource-variable", VENDOR)
    return count


def sphinx() -> None:
    """Run Sphinx; a warning is an error."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-c", str(HERE), "-d", str(BUILD / "doctrees"), str(SOURCE), str(SITE)]
    if subprocess.run(command, cwd=HERE).returncode:
        sys.exit("site: Sphinx has something to say, above; nothing of it is to be ignored.")


def sitemap(address: str) -> None:
    """Write sitemap.xml and robots.txt for a site at this address."""
    pages = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html"))
    shown = [p for p in pages if not p.startswith(("_", "previews/", "lite/", "404", "search"))]
    top = address.rstrip("/") + "/"
    urls = "".join(f"<url><loc>{top}{page}</loc></url>\n" for page in shown)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    (SITE / "sitemap.xml").write_text(f'{head}<urlset xmlns="{space}">\n{urls}</urlset>\n')
    (SITE / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {top}sitemap.xml\n")


def serve() -> None:
    """Show the finished site until Ctrl-C."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("localhost", PORT), handler) as server:
        print(f"The book is at http://localhost:{PORT}/ until you press Ctrl-C.")
        webbrowser.open(f"http://localhost:{PORT}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    started = time.monotonic()
    packages()
    count = lay_out()
    sphinx()
    if address := os.environ.get("SITE_URL"):
        sitemap(address)
    problems = check.links(SITE)
    if problems:
        sys.exit("site: links that lead nowhere:\n" + "\n".join(problems))
    pages = len(list(SITE.rglob("*.html")))
    taken = time.monotonic() - started
    print(f"{count} notebooks, {pages} pages, every link followed, in {taken:.0f} s: {SITE}")
    if "--serve" in arguments:
        serve()


if __name__ == "__main__":
    main(sys.argv[1:])
