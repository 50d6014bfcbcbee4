"""What the appendix of questions promises: each can be read, and run, on its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from matplotlib import rc_context

ROOT = Path(__file__).resolve().parents[1]
CELLS = json.loads((ROOT / "book/94_faq.ipynb").read_text(encoding="utf-8"))["cells"]


def questions() -> dict[str, list[str]]:
    """The code cells below each heading of the third level; those before the first are under ''."""
    found: dict[str, list[str]] = {"": []}
    here = ""
    for cell in CELLS:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            found[here].append(source)
            continue
        for heading in re.findall(r"^### (.+)$", source, re.MULTILINE):
            here = heading
            found[here] = []
    return found


QUESTIONS = questions()


@pytest.mark.parametrize("question", [name for name, cells in QUESTIONS.items() if name and cells])
def test_a_question_needs_the_first_cell_and_no_other_question(question: str) -> None:
    names: dict[str, object] = {}
    with rc_context():  # draw.style() is for the page, not for the tests after this one
        for source in QUESTIONS[""] + QUESTIONS[question]:
            exec(compile(source, question, "exec"), names)


def test_the_page_begins_with_a_list_of_its_questions_in_order() -> None:
    text = "\n\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
    contents = text[: text.index("\n## ")]
    listed = re.findall(r"\]\(#([^)]+)\)", contents)
    assert listed == [name.replace(" ", "-") for name in QUESTIONS if name]
