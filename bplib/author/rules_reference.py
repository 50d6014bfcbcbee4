"""Rules about what refers to what: numbers in the text, the glossary, the formula sheet.

Equations and figures that are named exist. Every new word is in the glossary, with a link to where
it is introduced; every boxed formula is on the sheet, under its number, and no symbol there is left
undefined. A book without these pages keeps their rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bplib.author.rules_text import without_code
from bplib.author.shelf import Cell, Notebook, shelf

GLOSSARY, FORMULAS = "91_glossary", "92_formulas"

# Words in bold that are stressed, not introduced. Longer stretches than WORDS, and those that end
# like a sentence, are never taken for a term.
WORDS = 3
STRESSED = {"0.2", "end", "from the output", "leave", "name in code", "output"}
STRESSED |= {"colours", "gradients"}  # headwords of the welcome's list of conventions

_BOLD = re.compile(r"\*\*([^*\n]+?)\*\*")
_WORDS_LINE = re.compile(r"^\*\*Words\.\*\*(.*)$", re.MULTILINE)
_LINKED = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_ENTRY = re.compile(r"^(?:<a id=\"[^\"]*\"></a>)*((?:\*\*[^*\n]+\*\*(?:, )?)+) · ", re.MULTILINE)
_CODE = re.compile(r"^ {0,3}(`{3,}).*?^ {0,3}\1`*\s*$|`[^`\n]+`|\$\$.*?\$\$", re.M | re.S)

_MATHS = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+?)\$", re.DOTALL)
_TAG = re.compile(r"\\tag\{([^}]*)\}")
_SPACES = re.compile(r"\\[,;!: ]|\\q?quad(?![a-z])|\\[Bb]ig[lr]?|\\\\(?:\[\w+\])?|\s|~")
_TABLE = re.compile(r"^\| *symbol.*\n\|[-| :]+\|\n((?:\|.*\n?)+)", re.MULTILINE)
_TOKEN = re.compile(
    r"\\(?:hat|dot)(?:\s*\{(\w)\}|\s+(\w))"  # 1, 2: a letter under a sign is a symbol of its own
    r"|\\mathsf\s*\{?\s*T\s*\}?"
    r"|\\operatorname\{(\w+)\}"  # 3
    r"|\\([a-zA-Z]+)"  # 4
    r"|([a-zA-Z'])"  # 5
)
# Commands that set or join, and functions of everybody's school: nothing to define.
_LAYOUT = set(
    "boxed frac dfrac tfrac sqrt sum prod left right Big big Bigl Bigr bigl bigr Big underbrace "
    "cdot cdots dots times quad qquad max min ln exp tanh lim in le ge approx sim ne to leftarrow "
    "rightarrow Longrightarrow infty langle rangle lVert rVert lvert rvert begin end cdotp".split()
)
_WITHOUT_SYMBOLS = re.compile(
    r"\\tag\{[^}]*\}|\\text(?:bf|it)?\{[^}]*\}|\\begin\{\w+\}(?:\{[lcr]+\})?|\\end\{\w+\}"
    r"|\\\\\[\w+\]|\\[,;!: \\{}|]|\\Im(?![a-z])"
)


def _page(root: Path, stem: str) -> Notebook | None:
    return next((one for one in shelf(root, "book") if one.path.stem == stem), None)


def _chapters(root: Path) -> Iterator[Notebook]:
    return (notebook for notebook in shelf(root, "book") if not notebook.is_appendix)


# ── numbers in the text ──────────────────────────────────────────────────────────────────────────

_EQUATION = re.compile(r"\((\d{1,2}\.\d{1,2}|A\.\d+)\)")
_FIGURE = re.compile(r"\bFigure (\d{1,2}\.\d{1,2}|A\.\d+)")
_CAPTION = re.compile(r"^\*Figure (\w+\.\d+)\.\*", re.MULTILINE)


def references_resolve(root: Path) -> list[str]:
    """``(5.3)`` is an equation of the book and ``Figure 5.2`` has a caption ``*Figure 5.2.*``."""
    equations: set[str] = set()
    figures: set[str] = set()
    found = []
    for notebook in shelf(root, "book"):
        for cell in notebook.cells("markdown"):
            equations |= set(_TAG.findall(cell.source))
            for number in _CAPTION.findall(cell.source):
                if number in figures:
                    found.append(cell.says(f"there are two captions of Figure {number}."))
                figures.add(number)
    for notebook in shelf(root):
        for cell in notebook.cells("markdown"):
            text = _MATHS.sub("", without_code(cell.source))
            for number in _EQUATION.findall(text):
                if number not in equations:
                    found.append(cell.says(f"the book has no equation ({number})."))
            for number in _FIGURE.findall(text):
                if number not in figures:
                    found.append(cell.says(f"the book has no Figure {number}."))
    return found


# ── the glossary ─────────────────────────────────────────────────────────────────────────────────


def words_are_explained(root: Path) -> list[str]:
    """Every new word of a chapter has an entry in the glossary that leads to where it stands.

    New words are those in a line ``**Words.**``, and what a chapter introduces in bold. Entries are
    paragraphs that begin ``**name** · ``, or with several names, in alphabetical order.
    """
    page = _page(root, GLOSSARY)
    if page is None:
        return []
    found: list[str] = []
    entries: dict[str, list[str]] = {}
    before = ""
    for cell in page.cells("markdown"):
        for entry, names in _entries(cell.source):
            here = _plain(names[0])
            if here < before:
                found.append(cell.says(f"'{names[0]}' stands after '{before}'."))
            before = here
            targets = [target for _, target in _LINKED.findall(entry)]
            if not any("#" in target for target in targets):
                found.append(cell.says(f"'{names[0]}' has no link to where it is introduced."))
            for name in names:
                if _plain(name) in entries:
                    found.append(cell.says(f"'{name}' is explained twice."))
                entries[_plain(name)] = targets
    for chapter in _chapters(root):
        for cell in chapter.cells("markdown"):
            for word, heading in _introduced(cell.source):
                wanted = f"{chapter.path.name}{heading}"
                if _plain(word) not in entries:
                    found.append(cell.says(f"the glossary has no entry '{word}'."))
                elif heading and wanted not in entries[_plain(word)]:
                    found.append(cell.says(f"the glossary's '{word}' has no link to {wanted}."))
    return found


def words_are_linked(root: Path) -> list[str]:
    """A new word leads to the glossary where it first stands in bold, and so does each Words line.

    The welcome, which comes before all of it, need not.
    """
    if _page(root, GLOSSARY) is None:
        return []
    found = []
    for chapter in _chapters(root):
        met: set[str] = set()
        for cell in chapter.cells("markdown") if chapter.chapter else ():
            for word, marked in _in_bold(cell.source):
                if _plain(word) not in met and f"]({GLOSSARY}.ipynb#" not in marked:
                    found.append(cell.says(f"'{word}' has no link to the glossary."))
                met.add(_plain(word))
            for line in _WORDS_LINE.findall(cell.source):
                if f"]({GLOSSARY}.ipynb)" not in line:
                    found.append(cell.says("the line of words has no link to the glossary."))
    return found


def _entries(source: str) -> Iterator[tuple[str, list[str]]]:
    """Every entry of a cell: its text and its names."""
    for paragraph in re.split(r"\n\s*\n", source):
        match = _ENTRY.match(paragraph)
        if match:
            yield paragraph, [name.rstrip(".") for name in _BOLD.findall(match.group(1))]


def _introduced(source: str) -> Iterator[tuple[str, str]]:
    """Words that a cell introduces, each with its heading as a link where it is in a Words line."""
    for line in _WORDS_LINE.findall(source):
        for words, target in _LINKED.findall(line):
            for word in words.split(", ") if target.startswith("#") else ():
                yield from ((one, target) for one in _apart(word))
    yield from ((bold, "") for bold, _ in _in_bold(source))


def _in_bold(source: str) -> Iterator[tuple[str, str]]:
    """Words that a cell introduces in bold: the word, and how it is written, link and all."""
    for marked in _BOLD.findall(_CODE.sub("", source)):
        bold = _LINKED.sub(r"\1", marked)
        stressed = bold.strip().lower() in STRESSED or bold.rstrip()[-1] in ".?!:,"
        if not stressed and len(bold.split()) <= WORDS:
            yield bold, marked


def _apart(words: str) -> list[str]:
    """``forward and central difference`` as the two terms that it is short for."""
    first, _, second = words.partition(" and ")
    if not second:
        return [words]
    return [f"{first} {second.split()[-1]}" if " " in second else first, second]


def _plain(word: str) -> str:
    """A word as the glossary sorts it: small letters, no *to* before a verb, no plural."""
    word = word.strip().lower().removeprefix("to ").removesuffix(".")
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


# ── the formula sheet ────────────────────────────────────────────────────────────────────────────


def formulas_are_complete(root: Path) -> list[str]:
    """Every formula in a box stands on the formula sheet, under the same number if it has one.

    And what the sheet quotes by its number, in a box or not, is what the chapter says.
    """
    page = _page(root, FORMULAS)
    if page is None:
        return []
    sheet = [text for cell in page.cells("markdown") for text in _maths(cell)]
    there = [(_TAG.findall(text), _bare(text)) for text in sheet]
    found = []
    for chapter in _chapters(root):
        for cell in chapter.cells("markdown"):
            for text in _maths(cell):
                tags = _TAG.findall(text)
                if tags and any(tags == own and _bare(text) != bare for own, bare in there):
                    found.append(cell.says(f"({tags[0]}) is another on the formula sheet."))
                    continue
                for box in _boxes(text):
                    if not any(tags in ([], own) and _bare(box) in bare for own, bare in there):
                        name = f"({tags[0]})" if tags else f"${box.strip()}$"
                        found.append(cell.says(f"the formula sheet lacks {name}."))
    return found


def _maths(cell: Cell) -> list[str]:
    text = re.sub(r"`[^`\n]+`", "", cell.source)
    return [display or inline for display, inline in _MATHS.findall(text)]


def _boxes(text: str) -> Iterator[str]:
    r"""What stands inside each ``\boxed{…}``."""
    for match in re.finditer(r"\\boxed\{", text):
        yield text[match.end() : _closing(text, match.end())]


def _closing(text: str, start: int) -> int:
    """Where the brace is closed that was opened just before ``start``."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place
    return len(text)


