"""A module imports only from its own floor or from lower ones, never in a circle."""

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "bplib"

FLOORS = {
    "browser": 0, "errors": 0, "backend": 0, "expect": 0,
    "ops": 1, "losses": 1, "init": 1,
    "gradcheck": 2, "layers": 2, "tape": 2, "optim": 2,
    "net": 3, "data": 3, "metrics": 3, "io": 3,
    "train": 4,
    "draw": 5, "checks": 5, "cli": 5, "course": 5, "author": 5, "doctor": 5,
    "export": 5, "grading": 5,
    "blas": 5,
}  # fmt: skip
"""Every module or package directly inside bplib; a new one needs its floor here."""

FRONT = 4.5
"""`import bplib` itself: it offers the library, so only the fifth floor may import from it."""

TOP = 5
HOMES = {
    "matplotlib": {"draw", "grading"},
    "ipywidgets": {"draw"},
    "ipycanvas": {"draw"},
    "typer": {"cli"},
    "rich": {"cli", "checks"},
    "platformdirs": {"checks", "course", "cli", "data"},
    "pooch": {"data"},
    "safetensors": {"io"},
    "tqdm": {"train"},
    "jupytext": {"author"},
    "nbclient": {"author"},
    "nbgrader": {"author"},
}
"""Third-party modules that live in one place, so that everything else does without them. Below the
top floor a module may use one of them, at home, only where a function needs it."""

# A history draws itself, which is worth one look upwards, inside the function that draws.
UPWARDS = {("bplib.train.history", "bplib.draw")}
# The front names everything for checkers of types; running, it loads these when asked.
UPWARDS |= {("bplib", "bplib.checks"), ("bplib", "bplib.draw")}


