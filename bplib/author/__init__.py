"""Tools for authors: keep text, notebooks, outputs and exercises in step.

The text in ``book/text`` and ``solutions/text`` (MyST Markdown) is the source. Everything else is
made from it by ``bplib author sync`` (``make sync``):

* ``book/NN_slug.ipynb`` and ``solutions/NN_slug.ipynb``: the same cells, executed;
* ``exercises/NN_slug.ipynb``: the solutions with the answers taken out, not executed.

``bplib author new`` begins an exercise and ``bplib author check`` holds it to all that the checks
promise (`bplib.author.promises`).

The libraries needed for this (jupytext, nbclient, nbgrader) are imported when they are used, so
that importing this package needs none of them.
"""

from bplib.author.problem import AuthorError

__all__ = ["AuthorError"]
