"""What turns the notebooks into the website, without Sphinx and without a browser.

`make site` builds the pages and follows every link; `make test-browser` opens them in Chromium.
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import bplib

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "book" / "site"
sys.path.insert(0, str(SITE))

from press import (  # noqa: E402
    assets,
    boxes,
    check,
    course,
    docstrings,
    inventory,
    landing,
    launch,
    mathematics,
    notebook,
    numbers,
    reference,
    slugs,
)

CHAPTER = course.Chapter("03_small", 3, "Small", "How small?", 90, 2)
SVG = (
    '<svg width="72pt" height="36pt" viewBox="0 0 72 36"><title>A line &amp; a "dot"</title></svg>'
)


# ── boxes ────────────────────────────────────────────────────────────────────────────────────────


def test_a_quote_with_a_bold_lead_is_a_box():
    made = boxes.boxes("Before.\n\n> **Predict.** How far\n> does it move?\n\nAfter.")
    assert made == (
        "Before.\n\n::::{admonition} Predict\n:class: predict\n\nHow far\ndoes it move?\n::::\n"
        "\nAfter."
    )


def test_a_box_may_have_a_title_and_a_box_inside_a_list_of_lines_stays_whole():
    made = boxes.boxes("> **Aside: a small step.** One.\n>\n> - two\n> - three")
    assert "{admonition} A small step\n:class: aside\n\nOne.\n\n- two\n- three\n" in made


@pytest.mark.parametrize(
    "text",
    [
        "> A plain quotation.",
        "> **Not a lead** because no full stop ends it.",
        "```\n> **Predict.** in code\n```",
        "a > **b.** c",
    ],
)
def test_what_is_no_box_stays_as_it_is(text):
    assert boxes.boxes(text) == text


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def test_references_are_found_where_the_book_has_the_number():
    known = numbers.Numbers({"2.3": "book/02_a"}, {"2.4": "book/02_a"})
    assert list(known.references("By (2.3), not (9.9), see Figure 2.4. (2.3)")) == [
        ("By ", None, None),
        ("(2.3)", "book/02_a", "equation-2-3"),
        (", not (9.9), see ", None, None),
        ("Figure 2.4", "book/02_a", "figure-2-4"),
        (". ", None, None),
        ("(2.3)", "book/02_a", "equation-2-3"),
    ]


def test_a_text_without_references_is_one_piece_and_an_empty_one_none():
    known = numbers.Numbers({"2.3": "book/02_a"})
    assert list(known.references("Figure 2.3 and (2.31)")) == [
        ("Figure 2.3 and (2.31)", None, None)
    ]
    assert list(known.references("")) == []


def test_a_reference_to_a_number_that_is_not_there_is_reported():
    known = numbers.Numbers({"2.3": "book/02_a", "A.1": "book/90_b"}, {"2.4": "book/02_a"})
    text = "By (2.3) and (2.31), (A.2); Figure 2.4, Figure 7.1 and Figure 2.5."
    assert known.missing(text) == ["(2.31)", "(A.2)", "Figure 7.1", "Figure 2.5"]
    assert known.missing("Of (0.2) and 2.31 and (2.3)") == []
    text = "So says Figure 2.1.\n\n*Figure 2.2.* A line.\n\nSee *Figure 2.3.*"
    assert numbers.CAPTION.findall(text) == ["2.2"]


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("a feature. (", " divides", ("(", "")),
        ("where ", ", and", ("", ",")),
        ("(", ").", ("(", ").")),
        ("the ", "-th row", ("", "-th")),
        ("of ", " and", ("", "")),
        ("", "", ("", "")),
    ],
)
def test_what_touches_a_formula_stays_with_it(before, after, kept):
    assert numbers.touching(before, after) == kept


def test_every_number_of_the_book_has_a_home():
    known = numbers.read(ROOT)
    assert known.equations["1.1"] == "book/01_chain_rule"
    assert known.figures["2.1"] == "book/02_linear_regression"
    # The formula sheet quotes equations; at home they are in their chapters.
    sheet = {n for n, page in known.equations.items() if page == "book/92_formulas"}
    assert all(number.startswith("A.") for number in sheet)


# ── the course ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("opening", "minutes"),
    [
        ("You need a little Python. Ten minutes, and your first check is passed in two.", 10),
        ("About 40 minutes, and six exercises.", 40),
        ("About an hour, and six exercises.", 60),
        ("About an hour and a half of reading.", 90),
        ("About an hour and a quarter of reading.", 75),
        ("About two hours.", 120),
        ("A few minutes.", None),
        ("Nothing about time.", None),
    ],
)
def test_reading_minutes(opening, minutes):
    assert course.reading_minutes(opening) == minutes


def test_every_chapter_says_what_the_map_shows():
    chapters = course.read(ROOT)
    assert [chapter.number for chapter in chapters[:2]] == [0, 1]
    for chapter in chapters:
        assert chapter.title and chapter.question, chapter.slug
        if not chapter.is_appendix:
            assert chapter.minutes and chapter.exercises, chapter.slug
            assert chapter.time


def test_time_in_words_and_parts():
    assert CHAPTER.time == "1 h 30 min" and CHAPTER.part == 1
    assert course.Chapter("x", 91, "", "", None, 0).time == ""
    assert course.Chapter("x", 9, "", "", 60, 0).time == "1 h"
    assert course.Chapter("x", 9, "", "", 60, 0).part == 3


# ── notebooks ────────────────────────────────────────────────────────────────────────────────────


def small_notebook():
    drawing = {"output_type": "display_data", "data": {"image/svg+xml": [SVG], "text/plain": "A"}}
    long = "\n" + "\n".join(f"line_{i}" for i in range(12))
    return {
        "cells": [
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": "# 3 · Small\n\n> **Careful.** No.",
            },
            {"cell_type": "code", "metadata": {}, "source": long, "outputs": [drawing]},
            {"cell_type": "markdown", "metadata": {}, "source": "## Half of it\n\nReturn it."},
            {
                "cell_type": "code",
                "metadata": {},
                "source": "def half(x):\n    # BEGIN SOLUTION\n    return x / 2\n"
                "    # END SOLUTION\n",
                "outputs": [],
            },
            {"cell_type": "code", "metadata": {}, "source": "check(half)", "outputs": []},
            {"cell_type": "markdown", "metadata": {}, "source": "## Where you are"},
            {"cell_type": "code", "metadata": {}, "source": "progress()", "outputs": []},
        ]
    }


def test_a_chapter_gets_boxes_pictures_and_its_exercises():
    given = small_notebook()
    before = json.dumps(given)
    made, pictures = notebook.chapter(given, CHAPTER)
    assert json.dumps(given) == before, "the given notebook is not changed"
    assert "{admonition} Careful" in made["cells"][0]["source"]
    (name,) = pictures
    assert made["cells"][1]["source"].startswith("line_0")
    shown = made["cells"][1]["outputs"][0]["data"]
    assert shown == {
        "text/html": f'<img class="plot" src="../figures/{name}" '
        'alt="A line &amp; a &quot;dot&quot;" width="96" height="48" loading="lazy">'
    }
    assert made["cells"][1]["metadata"]["tags"] == ["hide-input"]
    assert "../exercises/03_small" in made["cells"][-1]["source"]


def test_long_code_of_an_interactive_figure_is_folded_above_it():
    def tags(lines, html):
        source, outputs = "draw()\n" * lines, [{"data": {"text/html": html}}]
        cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": outputs}
        return notebook.chapter({"cells": [cell]}, CHAPTER)[0]["cells"][0]["metadata"].get("tags")

    assert tags(20, '<div class="bplib-live">') == ["hide-input"]
    assert tags(3, '<div class="bplib-live">') is None and tags(20, "<b>right</b>") is None


def test_an_exercise_leads_to_its_answer_and_an_answer_shows_no_marks():
    made, _ = notebook.exercises(small_notebook(), CHAPTER)
    texts = course.sources(made, "markdown")
    assert any("../solutions/03_small.ipynb#Half-of-it" in text for text in texts)
    made, _ = notebook.answers(small_notebook(), CHAPTER)
    assert made["cells"][0]["source"].startswith("# Answers 3 · Small")
    code = "\n".join(course.sources(made, "code"))
    assert "SOLUTION" not in code and "    return x / 2\n" in code
    assert "progress()" not in code


def test_all_notebooks_of_the_course_can_be_made():
    chapters = course.read(ROOT)
    for chapter in chapters:
        made, pictures = notebook.chapter(
            course.load(ROOT / "book" / f"{chapter.slug}.ipynb"), chapter
        )
        outputs = [o for cell in made["cells"] for o in cell.get("outputs", [])]
        assert not any("image/svg+xml" in o.get("data", {}) for o in outputs)
        widgets = [
            o for o in outputs if "application/vnd.jupyter.widget-view+json" in o.get("data", {})
        ]
        assert not widgets, (
            f"{chapter.slug}: the site bundles no widgets (conf.py, nb_ipywidgets_js)"
        )
        # Every picture says what it shows.
        assert all('alt=""' not in json.dumps(o) for o in outputs)


def test_anchors_are_those_of_jupyter():
    assert slugs.jupyter("Sure, and still a number?") == "Sure,-and-still-a-number?"


def test_the_line_below_a_title():
    page = "book/03_small.ipynb"
    private = launch.row(page, CHAPTER, root="../", where=launch.public({}))
    assert "1 h 30 min" in private and "2 exercises" in private
    assert "colab" not in private and "download>Download notebook" in private
    said = {"SITE_REPOSITORY": "ada/book", "SITE_BRANCH": "v1", "SITE_LITE": "1"}
    public = launch.row(page, None, root="../", where=launch.public(said))
    assert "/github/ada/book/blob/colab/book/03_small.ipynb" in public
    assert "/v2/gh/ada/book/v1?labpath=book/03_small.ipynb" in public
    assert "../lite/notebooks/index.html?path=book/03_small.ipynb" in public


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────


MATHJAX = (
    '<svg role="img" focusable="false"><defs><path id="MJX-7-TEX-I-1D465" d="M0"></path></defs>'
    '<use data-c="1" xlink:href="#MJX-7-TEX-I-1D465"></use></svg>'
    '<mjx-assistive-mml unselectable="on"><math><mi>x</mi></math></mjx-assistive-mml>'
)


def test_a_formula_has_its_number_beside_it():
    tex, number = mathematics.number_of(r"x = y \tag{2.3}")
    assert (tex, number) == ("x = y", "2.3")
    made = mathematics.block("F", number)
    assert made.startswith('<div class="equation numbered" id="equation-2-3">')
    assert 'href="#equation-2-3" aria-label="Equation 2.3">(2.3)</a>' in made
    assert mathematics.number_of("x") == ("x", None)
    assert " id=" not in mathematics.block("F", None)


def test_glyphs_are_kept_once_a_page():
    formula = mathematics.shared(MATHJAX)
    assert '<use href="#TEX-I-1D465"/>' in formula.html and "<defs>" not in formula.html
    assert '<span class="mathml"><math><mi>x</mi></math></span>' in formula.html
    assert formula.glyphs == {"TEX-I-1D465": '<path id="TEX-I-1D465" d="M0"/>'}
    marks = mathematics.Marks()
    page = (
        f"<html><body class='a'><p>{marks.put(formula)} and {marks.put(formula)}</p></body></html>"
    )
    filled = marks.fill(page)
    assert filled.startswith("<html><body class='a'><svg class=\"glyphs\"")
    assert filled.count("<path") == 1 and filled.count("<use") == 2 and "<!--" not in filled
    assert marks.fill("<p>nothing</p>") == "<p>nothing</p>"


def test_a_formula_is_laid_out_without_groups_in_groups():
    start = '<svg width="1"><g stroke="currentColor" transform="scale(1,-1)">'
    use = (
        '<g transform="translate(605,-150) scale(0.5)"><use href="#b" transform="translate(10,2)"/>'
    )
    line = '<rect width="9" height="2" x="1"/></g>'
    brace = '<g transform="translate(3,0)"><svg y="4"><g><use href="#c"/></g></svg></g>'
    made = mathematics.flat(f'{start}<g><use href="#a"/>{use}{line}</g>{brace}</g></svg><math/>')
    assert made == (
        f'{start}<use href="#a"/><use href="#b" transform="translate(610,-149)scale(0.5)"/>'
        '<rect width="9" height="2" x="1" transform="translate(605,-150)scale(0.5)"/>'
        '<g transform="translate(3,0)"><svg y="4"><g><use href="#c"/></g></svg></g>'
        "</g></svg><math/>"
    )
    # What it does not know stays as it is.
    for inside in ('<g fill="red"><use href="#a"/></g>', "<text>a</text>"):
        given = f"{start}{inside}</g></svg>"
        assert mathematics.flat(given) == given
    assert mathematics.flat("<math/>") == "<math/>"


# ── the reference ────────────────────────────────────────────────────────────────────────────────


def test_a_docstring_is_taken_apart():
    read = docstrings.parse(
        "One sentence.\n\nMore of it.\n\nArguments:\n    x: (m, n), an array\n        of floats.\n"
        "    y, z: two more.\n\nReturns:\n    `w`, of the\n    same shape.\n\n"
        "Source: somebody (1986),\n    a book."
    )
    assert read.summary == "One sentence." and read.opening.endswith("More of it.")
    assert read.sections["Arguments"] == [
        ("x", "(m, n), an array\nof floats."),
        ("y, z", "two more."),
    ]
    assert read.sections["Returns"] == [("", "`w`, of the\nsame shape.")]
    assert read.sections["Source"] == [("", "somebody (1986),\na book.")]
    assert docstrings.parse(None).sections == {}


def test_the_reference_has_a_page_for_every_public_name():
    found = reference.modules()
    names = {f"{module.name}.{name}" for module in found for name, _ in module.members}
    assert {"bplib.ops.softmax", "bplib.layers.Linear", "bplib.optim.Adam"} <= names
    for name in bplib.ops.__all__:
        assert f"bplib.ops.{name}" in names
    homes = reference.homes(found)
    assert homes["bplib.Linear"] == "bplib.layers.Linear"
    assert set(homes.values()) <= names


def test_a_page_of_the_reference_has_all_of_a_docstring():
    found = reference.modules()
    ops = next(module for module in found if module.name == "bplib.ops")
    page = reference.page(ops, reference.resolver(found, ops))
    entry = page.split("{py:function} softmax(x, axis=-1)")[1].split(":::::")[0]
    for wanted in ("**Arguments**", "**Returns**", "**Raises**", "**Source**", "Bridle"):
        assert wanted in entry
    assert "{py:obj}`ShapeError <bplib.errors.ShapeError>`" in entry


def test_nothing_in_a_docstring_is_taken_for_markup():
    made = reference.inline("a_b * c < d[0] ~ `x_1 * y` and $e$", lambda name: None)
    assert made == r"a\_b \* c \< d\[0\] \~ `x_1 * y` and \$e\$"


def test_indented_blocks_are_code_where_python_can_read_them():
    made = reference.prose(
        "Like this:\n\n    y = f(x)\n\nand\n\n    y = x · w\n", lambda name: None
    )
    assert "```python\ny = f(x)\n```" in made and "```text\ny = x · w" in made


def test_numpy_is_found_without_a_network(tmp_path):
    found = inventory.pages()
    assert found["numpy.exp"] == "reference/generated/numpy.exp.html"
    assert found["numpy.linalg.norm"] == "reference/generated/numpy.linalg.norm.html"
    drawn = "numpy.random.Generator.normal"
    assert found[drawn] == f"reference/random/generated/{drawn}.html"
    assert "numpy.ndarray.sum" in found and "numpy.pi" not in found
    inventory.write(tmp_path / "made" / "numpy.inv")
    *head, packed = (tmp_path / "made" / "numpy.inv").read_bytes().split(b"\n", 4)
    assert head[0] == b"# Sphinx inventory version 2"
    assert b"numpy.exp py:function 1 reference/generated/numpy.exp.html -\n" in zlib.decompress(
        packed
    )


# ── the first page, links, locks ─────────────────────────────────────────────────────────────────


def test_the_map_has_every_chapter_once():
    chapters = course.read(ROOT)
    mapped = [chapter for _, _, inside in landing.parts(chapters) for chapter in inside]
    assert mapped == [chapter for chapter in chapters if not chapter.is_appendix]
    contents = landing.contents(chapters)
    assert all(f"book/{chapter.slug}" in contents for chapter in chapters)


def test_the_moving_pictures_step_without_a_kernel():
    for html in (landing.moving_picture(), landing.small_picture()):
        assert (
            "bplib-live" in html
            and "<script>" in html
            and "http" not in re.sub(r"xmlns\S*", "", html)
        )


def test_the_page_behind_run_offers_what_there_is():
    private = landing.run(launch.Public())
    assert "make book" in private and "colab" not in private and "lite/" not in private
    public = landing.run(launch.Public("ada/book", "main", True))
    assert "github.com/ada/book`" in public and "mybinder" in public and "lite/lab" in public


def test_sources_are_collected_by_chapter():
    text = (
        "# 3 · Small\n\n**Read next.** A book, [more](91_glossary.ipynb#x).\n\n**Exercises.** Two."
    )
    made = landing.bibliography([(CHAPTER, text)])
    assert made.endswith("## 3 · Small\n\nA book, [more](book/91_glossary.ipynb#x).\n")


def test_the_link_checker_finds_what_is_broken(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.html").write_text(
        '<p id="here"></p><a href="#here">1</a><a href="#gone">2</a><a href="b.html">3</a>'
        '<a href="../index.html#top">4</a><a href="https://example.org/x">5</a>'
        '<img src="https://example.org/x.png"><script src="../../x.js"></script><a href="/y">6</a>'
    )
    (tmp_path / "index.html").write_text(
        '<link rel="canonical" href="https://a.b/"><h1 id="top">Top</h1>'
        '<a href="book/a.html#here">1</a>'
    )
    assert check.links(tmp_path) == [
        "book/a.html: #gone: there is no place of that name",
        "book/a.html: b.html leads nowhere",
        "book/a.html: <img> loads https://example.org/x.png from another host",
        "book/a.html: ../../x.js leads out of the site",
        "book/a.html: /y begins at the top of the host",
    ]


def test_the_card_shows_the_title(tmp_path):
    landing.card(tmp_path / "card.png")
    drawn = plt.imread(tmp_path / "card.png")
    assert drawn.shape[:2] == (630, 1200)
    white = drawn[:, :, :3].min(axis=2) > 0.95
    assert white[60:200].mean() > 5 * white[320:380].mean(), "the title is the large white thing"
    assert white[60:200, 1000:].any(), "it goes on to the right"


def test_icons_that_are_not_used_are_left_out():
    css = '.a{color:red}.fa-0{--fa:"0"}.fa-bars,.fa-navicon{--fa:"b"}.fa-lg{font-size:2em}'
    assert assets.without_icons(css) == ".a{color:red}.fa-lg{font-size:2em}"


def test_the_style_sheet_is_joined_in_the_order_of_its_names(tmp_path):
    for name in assets.SHEETS:
        (tmp_path / f"{name}.css").write_text(f".{name} {{}}\n", encoding="utf-8")
    made = tmp_path / "made"
    assets.join(tmp_path, made)
    assert re.findall(r"\.(\w+)", made.read_text(encoding="utf-8")) == list(assets.SHEETS)
    (tmp_path / "forgotten.css").touch()
    with pytest.raises(FileNotFoundError, match="forgotten"):
        assets.join(tmp_path, made)


def test_fonts_are_copied_with_their_rules(tmp_path):
    for package, (_, styles) in assets.FAMILIES.items():
        (tmp_path / package / "files").mkdir(parents=True)
        (tmp_path / package / "LICENSE").write_text("Open Font License")
        for name in (f"{package}-{subset}-wght-{style}.woff2"
                     for subset in assets.SUBSETS for style in styles):  # fmt: skip
            (tmp_path / package / "files" / name).touch()
    copied = assets.collect(tmp_path, tmp_path / "made")
    rules = (tmp_path / "made" / "fonts.css").read_text(encoding="utf-8")
    assert rules.count("@font-face") == len(copied) and "http" not in rules
    assert all((tmp_path / "made" / "fonts" / name).exists() for name in copied)
    licences = {path.stem for path in (tmp_path / "made" / "fonts").glob("*.txt")}
    assert licences == assets.FAMILIES.keys()


def test_the_npm_lock_pins_hashes_and_holds_no_addresses():
    lock = json.loads((SITE / "package-lock.json").read_text(encoding="utf-8"))
    declared = json.loads((SITE / "package.json").read_text(encoding="utf-8"))
    wanted = declared["dependencies"] | declared["devDependencies"]
    installed = {name: entry for name, entry in lock["packages"].items() if name}
    for name, version in wanted.items():
        assert installed[f"node_modules/{name}"]["version"] == version
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())
    assert "http" not in json.dumps(lock)
