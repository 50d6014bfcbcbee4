"""Search that knows symbols: δ, σ and ∂ are found, written as letters or as TeX."""

from __future__ import annotations

import re

from sphinx.search.en import SearchEnglish

LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Phi": "Φ",
    "Sigma": "Σ", "ell": "ℓ", "partial": "∂", "nabla": "∇", "odot": "⊙", "sum": "∑",
}  # fmt: skip
"""The TeX name of a symbol and the symbol."""

_TEX = re.compile(r"\\([A-Za-z]+)")
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
        symbols = [LETTERS[name] for name in _TEX.findall(input) if name in LETTERS]
        return _WORD.findall(input) + symbols
