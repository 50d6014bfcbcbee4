"""The README's promises: its example runs and prints what it shows, its links lead somewhere."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from bplib import draw, tape
from bplib.checks import run_check

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
# A block of code, and the block of output that follows it, if one does.
EXAMPLE = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def test_the_examples_print_what_the_readme_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # one of them saves a file
    examples = EXAMPLE.findall(read("README.md"))
    assert examples
    for code, output in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
        assert printed.getvalue() == output


def picture():
    """The graph in the README: one prediction, its error, its loss; values and gradients."""
    numbers = {"x": 3.0, "w": 2.0, "b": -1.0, "y": 7.0}
    x, w, b, y = (tape.Tensor(value, name=name) for name, value in numbers.items())
    prediction = ((w * x).named("wx") + b).named("ŷ")
    return draw.graph(((prediction - y).named("error") ** 2).named("loss"))


def test_the_picture_shows_what_the_library_computes():
    def sentence(svg):
        return re.search(r"<title>(.*?)</title>", svg).group(1)

    # The sentence holds the numbers. After a change of style: picture().save(…) draws it again.
    assert sentence(read("book/images/one_step.svg")) == sentence(picture().svg)


def test_the_wrong_answer_gets_the_reply_that_is_shown():
    readme = read("README.md")
    (answer,) = re.findall(r"Hand in `([^`]+)`", readme)

    def mse_gradient(X, y, theta):
        return eval(answer, {"X": X, "y": y, "theta": theta})

    reply = run_check("mse_gradient", mse_gradient, seed=1842).message
    assert "".join(f"> {line}\n" for line in reply.splitlines()) in readme


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
