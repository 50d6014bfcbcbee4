"""``bplib author new``: a declaration to be filled in, and the three cells of its notebook."""

from __future__ import annotations

import ast
import keyword
import re
from pathlib import Path

from bplib.author.problem import AuthorError, write_atomically
from bplib.author.promises.written import TO_WRITE

DECLARATIONS = Path("bplib/checks/exercises")
TEXTS = Path("solutions/text")
LAST = "\n## Where you are"  # the section that ends a chapter's exercises

_DECLARATION = '''\
"""Chapter {chapter}: {to_write} what the exercise is about, in a few words."""

from ..declare import Exercise, Misconception


def _{name}({arguments}):
    """{to_write} the right answer.  X (m, n), y (m,) -> (n,)"""
    raise NotImplementedError


def _cases(rng, i):
    """The inputs of case i: sizes pairwise different and none below 3, one case of extreme scale.

    Such as: m, n = (7, 3) if i % 2 else (9, 4)
             return rng.normal(size=(m, n)), rng.normal(size=m) * (1e6 if i == 5 else 1.0)
    """
    raise NotImplementedError


{upper} = Exercise(
    name="{name}",
    chapter={chapter},
    minutes=10,
    statement="{to_write} what to return. X (m, n), y (m,): the shape of every input.",
    reference=_{name},
    cases=_cases,
    # The names of what is returned; "dX" is the gradient with respect to X.
    returns=("answer",),
    # For a gradient, the scalar function of the same inputs: loss=_loss.
    loss=None,
    # Three right answers or more in other styles: a loop, einsum, another order.
    equivalents=(),
    # Five mistakes or more that people make, each as a function that makes exactly this one:
    # Misconception("missing-1/m", "the mean is missing its 1/m.", lambda X, y: ...),
    misconceptions=(),
    hints=(
        "{to_write} the idea.",
        "{to_write} the place.",
        "{to_write} nearly the line.",
    ),
    another="""
def {name}({arguments}):
    {to_write}
""",
    after="{to_write} what was interesting about it.",
)
'''

_CHAPTER = '''\
"""Chapter {chapter}: its exercises and predictions, in the order of the notebooks."""

from .{module} import {upper}

EXERCISES = ({upper},)
'''

_CELLS = '''\
## {to_write} A title of a few words

*{to_write} Ten minutes. Belongs to [a section](../book/{slug}.ipynb).*

{to_write} What to return, with everything that is needed to write it.

```{{code-cell}} ipython3
---
nbgrader:
  grade: false
  grade_id: {name}
  locked: false
  schema_version: 3
  solution: true
  task: false
---
def {name}({arguments}):
    """{to_write} What it returns.  X (m, n), y (m,) -> (n,)"""
    # BEGIN SOLUTION
    raise NotImplementedError()
    # END SOLUTION
```

```{{code-cell}} ipython3
---
nbgrader:
  grade: true
  grade_id: {name}-check
  locked: true
  points: 1
  schema_version: 3
  solution: false
  task: false
---
check({name})
```
'''


def new(root: Path, name: str, chapter: int, arguments: str = "x") -> list[Path]:
    """Writes the declaration and the cells of a new exercise; returns the files, new ones first.

    Arguments:
        root: the repository.
        name: of the exercise, which is that of the function to write.
        chapter: number of a chapter that has exercises.
        arguments: names of the function's inputs with commas between them.

    Returns:
        Paths of the declaration, of the chapter's list of exercises, and of its text.

    Raises:
        AuthorError: where that cannot be, and then nothing was written.
    """
    given = [one.strip() for one in arguments.split(",")]
    _refuse(root, name, given)
    text = _text_of(root, chapter)
    module = f"ch{chapter:02d}_{name}"
    words = {
        "name": name,
        "upper": name.upper(),
        "module": module,
        "chapter": chapter,
        "arguments": ", ".join(given),
        "slug": text.stem,
        "to_write": TO_WRITE,
    }
    declaration = root / DECLARATIONS / f"{module}.py"
    listed = root / DECLARATIONS / f"ch{chapter:02d}.py"
    if listed.exists():
        list_text = _listed(listed, module, name.upper())
    else:
        list_text = _CHAPTER.format(**words)
    cells = _with_cells(text.read_text(encoding="utf-8"), _CELLS.format(**words))
    write_atomically(declaration, _DECLARATION.format(**words))
    write_atomically(listed, list_text)
    write_atomically(text, cells)
    return [declaration, listed, text]


