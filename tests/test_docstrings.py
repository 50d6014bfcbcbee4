"""The docstring is the reference page, and all pages have one form.

One sentence, the formula, then the sections Arguments, Returns, Raises and Source, each with a
line for everything it explains. The pages are read without importing them, so that what a figure
or a command needs is not needed here.
"""

import ast
import builtins
import re
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import numpy as np
import pytest

from bplib.gradcheck import gradcheck
from bplib.ops import elementary

PACKAGE = Path(__file__).parent.parent / "bplib"
SECTIONS = ("Arguments", "Fields", "Attributes", "Returns", "Raises", "Source")
"""What may follow the opening sentences, in this order. `Fields` are a dataclass's arguments."""

ABOVE = ("author", "blas", "checks", "cli", "course", "doctor", "draw", "grading")
"""Built upon the library: a page is asked only of what a reader calls."""

CALLED = ("checks.api", "checks.chain", "checks.declare", "checks.hints", "checks.overview",
          "checks.registry", "checks.result")  # fmt: skip
"""Modules above the library of which everything public has its page."""

COMPUTING = ("gradcheck", "init", "losses", "metrics", "ops", "optim", "tape", "data.synthetic")
"""Modules whose functions compute something: their pages carry a formula and a source."""

SYMBOLS = ("=", "≈", "~", "→", "←", "Formula")
INLINE = re.compile(
    r"(^|[.:;] )(Args|Arguments?|Param\w*|Returns?|Yields|Raises|Sources|References)(:| [`A-Z])"
)
"""A section under another name, or its words in the middle of a sentence."""


class Page(NamedTuple):
    """One public function, class or method with its docstring."""

    place: str
    node: ast.FunctionDef | ast.ClassDef
    is_method: bool

    @property
    def text(self):
        return ast.get_docstring(self.node) or ""

    @property
    def is_function(self):
        return isinstance(self.node, ast.FunctionDef) and not self.is_method


def pages(source, module):
    """Everything public in a module, and the public methods of its classes."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield Page(f"{module}.{node.name}", node, False)
            for method in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    if any(ast.unparse(d).endswith(".setter") for d in method.decorator_list):
                        continue  # the property's own docstring is the page
                    yield Page(f"{module}.{node.name}.{method.name}", method, True)


def read():
    """{dotted module name without bplib: its source}, for all but the exercises' declarations."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name.startswith("checks.exercises"):
            found[name] = path.read_text(encoding="utf-8")
    return found


SOURCES = read()
ALL = [page for name, source in SOURCES.items() for page in pages(source, name)]


