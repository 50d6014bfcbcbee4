"""The house rules on every notebook of the course, and a proof that each rule can fail.

Fast: nothing is executed here. `make test` runs the notebooks under nbval as well.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bplib.author import exercises, rules, rules_text, twins
from bplib.author.outputs import IGNORED
from bplib.author.rules import RULES
from bplib.author.sync import exercise_text, notebook_text

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    problems = RULES[rule](ROOT)
    assert not problems, "\n" + "\n".join(problems)


def test_there_is_something_to_hold_the_rules_to() -> None:
    for folder in ("book", "solutions", "exercises"):
        assert list((ROOT / folder).glob("*.ipynb")), folder


# ── each rule can fail ───────────────────────────────────────────────────────────────────────────

HEADER = "---\nkernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n\n"
PREDICT = "> **Predict.** What comes next?"
SVG = '<svg role="img"><title>A line that rises.</title></svg>'


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": 1,
    }


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def data(mime: str, content: str, metadata: dict | None = None) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {mime: content}, "metadata": metadata or {}}


def error(name: str = "ValueError") -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": "no", "traceback": ["no"]}


class Course:
    """A small course that keeps every rule, to be broken in one place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.chapter = [
            markdown("# 1 · Small\n\n$$a = b \\tag{1.1}$$\n\nSee [the next](#Two-ways)."),
            code("1 + 1", {**data("text/plain", "2"), **result()}),
            markdown(f"## Two ways\n\n{PREDICT}\n\n$$c = d \\tag{{1.2}}$$"),
            code("figure", data("image/svg+xml", SVG)),
            markdown(f"{PREDICT}\n\nA [mark](../exercises/01_small.ipynb#double) to follow."),
            code("raise ValueError('no')", error(), tags=("raises-exception",)),
            markdown(f"{PREDICT}\n\n![a map](images/map.svg) and `[no](link.md)`"),
        ]
        self.solution = [
            markdown('# Exercises 1\n\n<a id="double"></a>[back](../book/01_small.ipynb)'),
            code("def double(x):\n    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION"),
        ]
        marks = {"grade": False, "grade_id": "double", "locked": False, "solution": True}
        self.solution[1]["metadata"]["nbgrader"] = {**marks, "schema_version": 3, "task": False}
        self.readme = "| [Small](book/01_small.ipynb) |"

    def write(self) -> Path:
        self.folder("book", self.chapter)
        self.folder("solutions", self.solution)
        (self.root / "book/images").mkdir()
        (self.root / "book/images/map.svg").write_text(SVG, encoding="utf-8")
        (self.root / "README.md").write_text(self.readme, encoding="utf-8")
        self.generate()
        return self.root

    def folder(self, name: str, cells: list[dict[str, Any]]) -> None:
        """A text made from the cells, and the notebook that a sync would make from it."""
        text = HEADER + "\n+++\n\n".join(_as_text(cell) for cell in cells)
        path = self.root / name / "text" / "01_small.md"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        read = twins.read_text(path)
        for cell, known in zip(read, cells, strict=True):
            assert cell["source"] == known["source"]
            if cell["cell_type"] == "code":
                cell.update(outputs=known["outputs"], execution_count=known["execution_count"])
        stored = notebook_text(read, twins.inputs_key(read))
        (self.root / name / "01_small.ipynb").write_text(stored, encoding="utf-8")

    def generate(self) -> None:
        text, _ = exercise_text(self.root / "solutions/01_small.ipynb")
        (self.root / "exercises").mkdir(exist_ok=True)
        (self.root / "exercises/01_small.ipynb").write_text(text, encoding="utf-8")


def result() -> dict[str, Any]:
    return {"output_type": "execute_result", "execution_count": 1}


def _as_text(cell: dict[str, Any]) -> str:
    if cell["cell_type"] == "markdown":
        return cell["source"] + "\n"
    head = json.dumps(cell["metadata"])
    return f"```{{code-cell}} ipython3\n---\n{head}\n---\n{cell['source']}\n```\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_the_small_course_keeps_every_rule(course: Course) -> None:
    root = course.write()
    assert {name: rule(root) for name, rule in RULES.items() if rule(root)} == {}


