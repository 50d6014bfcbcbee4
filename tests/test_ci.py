"""What `.ci/run` runs, in which order, and what it says where something is missing.

Every command that it calls is a stand-in here, which writes its words down.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / ".ci" / "run"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script for Debian")
ALL = ["make test", "make test-browser SITE_TESTS=some", "make test-lite IN=chromium"]


@pytest.fixture
def machine(tmp_path):
    """A machine with nothing but what every Debian has, and a way to give it more."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "paste", "sed"):
        found = next(p for p in os.get_exec_path() if (Path(p) / name).exists())
        (tools / name).symlink_to(Path(found) / name)
    log = tmp_path / "log"
    log.touch()

    def has(name, lines="exit 0"):
        path = tools / name
        path.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >>{log}\n{lines}\n')
        path.chmod(0o755)

    def run():
        environment = {"PATH": str(tools)}
        done = subprocess.run(
            [tools / "bash", SCRIPT], env=environment, capture_output=True, text=True, check=False
        )
        calls = [line for line in log.read_text().splitlines() if line.startswith(("make", "apt"))]
        return done.returncode, calls, done.stdout + done.stderr

    for name in ("make", "git", "python3"):
        has(name)
    (tools / "env").symlink_to("/usr/bin/env")
    has("id", "echo 1000")
    return has, run


def test_with_everything_there(machine):
    has, run = machine
    for name in ("chromium", "node", "npm"):
        has(name)
    code, calls, said = run()
    assert (code, calls) == (0, ALL)
    assert "everything that could be run passed" in said


def test_without_a_browser_one_sentence_says_what_was_not_run(machine):
    has, run = machine
    has("npm")
    has("node", "exit 1")  # one that is too old
    code, calls, said = run()
    assert (code, calls) == (0, ["make test"])
    (sentence,) = [line for line in said.splitlines() if "no browser was opened" in line]
    assert sentence.endswith("missing here: Chromium, Node 20 or newer.")


def test_a_note_in_the_place_of_a_browser_is_none(machine):
    has, run = machine
    for name in ("node", "npm"):
        has(name)
    has("chromium-browser", "exit 1")
    assert "missing here: Chromium." in run()[2]


def test_a_failure_fails_the_run_and_the_rest_is_run(machine):
    has, run = machine
    for name in ("chromium", "node", "npm"):
        has(name)
    has("make", '[ "$1" != test-browser ]')
    code, calls, said = run()
    assert (code, calls) == (1, ALL)
    assert "ci: failed: make test-browser" in said
    has("make", '[ "$1" != test ]')
    assert run()[0] == 1


def test_what_debian_has_is_fetched_by_the_one_who_may(machine, tmp_path):
    has, run = machine
    has("id", "echo 0")
    here = tmp_path / "bin"
    got = f'for one in "$@"; do case $one in chromium|npm|nodejs) f={here}/${{one/nodejs/node}};'
    got += " printf '#!/usr/bin/env bash\\nexit 0\\n' >$f; chmod +x $f;; esac; done"
    (here / "chmod").symlink_to("/bin/chmod")
    has("apt-get", got)
    code, calls, _ = run()
    assert code == 0 and [one for one in calls if one.startswith("make")] == ALL
    assert [one.split()[-1] for one in calls if "install" in one] == ["chromium", "nodejs", "npm"]
    assert calls.index("make test") < calls.index(next(one for one in calls if "apt" in one))


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
@pytest.mark.parametrize("version, code", [("18.19.0", 1), ("20.20.2", 0), ("22.1.0", 0)])
def test_node_understands_what_it_is_asked(version, code):
    question = re.search(r"node -e '(.+)'", SCRIPT.read_text(encoding="utf-8")).group(1)
    asked = f"(function (process) {{ {question} }})"
    node = f"{{ versions: {{ node: '{version}' }}, exit: process.exit }}"
    assert subprocess.run(["node", "-e", f"{asked}({node})"], check=False).returncode == code
