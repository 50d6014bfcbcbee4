"""The reference: a page for each module of bplib, written from its docstrings."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from types import ModuleType
from typing import Any

import bplib
from press import docstrings

TOOLS = {"author", "blas", "cli", "course", "doctor", "expect", "export", "grading"}
"""Packages that are commands, or of use inside the library only."""

_SPECIAL = re.compile(r"([\\*_<>\[\]$~|^{}#])")
_NAME = re.compile(r"[A-Za-z_][\w.]*")

Resolve = Callable[[str], str | None]
"""From a name in a docstring, "AdamW", to the full one, "bplib.optim.AdamW"."""


@dataclass(frozen=True)
class Module:
    """A module of the library and its public names.

    Fields:
        name: "bplib.ops".
        module: the module itself.
        members: (name, object) for everything that has a page.
    """

    name: str
    module: ModuleType
    members: tuple[tuple[str, Any], ...]

    @property
    def page(self) -> str:
        """The page's place in the site."""
        return f"reference/{self.name.removeprefix('bplib.')}"

    @property
    def about(self) -> str:
        """What it is for, in a sentence."""
        return docstrings.parse(inspect.getdoc(self.module)).summary


def modules() -> list[Module]:
    """Every module of bplib that a reader imports."""
    found = []
    for info in pkgutil.iter_modules(bplib.__path__):
        if info.name not in TOOLS:
            module = importlib.import_module(f"bplib.{info.name}")
            inner = (getattr(module, name) for name in getattr(module, "__all__", ()))
            for each in (module, *filter(inspect.ismodule, inner)):
                found.append(Module(each.__name__, each, tuple(_members(each))))
    return found


def _members(module: ModuleType) -> Iterator[tuple[str, Any]]:
    listed = getattr(module, "__all__", None)
    for name in listed or vars(module):
        member = getattr(module, name)
        callable_here = inspect.isfunction(member) or inspect.isclass(member)
        own = getattr(member, "__module__", "").startswith(module.__name__)
        if callable_here and not name.startswith("_") and (own or listed) and member.__doc__:
            yield name, member


def homes(found: list[Module]) -> dict[str, str]:
    """Where the objects are documented: the place of their code to the name of their page entry.

    Arguments:
        found: the modules.

    Returns:
        {"bplib.layers.dense.Linear": "bplib.layers.Linear", …}, also under bplib's own names.
    """
    places = {}
    for module in found:
        for name, member in module.members:
            home = f"{module.name}.{name}"
            places.setdefault(f"{member.__module__}.{member.__qualname__}", home)
            if getattr(bplib, name, None) is member:
                places.setdefault(f"bplib.{name}", home)
    return places