def exported(package):
    """The names in the `__all__` of a package."""
    for node in ast.parse(SOURCES.get(package, "")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def is_reference(page):
    """Whether a reader meets it: a whole module of the library, or what a package exports."""
    parts = page.place.split(".")
    own = 2 if page.is_method else 1
    module = ".".join(parts[:-own])
    if module in CALLED or module not in ABOVE and "." not in module:
        return True
    return parts[-own] in exported(parts[0])


REFERENCE = [page for page in ALL if is_reference(page)]


def sections(text):
    """(opening, {title: its lines}) of a docstring."""
    opening, found, title = [], {}, None
    for line in text.splitlines():
        match = re.match(rf"({'|'.join(SECTIONS)}):(.*)", line)
        if match:
            title = match[1]
            found[title] = [match[2]]
        elif title is None:
            opening.append(line)
        else:
            found[title].append(line)
    return opening, found


def entries(lines):
    """The names that a section explains: `name: …`, or `first, second: …` for both."""
    matches = [re.match(r"    (\*{0,2}\w+(?:, \*{0,2}\w+)*): \S", line) for line in lines]
    return [name.lstrip("*") for match in matches if match for name in match[1].split(", ")]


def parameters(node):
    """What a caller passes: to a function, to a class's `__init__`, or as a dataclass's fields."""
    if isinstance(node, ast.ClassDef):
        made = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
        if made:
            return parameters(made[0])
        return [
            f.target.id
            for f in node.body
            if isinstance(f, ast.AnnAssign)
            and not ast.unparse(f).startswith("_")
            and "ClassVar" not in ast.unparse(f.annotation)
        ]
    a = node.args
    names = [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg]
    return [one.arg for one in names if one is not None and one.arg not in ("self", "cls")]


def form_problems(page):
    """What is wrong with the form of a docstring, in sentences; nothing is asked to be there."""
    opening, found = sections(page.text)
    first = opening[0].rstrip() if opening else ""
    if not first.endswith((".", "?", '."')) or len(first) < 10:
        yield f"the first line is not one sentence with a full stop: {first!r}"
    if len(opening) > 1 and opening[1].strip():
        yield "the first sentence does not stand alone; an empty line follows it"
    if list(found) != [title for title in SECTIONS if title in found]:
        yield f"the sections stand in another order than {', '.join(SECTIONS)}"
    for line in page.text.splitlines()[1:]:
        if line.removesuffix(":") not in SECTIONS and re.search(INLINE, line):
            yield f"this belongs below a title of its own, as in 'Returns:': {line.strip()!r}"
    for title, (rest, *lines) in found.items():
        if bool(rest.strip()) != (title == "Source"):
            yield f"{title}: has its text on the lines below it, a Source beside it"
        if any(line.strip() and not line.startswith("    ") for line in lines):
            yield f"a line below {title} is not indented"
        starts = [line for line in lines if re.match(r"    \S", line)]
        if title in ("Arguments", "Fields", "Attributes", "Raises"):
            for line in starts:
                if not entries([line]):
                    yield f"below {title} every line starts with a name: {line.strip()!r}"


def content_problems(page):
    """What a reader looks for and does not find, in sentences."""
    opening, found = sections(page.text)
    names = parameters(page.node)
    titles = SECTIONS[:3] if isinstance(page.node, ast.ClassDef) else SECTIONS[:1]
    listed = [name for title in titles for name in entries(found.get(title, []))]
    # A method may say all in its sentence; a page with the section explains every argument there.
    if not page.is_method or "Arguments" in found:
        for name in names:
            if name not in listed:
                yield f"the argument {name} is not in the section Arguments"
    inherited = isinstance(page.node, ast.ClassDef) and not names
    for name in entries(found.get("Arguments", [])):
        if name not in names and not inherited:
            yield f"the section Arguments explains {name}, which is no argument"
    for name in entries(found.get("Raises", [])):
        if name not in ERRORS:
            yield f"the section Raises names {name}, which is no exception"
    if page.is_function:
        yield from function_problems(page, opening, found)


def function_problems(page, opening, found):
    returns = page.node.returns
    nothing = isinstance(returns, ast.Constant) and returns.value is None
    library = not page.place.startswith(ABOVE)
    if nothing and "Returns" in found:
        yield "the section Returns is there, but nothing is returned"
    if not nothing and "Returns" not in found:
        yield "the section Returns is missing"
    if nothing and library and "Raises" not in found:
        yield "the section Raises is missing: what returns nothing exists for what it raises"
    if page.place.startswith(COMPUTING):
        if "Raises" not in found:
            yield "the section Raises is missing"
        if not any(symbol in line for line in opening for symbol in SYMBOLS):
            yield f"there is no formula (none of {' '.join(SYMBOLS)}) before the sections"
        if "Source" not in found and not page.node.name.endswith("_backward"):
            yield "the Source is missing"


ERRORS = {name for name, value in vars(builtins).items() if isinstance(value, type)} | {
    page.node.name for page in ALL if page.node.name.endswith(("Error", "Failed"))
}


def report(page, problems):
    return "\n".join(f"{page.place}: {problem}." for problem in problems)


def by_place(some):
    return [pytest.param(page, id=page.place) for page in some]


def test_the_library_was_read():
    assert {"backend", "checks.api", "ops.arithmetic", "tape"} <= set(SOURCES)
    assert len([page for page in REFERENCE if page.is_function]) > 100


@pytest.mark.parametrize("name", SOURCES)
def test_every_module_says_what_it_is_for(name):
    said = ast.get_docstring(ast.parse(SOURCES[name]))
    assert said and said.splitlines()[0].endswith((".", ":")), name


@pytest.mark.parametrize("page", by_place(page for page in ALL if page.text))
def test_one_form(page):
    problems = list(form_problems(page))
    assert not problems, report(page, problems)


@pytest.mark.parametrize("page", by_place(REFERENCE))
def test_nothing_is_missing(page):
    problems = list(content_problems(page)) if page.text else ["it has no docstring"]
    assert not problems, report(page, problems)


@pytest.mark.parametrize(
    "page", by_place(p for p in REFERENCE if p.place.startswith(("ops.", "losses.")))
)
def test_pairs_say_their_shapes(page):
    assert "shape" in page.text or "(m, n_out)" in page.text


BANNED = "simply obviously powerful delve todo fixme ! as|we|all|know".split()


@pytest.mark.parametrize("page", by_place(REFERENCE))
def test_tone(page):
    text = page.text.lower().replace("!=", "")
    assert not [word for word in BANNED if word.replace("|", " ") in text]


FORGETFUL = '''
def forgetful(x: Array, rate: float) -> Array:
    """Something of an array.

    Arguments:
        x: float array.
        y: float array.

    Raises:
        WrongError: sometimes.
    """
'''
INLINE_FORM = '''
def inline(x: Array) -> Array:
    """Something of an array: y = x.

    Arguments: `x`, float array. Returns `y`.
    Raises `ShapeError` for others. Source: chapter 1.
    """
'''


def test_what_is_forgotten_is_named():
    (page,) = pages(FORGETFUL, "ops.new")
    assert list(form_problems(page)) == []
    assert list(content_problems(page)) == [
        "the argument rate is not in the section Arguments",
        "the section Arguments explains y, which is no argument",
        "the section Raises names WrongError, which is no exception",
        "the section Returns is missing",
        "there is no formula (none of = ≈ ~ → ← Formula) before the sections",
        "the Source is missing",
    ]


def test_the_inline_form_is_refused():
    (page,) = pages(INLINE_FORM, "ops.new")
    assert "below a title of its own" in " ".join(form_problems(page))


def test_the_example_for_contributors_has_the_form_and_is_right():
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example = dedent(re.search(r"   ```python\n(.*?)   ```", text, re.DOTALL)[1])
    for page in pages(example, "ops.elementary"):
        problems = [*form_problems(page), *content_problems(page)]
        assert not problems, report(page, problems)
    names = dict(vars(elementary))
    exec(example, names)
    x = np.array([[0.25, 1.0, 4.0], [9.0, 0.5, 2.0]])
    np.testing.assert_allclose(names["sin"](x)[0], np.sin(x))
    found = gradcheck(names["sin"], [x], backward=names["sin_backward"])
    assert found.ok, found
