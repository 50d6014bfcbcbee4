"""The author tools: what sync makes, what it leaves alone, and what it says when it stops."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from bplib.author import AuthorError, __main__, exercises, outputs, problem, sync, twins

HEADER = """\
---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""
CHAPTER = (
    HEADER
    + """\
# 1 · Small

Some text.

+++

More text.

```{code-cell} ipython3
print("a")
print("b")
```

```{code-cell} ipython3
:tags: [raises-exception]

raise ValueError("meant")
```

```{code-cell} ipython3
:tags: [nbval-ignore-output]

import time

time.time()
```
"""
)
SOLUTION = (
    HEADER
    + """\
# Exercises 1

```{code-cell} ipython3
---
nbgrader: {grade: false, grade_id: double, locked: false, solution: true, SHARED}
---
def double(x):
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {grade: true, grade_id: check-double, locked: true, points: 1, solution: false, SHARED}
---
assert double(2) == 4
```

+++ {"tags": ["solution-only"]}

Why: because.
"""
).replace("SHARED", "schema_version: 3, task: false")


def make_repository(root: Path, chapter: str = CHAPTER, solution: str = SOLUTION) -> Path:
    for folder, text in (("book", chapter), ("solutions", solution)):
        (root / folder / "text").mkdir(parents=True)
        (root / folder / "text" / "01_small.md").write_text(text, encoding="utf-8")
    return root


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def author(root: Path, *arguments: str) -> Done:
    """Run the tool as `python -m bplib.author` does, in this process: it starts much sooner."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(root), redirect_stdout(out), redirect_stderr(err):
        code = __main__.main(list(arguments))
    return Done(code, out.getvalue(), err.getvalue())


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def load(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def snapshot(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small repository after one sync; tests copy it before they change it."""
    root = make_repository(tmp_path_factory.mktemp("synced"))
    done = author(root, "sync")
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture
def copy(synced: Path, tmp_path: Path) -> Path:
    for name, data in snapshot(synced).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


# ── what sync makes ──────────────────────────────────────────────────────────────────────────────


def test_a_second_sync_changes_nothing(copy: Path) -> None:
    before = snapshot(copy)
    done = author(copy, "sync")
    assert done.stdout.splitlines() == [
        "✓ book/01_small: executed, nothing changed",
        "✓ solutions/01_small: executed, nothing changed",
    ]
    assert done.stderr == ""
    assert snapshot(copy) == before


def test_quick_executes_only_what_changed(copy: Path) -> None:
    edit(copy / "book/text/01_small.md", 'print("b")', 'print("c")')
    done = author(copy, "sync", "--quick", "--jobs", "1")
    assert done.stdout.splitlines() == [
        "✓ book/01_small: executed, written",
        "✓ solutions/01_small: unchanged, not executed",
    ]


def test_fresh_renews_ignored_outputs(copy: Path) -> None:
    before = load(copy / "book/01_small.ipynb")["cells"]
    author(copy, "sync", "book/01", "--fresh")
    after = load(copy / "book/01_small.ipynb")["cells"]
    assert [a == b for a, b in zip(after, before, strict=True)] == [True, True, True, True, False]


def test_notebook_is_executed_and_tidy(synced: Path) -> None:
    notebook = load(synced / "book/01_small.ipynb")
    assert notebook["metadata"] == {
        "bplib": notebook["metadata"]["bplib"],
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3]
    assert code[0]["outputs"] == [
        {"name": "stdout", "output_type": "stream", "text": ["a\n", "b\n"]}
    ]
    assert code[1]["metadata"] == {"tags": ["raises-exception"]}
    assert code[1]["outputs"][0]["evalue"] == "meant"
    assert not any("File" in entry for entry in code[1]["outputs"][0]["traceback"])


def test_exercise_has_the_answer_taken_out(synced: Path) -> None:
    exercise = load(synced / "exercises/01_small.ipynb")
    assert len(exercise["cells"]) == 3  # the solution-only cell is left out
    title, blank, check = exercise["cells"]
    assert blank["source"] == [
        "def double(x):\n",
        "    # YOUR CODE HERE\n",
        "    raise NotImplementedError()",
    ]
    assert blank["metadata"]["nbgrader"]["solution"] is True
    assert blank["outputs"] == check["outputs"] == []
    assert blank["execution_count"] is check["execution_count"] is None
    assert check["metadata"]["editable"] is False
    assert title["source"] == ["# Exercises 1"]


def test_ids_depend_on_what_a_cell_says(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(CHAPTER, encoding="utf-8")
    first = [cell["id"] for cell in twins.read_text(path)]
    path.write_text(CHAPTER.replace("More text.", "Other text."), encoding="utf-8")
    second = [cell["id"] for cell in twins.read_text(path)]
    assert [a == b for a, b in zip(first, second, strict=True)] == [True, False, True, True, True]
    path.write_text(HEADER + "One.\n\n+++\n\nOne.\n", encoding="utf-8")
    ids = [cell["id"] for cell in twins.read_text(path)]
    assert ids == [ids[0], f"{ids[0]}-2"]


def test_streams_merge_only_with_their_own_kind() -> None:
    def stream(name: str, text: str) -> dict:
        return {"output_type": "stream", "name": name, "text": text}

    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "",
        "outputs": [stream("stdout", "1"), stream("stdout", "2"), stream("stderr", "3")],
    }
    outputs.tidy([cell], None, fresh=False)
    assert [out["text"] for out in cell["outputs"]] == ["12", "3"]


