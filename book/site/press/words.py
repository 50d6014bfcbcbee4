"""Words and letters by which something is found: other names of terms, and TeX names of signs."""

from __future__ import annotations

import re

LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Phi": "Φ",
    "Sigma": "Σ", "ell": "ℓ", "partial": "∂", "nabla": "∇", "odot": "⊙", "sum": "∑",
}  # fmt: skip
"""The TeX name of a symbol and the symbol."""

OTHER_NAMES = {
    "automatic differentiation": "reverse-mode", "autograd": "reverse-mode",
    "backprop": "backpropagation", "cost function": "loss", "loss function": "loss",
    "objective": "loss", "MSE": "mean-squared-error", "squared error": "mean-squared-error",
    "SGD": "stochastic-gradient-descent", "step size": "learning-rate", "log loss": "cross-entropy",
    "binary cross-entropy": "cross-entropy", "negative log-likelihood": "likelihood",
    "dead neuron": "dead-relu", "dying ReLU": "dead-relu", "vanishing gradients":
    "vanishing-gradient", "exploding gradients": "exploding-gradient", "finite difference":
    "central-difference", "skip connection": "residual-connection", "L2 regularisation":
    "l2-penalty", "L1 regularisation": "l1-penalty", "Hadamard product": "signs",
    "elementwise product": "signs", "rectifier": "relu",
    "⊙": "signs",
}  # fmt: skip
"""What other books call it, and the place in the glossary."""

_TEX = re.compile(r"\\([A-Za-z]+)")


def names(terms: dict[str, str], places: set[str]) -> list[tuple[str, str]]:
    """Under which words a glossary's entries are found.

    Arguments:
        terms: each term and its place on the page.
        places: every place of the page.

    Returns:
        Words and places: the terms, with z where others write one, and other books' names.

    Raises:
        ValueError: where a name of another book leads to a place that is not there.
    """
    found = [*terms.items(), *OTHER_NAMES.items()]
    if lost := sorted({place for _, place in found} - places):
        raise ValueError(f"press/words.py: the glossary has no place {', '.join(lost)}.")
    found += [(_american(word), place) for word, place in found if word != _american(word)]
    return found


def _american(word: str) -> str:
    return re.sub(r"(?<=[dlmr])is(?=ation\b|e\b)", "iz", word)


def signs(tex: str) -> list[str]:
    """The letters and signs of a formula, as they are written and by name: δ and delta."""
    return [word for name in _TEX.findall(tex) if name in LETTERS for word in (LETTERS[name], name)]
