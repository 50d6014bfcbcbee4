"""The ways to start that are no clone: notebooks on their own, Binder, dev container, releases."""

from __future__ import annotations

import copy
import importlib.util
import json
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import bplib
from bplib.cli import open_book

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "book" / "site"
sys.path.insert(0, str(SITE))

from press import copies, course, launch  # noqa: E402

WHERE = launch.public({"SITE_REPOSITORY": "ada/book", "SITE_URL": "https://ada.github.io/book/"})
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def read(name):
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"a source distribution carries no {name}")
    return path.read_text(encoding="utf-8")


def targets(text):
    """The make targets that a text runs."""
    return re.findall(r"\bmake ([a-z][\w-]*)", text)


def is_target(name):
    return re.search(rf"^(?:[\w-]+ )*{re.escape(name)}(?: [\w-]+)*:", MAKEFILE, re.MULTILINE)


# ── notebooks on their own ───────────────────────────────────────────────────────────────────────


def small():
    return {
        "metadata": {"bplib": {"inputs": "abc"}, "kernelspec": {"name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "# Small, [next](02_b.ipynb#To-b)"},
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": "'](02_b.ipynb)'"},
        ],
    }


def test_a_copy_installs_the_library_below_its_title_and_leads_to_the_site():
    given = small()
    before = copy.deepcopy(given)
    made = copies.stand_alone(given, "book", WHERE)
    assert given == before, "the given notebook is not changed"
    title, install, code = made["cells"]
    assert title["source"] == "# Small, [next](https://ada.github.io/book/book/02_b.html#To-b)"
    assert f"releases/download/v{bplib.__version__}/bplib-{bplib.__version__}-py3" in WHERE.wheel
    assert f'%pip install --quiet "bplib[notebook] @ {WHERE.wheel}"' in install["source"]
    assert code == before["cells"][1], "code is left as it is"
    assert made["metadata"] == {"kernelspec": {"name": "python3"}}


def test_where_nothing_is_public_a_copy_only_forgets_the_author_s_note():
    made = copies.stand_alone(small(), "book", launch.public({}))
    assert made["cells"] == small()["cells"] and "bplib" not in made["metadata"]


def test_another_wheel_can_be_named():
    said = {"SITE_REPOSITORY": "ada/book", "SITE_WHEEL": "https://ada.example/b.whl"}
    assert launch.public(said).wheel == "https://ada.example/b.whl"


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("03_c.ipynb", "S/book/03_c.html"),
        ("../exercises/03_c.ipynb#One,-two", "S/exercises/03_c.html#One,-two"),
        ("tour_of_the_checks.md", "S/book/tour_of_the_checks.html"),
        ("images/map.svg", "S/_images/map.svg"),
        ("#Here", "#Here"),
        ("https://example.org/a.ipynb", "https://example.org/a.ipynb"),
        ("../README.md", "../README.md"),
        ("x", "x"),
    ],
)
def test_links_lead_to_the_site(link, place):
    text = f"before [words]({link}) after, f(x)[0](x)"
    assert copies.at_the_site(text, "book", "S") == text.replace(f"({link})", f"({place})", 1)
    assert copies.at_the_site(text, "book", "") == text


def test_every_notebook_of_the_course_can_be_taken_along():
    nbformat = pytest.importorskip("nbformat")
    for folder in ("book", "exercises", "solutions"):
        for path in sorted((ROOT / folder).glob("*.ipynb")):
            made = copies.stand_alone(course.load(path), folder, WHERE)
            nbformat.validate(nbformat.reads(copies.text(made), as_version=4))
            prose = "\n".join(course.sources(made, "markdown"))
            assert not re.findall(r"\]\([^):]+\.ipynb[^)]*\)", prose), path.name
            assert course.sources(made, "code")[0].startswith("# Installs bplib"), path.name


def test_links_of_copies_are_followed(tmp_path):
    page = '[a](https://s/book/a.html) [b](https://s/book/a.html#B) [c](https://s/book/c.html)"'
    for name, text in {
        "notebooks/book/x.ipynb": page + "[d](https://s/book/a.html#Ä) [e](https://t/gone.html)",
        "book/a.html": '<h2 id="Ä">Ä</h2>',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert copies.dead_links(tmp_path, "https://s") == [
        "notebooks/book/x.ipynb: book/a.html#B: there is no place of that name",
        "notebooks/book/x.ipynb: book/c.html leads nowhere",
    ]
    assert copies.dead_links(tmp_path, "") == []


def run_cell(monkeypatch, *, installed, drive):
    """Run the cell as IPython would; the magics that it called."""
    transform = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager()
    called = []

    class Shell:
        def run_line_magic(self, *words):
            called.append(words)

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: installed or None)
    monkeypatch.setattr(os.path, "isdir", lambda path: drive)
    exec(transform.transform_cell(copies.CELL), {"get_ipython": Shell})
    return called


