"""Search that knows symbols: δ, σ and ∂ are found, written as letters or as TeX."""

from __future__ import annotations

import re

from sphinx.search.en import SearchEnglish

from press import words

_WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*|[∂∇⊙∑√≈≤≥]")


class SearchSymbols(SearchEnglish):
    """English, with letters of formulas and signs as words of their own."""

    js_splitter_code = """
function splitQuery(query) {
    const word = /[\\p{Letter}\\p{Number}]+(?:_[\\p{Letter}\\p{Number}]+)*|[∂∇⊙∑√≈≤≥]/gu;
    return query.match(word) || [];
}
"""

    def split(self, input: str) -> list[str]:
        """The words of a text; TeX such as \\\\delta counts as δ and as delta."""
        # Their names are words already; the signs themselves are every second one.
        return _WORD.findall(input) + words.signs(input)[::2]
