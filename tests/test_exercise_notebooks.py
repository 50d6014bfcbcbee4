"""The notebooks that exercises stand in; what each exercise promises of them is in
`bplib.author.promises`."""

import json
from pathlib import Path

import pytest

from bplib.author.promises.notebooks import checked_names
from bplib.checks.registry import all_exercises
from bplib.course import notebooks

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "path", notebooks(ROOT / "book") + notebooks(ROOT / "solutions"), ids=lambda p: p.stem
)
def test_notebooks_check_only_what_is_declared(path):
    assert checked_names(path) <= set(all_exercises())


def test_solved_notebooks_hold_no_failed_check():
    for path in notebooks(ROOT / "solutions"):
        outputs = json.dumps(
            [c.get("outputs") for c in json.loads(path.read_text())["cells"]], ensure_ascii=False
        )
        assert "✗" not in outputs, path.name