def read(package):
    """{dotted module name: its source} of a package on disk."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text()
    return found


def imports(name, source, sources):
    """What a module imports, as (dotted name, is it done at the top of the module)."""
    tree = ast.parse(source)
    at_top = {id(node) for node in tree.body}
    is_package = any(other.startswith(f"{name}.") for other in sources)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in at_top
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = name.split(".")
                here = here[: len(here) - node.level + is_package]
                base = ".".join([*here, *filter(None, [base])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield (inner if inner in sources else base), id(node) in at_top
        elif isinstance(node, ast.Call) and _imports_by_name(node):
            yield node.args[0].value, False


def _imports_by_name(call):
    function = call.func
    called = getattr(function, "attr", None) or getattr(function, "id", None)
    constant = call.args and isinstance(call.args[0], ast.Constant)
    return called in ("import_module", "need") and constant


def part(name):
    """The module or package directly inside bplib that a dotted name belongs to."""
    return name.split(".")[1] if "." in name else None


def problems(sources):
    """Every sentence that can be said against a package, given its sources."""
    found, graph = [], {}
    for name, source in sources.items():
        own = part(name)
        if own is not None and own not in FLOORS:
            found.append(f"{name} has no floor in the table")
            continue
        floor = FRONT if own is None else FLOORS[own]
        graph[name] = set()
        for target, at_top in imports(name, source, sources):
            if target.partition(".")[0] != "bplib":
                found += third_party(name, own, floor, target, at_top)
                continue
            other = part(target)
            if other is not None and other not in FLOORS:
                found.append(f"{name} imports {target}, which has no floor")
                continue
            if at_top and target in sources and target != name and not is_parent(target, name):
                graph[name].add(target)
            target_floor = FRONT if other is None else FLOORS[other]
            if target_floor > floor and (at_top or (name, target) not in UPWARDS):
                found.append(f"{name} (floor {floor}) imports {target} (floor {target_floor})")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found.append("a circle: " + " -> ".join(error.args[1]))
    return found


def is_parent(package, name):
    """A module may name the package it lives in: `from bplib.ops import …` inside bplib.ops."""
    return name.startswith(f"{package}.")


def third_party(name, own, floor, target, at_top):
    top = target.partition(".")[0]
    if top in sys.stdlib_module_names or top == "numpy":
        return []
    at_home = own in HOMES.get(top, ())
    if floor < TOP and top != "cupy" and (at_top or not at_home):
        return [f"{name} (floor {floor}) imports {top}; below the top floor there is only NumPy"]
    if top in HOMES and not at_home:
        return [f"{name} imports {top}, whose home is {', '.join(sorted(HOMES[top]))}"]
    return []


def test_every_module_stays_on_its_floor():
    assert problems(read(PACKAGE)) == []


def test_all_of_the_package_was_read():
    sources = read(PACKAGE)
    assert {"bplib", "bplib.ops.products", "bplib.tape.walk", "bplib.data.bundled"} <= set(sources)
    graph = set(imports("bplib.tape.walk", sources["bplib.tape.walk"], sources))
    assert ("bplib.expect", True) in graph and ("bplib.backend", True) in graph


BROKEN = {
    "up": (
        {"bplib.ops": "from bplib.layers import Linear", "bplib.layers": ""},
        "bplib.ops (floor 1) imports bplib.layers (floor 2)",
    ),
    "up, from the front": (
        {"bplib": "", "bplib.ops": "from bplib import layers", "bplib.layers": ""},
        "bplib.ops (floor 1) imports bplib.layers (floor 2)",
    ),
    "up, inside a function": (
        {"bplib.ops.a": "def f():\n    import bplib.tape", "bplib.tape": ""},
        "bplib.ops.a (floor 1) imports bplib.tape (floor 2)",
    ),
    "up, by a relative import": (
        {"bplib": "", "bplib.ops": "", "bplib.ops.a": "from ..layers import x", "bplib.layers": ""},
        "bplib.ops.a (floor 1) imports bplib.layers (floor 2)",
    ),
    "up, by a string": (
        {"bplib.ops": "import importlib\nimportlib.import_module('bplib.draw')", "bplib.draw": ""},
        "bplib.ops (floor 1) imports bplib.draw (floor 5)",
    ),
    "the front from below": (
        {"bplib": "", "bplib.metrics": "import bplib"},
        "bplib.metrics (floor 3) imports bplib (floor 4.5)",
    ),
    "a circle": (
        {"bplib.layers": "import bplib.tape", "bplib.tape": "from bplib import layers"},
        "a circle: ",
    ),
    "matplotlib below": (
        {"bplib.metrics": "def f():\n    import matplotlib.pyplot"},
        "bplib.metrics (floor 3) imports matplotlib; below the top floor there is only NumPy",
    ),
    "pooch at the top of a module": (
        {"bplib.data": "import pooch"},
        "bplib.data (floor 3) imports pooch; below the top floor there is only NumPy",
    ),
    "up, where a look up is allowed, at the top": (
        {"bplib.train.history": "import bplib.draw", "bplib.draw": ""},
        "bplib.train.history (floor 4) imports bplib.draw (floor 5)",
    ),
    "pooch elsewhere": (
        {"bplib.io": "def f(need):\n    need('pooch', 'book', 'io.load')"},
        "bplib.io (floor 3) imports pooch; below the top floor there is only NumPy",
    ),
    "matplotlib elsewhere": (
        {"bplib.checks.render": "from matplotlib import pyplot"},
        "bplib.checks.render imports matplotlib, whose home is draw",
    ),
    "a new module": ({"bplib.surprise": ""}, "bplib.surprise has no floor in the table"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_the_test_can_fail(case):
    sources, sentence = BROKEN[case]
    (found,) = problems(sources)
    assert found.startswith(sentence)


def test_what_is_allowed_is_allowed():
    assert not problems(
        {
            "bplib": "from bplib import ops\nfrom bplib.tape import Tensor",
            "bplib.errors": "import difflib",
            "bplib.ops": "from bplib.ops.a import f",
            "bplib.ops.a": "import numpy\nfrom bplib.errors import E\nfrom bplib.ops.b import g",
            "bplib.ops.b": "from . import c",
            "bplib.ops.c": "def f():\n    import cupy",
            "bplib.tape": "from bplib import ops",
            "bplib.data": "def f():\n    import pooch",
            "bplib.train.history": "def plot():\n    import bplib.draw",
            "bplib.draw": "import bplib\nimport matplotlib",
        }
    )
