"""The page: what was wanted and what was measured, first in one table, then in detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

REPEAT = """\
`make bench` repeats all of this and writes this page (about ten minutes on a quiet machine; `make
bench ARGS=--quick` for a rough answer, `ARGS="step memory"` for parts). Every library has a process
of its own, with a core for each of its threads, and works only when it is its turn; meanwhile the
others are stopped. Each turn is warmed up; its time is the median of blocks. A ratio is taken
within a round of turns, and what is printed is the median over the rounds, with the middle half of
them in brackets. Before whole steps are timed, every library has to compute the same losses for
ten of them."""


@dataclass(frozen=True)
class Claim:
    """One promise beside its measurement.

    Fields:
        what: what is promised.
        measured: the number, as it is printed.
        wanted: the limit, as it is printed.
        holds: whether the number is within the limit.
    """

    what: str
    measured: str
    wanted: str
    holds: bool


@dataclass(frozen=True)
class Section:
    """The answer to one question.

    Fields:
        title: its heading.
        text: Markdown.
        claims: its lines of the table at the top.
    """

    title: str
    text: str
    claims: Sequence[Claim] = field(default_factory=tuple)


def at_most(what: str, number: float, limit: float, measured: str = "") -> Claim:
    """A claim that a number is no larger than its limit."""
    return Claim(what, measured or f"{number:.2f}", f"≤ {limit:g}", number <= limit)


def at_least(what: str, number: float, limit: float, measured: str = "") -> Claim:
    """A claim that a number is no smaller than its limit."""
    return Claim(what, measured or f"{number:.2f}", f"≥ {limit:g}", number >= limit)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers and stand on the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def page(machine: Sequence[tuple[str, str]], sections: Sequence[Section], note: str = "") -> str:
    """The whole page.

    Arguments:
        machine: facts, as name and value.
        sections: the answers, in the order of the page.
        note: what the reader should know first, such as that this was the quick run.
    """
    claims = [
        [claim.what, claim.measured, claim.wanted, "✓" if claim.holds else "✗"]
        for section in sections
        for claim in section.claims
    ]
    kept = sum(row[-1] == "✓" for row in claims)
    parts = ["# What bplib costs, beside its peers", *([note] if note else [])]
    if claims:
        parts += [
            f"{kept} of {len(claims)} limits are kept.",
            table(["", "measured", "wanted", ""], claims),
        ]
    parts += ["## The machine", table(["", ""], machine).replace("---:", "---")]
    parts += ["## How to repeat", REPEAT.replace("\n", " ")]
    for section in sections:
        parts += [f"## {section.title}", section.text]
    return "\n\n".join(parts) + "\n"