def _refuse(root: Path, name: str, arguments: list[str]) -> None:
    """Stops at names that cannot be, and outside a clone."""
    for folder in (DECLARATIONS, TEXTS):
        if not (root / folder).is_dir():
            raise AuthorError(f"a new exercise is written into a clone; {root} has no {folder}.")
    for what, one in (("name", name), *(("argument", one) for one in arguments)):
        if not one.isidentifier() or keyword.iskeyword(one):
            raise AuthorError(f"the {what} '{one}' is no Python name.")
    twice = sorted({one for one in arguments if arguments.count(one) > 1})
    if twice:
        raise AuthorError(f"the argument '{twice[0]}' is there twice.")
    if name != name.lower():
        raise AuthorError(f"the name '{name}' is that of a function: {name.lower()}, say.")
    for path in sorted((root / DECLARATIONS).glob("ch[0-9][0-9]*.py")):
        if re.search(rf"name=[\"']{name}[\"']", path.read_text(encoding="utf-8")):
            raise AuthorError(f"there is an exercise '{name}' already, in {path.name}.")


def _text_of(root: Path, chapter: int) -> Path:
    found = sorted((root / TEXTS).glob(f"{chapter:02d}_*.md"))
    if not found:
        known = sorted(int(path.name[:2]) for path in (root / TEXTS).glob("[0-9][0-9]_*.md"))
        raise AuthorError(
            f"{TEXTS.as_posix()} has no text of chapter {chapter}, only of "
            f"{', '.join(map(str, known)) or 'none'}; begin the chapter first."
        )
    return found[0]


def _listed(path: Path, module: str, upper: str) -> str:
    """The chapter's module with one import more, in its place, and one more line in EXERCISES."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.split("\n")
    assigned = [
        node
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXERCISES"
    ]
    if not assigned or not isinstance(assigned[0].value, ast.Tuple):
        raise AuthorError(f"{path.name} has no tuple EXERCISES to put {upper} into.")
    end = assigned[0].value
    assert end.end_lineno is not None and end.end_col_offset is not None
    last = lines[end.end_lineno - 1]
    if end.lineno == end.end_lineno:
        before = last.encode()[: end.end_col_offset - 1].decode().rstrip().rstrip(",")
        lines[end.end_lineno - 1] = f"{before}, {upper})"
    else:
        lines.insert(end.end_lineno - 1, f"    {upper},")
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    relative = any(isinstance(n, ast.ImportFrom) and n.level for n in imports)
    package = "." if relative else "bplib.checks.exercises."
    line = f"from {package}{module} import {upper}"
    later = [
        n.lineno
        for n in imports
        if isinstance(n, ast.ImportFrom)
        and n.level == int(relative)
        and (n.module or "") > f"{package}{module}".lstrip(".")
    ]
    place = later[0] - 1 if later else (imports[-1].end_lineno if imports else 1) or 1
    lines.insert(place, line)
    return "\n".join(lines)


def _with_cells(text: str, cells: str) -> str:
    """A chapter's text with three cells more, before its last section."""
    at = text.rfind(LAST)
    before, after = (text[:at], text[at:]) if at >= 0 else (text, "")
    before = before.rstrip("\n")
    # Text that follows text would become one cell with it.
    joint = "\n\n" if before.endswith("```") else "\n\n+++\n\n"
    return f"{before}{joint}{cells}{after}"
