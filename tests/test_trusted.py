"""The course vouches for its own notebooks, as delivered, and for nothing else."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import sign

from bplib import course

NAMES = {name for name in course.delivered(with_solutions=True) if name.endswith(".ipynb")}


@pytest.fixture
def signatures(tmp_path, monkeypatch):
    """An empty list of signatures in the place of the reader's own."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")


def trusted(path: Path) -> bool:
    notary = sign.NotebookNotary()
    try:
        return notary.check_signature(nbformat.read(path, as_version=4))
    finally:
        notary.store.close()


def test_a_fresh_working_copy_shows_its_figures(tmp_path, signatures):
    root = course.lay_out(tmp_path / "mine").directory
    first = root / "book/00_welcome.ipynb"
    assert not trusted(first)
    assert set(course.trust(root)) == {n for n in NAMES if not n.startswith("solutions/")}
    assert trusted(first)


def test_a_notebook_that_somebody_changed_is_theirs_to_trust(tmp_path, signatures):
    root = course.lay_out(tmp_path / "mine").directory
    changed = root / "book/01_chain_rule.ipynb"
    notebook = json.loads(changed.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = "<script>alert(1)</script>"
    changed.write_text(json.dumps(notebook), encoding="utf-8")
    assert "book/01_chain_rule.ipynb" not in course.trust(root)
    assert not trusted(changed)


def test_a_list_that_cannot_be_written_costs_nothing_else(tmp_path, monkeypatch):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(in_the_way / "deeper"))
    root = course.lay_out(tmp_path / "mine").directory
    assert course.trust(root) == []