def test_the_cell_installs_only_what_is_missing(monkeypatch):
    monkeypatch.setenv("BPLIB_PROGRESS", "mine.json")
    assert run_cell(monkeypatch, installed=True, drive=True) == []
    assert os.environ["BPLIB_PROGRESS"] == "mine.json"
    called = run_cell(monkeypatch, installed=False, drive=False)
    assert called == [("pip", 'install --quiet "bplib[notebook] @ WHEEL"')]


def test_the_cell_keeps_progress_in_a_drive_that_is_there(monkeypatch):
    monkeypatch.setenv("BPLIB_PROGRESS", "")
    monkeypatch.delenv("BPLIB_PROGRESS")
    run_cell(monkeypatch, installed=True, drive=False)
    assert "BPLIB_PROGRESS" not in os.environ
    run_cell(monkeypatch, installed=True, drive=True)
    assert os.environ["BPLIB_PROGRESS"].startswith("/content/drive/")


def extra(name):
    declared = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"][name]
    return {Requirement(text).name for text in declared} - {"bplib"}, " ".join(declared)


def test_what_a_notebook_installs_leaves_its_jupyter_alone():
    wanted, _ = extra("notebook")
    assert not wanted & {"ipykernel", "ipython", "ipywidgets", "jupyterlab", "notebook", "numpy"}
    assert "ipycanvas" in wanted and "bplib[notebook]" in extra("book")[1]


# ── Binder and the dev container ─────────────────────────────────────────────────────────────────


def test_binder_installs_what_readers_do():
    wanted = read(".binder/requirements.txt")
    assert "-r ../requirements/book.txt" in wanted
    # Notebook 7.n is for JupyterLab 4.n; Binder's own is for another.
    notebook = re.search(r"^notebook==7\.(\d+)\.\d+ \\$", wanted, re.MULTILINE)
    lab = re.search(r"^jupyterlab==4\.(\d+)\.\d+ \\$", read("requirements/book.txt"), re.MULTILINE)
    assert notebook[1] == lab[1] and wanted.count("--hash=sha256:") >= 1
    assert re.fullmatch(r"python-3\.1[1-4]\n", read(".binder/runtime.txt"))


def test_binder_can_run_what_comes_after():
    script = read(".binder/postBuild")
    assert script.startswith("#!") and "--no-deps --no-build-isolation" in script
    assert os.name == "nt" or os.access(ROOT / ".binder/postBuild", os.X_OK)


def test_the_dev_container_runs_what_is_there():
    text = re.sub(r"^\s*//.*$", "", read(".devcontainer/devcontainer.json"), flags=re.MULTILINE)
    said = json.loads(text)
    (target,) = targets(said["postCreateCommand"])
    assert is_target(target)
    port = re.search(r"^PORT = (\d+)$", read("book/site/build.py"), re.MULTILINE)[1]
    assert said["forwardPorts"] == [open_book.PORTS[0], int(port)]
    assert set(said["portsAttributes"]) == {str(n) for n in said["forwardPorts"]}
    assert all((ROOT / name).exists() for name in said["customizations"]["codespaces"]["openFiles"])


# ── workflows ────────────────────────────────────────────────────────────────────────────────────


def workflow(name):
    return yaml.safe_load(read(f".github/workflows/{name}.yml"))


@pytest.mark.parametrize("name", ["test", "pages", "release"])
def test_workflows_run_make_targets_and_name_their_actions(name):
    text = read(f".github/workflows/{name}.yml")
    run = [step.get("run", "") for job in workflow(name)["jobs"].values() for step in job["steps"]]
    found = targets("\n".join(run))
    assert found and all(map(is_target, found))
    # Actions of GitHub by their version, those of others by their commit.
    for action in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"actions/[\w-]+@v\d+|[\w./-]+@[0-9a-f]{40}", action), action


def test_only_what_must_may_write():
    writing = {
        (name, job, scope)
        for name in ("test", "pages", "release")
        for job, said in workflow(name)["jobs"].items()
        for scope, right in {**workflow(name)["permissions"], **said.get("permissions", {})}.items()
        if right == "write"
    }
    assert writing == {
        ("pages", "deploy", "pages"),
        ("pages", "deploy", "id-token"),
        ("pages", "colab", "contents"),
        ("release", "github", "contents"),
        ("release", "pypi", "id-token"),
    }


def test_colab_opens_the_branch_that_the_workflow_writes():
    branch = re.search(r"/blob/(\w+)/", launch.COLAB)[1]
    pushes = workflow("pages")["jobs"]["colab"]["steps"][-1]["run"]
    assert f"--initial-branch={branch}" in pushes and pushes.rstrip().endswith(f'.git" {branch}')


def test_the_release_makes_the_wheel_that_copies_ask_for():
    tag, wheel = re.search(r"/download/(\S+)/(\S+)$", launch.WHEEL).groups()
    assert tag == "v{version}" and workflow("release")[True]["push"]["tags"] == ["v*"]
    steps = workflow("release")["jobs"]["wheel"]["steps"]
    expected = wheel.replace("{version}", "${GITHUB_REF_NAME#v}")
    assert any(expected in step.get("run", "") for step in steps)