# ── what it refuses ──────────────────────────────────────────────────────────────────────────────


def test_an_edited_notebook_stops_its_sync(copy: Path) -> None:
    edit(copy / "book/01_small.ipynb", "More text.", "Better text.")
    before = snapshot(copy)
    done = author(copy, "sync", "--quick", "--jobs", "1")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        '✗ book/01_small.ipynb holds edits that its text does not have (first at cell 2 ("Better '
        'text.")); take them over with `python -m bplib.author sync --from-notebook '
        "book/01_small`, or delete the notebook to drop them. The text is text/01_small.md.",
        "✓ solutions/01_small: unchanged, not executed",
        "1 of the notebooks could not be synced; the rest is done.",
    ]
    assert snapshot(copy) == before


def test_edits_in_the_notebook_can_be_taken_over(copy: Path) -> None:
    edit(copy / "book/01_small.ipynb", "More text.", "Better text.")
    done = author(copy, "sync", "--from-notebook", "book/01_small")
    assert done.stdout == "✓ book/text/01_small.md written from its notebook\n".replace(
        "/", os.sep, 2
    )
    text = (copy / "book/text/01_small.md").read_text(encoding="utf-8")
    assert text == text_with_full_header(CHAPTER.replace("More text.", "Better text."))
    assert author(copy, "sync", "--quick", "book/01").returncode == 0


def text_with_full_header(text: str) -> str:
    formats = "jupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n"
    return text.replace("---\n", f"---\n{formats}", 1)


def test_edits_on_both_sides_are_not_merged(copy: Path) -> None:
    edit(copy / "book/01_small.ipynb", "More text.", "Better text.")
    edit(copy / "book/text/01_small.md", "More text.", "Worse text.")
    before = snapshot(copy)
    done = author(copy, "sync", "--from-notebook", "book/01_small")
    assert done.stderr == (
        "✗ text/01_small.md and 01_small.ipynb were both edited since the last sync; copy one "
        "side's edits into the text by hand, then sync.\n"
    )
    assert snapshot(copy) == before


def test_a_failing_cell_stops_its_notebook_and_no_other(copy: Path) -> None:
    edit(copy / "book/text/01_small.md", 'print("b")', "print(1 / 0)")
    before = (copy / "book/01_small.ipynb").read_bytes()
    done = author(copy, "sync", "--jobs", "1")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == (
        '✗ book/01_small: cell 3 ("print("a")") raised ZeroDivisionError: division by zero. '
        "Nothing was written."
    )
    assert done.stdout.splitlines()[1].startswith("✓ solutions/01_small")
    assert (copy / "book/01_small.ipynb").read_bytes() == before


def test_an_exercise_with_uncommitted_edits_is_kept(copy: Path) -> None:
    path = copy / "exercises/01_small.ipynb"
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message", "all")
    edit(path, "raise NotImplementedError()", "return x + x")
    done = author(copy, "sync", "--quick", "solutions/01")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1] == (
        '✗ exercises/01_small.ipynb has uncommitted edits (first at cell 2 ("def double(x):")) '
        "and is generated from solutions/text/01_small.md; commit it or move your edits there, "
        "then sync again."
    )
    assert "return x + x" in path.read_text(encoding="utf-8")
    git(copy, "commit", "--quiet", "--all", "--message", "kept in history")
    assert author(copy, "sync", "--quick", "solutions/01").returncode == 0
    assert "raise NotImplementedError()" in path.read_text(encoding="utf-8")


def test_an_exercise_that_was_only_run_is_regenerated(copy: Path) -> None:
    path = copy / "exercises/01_small.ipynb"
    edit(path, '"execution_count": null', '"execution_count": 7')
    assert author(copy, "sync", "--quick", "solutions/01").returncode == 0
    assert '"execution_count": 7' not in path.read_text(encoding="utf-8")


def test_outside_a_repository_edits_count_as_uncommitted(copy: Path) -> None:
    edit(copy / "exercises/01_small.ipynb", "raise NotImplementedError()", "return x + x")
    assert not exercises.is_committed(copy / "exercises/01_small.ipynb")
    assert author(copy, "sync", "--quick", "solutions/01").returncode == 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "    # END SOLUTION\n",
            "",
            "solutions/01_small.ipynb: nbgrader refuses it: no end solution statement found.",
        ),
        (
            "grade: false, grade_id: double, locked: false, solution: true",
            "grade: false, grade_id: double, locked: true, solution: false",
            "solutions/01_small.ipynb: nbgrader refuses it: Solution region detected in a "
            "non-solution cell; please make sure all solution regions are within solution cells.",
        ),
    ],
)
def test_broken_solution_marks(copy: Path, old: str, new: str, sentence: str) -> None:
    edit(copy / "solutions/text/01_small.md", old, new)
    before = (copy / "exercises/01_small.ipynb").read_bytes()
    done = author(copy, "sync", "solutions/01")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1] == f"✗ {sentence}"
    assert (copy / "exercises/01_small.ipynb").read_bytes() == before


