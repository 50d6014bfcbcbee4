"""The first page: a gradient that flows back through a small network, and the map of the book."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from bplib import draw
from bplib.tape import Tensor
from press import launch
from press.course import PARTS, Chapter

NUMERALS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")

OTHERS = {
    "book/tour_of_the_checks": "What does a wrong answer hear?",
    "bibliography": "What do the chapters send me to read?",
    "run": "Where can I run the notebooks?",
}
"""Pages to look things up in that are no notebooks, and what each answers."""

LIBRARY = {"reference/index": "What does each function take, return and raise?"}


def moving_picture() -> str:
    """A network of two layers to step through, every number computed by bplib.

    Returns:
        HTML of `draw.network_stepper`.
    """
    x = np.array([1.0, 0.5])
    hidden = np.array([[0.5, -1.0], [1.0, 2.0]]), np.array([0.0, 0.5])
    output = np.array([[1.0], [1.5]]), np.array([-1.0])
    return draw.network_stepper(x, [hidden, output], 1.0, predict=False, digits=2).html


def small_picture() -> str:
    """One prediction and its loss, from top to bottom, for narrow screens.

    Returns:
        HTML of `draw.stepper`.
    """
    w, x = Tensor(2.0, name="w"), Tensor(3.0, name="x")
    b, y = Tensor(-1.0, name="b"), Tensor(7.0, name="y")
    loss = ((w * x + b - y) ** 2).named("loss")
    return draw.stepper(loss, predict=False, direction="down").html


def parts(chapters: list[Chapter]) -> list[tuple[str, str, list[Chapter]]]:
    """The map: each part that has chapters, its numeral, its name and its chapters."""
    names = list(PARTS.values())
    return [
        (NUMERALS[number], name, inside)
        for number, name in enumerate(names, start=1)
        if (inside := [c for c in chapters if not c.is_appendix and c.part == number])
    ]


def contents(chapters: list[Chapter]) -> str:
    """The page that holds the whole book together, as MyST Markdown.

    Arguments:
        chapters: all of them, appendices too.

    Returns:
        The text: for each part what its chapters ask and how long they take, the appendices and
        the library; and the tables of contents, which the sidebar shows.
    """
    lists = [(f"{numeral} · {name}", [f"book/{c.slug}" for c in inside], _asked(inside))
             for numeral, name, inside in parts(chapters)]  # fmt: skip
    appendices = [chapter for chapter in chapters if chapter.is_appendix]
    others = list(OTHERS)
    titled = [f"{c.title} <book/{c.slug}>" for c in appendices]
    lists.append(("To look things up", [*titled, *others], _asked(appendices) + _other(OTHERS)))
    lists.append(("The library", list(LIBRARY), _other(LIBRARY)))
    tables = [
        f"## {name}\n\n```{{toctree}}\n:hidden:\n:caption: {name}\n:titlesonly:\n\n"
        + "\n".join(pages)
        + f"\n```\n\n{text}"
        for name, pages, text in lists
    ]
    return "# The whole book\n\n" + "\n".join(tables)


def _asked(chapters: list[Chapter]) -> str:
    """A list of chapters: each with its question, its time, and the way to its exercises."""
    rows = ""
    for chapter in chapters:
        name = chapter.title if chapter.is_appendix else f"{chapter.number} · {chapter.title}"
        facts = [chapter.time] if chapter.time else []
        if chapter.exercises:
            facts.append(f"[{chapter.work}](exercises/{chapter.slug}.ipynb)")
            facts.append(f"[answers](solutions/{chapter.slug}.ipynb)")
        rows += f"[{name}](book/{chapter.slug}.ipynb)\n: *{chapter.question}*\n"
        rows += f": {' · '.join(facts)}\n\n" if facts else "\n"
    return rows


def _other(pages: dict[str, str]) -> str:
    """A list of pages that are no chapters, under the titles that they have."""
    return "".join(f"{{doc}}`{page}`\n: *{about}*\n\n" for page, about in pages.items())


def library(modules: list[tuple[str, str]]) -> str:
    """The first page of the reference.

    Arguments:
        modules: the name of each module and a sentence about it.

    Returns:
        MyST Markdown.
    """
    rows = "\n".join(f"* - {{py:mod}}`{name}`\n  - {about}" for name, about in modules)
    pages = "\n".join(name.removeprefix("bplib.") for name, _ in modules)
    return (
        "# The library\n\n`bplib` is the library that the book is written with. Every entry here "
        "is written from the docstring; in Python, `help(bplib.ops.softmax)` says the same.\n\n"
        f"```{{list-table}}\n:class: names\n:widths: auto\n\n{rows}\n```\n\n"
        f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
    )


def run(where: launch.Public) -> str:
    """The page behind the button "Run", as MyST Markdown.

    Arguments:
        where: where it can be run without installing it.

    Returns:
        The text: in this browser and elsewhere on the web where that is possible, and always on
        the reader's own machine.
    """
    here, away, clone = "", "", "In a clone of the repository,"
    if where.lite:
        here = (
            '## In this browser\n\n<a href="lite/lab/index.html">Open the book here</a>: nothing '
            "is installed, and what you write stays in this browser.\n\n"
        )
    if where.repository:
        places = {**where._asdict(), "notebook": "book/00_welcome.ipynb"}
        away = (
            "## On somebody else's machine\n\n"
            f"[Google Colab]({launch.COLAB.format(**places)}) and "
            f"[Binder]({launch.BINDER.format(**places)}) run a notebook for you; every page of "
            "this book has a link to its own.\n\n"
        )
        clone = (
            f"`git clone https://github.com/{where.repository}`, and in the folder that it makes,"
        )
    return (
        f"# Run the book\n\n{here}{away}## On your machine\n\n"
        f"You need Python 3.11 or newer and `make`. {clone}\n\n"
        "```text\nmake book    # opens the book in JupyterLab\n"
        "make test    # runs everything: the library, every chapter, exercise and solution\n```\n\n"
        "Each sets up an environment of its own the first time, in half a minute to a minute, and "
        "does nothing the second time. On Windows, in PowerShell:\n\n"
        "```text\npy -3.11 -m venv .venv\n"
        ".venv\\Scripts\\python -m pip install --require-hashes -r requirements\\book.txt\n"
        ".venv\\Scripts\\python -m pip install --no-deps --no-build-isolation -e .\n"
        ".venv\\Scripts\\bplib book --here\n```\n\n"
        "Then open [the first page](book/00_welcome.ipynb). Every page here also has a link that "
        "downloads its notebook.\n"
    )


_READ_NEXT = re.compile(r"^\*\*Read next\.\*\* (.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def bibliography(chapters: list[tuple[Chapter, str]]) -> str:
    """What every chapter says under "Read next", in one place.

    Arguments:
        chapters: each with its text.

    Returns:
        MyST Markdown with a section for each chapter that names sources.
    """
    sections = [
        f"## {chapter.number} · {chapter.title}\n\n"
        + re.sub(r"\]\((?=[\w-]+\.ipynb)", "](book/", found[1])
        for chapter, text in chapters
        if not chapter.is_appendix and (found := _READ_NEXT.search(text))
    ]
    opening = "Where the book's facts and formulas come from, and where to go on, by chapter."
    return f"# Sources\n\n{opening}\n\n" + "\n\n".join(sections) + "\n"


def _outlines(svg: str) -> list[tuple[np.ndarray, list[int]]]:
    """The shapes of a drawing: for each path its points, below each other, and matplotlib's codes.

    Arguments:
        svg: paths of absolute M, L, Q and Z, each moved by a translate().
    """
    points = {"M": [1], "L": [2], "Q": [3, 3], "Z": [79]}
    shapes = []
    for right, down, steps in re.findall(r'translate\((\d+) (\d+)\)" d="([^"]+)', svg):
        corners, codes = [], []
        for kind, numbers in re.findall(r"([MLQZ])([^MLQZ]*)", steps):
            codes += points[kind]
            corners += [float(n) for n in re.findall(r"-?\d+", numbers)] or [0.0, 0.0]
        shapes.append((np.reshape(corners, (-1, 2)) + (float(right), float(down)), codes))
    return shapes


def card(path: Path) -> None:
    """Draw the picture that messages and search engines show beside a link.

    The title stands in title.svg, in outlines of the site's typeface, which matplotlib cannot
    read; below it a loss and its gradient, every number computed by bplib.

    Arguments:
        path: a PNG of 1200 by 630 pixels is written there.
    """
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import patches
    from matplotlib import pyplot as plt
    from matplotlib.path import Path as Outline

    green, red, paper, light, soft = "#48d3a8", "#ff9a57", "#12171c", "#ffffff", "#a3b1bf"
    fig = plt.figure(figsize=(12, 6.3), dpi=100, facecolor=paper)
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 12), ylim=(0, 6.3))
    ax.axis("off")
    title = Path(__file__).with_name("title.svg").read_text(encoding="utf-8")
    for (corners, codes), colour in zip(_outlines(title), (light, soft), strict=True):
        shape = Outline(np.array([0.9, 5.75]) + corners * (10.2 / 6240, -10.2 / 6240), codes)
        ax.add_patch(patches.PathPatch(shape, fc=colour, lw=0))
    w = Tensor(2.0, name="w")
    nodes = [w]
    for step in (lambda x: x * 3.0, lambda x: x - 1.0, lambda x: x - 7.0, lambda x: x**2):
        nodes.append(step(nodes[-1]))
    nodes[-1].backward()
    write = {"ha": "center", "va": "center", "family": "DejaVu Sans"}
    places = np.linspace(1.3, 10.7, len(nodes))
    for left, right in zip(places, places[1:], strict=False):
        for height, tail, head, colour in ((1.72, left, right, green), (1.38, right, left, red)):
            way = 0.46 if head > tail else -0.46
            ax.annotate("", (head - way, height), (tail + way, height),
                        arrowprops={"arrowstyle": "-|>", "lw": 3, "color": colour})  # fmt: skip
    for place, node, name in zip(places, nodes, "w ×3 −1 −7 x²".split(), strict=True):
        ax.add_patch(patches.Circle((place, 1.55), 0.4, fc="#1f2933", ec=soft, lw=2.5, zorder=3))
        ax.text(place, 1.55, name, size=20, color=light, zorder=4, **write)
        value, gradient = (f"{float(n):g}".replace("-", "−") for n in (node.item(), node.grad))
        ax.text(place, 2.3, value, size=23, color=green, **write)
        ax.text(place, 0.78, gradient, size=23, color=red, **write)
    fig.savefig(path, metadata={"Software": None})
    plt.close(fig)