def _bare(text: str) -> str:
    """A formula without its number, its box, and what only sets spaces and sizes."""
    while (box := text.find("\\boxed{")) >= 0:
        inside = box + len("\\boxed{")
        end = _closing(text, inside)
        text = text[:box] + text[inside:end] + text[end + 1 :]
    return re.sub(r"\\[dt]frac", r"\\frac", _SPACES.sub("", _TAG.sub("", text)))


def symbols_are_defined(root: Path) -> list[str]:
    """Every symbol on the formula sheet stands in a table of symbols or in a line *Where …*.

    A table has the head ``symbol`` over its first column. A line that begins with ``Where`` belongs
    to the formula above it: parts with a semicolon between them, each beginning with the symbols
    that it defines.
    """
    page = _page(root, FORMULAS)
    if page is None:
        return []
    everywhere: set[str] = set()
    for cell in page.cells("markdown"):
        for rows in _TABLE.findall(cell.source):
            for row in rows.splitlines():
                everywhere |= _leading(row.split("|")[1])
    found = []
    for cell in page.cells("markdown"):
        for scope in _scopes(re.sub(r"`[^`\n]+`", "", cell.source)):
            here = set(everywhere)
            for line in re.findall(r"^Where (.*)$", scope, re.MULTILINE):
                for part in line.split(";"):
                    here |= _leading(part)
            for display, inline in _MATHS.findall(scope):
                text = display or inline
                for symbol in sorted(symbols(text) - here):
                    where = f"({_TAG.findall(text)[0]})" if _TAG.findall(text) else f"${text}$"
                    found.append(cell.says(f"{symbol} in {where} is defined nowhere."))
    return found


def _scopes(source: str) -> list[str]:
    """A cell's text in pieces: each displayed formula with the text that follows it."""
    return re.split(r"(?=^\$\$.+?\$\$)|(?=^#{1,6} )", source, flags=re.MULTILINE | re.DOTALL)


def _leading(text: str) -> set[str]:
    """The symbols that a part of a *where* defines: those it begins with."""
    match = re.match(r"\s*(?:and )?((?:\$[^$]+\$(?:, | and )?)+)", text)
    return symbols(match.group(1)) if match else set()


def symbols(text: str) -> set[str]:
    r"""The symbols of a formula: letters, Greek ones by name, operators, ``\hat y`` as one."""
    found = set()
    for match in _TOKEN.finditer(_WITHOUT_SYMBOLS.sub(" ", text)):
        if match.group(1) or match.group(2):
            found.add(re.sub(r"[{}\s]+", " ", match.group()).strip())
        elif match.group(4):
            if match.group(4) not in _LAYOUT:
                found.add(f"\\{match.group(4)}")
        else:
            found.add(match.group(3) or match.group(5) or "transposed")
    return found


REFERENCE_RULES = (
    references_resolve,
    words_are_explained,
    words_are_linked,
    formulas_are_complete,
    symbols_are_defined,
)
