"""The rules on the pages to look things up in, each proved to fail; on the book they run beside
the others in test_notebooks.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bplib.author import rules_reference, rules_text
from bplib.author.rules_reference import symbols

CHAPTER = r"""# 1 · Small

## Two ways

A **[slope](91_glossary.ipynb#slope)**, **slope**, **[the one thing](91_glossary.ipynb#thing)** that
you need, is *not* **a thing in bold that says more.**

$$\boxed{\;dx = a\,\frac{\partial y}{\partial x}\;} \tag{1.1}$$

Here $\boxed{a = \hat b}$ in short, and $$c = a \tag{1.2}$$

**Words.** [slope, up and down step](#Two-ways) · [rates](#In-short) · [all](91_glossary.ipynb)

## In short"""

GLOSSARY = """# Glossary

**What is in it?**

<a id="down"></a>**down step** · Lower. [1](01_small.ipynb#Two-ways)

**rate**, **tempo** · How fast. [1](01_small.ipynb#In-short)

<a id="slope"></a>**slope** · How steep. [1](01_small.ipynb#Two-ways)

<a id="thing"></a>**the one thing** · This. [1](01_small.ipynb#Two-ways)

**up step** · Higher. [1](01_small.ipynb#Two-ways)"""

FORMULAS = r"""# Formulas

| symbol | meaning |
|---|---|
| $d$, $\partial$ | slope |
| $x$ | what goes in |
| $y$ | what comes out, of $x$ |

$$dx = a \frac{\partial y}{\partial x} \tag{1.1}$$

[Chapter 1](01_small.ipynb#Two-ways), in short $x = 2a$

Where $a$ is a rate.

$$a = \hat b$$

Where $a$, $\hat b$ are two numbers; $c$ is another."""

NOTATION = r"""# Notation

$$x = y \tag{A.1}$$"""

PAGES = {
    "01_small": CHAPTER,
    "90_notation": NOTATION,
    "91_glossary": GLOSSARY,
    "92_formulas": FORMULAS,
    "93_errata": NOTATION.replace("A.1", "A.2"),
}
RULES = (*rules_text.TEXT_RULES, *rules_reference.REFERENCE_RULES)


class Book:
    """A small book with its appendices, to be broken in one place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages = dict(PAGES)
        # A chapter asks first, which an appendix need not.
        self.pages["01_small"] = CHAPTER + 3 * "\n\n> **Predict.** What comes next?"

    def change(self, page: str, old: str, new: str) -> Path:
        assert self.pages[page].count(old) >= 1
        self.pages[page] = self.pages[page].replace(old, new)
        return self.write()

    def write(self) -> Path:
        (self.root / "book").mkdir(exist_ok=True)
        for name, text in self.pages.items():
            cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": text}
            notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            (self.root / f"book/{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        return self.root


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_the_small_book_keeps_the_rules(book: Book) -> None:
    root = book.write()
    assert [problem for rule in RULES for problem in rule(root)] == []


def test_a_book_without_appendices_keeps_them(book: Book) -> None:
    text = book.pages["01_small"]
    book.pages = {"01_small": text.replace("91_glossary.ipynb", "https://example.org")}
    root = book.write()
    assert [problem for rule in RULES for problem in rule(root)] == []


@pytest.mark.parametrize(
    ("page", "old", "new", "problem"),
    [
        ("90_notation", "A.1", "A.2", "book/90_notation.ipynb, cell 1: the equation is \\tag{A.2}; "
         "A.1 is next."),
        ("93_errata", "A.2", "A.1", "book/93_errata.ipynb, cell 1: the equation is \\tag{A.1}; "
         "A.2 is next."),
        ("92_formulas", "{1.1}", "{1.3}", "book/92_formulas.ipynb, cell 1: it quotes equation "
         "(1.3), which no chapter has."),
        ("92_formulas", "01_small.ipynb", "README.md", "book/92_formulas.ipynb, cell 1: it quotes "
         "equation (1.1) without a link to 01_small.ipynb."),
    ],
)  # fmt: skip
def test_numbers_of_appendices(book: Book, page: str, old: str, new: str, problem: str) -> None:
    assert rules_text.equations_are_numbered(book.change(page, old, new)) == [problem]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("By (1.2), and by (A.2).", []),
        ("By (1.3).", ["the book has no equation (1.3)."]),
        ("By (A.7), in `(9.9)`, $(8.8)$.", ["the book has no equation (A.7)."]),
        ("Figure 1.1 shows it.\n\n*Figure 1.1.* This.", []),
        ("Figure 1.1 shows it.", ["the book has no Figure 1.1."]),
        ("*Figure 1.1.* This.\n\n*Figure 1.1.* That.", ["there are two captions of Figure 1.1."]),
    ],
)
def test_references_resolve(book: Book, text: str, problems: list[str]) -> None:
    root = book.change("01_small", "is *not*", f"is not\n\n{text}\n\n")
    start = "book/01_small.ipynb, cell 1: "
    assert rules_reference.references_resolve(root) == [f"{start}{one}" for one in problems]


@pytest.mark.parametrize(
    ("page", "old", "new", "problem"),
    [
        ("01_small", "**slope**", "**steep slope**",
         "book/01_small.ipynb, cell 1: the glossary has no entry 'steep slope'."),
        ("01_small", "**slope**", "**[ascent](91_glossary.ipynb#a)**",
         "book/01_small.ipynb, cell 1: the glossary has no entry 'ascent'."),
        ("01_small", "[slope, up", "[slope, lift, up",
         "book/01_small.ipynb, cell 1: the glossary has no entry 'lift'."),
        ("01_small", "[rates](#In-short)", "[rates](#Two-ways)",
         "book/01_small.ipynb, cell 1: the glossary's 'rates' has no link to "
         "01_small.ipynb#Two-ways."),
        ("91_glossary", "**down step** · Lower.", "**low step** · Lower.",
         "book/01_small.ipynb, cell 1: the glossary has no entry 'down step'."),
        ("91_glossary", "**tempo**", "**zeal**", None),
        ("91_glossary", "**tempo**", "**slope**",
         "book/91_glossary.ipynb, cell 1: 'slope' is explained twice."),
        ("91_glossary", "**rate**, **tempo**", "**velocity**, **rate**",
         "book/91_glossary.ipynb, cell 1: 'slope' stands after 'velocity'."),
        ("91_glossary", "How fast. [1](01_small.ipynb#In-short)", "See [1](01_small.ipynb)",
         "book/91_glossary.ipynb, cell 1: 'rate' has no link to where it is introduced."),
    ],
)  # fmt: skip
def test_words_are_explained(book: Book, page: str, old: str, new: str, problem: str) -> None:
    found = rules_reference.words_are_explained(book.change(page, old, new))
    assert found[:1] == ([] if problem is None else [problem])


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("**[slope](91_glossary.ipynb#slope)**", "**slope**",
         "'slope' has no link to the glossary."),
        ("**[slope](91_glossary.ipynb#slope)**", "**[slope](#In-short)**",
         "'slope' has no link to the glossary."),
        ("[all](91_glossary.ipynb)", "all", "the line of words has no link to the glossary."),
        ("**slope**", "**slopes**", None),  # only the first place of a word needs one
    ],
)  # fmt: skip
def test_words_are_linked(book: Book, old: str, new: str, problem: str | None) -> None:
    found = rules_reference.words_are_linked(book.change("01_small", old, new))
    assert found == ([] if problem is None else [f"book/01_small.ipynb, cell 1: {problem}"])


@pytest.mark.parametrize(
    ("page", "old", "new", "problems"),
    [
        ("92_formulas", r"a \frac{\partial y}", r"a + \frac{\partial y}",
         ["(1.1) is another on the formula sheet."]),
        ("92_formulas", r" \tag{1.1}", "", ["the formula sheet lacks (1.1)."]),
        ("92_formulas", r"a \frac{\partial y}", r"a\;\dfrac{\partial y}", []),
        ("92_formulas", "{1.1}", "{1.2}",
         ["the formula sheet lacks (1.1).", "(1.2) is another on the formula sheet."]),
        ("92_formulas", r"$$a = \hat b$$", r"$$a = b$$",
         [r"the formula sheet lacks $a = \hat b$."]),
        ("92_formulas", r"$$a = \hat b$$", "$$a = \\hat b$$\n\n$$c = a \\tag{1.2}$$", []),
        ("92_formulas", r"$$a = \hat b$$", "$$a = \\hat b$$\n\n$$c = 2a \\tag{1.2}$$",
         ["(1.2) is another on the formula sheet."]),
        ("01_small", r"\boxed{a = \hat b}", r"\boxed{a = \hat b^2}",
         [r"the formula sheet lacks $a = \hat b^2$."]),
        ("01_small", r"c = a \tag", r"\boxed{c = a} \tag", ["the formula sheet lacks (1.2)."]),
    ],
)  # fmt: skip
def test_formulas_are_complete(
    book: Book, page: str, old: str, new: str, problems: list[str]
) -> None:
    found = rules_reference.formulas_are_complete(book.change(page, old, new))
    assert found == [f"book/01_small.ipynb, cell 1: {one}" for one in problems]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Where $a$ is a rate.", "", ("a in (1.1)", "a in $x = 2a$")),
        ("| $y$ |", "| $z$ |", ("y in (1.1)",)),
        ("$x = 2a$", r"$x = 2a\kappa$", (r"\kappa in $x = 2a\kappa$",)),
        ("of $x$ |", "of $q$ |", ("q in $q$",)),
        (r"$a$, $\hat b$ are", "$a$, $b$ are", (r"\hat b in $a = \hat b$",)),
        ("is a rate.", "is a rate; as $y$", ()),
        ("Where $a$ is", "Where it is $a$,", ("a in (1.1)", "a in $x = 2a$", "a in $a$")),
    ],
)
def test_symbols_are_defined(book: Book, old: str, new: str, problem: tuple[str, ...]) -> None:
    found = rules_reference.symbols_are_defined(book.change("92_formulas", old, new))
    start = "book/92_formulas.ipynb, cell 1: "
    assert found == [f"{start}{one} is defined nowhere." for one in problem]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\frac{1}{m} \sum_{i=1}^m \ell_i", {"m", "i", r"\ell"}),
        (r"\delta^{(l)} = W^{(l+1)\mathsf T} \odot f'\bigl(z\bigr)",
         {r"\delta", "l", "W", "transposed", r"\odot", "f", "'", "z"}),
        (r"dW = \dots, \quad \operatorname{diag}(p) \text{ of } F_\text{now}",
         {"d", "W", "diag", "p", "F"}),
        (r"\hat y \ne \dot{x}, \lVert v \rVert \\[10pt] \ln e^{-|z|}",
         {r"\hat y", r"\dot x", "v", "e", "z"}),
        (r"\begin{array}{ll} \max(a, 0) & \tfrac14 \end{array} \tag{A.1}", {"a"}),
        (r"X^\mathsf{T} \unheardof", {"X", "transposed", r"\unheardof"}),
    ],
)  # fmt: skip
def test_symbols(formula: str, expected: set[str]) -> None:
    assert symbols(formula) == expected
