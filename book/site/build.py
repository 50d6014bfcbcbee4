"""Build the website from the executed notebooks, into book/_build/site. `make site` runs this.

    python book/site/build.py            build, then follow every link
    python book/site/build.py --serve    build, then open it in a browser

Nothing is executed: pages show what the notebooks hold. Where SITE_URL names the site's address it
gets a sitemap, and notebooks that are downloaded have links to it; where SITE_REPOSITORY names the
repository ("owner/name"), it gets buttons for Colab and Binder, and those notebooks install bplib
from this version's release (or from SITE_WHEEL) where it is missing. SITE_LITE=1 builds the book
that runs in the browser too, into lite/, and adds "Run here", which leads there; SITE_LITE=public
takes its Python from Pyodide's own address.
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

import pydata_sphinx_theme

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "book" / "_build"
SOURCE, VENDOR, EXTRA, SITE = (BUILD / name for name in ("source", "vendor", "extra", "site"))
sys.path.insert(0, str(HERE))

from press import (  # noqa: E402
    assets,
    check,
    copies,
    course,
    inventory,
    landing,
    launch,
    notebook,
    reference,
)

PORT = 8020
TOUR = "tour_of_the_checks.md"


def packages() -> None:
    """Install what package-lock.json names, where that is not there yet."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".of-lock"
    if stamp.exists() and stamp.read_text() == lock:
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("site: npm is needed, for formulas and fonts; Node.js 20 or newer brings it.")
    done = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE)
    if done.returncode:
        sys.exit("site: npm could not install its packages; its message is above.")
    stamp.write_text(lock)


def write(path: Path, text: str) -> None:
    """Write a file and, where it is missing, its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def copy(origin: Path, target: Path) -> None:
    """Copy a file and, where it is missing, make its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(origin, target)


def lay_out() -> int:
    """Write the sources that Sphinx reads, and what goes into the site as it is.

    Returns:
        The number of notebooks.
    """
    for folder in (SOURCE, EXTRA, VENDOR):
        shutil.rmtree(folder, ignore_errors=True)
    chapters = course.read(ROOT)
    count = notebooks({chapter.slug: chapter for chapter in chapters})
    copy(ROOT / "book" / TOUR, SOURCE / "book" / TOUR)
    for path in (ROOT / "book" / "images").iterdir():
        copy(path, SOURCE / "book" / "images" / path.name)
    library()
    write(SOURCE / "run.md", landing.run(launch.public()))
    write(SOURCE / "contents.md", landing.contents(chapters))
    texts = [
        (c, "\n\n".join(course.sources(course.load(ROOT / "book" / f"{c.slug}.ipynb"), "markdown")))
        for c in chapters
    ]
    write(SOURCE / "bibliography.md", landing.bibliography(texts))
    landing.card(EXTRA / "card.png")
    inventory.write(BUILD / "numpy.inv")
    assets.collect(HERE / "node_modules" / "@fontsource-variable", VENDOR)
    assets.join(HERE / "style", VENDOR / "site.css")
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    lighter = assets.without_icons((theme / assets.THEME).read_text(encoding="utf-8"))
    write(VENDOR / assets.THEME, lighter)
    return count


def notebooks(chapters: dict[str, course.Chapter]) -> int:
    """Write every notebook for Sphinx, its pictures, and itself for those who download it."""
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
            loaded = course.load(path)
            made, pictures = make(loaded, chapters[path.stem])
            write(SOURCE / folder / path.name, json.dumps(made, ensure_ascii=False))
            for name, svg in pictures.items():
                write(EXTRA / notebook.FIGURES / name, svg)
            taken = copies.stand_alone(loaded, folder, launch.public())
            write(EXTRA / "notebooks" / folder / path.name, copies.text(taken))
            count += 1
    return count


def library() -> None:
    """Write the pages of the reference."""
    found = reference.modules()
    for module in found:
        text = reference.page(module, reference.resolver(found, module))
        write(SOURCE / f"{module.page}.md", text)
    index = landing.library([(module.name, module.about) for module in found])
    write(SOURCE / "reference" / "index.md", index)


def sphinx() -> None:
    """Run Sphinx on everything, always: codeautolink links only what is read in the same run."""
    shutil.rmtree(SITE, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html"]
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


def run_here() -> None:
    """Put the book that runs in the browser into the site."""
    command = [sys.executable, str(ROOT / "book" / "lite" / "build.py"), str(SITE / "lite")]
    command += ["--public"] if os.environ["SITE_LITE"] == "public" else []
    if subprocess.run(command).returncode:
        sys.exit("site: the book that runs in the browser could not be built; why, stands above.")


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
    if launch.public().lite:
        run_here()
    if address := os.environ.get("SITE_URL"):
        sitemap(address)
    problems = check.links(SITE) + copies.dead_links(SITE, launch.public().site)
    if problems:
        sys.exit("site: links that lead nowhere:\n" + "\n".join(problems))
    pages = sum("lite" not in page.relative_to(SITE).parts for page in SITE.rglob("*.html"))
    taken = time.monotonic() - started
    print(f"{count} notebooks, {pages} pages, every link followed, in {taken:.0f} s: {SITE}")
    if "--serve" in arguments:
        serve()


if __name__ == "__main__":
    main(sys.argv[1:])
