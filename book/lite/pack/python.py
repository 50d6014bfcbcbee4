"""Python for the browser: Pyodide's core, the wheels of the book, and the list it finds them by."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import parts

FOLDER = "./static/pyodide"
INSIDE = "open_webui/frontend/pyodide/"
LIBRARY = "python_stdlib.zip"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", LIBRARY)
# Fetched while Python starts; everything else when a cell imports it.
PRELOADED = (
    "micropip",
    "piplite",
    "ipykernel",
    "comm",
    "pyodide-kernel",
    "jedi",
    "ipython",
    "numpy",
    "bplib",
)
# What the book may ask for beside them.
WANTED = ("ipycanvas", "matplotlib", "threadpoolctl", "tqdm")
# JupyterLite's own stand-ins for packages of a Jupyter that has a server.
OF_THE_KERNEL = ("piplite", "ipykernel", "pyodide_kernel")
NEEDS = {
    "bplib": ["numpy", "safetensors"],
    "safetensors": ["numpy"],
    "ipywidgets": ["ipython", "comm", "traitlets"],
    "ipycanvas": ["ipywidgets", "numpy", "pillow"],
    "pyodide-kernel": ["ipython", "comm", "ipykernel"],
}
# What no notebook opens: every file that is unpacked costs a start its time. Headers, Fortran, and
# what jedi knows of Python 2, of Django and of packages that are not here.
NEVER_OPENED = re.compile(
    r"numpy/(f2py/|.*\.(a|c|h|pxd|pyx)$)"
    r"|jedi/third_party/(django-stubs|typeshed/stdlib/2|typeshed/third_party/2(and3)?)/"
)

Lock = dict[str, Any]


def version(wheel: Path) -> str:
    """Pyodide's version in the wheel that carries it."""
    with zipfile.ZipFile(wheel) as archive:
        found = json.loads(archive.read(INSIDE + "package.json"))["version"]
    assert isinstance(found, str)
    return found


def write(made: Path, wheels: dict[str, Path], ours: list[Path], base: str) -> None:
    """Put Python and its packages beside the pages, or their list alone.

    Arguments:
        made: the folder of the pages.
        wheels: from the package index, by name.
        ours: bplib's wheel and those that stand in for packages; Pyodide's own address has these.
        base: Pyodide's own address; empty for everything beside the pages.
    """
    folder = made / FOLDER
    folder.mkdir(parents=True)
    kernel = made / "extensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
    local = [*ours, *(path for name, path in wheels.items() if name != "open-webui")]
    local += [path for name in OF_THE_KERNEL for path in kernel.glob(f"{name}-*.whl")]
    with zipfile.ZipFile(wheels["open-webui"]) as archive:
        lock = json.loads(archive.read(INSIDE + "pyodide-lock.json"))
        there = {name.removeprefix(INSIDE) for name in archive.namelist()}
        if base:
            for entry in lock["packages"].values():
                entry["file_name"] = base + entry["file_name"]
            known = set(lock["packages"])
            local = [path for path in local if name_of(path) not in known]
        else:
            lock["packages"] = wanted(lock, there | {path.name for path in local})
            files = {entry["file_name"] for entry in lock["packages"].values()}
            for name in sorted({*CORE, *files} & there):
                (folder / name).write_bytes(archive.read(INSIDE + name))
    for path in local:
        (folder / path.name).write_bytes(path.read_bytes())
        entry = lock["packages"].setdefault(name_of(path), new_entry(path))
        entry["sha256"] = parts.sha256(path)
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def slim(folder: Path) -> None:
    """Take what no notebook opens out of the wheels.

    Arguments:
        folder: the one with the wheels and the lock, which gets their new hashes.
    """
    place = folder / "pyodide-lock.json"
    lock = json.loads(place.read_text(encoding="utf-8"))
    for entry in lock["packages"].values():
        parts.leave_out(folder / entry["file_name"], NEVER_OPENED)
        entry["sha256"] = parts.sha256(folder / entry["file_name"])
    place.write_text(json.dumps(lock), encoding="utf-8")


def address(folder: Path, wheels: dict[str, Path], ours: list[Path]) -> None:
    """A copy of Pyodide's own address, for a test: what of it the package index has.

    Pyodide packs some pure wheels anew; here they are as the package index has them, and ours is in
    the place of safetensors.

    Arguments:
        folder: where to put it.
        wheels: from the package index, by name.
        ours: the wheels that stand in for packages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheels["open-webui"]) as archive:
        lock = json.loads(archive.read(INSIDE + "pyodide-lock.json"))["packages"]
        for name in archive.namelist():
            if name.startswith(INSIDE) and not name.endswith("/"):
                (folder / name.removeprefix(INSIDE)).write_bytes(archive.read(name))
    for path in (*wheels.values(), *ours):
        if name_of(path) in lock:
            (folder / lock[name_of(path)]["file_name"]).write_bytes(path.read_bytes())


def wanted(lock: Lock, there: set[str], names: Sequence[str] = (*PRELOADED, *WANTED)) -> Lock:
    """The packages of a lock that the book may ask for, with what they depend on.

    Arguments:
        lock: Pyodide's.
        there: the names of the wheels that exist.
        names: what may be asked for.

    Returns:
        Their entries; one whose wheel is not there is left out, with what depends on it.
    """
    packages = lock["packages"]
    kept: Lock = {}

    def keep(name: str) -> bool:
        name = name.lower().replace("_", "-")
        entry = packages.get(name)
        if name in kept:
            return True
        if entry is None or entry["file_name"] not in there:
            return False
        if not all(keep(other) for other in entry["depends"]):
            return False
        kept[name] = entry
        return True

    for name in names:
        keep(name)
    return kept


def at_start(made: Path) -> list[str]:
    """What every start fetches from beside the pages.

    Arguments:
        made: the folder of the pages.

    Returns:
        Paths in that folder.
    """
    lock = json.loads((made / FOLDER / "pyodide-lock.json").read_text(encoding="utf-8"))
    there = {path.name for path in (made / FOLDER).iterdir()}
    # In the order in which they are listed, what each depends on before it.
    kept = wanted(lock, there, PRELOADED)
    names = [*CORE, "pyodide-lock.json", *(entry["file_name"] for entry in kept.values())]
    return [f"{FOLDER.removeprefix('./')}/{name}" for name in names]


def name_of(wheel: Path) -> str:
    """A wheel's package, as a lock writes it."""
    return wheel.name.split("-")[0].lower().replace("_", "-")


def new_entry(wheel: Path) -> dict[str, Any]:
    """The entry of a package that Pyodide does not know."""
    name = name_of(wheel)
    return {
        "name": name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "package_type": "package",
        "depends": NEEDS.get(name, []),
        "imports": [name.replace("-", "_")],
        "unvendored_tests": False,
    }