def stored(course: Course, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a notebook file as somebody would who edits it by hand."""
    path = course.root / name
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


BOOK = "book/01_small.ipynb"


def source_of(number: int, text: str) -> Callable[[dict[str, Any]], None]:
    def change(notebook: dict[str, Any]) -> None:
        notebook["cells"][number - 1]["source"] = text

    return change


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        (
            BOOK,
            source_of(2, "1 + 2"),
            f'{BOOK} and its text differ at cell 2 ("1 + 2"); run `make sync`.',
        ),
        (
            BOOK,
            lambda notebook: notebook["cells"][1].update(execution_count=None),
            f"{BOOK} is not fully executed; run `make sync`.",
        ),
        (
            BOOK,
            lambda notebook: notebook["cells"].pop(),
            f"{BOOK} and its text differ at 7 cells against 6; run `make sync`.",
        ),
    ],
)
def test_twins_agree(
    course: Course, name: str, change: Callable[[dict[str, Any]], None], problem: str
) -> None:
    course.write()
    stored(course, name, change)
    assert rules.twins_agree(course.root) == [problem]


def test_twins_exist(course: Course) -> None:
    root = course.write()
    (root / BOOK).rename(root / "book/02_lost.ipynb")
    assert rules.twins_agree(root) == [
        f"{BOOK} is missing; run `make sync`.",
        "book/02_lost.ipynb has no text in book/text.",
    ]


def test_code_was_executed(course: Course) -> None:
    course.chapter[1]["execution_count"] = None
    course.chapter[3]["source"] = ""
    root = course.write()
    assert rules.code_was_executed(root) == [
        f"{BOOK}, cell 2: the code was not executed; run `make sync`.",
        f"{BOOK}, cell 4: the code cell is empty.",
    ]


def test_errors_are_meant(course: Course) -> None:
    course.chapter[1]["outputs"] = [error("NameError")]
    course.chapter[5]["outputs"] = []
    assert rules.errors_are_meant(course.write()) == [
        f"{BOOK}, cell 2: it raised NameError, and no tag says that this is meant.",
        f"{BOOK}, cell 6: it is tagged raises-exception and raised nothing.",
    ]


def test_no_warnings(course: Course) -> None:
    course.chapter[1]["outputs"] = [stream("RuntimeWarning: overflow\n  x = 1", "stderr")]
    course.chapter[3] = code("figure", stream("late", "stderr"), tags=(IGNORED,))
    assert rules.no_warnings(course.write()) == [
        f"{BOOK}, cell 2: it wrote to stderr: RuntimeWarning: overflow"
    ]


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (stream("File /home/ada/book.py"), "/home/ada/book.py"),
        (stream("C:\\Users\\ada\\book.py"), "C:\\Users\\ada\\book.py"),
        (data("text/html", "<i>/Users/ada</i>"), "/Users/ada</i>"),
        (stream("in lib/site-packages/numpy"), "site-packages/numpy"),
        (stream("<function f at 0x7f13e23f5b60>"), "0x7f13e23f5b60>"),
        ({**error(), "evalue": "no /var/lib"}, "/var/lib"),
    ],
)
def test_outputs_are_portable(course: Course, output: dict[str, Any], shown: str) -> None:
    course.chapter[1]["outputs"] = [output]
    assert rules.outputs_are_portable(course.write()) == [
        f"{BOOK}, cell 2: an output names this machine: {shown}"
    ]


def test_fractions_and_addresses_are_no_paths(course: Course) -> None:
    course.chapter[1]["outputs"] = [stream("1/home, https://example.org/usr/x, d/tmp/y, 0x1f")]
    assert rules.outputs_are_portable(course.write()) == []


def test_sizes_are_small(course: Course) -> None:
    course.chapter[1]["outputs"] = [stream("a" * 300_001)]
    course.chapter[3]["outputs"] = [data("image/png", "a" * 1_300_000)]
    root = course.write()
    size = (root / BOOK).stat().st_size
    found = rules.sizes_are_small(root)
    assert found[0] == f"{BOOK} has {size:,} bytes; 1,500,000 is the most."
    assert found[1].startswith(f"{BOOK}, cell 2: its outputs have 300,0")
    assert found[2].startswith(f"{BOOK}, cell 4: its outputs have 1,300,0")


def test_cell_ids_are_unique(course: Course) -> None:
    root = course.write()

    def repeat(notebook: dict[str, Any]) -> None:
        notebook["cells"][1]["id"] = notebook["cells"][0]["id"] = "same"
        del notebook["cells"][2]["id"]

    stored(course, BOOK, repeat)
    assert rules.cell_ids_are_unique(root) == [
        f"{BOOK}, cell 1: its id same is used 2 times.",
        f"{BOOK}, cell 2: its id same is used 2 times.",
        f"{BOOK}, cell 3: it has no id.",
    ]


def test_notebooks_are_valid(course: Course) -> None:
    root = course.write()

    def spoil(notebook: dict[str, Any]) -> None:
        notebook["cells"][1]["outputs"] = "none"
        notebook["metadata"]["kernelspec"]["name"] = "conda-env"

    stored(course, BOOK, spoil)
    found = rules.notebooks_are_valid(root)
    assert found[0].startswith(f"{BOOK} is not a valid notebook: ")
    assert found[1] == f"{BOOK} does not ask for the kernel python3."


def test_exercises_match(course: Course) -> None:
    root = course.write()
    stored(course, "exercises/01_small.ipynb", source_of(2, "def double(x):\n    return 2 * x"))
    assert rules.exercises_match(root) == [
        "exercises/01_small.ipynb is not what its solution generates (first at cell 2 "
        '("def double(x):")); run `make sync`.'
    ]
    (root / "exercises/01_small.ipynb").rename(root / "exercises/03_other.ipynb")
    assert rules.exercises_match(root) == [
        "exercises/01_small.ipynb is missing; run `make sync`.",
        "exercises/03_other.ipynb has no solution in solutions/.",
    ]


def test_an_unclosed_solution_is_said(course: Course) -> None:
    root = course.write()
    stored(course, "solutions/01_small.ipynb", source_of(2, "# BEGIN SOLUTION\nx = 1"))
    assert rules.exercises_match(root) == [
        "solutions/01_small.ipynb: nbgrader refuses it: no end solution statement found."
    ]


def test_slugs_are_shared(course: Course) -> None:
    root = course.write()
    (root / "book/01_other.ipynb").write_bytes((root / BOOK).read_bytes())
    (root / "exercises/01_small.ipynb").rename(root / "exercises/01_smal.ipynb")
    assert rules.slugs_are_shared(root) == [
        "exercises/01_smal.ipynb belongs to no chapter of that name.",
        "two chapters have the number 01.",
    ]


@pytest.mark.parametrize(
    ("tag", "problem"),
    [
        ("1.1", f"{BOOK}, cell 3: the equation is \\tag{{1.1}}; 1.2 is next."),
        ("1.3", f"{BOOK}, cell 3: the equation is \\tag{{1.3}}; 1.2 is next."),
        ("2.2", f"{BOOK}, cell 3: the equation is \\tag{{2.2}}; 1.2 is next."),
    ],
)
def test_equations_are_numbered(course: Course, tag: str, problem: str) -> None:
    course.chapter[2]["source"] = course.chapter[2]["source"].replace("1.2", tag)
    assert rules_text.equations_are_numbered(course.write()) == [problem]


def test_images_have_alt_text(course: Course) -> None:
    course.chapter[4]["source"] += '\n\n<img src="images/map.svg" alt="a map">'
    course.chapter[6]["source"] += '\n\n![ ](images/map.svg) <img src="images/map.svg">'
    course.chapter[1]["outputs"] = [data("image/png", "aGk=")]
    course.chapter[3]["outputs"] = [
        data("image/png", "aGk=", {"image/png": {"alt": "a rising line"}}),
        data("image/svg+xml", "<svg><title></title></svg>"),
        data("image/svg+xml", '<svg aria-label="Figure."></svg>'),
        data("text/html", '<img src="data:image/png;base64,aGk=" alt="">'),
    ]
    assert rules_text.images_have_alt_text(course.write()) == [
        f"{BOOK}, cell 7: the image images/map.svg has no alt text.",
        f'{BOOK}, cell 7: <img src="images/map.svg"> has no alt text.',
        f"{BOOK}, cell 2: the figure (PNG) has no alt text.",
        f"{BOOK}, cell 4: the figure (SVG) has no alt text.",
        f"{BOOK}, cell 4: the figure (SVG) has no alt text.",
        f"{BOOK}, cell 4: the image in HTML has no alt text.",
    ]


@pytest.mark.parametrize(
    ("text", "what", "shown"),
    [
        ("::::{note}\nHello.\n::::", "directive", "::::"),
        ("```{note}\nHello.\n```", "directive", "```{"),
        ("> ~~~{math}\n> x\n> ~~~", "directive", "> ~~~{"),
        ("$$ a $$ (eq-a)", "directive", "$$ a $$ (eq-a)"),
        ("(a-target)=\n# Title", "target", "(a-target)="),
        ("see {ref}`there`", "role", "{ref}`"),
        ("`{ref}` and a `:::` in code, `{x}`y", None, ""),
        ("```python\n{a}\n```", None, ""),
    ],
)
def test_markdown_is_plain(course: Course, text: str, what: str | None, shown: str) -> None:
    course.write()
    stored(course, BOOK, source_of(7, text))
    problem = f"{BOOK}, cell 7: a raw {what} stands in the text: {shown}"
    assert rules_text.markdown_is_plain(course.root) == ([problem] if what else [])


def test_chapters_ask_first(course: Course) -> None:
    course.chapter[6]["source"] = "Nothing is asked: **Predict.** in the middle does not count."
    root = course.write()
    problem = f"{BOOK} has 2 call-outs `> **Predict.**`; 3 is the least."
    assert rules_text.chapters_ask_first(root) == [problem]
    (root / BOOK).rename(root / "book/00_small.ipynb")  # the welcome asks for one
    assert rules_text.chapters_ask_first(root) == []


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("[a](02_none.ipynb)", "02_none.ipynb leads nowhere: there is no file 02_none.ipynb."),
        ("[a](#Two-way)", "#Two-way leads nowhere: no heading or id in book/01_small.ipynb makes "
         "#Two-way."),
        ("[a](#two-ways)", "#two-ways leads nowhere: no heading or id in book/01_small.ipynb "
         "makes #two-ways."),
        ("[a](../exercises/01_small.ipynb#none)", "../exercises/01_small.ipynb#none leads "
         "nowhere: no heading or id in exercises/01_small.ipynb makes #none."),
        ('<a href="images/no.svg">x</a>', "images/no.svg leads nowhere: there is no file "
         "images/no.svg."),
        ("![a map](no.svg)", "no.svg leads nowhere: there is no file no.svg."),
        ("[a](../..)", "../.. leads nowhere: it leaves the course."),
        ("[a](https://example.org/none#x) [b](mailto:a@example.org) `[c](none)`", None),
        ("[a `b`](#Two-ways) [b](../exercises/01_small.ipynb#double) [c](../README.md)", None),
    ],
)  # fmt: skip
def test_links_resolve(course: Course, link: str, reason: str | None) -> None:
    course.chapter[6]["source"] = f"{PREDICT}\n\n{link}"
    expected = [] if reason is None else [f"{BOOK}, cell 7: the link {reason}"]
    assert rules_text.links_resolve(course.write()) == expected


def test_readme_lists_the_book(course: Course) -> None:
    course.readme = "| [Other](book/07_other.ipynb) |"
    assert rules_text.readme_lists_the_book(course.write()) == [
        "README.md does not list book/01_small.ipynb.",
        "README.md lists book/07_other.ipynb, which does not exist.",
    ]


def test_every_rule_is_proved_to_fail() -> None:
    files = (Path(__file__), Path(__file__).with_name("test_appendices.py"))
    here = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [name for name in RULES if f"{name}(" not in here.replace("def test_", "")] == []


def test_the_generator_leaves_its_input_alone(course: Course) -> None:
    solution = {"cells": course.solution}
    for cell in course.solution:
        cell["id"] = "a"
    before = copy.deepcopy(solution)
    exercises.generate(solution, "solutions/01_small.ipynb")
    assert solution == before
