"""The notebooks as the browser gets them, and the lists in which its file browser looks."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDERS = ("book", "exercises", "solutions")
LISTING = "all.json"
KINDS = {".ipynb": "notebook"}
# What bplib imports where the browser does not see it, and the cells that make it do so.
FETCHED = {
    "matplotlib": re.compile(
        r"^(?:from bplib import .*\bdraw\b|(?:from|import) bplib\.draw\b)", re.M
    ),
    "ipycanvas": re.compile(r"\bdraw\.pad\("),
}
FETCH = "import {}  # in a browser, this line fetches it\n"
# Below the title of each: what is different here, where the reader looks when it matters.
NOTE = (
    "> **In your browser.** Python runs inside this page, and what you write, and your progress, "
    "stay in this browser. A cell that does not end: *Kernel*, *Restart Kernel…*; the stop button "
    "is not heard here. (A check stops by itself.) There is one core: products of large matrices "
    "take about fifty times as long as on a computer, most other things about ten times. What "
    "needs a graphics card or a second process, such as CuPy, MPI and the grading of a class, is "
    "for a computer."
)


def collect(root: Path) -> dict[str, bytes]:
    """Every file a reader opens, as it is to be served.

    Arguments:
        root: of the repository.

    Returns:
        The content of each, by its path.
    """
    found = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.ipynb")):
            found[f"{folder}/{path.name}"] = for_a_browser(path.read_text(encoding="utf-8"))
    for path in sorted([*(root / "book").glob("*.md"), *(root / "book/images").glob("*.*")]):
        found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def for_a_browser(text: str) -> bytes:
    """A notebook that asks for the browser's kernel and what draws its figures, and has a note.

    Its figures move at once: without the mark of trust JupyterLite shows their still state until
    their cells are run.

    matplotlib is a third of all there is to download, and most exercises do without. The browser
    fetches what a cell imports by its name, and bplib imports matplotlib out of its sight.

    Arguments:
        text: the notebook.

    Returns:
        The notebook.
    """
    notebook = json.loads(text)
    notebook["metadata"]["kernelspec"] = {
        "name": "python",
        "display_name": "Python (Pyodide)",
        "language": "python",
    }
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in code:
        cell["metadata"]["trusted"] = True
    for package, use in FETCHED.items():
        for cell in code:
            source = "".join(cell["source"])
            if use.search(source):
                cell["source"] = FETCH.format(package) + source
                break
    note = {"cell_type": "markdown", "id": "in-your-browser", "metadata": {}, "source": NOTE}
    notebook["cells"].insert(1, note)
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def write(made: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, and a list for each folder.

    Arguments:
        made: the folder of the pages.
        files: the content of each, by its path.
    """
    for name, data in files.items():
        path = made / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folders = {""}
    for name in files:
        folders.update(str(one) for one in Path(name).parents if str(one) != ".")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for folder in folders:
        path = made / "api/contents" / folder / LISTING
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(listing(folder, folders, files, now)), encoding="utf-8")


def listing(folder: str, folders: set[str], files: Mapping[str, bytes], now: str) -> dict[str, Any]:
    """One folder as Jupyter's contents API describes it.

    Arguments:
        folder: its path; empty for the top.
        folders: all there are.
        files: all there are.
        now: the time that every entry gets.

    Returns:
        The description, with one of each of its entries, in the order of the alphabet.
    """

    def inside(name: str) -> bool:
        return bool(name) and name.rpartition("/")[0] == folder

    entries = [entry(name, "directory", now) for name in sorted(filter(inside, folders))]
    for name in sorted(filter(inside, files)):
        kind = KINDS.get(Path(name).suffix, "file")
        entries.append(entry(name, kind, now, len(files[name])))
    return {**entry(folder, "directory", now), "format": "json", "content": entries}


def entry(path: str, kind: str, now: str, size: int | None = None) -> dict[str, Any]:
    """One file or folder, without its content."""
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "type": kind,
        "format": None,
        "mimetype": mimetypes.guess_type(path)[0] if kind == "file" else None,
        "created": now,
        "last_modified": now,
        "size": size,
        "writable": True,
        "content": None,
    }
