"""`import bplib` brings NumPy and nothing else; the rest comes when it is asked for."""

import json
import re
import subprocess
import sys
import types

import pytest

import bplib


def fresh(code):
    """Runs code in a new process and returns what it prints, as JSON."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def third_party(statement):
    """The modules that a statement brings beside NumPy's, the standard library's and ours."""
    found = fresh(
        "import json, sys\nimport numpy, numpy.random\nbefore = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    ours = {"numpy", "bplib", *sys.stdlib_module_names}
    return {name for name in found if name.partition(".")[0] not in ours}


@pytest.mark.parametrize(
    "statement",
    [
        "import bplib",
        "from bplib import ops, losses, layers, tape, optim, gradcheck, init, errors, backend",
        "import bplib.data, bplib.metrics, bplib.io, bplib.train",
        "import bplib\nbplib.data.diabetes()",
        "import bplib, numpy\nbplib.Linear(3, 2, rng=numpy.random.default_rng(0))",
        "import bplib\nbplib.backend.gpu_available()" if not bplib.backend.gpu_available() else "",
        "import bplib.checks",
        "import bplib.draw",
    ],
)
def test_nothing_third_party_but_numpy(statement):
    assert third_party(statement) == set()


def test_the_test_can_fail():
    assert "yaml" in third_party("import yaml") or "matplotlib" in third_party("import matplotlib")


def test_random_numbers_are_loaded_when_they_are_drawn():
    """NumPy loads its own late; here they would be a tenth of the whole import."""
    code = "import json, sys, bplib; print(json.dumps('numpy.random' in sys.modules))"
    assert fresh(code) is False


def test_import_changes_nothing_in_the_process():
    """No thread, no warning filter, no error state of NumPy, no environment variable."""
    before_and_after = fresh(
        "import json, os, sys, threading, warnings\nimport numpy as np\n"
        "def look():\n"
        "    return [threading.active_count(), repr(np.geterr()), repr(np.get_printoptions()),\n"
        "            len(warnings.filters), sorted(os.environ), sys.getrecursionlimit(),\n"
        "            np.random.get_state()[1][:5].tolist()]\n"
        "before = look()\nimport bplib\nprint(json.dumps([before, look()]))"
    )
    assert before_and_after[0] == before_and_after[1]


def test_every_public_name_is_there():
    for name in bplib.__all__:
        assert getattr(bplib, name) is not None
    assert sorted(bplib.__all__, key=str.swapcase) == sorted(set(bplib.__all__), key=str.swapcase)
    assert callable(bplib.gradcheck)


def test_an_unknown_part_is_said_with_the_close_match():
    with pytest.raises(AttributeError) as caught:
        bplib.metric  # noqa: B018
    assert str(caught.value) == "there is no part of bplib 'metric'; did you mean 'metrics'?"


def test_only_what_is_public_is_offered():
    """What Tab shows after `bplib.`; the rest of the package is loaded by its own import."""
    assert [name for name in dir(bplib) if not name.startswith("__")] == sorted(bplib.__all__)
    assert not hasattr(bplib, "_repr_html_")  # notebooks ask for such names
    assert fresh(
        "import bplib, json\nbefore = hasattr(bplib, 'doctor')\n"
        "from bplib import doctor\nprint(json.dumps([before, bplib.doctor is doctor]))"
    ) == [False, True]


def test_help_says_where_everything_is():
    parts = re.findall(r"^    ([a-z]+)  +\S", bplib.__doc__, re.MULTILINE)
    assert len(parts) == 15 and set(parts) <= set(bplib.__all__)
    modules = {n for n in bplib.__all__ if isinstance(getattr(bplib, n), types.ModuleType)}
    assert modules <= set(parts)


def test_version_is_said_once():
    from importlib.metadata import version

    assert bplib.__version__ == version("bplib")
