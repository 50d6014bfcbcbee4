"""Modules that are compiled beforehand, so that a page runs its first cell seconds sooner."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from . import parts
from .python import LIBRARY, PRELOADED

HERE = Path(__file__).resolve().parent
Compiled = dict[str, tuple[str, bytes]]


def add(folder: Path, work: Path) -> None:
    """Put the compiled form of what a notebook loads at its start into the wheels.

    Only Pyodide compiles for Pyodide, and here it runs in Node; without Node nothing is done.

    Arguments:
        folder: the one with Pyodide, its lock and the wheels.
        work: a folder for what is needed meanwhile.

    Raises:
        parts.Missing: where Pyodide does not run.
    """
    node = shutil.which("node")
    if node is None:
        print("lite: without Node nothing is compiled beforehand; pages start a little later")
        return
    archive = work / "compiled.zip"
    packages = [*PRELOADED, "matplotlib"]
    parts.run([node, HERE / "compile.mjs", folder, archive, *packages], "compiling")
    compiled: Compiled = {}
    with zipfile.ZipFile(archive) as file:
        for entry in file.namelist():
            source, _, name = entry.partition(":")
            compiled[source] = name, file.read(entry)
    put(folder, compiled)


def put(folder: Path, compiled: Compiled) -> None:
    """Add compiled modules to the archives that have their sources.

    Arguments:
        folder: the one with the lock, the wheels and the standard library.
        compiled: for the path of a source, the path and the content of its compiled form; what is
            in the standard library has its archive's name in front.
    """
    place = folder / "pyodide-lock.json"
    lock = json.loads(place.read_text(encoding="utf-8"))
    for entry in lock["packages"].values():
        wheel = folder / entry["file_name"]
        append(wheel, compiled)
        entry["sha256"] = parts.sha256(wheel)
    place.write_text(json.dumps(lock), encoding="utf-8")
    inside = f"{LIBRARY}/"
    of_python = {one: compiled[one] for one in compiled if one.startswith(inside)}
    append(folder / LIBRARY, {one.removeprefix(inside): of_python[one] for one in of_python})


def append(archive: Path, compiled: Compiled) -> None:
    """Add compiled modules to one archive, where it has their sources.

    Arguments:
        archive: a wheel, or another zip file.
        compiled: for the path of a source in it, the path and the content of its compiled form.
    """
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for source in sorted(compiled.keys() & set(file.namelist())):
            name, data = compiled[source]
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
