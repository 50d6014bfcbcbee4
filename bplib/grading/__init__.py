"""Runs other people's notebooks and grades them: the code in a worker, the judgement here.

The grader makes the cases, holds the references, compares and words the verdict.  A worker process
runs one submission's cells and answers calls of its functions; between the two go plain values and
nothing else.  `GRADING.md` beside this file says how it is used and what it protects from.

The modules that a worker loads (`wire`, `channel`, `contain`, `cells`, `stand_in`, `worker`,
`template`) never import `bplib.checks` in the ordinary way, so that no reference is in its memory.
"""

from bplib import browser

if browser.here():
    raise ImportError(
        "bplib.grading runs each submission in a process of its own, and a browser has no "
        "processes: grade on a computer, with `bplib grade`."
    )
