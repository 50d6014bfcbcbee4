"""Block quotes that begin with a bold word, "> **Careful.** …", as boxes of the site."""

from __future__ import annotations

import re

_QUOTE = re.compile(r"(?:^>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_LEAD = re.compile(r"\*\*(?P<kind>[A-Z]\w*)(?:: (?P<title>[^*]+?))?\.\*\*\s+")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)


def boxes(text: str) -> str:
    """Turn the block quotes of a Markdown text that begin with a bold word into admonitions.

    "> **Predict.** How far?" becomes an admonition with the title Predict and the class predict;
    "> **Aside: a small step.** …" one with the title "A small step". Other block quotes, and what
    stands in code fences, stay as they are.

    Arguments:
        text: the source of a Markdown cell.

    Returns:
        The text for the site's parser, which knows directives.
    """
    fences = [match.span() for match in _FENCE.finditer(text)]

    def box(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in fences):
            return match.group()
        inner = re.sub(r"^> ?", "", match.group(), flags=re.MULTILINE).strip()
        lead = _LEAD.match(inner)
        if lead is None:
            return match.group()
        kind, title = lead["kind"], lead["title"]
        shown = title[0].upper() + title[1:] if title else kind
        body = inner[lead.end() :]
        return f"::::{{admonition}} {shown}\n:class: {kind.lower()}\n\n{body}\n::::\n"

    return _QUOTE.sub(box, text)
