"""What stands for ✓, − and the like where a terminal has no such letters.

An old console, or output sent to a file in ASCII, must still tell right from wrong. `PLAIN` is the
name of an error handler for encoding: ``text.encode(encoding, PLAIN)``.
"""

from __future__ import annotations

import codecs

PLAIN = "bplib.plain"

_INSTEAD = {
    "✓": "+", "✗": "x", "○": "o", "·": "-", "−": "-", "–": "-", "—": "-", "×": "x", "→": "->",
    "⇔": "<=>", "≈": "~", "≤": "<=", "≥": ">=", "≠": "!=", "…": "...", "²": "^2", "³": "^3",
    "½": "1/2", "√": "sqrt ", "Σ": "sum ", "σ": "sigma", "θ": "theta", "δ": "delta", "∂": "d",
    "ŷ": "y_hat", "ᵀ": ".T", "′": "'", "’": "'", "‘": "'", "“": '"', "”": '"', "\xa0": " ",
}  # fmt: skip


def _instead(error: UnicodeError) -> tuple[str, int]:
    """The plain spelling of what cannot be encoded, and a question mark where there is none."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_INSTEAD.get(letter, "?") for letter in missing), error.end


codecs.register_error(PLAIN, _instead)