def page(module: Module, resolve: Resolve) -> str:
    """The page of one module, as MyST Markdown.

    Arguments:
        module: what it is about.
        resolve: finds what a name in a docstring refers to.

    Returns:
        The text: what the module is for, a table of its names, then each in full.
    """
    about = docstrings.parse(inspect.getdoc(module.module))
    rows = [
        f"* - {{py:obj}}`{name} <{module.name}.{name}>`\n"
        f"  - {inline(docstrings.parse(inspect.getdoc(member)).summary, resolve)}"
        for name, member in module.members
    ]
    table = "```{list-table}\n:class: names\n:widths: auto\n\n" + "\n".join(rows) + "\n```"
    parts = [
        f"# {module.name}",
        f"```{{py:module}} {module.name}\n```",
        prose(about.opening, resolve),
        table if rows else "",
        *(_entry(name, member, resolve) for name, member in module.members),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _entry(name: str, member: Any, resolve: Resolve, depth: int = 5) -> str:
    """The directive for one function or class, with its methods."""
    kind = "function"
    inner = ""
    if inspect.isclass(member):
        kind = "exception" if issubclass(member, Exception) else "class"
        methods = [_method(each, value, resolve) for each, value in vars(member).items()]
        inner = "\n\n".join(filter(None, methods))
    body = full(inspect.getdoc(member), resolve)
    return _directive(f"py:{kind}", name + signature(member), f"{body}\n\n{inner}".strip(), depth)


def _method(name: str, value: Any, resolve: Resolve) -> str:
    function = getattr(value, "__func__", value)
    text = getattr(function, "__doc__", None)
    if name.startswith("_") or not text:
        return ""
    body = full(inspect.cleandoc(text), resolve)
    if isinstance(value, property):
        return _directive("py:property", name, body, 4)
    if not inspect.isfunction(function):
        return ""
    shown = name + signature(function, bound=not isinstance(value, staticmethod))
    return _directive("py:method", shown, body, 4)


def _directive(kind: str, argument: str, body: str, depth: int) -> str:
    fence = ":" * depth
    return f"{fence}{{{kind}}} {argument}\n\n{body}\n{fence}"


def signature(member: Any, bound: bool = False) -> str:
    """How something is called, without annotations: the docstring says them in words.

    Arguments:
        member: a function or a class.
        bound: whether the first argument is left out.

    Returns:
        "(x, W, b=None)"; "()" where Python does not know.
    """
    try:
        known = inspect.signature(member)
    except (TypeError, ValueError):
        return "()"
    arguments = list(known.parameters.values())[1 if bound else 0 :]
    shown = [
        argument.replace(annotation=inspect.Parameter.empty, default=_default(argument.default))
        for argument in arguments
    ]
    return str(inspect.Signature(shown))


class _Shown:
    """A default value that is written as a name."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _default(value: Any) -> Any:
    if value is inspect.Parameter.empty or isinstance(value, int | float | str | bool | None):
        return value
    if isinstance(value, tuple) and all(isinstance(v, int | float | str) for v in value):
        return value
    return _Shown(getattr(value, "__name__", None) or "…")


def full(text: str | None, resolve: Resolve) -> str:
    """A whole docstring as Markdown: opening, then the sections as definition lists."""
    read = docstrings.parse(text)
    parts = [prose(read.opening, resolve)]
    for heading, entries in read.sections.items():
        parts.append(f"**{heading}**")
        if heading in docstrings.WITH_ENTRIES:
            # What is raised has a page; an argument is only itself.
            named = resolve if heading == "Raises" else lambda name: None
            parts += [f"{_terms(name, named)}\n{_defined(said, resolve)}"
                      for name, said in entries]  # fmt: skip
        else:
            parts += [prose(said, resolve) for _, said in entries]
    return "\n\n".join(part for part in parts if part)


def _terms(names: str, resolve: Resolve) -> str:
    """The names before the colon of an entry, each as code."""
    if not re.fullmatch(r"[\w.*, ]+", names):
        return inline(names or "…", resolve)
    return ", ".join(_code(name.strip(), resolve) for name in names.split(","))


def _defined(text: str, resolve: Resolve) -> str:
    joined = " ".join(text.split())
    return f": {inline(joined, resolve)}"


def prose(text: str, resolve: Resolve) -> str:
    """Paragraphs of a docstring as Markdown; what is indented is code where it looks like it.

    Arguments:
        text: with the margin removed.
        resolve: finds what a name in it refers to.

    Returns:
        Markdown in which nothing is taken for markup but backticks.
    """
    made = []
    for block in re.split(r"\n\s*\n(?=\S)", text.strip("\n")):
        if re.match(r" {4}|\t", block):
            made.append(_fenced(block))
            continue
        head, *rest = re.split(r"\n\s*\n(?= {4})", block, maxsplit=1)
        if head.strip():
            made.append(inline(" ".join(head.split()), resolve))
        made += [_fenced(part) for part in rest]
    return "\n\n".join(made)


def _fenced(block: str) -> str:
    """An indented block: Python where Python can read it, else plain text."""
    code = dedent(block)
    try:
        ast.parse(code)
    except SyntaxError:
        return f"```text\n{code}\n```"
    return f"```python\n{code}\n```"


def inline(text: str, resolve: Resolve) -> str:
    """One paragraph: `code` stays code and becomes a link where the name is known."""
    pieces = re.split(r"`+([^`]+)`+", text)
    return "".join(
        _code(piece, resolve) if i % 2 else _SPECIAL.sub(r"\\\1", piece)
        for i, piece in enumerate(pieces)
    )


def _code(text: str, resolve: Resolve) -> str:
    name = _NAME.match(text)
    target = resolve(name[0].rstrip(".")) if name and name[0] == text else None
    return f"{{py:obj}}`{text} <{target}>`" if target else f"`{text}`"


def resolver(found: list[Module], inside: Module) -> Resolve:
    """What a name means in the docstrings of one module.

    Arguments:
        found: all modules.
        inside: the module whose docstrings are read; its own names need no prefix.

    Returns:
        A function from a name to the full one, or None.
    """
    known = {f"{module.name}.{name}" for module in found for name, _ in module.members}
    known |= {module.name for module in found}
    errors = "bplib.errors."

    def resolve(name: str) -> str | None:
        for candidate in (name, f"{inside.name}.{name}", f"bplib.{name}", errors + name):
            if candidate in known:
                return candidate
        return None

    return resolve
