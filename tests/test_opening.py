"""A notebook of the clone opens, whatever extensions an author's JupyterLab has."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("book/*.ipynb"))


@pytest.fixture
def contents(tmp_path):
    """The file access of a JupyterLab with jupytext, on a clone whose texts are older."""
    jupytext = pytest.importorskip("jupytext")
    shutil.copytree(ROOT / "book", tmp_path / "book")
    for text in (tmp_path / "book/text").glob("*.md"):
        os.utime(text, (1, 1))  # git gives files the time of its own work, in any order
    return jupytext.TextFileContentsManager(root_dir=str(tmp_path))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_newer_than_its_text_opens_and_saves_alone(contents, tmp_path, name):
    text = tmp_path / "book/text" / f"{Path(name).stem}.md"
    before = text.read_bytes()
    model = contents.get(name)
    assert model["content"]["cells"]
    contents.save(model, name)
    assert text.read_bytes() == before
