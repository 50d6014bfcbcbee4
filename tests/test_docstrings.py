"""The docstring is the reference page: it says formula, arguments, shapes, results and errors."""

import builtins
import importlib
import inspect
import pkgutil
import re

import pytest

import bplib
from bplib import data, gradcheck, init, layers, losses, metrics, ops, optim, tape  # noqa: F401

MODULES = [
    "backend", "data.bundled", "data.synthetic", "errors", "expect", "gradcheck", "init", "layers",
    "losses", "metrics", "ops.arithmetic", "ops.elementary", "ops.products", "ops.reductions",
    "optim", "tape",
]  # fmt: skip
MATHEMATICAL = ("ops.", "losses", "init", "gradcheck", "tape", "optim", "metrics", "data.synth")
"""Modules whose functions compute something: their docstrings carry a formula and a source."""


def documented():
    """Every public function and class of the library's lower floors, and their public methods."""
    for name in MODULES:
        module = importlib.import_module(f"bplib.{name}")
        public = getattr(module, "__all__", None)  # a package shows what it exports
        for attribute, value in vars(module).items():
            home = getattr(value, "__module__", None) or ""
            if attribute.startswith("_") or not home.startswith(module.__name__):
                continue
            if public is not None and attribute not in public:
                continue
            if inspect.isfunction(value):
                yield pytest.param(name, value, id=f"{name}.{attribute}")
            elif inspect.isclass(value):
                yield pytest.param(name, value, id=f"{name}.{attribute}")
                for method, function in vars(value).items():
                    if inspect.isfunction(function) and not method.startswith("_"):
                        yield pytest.param(name, function, id=f"{name}.{attribute}.{method}")


EVERYTHING = list(documented())
FUNCTIONS = [
    p for p in EVERYTHING if inspect.isfunction(p.values[1]) and "." not in p.values[1].__qualname__
]


def arguments_of(function):
    names = inspect.signature(function).parameters
    return [name for name in names if name not in ("self", "cls")]


def test_every_module_was_looked_at():
    found = {m.name for m in pkgutil.walk_packages(bplib.__path__, "bplib.")}
    upper = ("author", "checks", "cli", "course", "doctor", "draw")
    lower = {
        name.removeprefix("bplib.")
        for name in found
        if not name.startswith(tuple(f"bplib.{part}" for part in upper))
    }
    inside = {name for name in lower if name.startswith(("gradcheck.", "tape."))}
    assert lower - inside - set(MODULES) == {"data", "data.dataset", "ops", "ops.broadcasting"}
    assert len(FUNCTIONS) > 60


def test_every_module_says_what_it_is_for():
    for name in MODULES:
        first = importlib.import_module(f"bplib.{name}").__doc__.splitlines()[0]
        assert first.endswith((".", ":")), name


@pytest.mark.parametrize("module, thing", EVERYTHING)
def test_first_line_is_one_sentence(module, thing):
    first = thing.__doc__.splitlines()[0]
    assert first[-1] in ".:?" and len(first) > 10


def sections(text):
    """{title: lines} of a docstring; what stands before the first title is under ""."""
    found, title = {"": []}, ""
    for line in text.splitlines():
        opened = re.match(r"(Arguments|Fields|Attributes|Returns|Raises|Source):(.*)", line)
        if opened:
            title = opened[1]
            found[title] = [opened[2].strip()]
        elif line.startswith("    ") or not line.strip() or title == "":
            found[title].append(line)
        else:
            raise AssertionError(f"a line outside of every section: {line!r}")
    return found


def entries(lines):
    """The names that a section explains, in order: `name: …` or `first, second: …`."""
    found = [re.match(r"    (\*{0,2}\w+(?:, \*{0,2}\w+)*): \S", line) for line in lines]
    return [name.lstrip("*") for match in found if match for name in match[1].split(", ")]


@pytest.mark.parametrize("module, function", FUNCTIONS)
def test_arguments_and_results(module, function):
    page = sections(inspect.getdoc(function))
    assert entries(page.get("Arguments", [])) == arguments_of(function)
    returns_nothing = inspect.signature(function).return_annotation in (None, "None")
    assert "Raises" in page if returns_nothing else "\n".join(page["Returns"]).strip()


@pytest.mark.parametrize("module, function", FUNCTIONS)
def test_errors_exist(module, function):
    page = sections(inspect.getdoc(function))
    for name in entries(page.get("Raises", [])):
        assert hasattr(bplib.errors, name) or hasattr(builtins, name), name


@pytest.mark.parametrize(
    "module, function", [p for p in FUNCTIONS if p.values[0].startswith(MATHEMATICAL)]
)
def test_formula_and_source(module, function):
    page = sections(inspect.getdoc(function))
    symbols = ("=", "≈", "~", "→", "←", "Formula")
    assert any(symbol in line for line in page[""] for symbol in symbols)
    if not function.__name__.endswith("_backward") and module != "data.synthetic":
        assert page["Source"]


@pytest.mark.parametrize("module", [ops, losses])
def test_pairs_say_their_shapes(module):
    for name in module.__all__:
        text = inspect.getdoc(getattr(module, name))
        assert "shape" in text or "(m, n_out)" in text, name


BANNED = "simply obviously powerful delve todo fixme ! as|we|all|know".split()


@pytest.mark.parametrize("module, thing", EVERYTHING)
def test_tone(module, thing):
    text = thing.__doc__.lower().replace("!=", "")
    assert not [word for word in BANNED if word.replace("|", " ") in text]
