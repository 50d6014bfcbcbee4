"""The README's promises: its example runs and prints what it shows, its links lead somewhere."""

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
# A block of code, and the block of output that follows it, if one does.
EXAMPLE = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def test_the_example_prints_what_the_readme_says():
    examples = EXAMPLE.findall(read("README.md"))
    assert examples
    for code, output in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
        assert printed.getvalue() == output


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page):
    links = [link for link in LINK.findall(read(page)) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z]+)", read(page), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_table_names_every_chapter():
    chapters = {path.name for path in (ROOT / "book").glob("*.ipynb")}
    assert set(re.findall(r"\(book/([^)/]+\.ipynb)\)", read("README.md"))) == chapters
