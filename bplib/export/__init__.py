"""The exercises as a course for nbgrader or as assignments for otter-grader.

Both are made from the solution notebooks, which travel with the package, so neither tool has to be
installed here. `nbgrader_course` and `otter_assignments` return files by name; `write_new` puts
them into a folder that holds nothing yet.
"""

from bplib.export.assignment import Assignment, ExportError, Task, assignments
from bplib.export.folder import write_new
from bplib.export.nbgrader import nbgrader_course
from bplib.export.otter import otter_assignments

__all__ = [
    "Assignment",
    "ExportError",
    "Task",
    "assignments",
    "nbgrader_course",
    "otter_assignments",
    "write_new",
]
