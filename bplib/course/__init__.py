"""Where the book's files are, and a reader's own working copy of them.

`files()` finds the course (a clone's folders, or those inside an installed package). `lay_out`
makes a working copy in a folder of the reader's and brings it up to date later without touching
what the reader wrote; `notebooks` lists those of a folder, without the reader's own copies; `reset`
gives a notebook back as it was delivered, and `reset_exercise` one cell of it, after a backup;
`trust` lets JupyterLab show the figures of notebooks that are exactly as delivered.
"""

from bplib.course.layout import LayOut, lay_out
from bplib.course.reset import notebook_called, reset, reset_exercise
from bplib.course.trusted import trust
from bplib.course.where import CourseError, delivered, files, is_clone, notebooks

__all__ = [
    "CourseError",
    "LayOut",
    "delivered",
    "files",
    "is_clone",
    "lay_out",
    "notebook_called",
    "notebooks",
    "reset",
    "reset_exercise",
    "trust",
]