def test_unknown_names_get_the_close_match(synced: Path) -> None:
    done = author(synced, "sync", "01_smal")
    assert done.stderr == (
        "✗ there is no text '01_smal' in book/text or solutions/text; did you mean '01_small'?\n"
    )
    assert author(synced, "sync", "77").stderr == (
        "✗ there is no text '77' in book/text or solutions/text.\n"
    )
    assert author(synced, "sync", "--from-notebook", "01").stderr == (
        "✗ '01' names several notebooks; say book/01_small or solutions/01_small.\n"
    )


def test_names_are_slugs_numbers_or_paths(synced: Path) -> None:
    everything = sync.pairs(synced)

    def names(*words: str) -> list[str]:
        return [pair.name for pair in sync.chosen(everything, words)]

    both = ["book/01_small", "solutions/01_small"]
    assert names() == names("01") == names("01_small") == names("01_small.ipynb") == both
    assert names("book/01_small") == names("book/text/01_small.md") == ["book/01_small"]
    assert names("solutions/01", "01") == ["solutions/01_small", "book/01_small"]


def test_nothing_to_sync(tmp_path: Path) -> None:
    for command in ("sync", "sync --check"):
        done = author(tmp_path, *command.split(), "--root", ".")
        assert done.returncode == 1
        assert done.stdout + done.stderr == (
            f"✗ there is nothing to sync: {tmp_path} has no book/text or solutions/text.\n"
        )
    done = author(tmp_path, "lint", "--root", ".")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"✗ there is nothing to read: {tmp_path} has no notebooks.\n"
    assert not list(tmp_path.iterdir())


def test_a_missing_tool_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    monkeypatch.setitem(sys.modules, "nbgrader.preprocessors", None)
    (tmp_path / "a.md").write_text(CHAPTER, encoding="utf-8")
    with pytest.raises(AuthorError) as stop:
        twins.read_text(tmp_path / "a.md")
    assert str(stop.value) == (
        "Reading a chapter's text needs jupytext, which is not installed: pip install jupytext."
    )
    with pytest.raises(AuthorError) as stop:
        exercises.generate({"cells": []}, "solutions/a.ipynb")
    assert str(stop.value) == (
        "Generating exercises needs nbgrader, which is not installed: pip install nbgrader."
    )


def test_unreadable_files_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    path = tmp_path / "book/a.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(AuthorError, match=r"book/a\.ipynb is not a readable notebook \("):
        problem.read_notebook(path)
    path.write_text("---\na: [\n---\n", encoding="utf-8")
    with pytest.raises(AuthorError, match="cannot be read as MyST text: "):
        twins.read_text(path)


def test_an_interrupted_write_leaves_the_old_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("old", encoding="utf-8")

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(problem.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        problem.write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


# ── --check and lint say, and change nothing ─────────────────────────────────────────────────────


def test_check_says_what_is_out_of_step(copy: Path) -> None:
    assert author(copy, "sync", "--check").returncode == 0
    edit(copy / "book/text/01_small.md", "More text.", "Other text.")
    edit(copy / "exercises/01_small.ipynb", "raise NotImplementedError()", "return 1")
    edit(copy / "solutions/01_small.ipynb", '"execution_count": 1', '"execution_count": null')
    before = snapshot(copy)
    done = author(copy, "sync", "--check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        '✗ book/01_small.ipynb and its text differ at cell 2 ("More text."); run `make sync`.',
        "✗ solutions/01_small.ipynb is not fully executed; run `make sync`.",
        "✗ exercises/01_small.ipynb is not what its solution generates (first at cell 2 "
        '("def double(x):")); run `make sync`.',
    ]
    assert snapshot(copy) == before
    (copy / "book/01_small.ipynb").unlink()
    (copy / "exercises/01_small.ipynb").unlink()
    assert author(copy, "sync", "--check").stdout.splitlines()[::2] == [
        "✗ book/01_small.ipynb is missing; run `make sync`.",
        "✗ exercises/01_small.ipynb is missing; run `make sync`.",
    ]


def test_lint_names_rule_notebook_and_cell(copy: Path) -> None:
    done = author(copy, "lint")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "✗ chapters_ask_first: book/01_small.ipynb has 0 call-outs `> **Predict.**`; "
        "3 is the least.",
        f"{len(rules_by_name())} rules, 1 findings.",
    ]


def rules_by_name() -> dict:
    from bplib.author.rules import RULES

    return RULES
