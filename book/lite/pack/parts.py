"""What comes from the package index: once, into the user's cache, checked against its hash."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

PIN = re.compile(r"^([\w.-]+)==(\S+) \\\n +--hash=sha256:([0-9a-f]{64})$", re.MULTILINE)
# The course itself: the pages carry it as notebooks, so the wheel need not.
NOT_IN_A_BROWSER = re.compile("bplib/course/files/")


class Missing(Exception):
    """Something could not be had; the text is one sentence."""


def cache() -> Path:
    """The folder for what is downloaded: BPLIB_CACHE, or bplib/lite in the user's cache."""
    named = os.environ.get("BPLIB_CACHE")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "bplib" / "lite"


def run(command: Sequence[object], what: str, cwd: Path | None = None) -> None:
    """Run a command quietly.

    Arguments:
        command: its words.
        what: what is being made or fetched, for the sentence.
        cwd: where it runs.

    Raises:
        Missing: where it fails, with the last lines that it wrote.
    """
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise Missing(f"{what}: {Path(words[0]).name} ended with {done.returncode}.\n{last}")


def tools(lock: Path) -> Path:
    """A Python that has what the lock pins, in an environment of the cache, made the first time.

    Arguments:
        lock: a file of requirements with hashes.

    Returns:
        The interpreter.

    Raises:
        Missing: where it cannot be set up.
    """
    key = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache() / f"tools-{key}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "ready").is_file():
        print("lite: setting up JupyterLite (once)", flush=True)
        run([sys.executable, "-m", "venv", "--clear", folder], "the tools")
        install = ["-m", "pip", "install", "-q", "--require-hashes", "-r", lock]
        run([python, *install], "the tools")
        (folder / "ready").touch()
    return python


def wheels(pinned: Path, python: Path) -> dict[str, Path]:
    """The wheels of a list, from the cache, and where one is missing from the package index.

    Arguments:
        pinned: requirements, one hash each.
        python: an interpreter with pip.

    Returns:
        A path for each name; its content has the hash of the list.

    Raises:
        Missing: where one cannot be downloaded.
    """
    folder = cache() / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {digest: name for name, _, digest in PIN.findall(pinned.read_text(encoding="utf-8"))}
    found = {sha256(one): one for one in folder.glob("*.whl")}
    if not wanted.keys() <= found.keys():
        print("lite: downloading Python for the browser (once, 110 MB)", flush=True)
        with tempfile.TemporaryDirectory() as empty:  # pip would take half a file for a whole one
            run(
                [python, "-m", "pip", "download", "-q", "--require-hashes", "--no-deps"]
                + ["--only-binary=:all:", "--ignore-requires-python", "-d", empty, "-r", pinned],
                "wheels for the browser",
            )
            for one in Path(empty).glob("*.whl"):
                beside = folder / f"{one.name}.part"
                beside.write_bytes(one.read_bytes())
                beside.replace(folder / one.name)
        found = {sha256(one): one for one in folder.glob("*.whl")}
    return {name: found[digest] for digest, name in wanted.items()}


def wheel_of_the_tree(root: Path, python: Path, folder: Path) -> Path:
    """bplib as a wheel, made from the tree as it is, without the notebooks.

    Arguments:
        root: of the repository.
        python: an interpreter with hatchling.
        folder: where to put it.

    Returns:
        The wheel.

    Raises:
        Missing: where it cannot be built.
    """
    run([python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "whole"], "bplib", root)
    (whole,) = (folder / "whole").glob("*.whl")
    leave_out(whole, NOT_IN_A_BROWSER)
    return whole


def leave_out(wheel: Path, names: re.Pattern[str]) -> None:
    """Take files out of a wheel, and out of its list of files.

    Arguments:
        wheel: rewritten where it has one of them; its other files stay as they are.
        names: matches the beginning of their names.
    """
    with zipfile.ZipFile(wheel) as source:
        if not any(map(names.match, source.namelist())):
            return
        slim = wheel.with_suffix(".part")
        with zipfile.ZipFile(slim, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in source.infolist():
                data = source.read(entry)
                if entry.filename.endswith(".dist-info/RECORD"):
                    lines = data.decode().splitlines(keepends=True)
                    kept = [one for one in lines if not names.match(one.partition(",")[0])]
                    data = "".join(kept).encode()
                if not names.match(entry.filename):
                    target.writestr(entry, data, zipfile.ZIP_DEFLATED)
    slim.replace(wheel)


def wheel_of_modules(package: Path, version: str, folder: Path) -> Path:
    """A package of plain modules as a wheel.

    Arguments:
        package: its folder.
        version: what the wheel says it is.
        folder: where to put it.

    Returns:
        The wheel.
    """
    about = f"{package.name}-{version}.dist-info"
    wheel = folder / f"{package.name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(package.glob("*.py")):
            file.write(path, f"{package.name}/{path.name}")
        file.writestr(
            f"{about}/METADATA",
            f"Metadata-Version: 2.1\nName: {package.name}\nVersion: {version}\n",
        )
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    return wheel


def public_address(python: Path, version: str) -> str:
    """Pyodide's own address, as JupyterLite knows it, for one version.

    Arguments:
        python: an interpreter with JupyterLite's kernel.
        version: of Pyodide.

    Returns:
        The address of its files, with a slash at the end.

    Raises:
        Missing: where the kernel knows none.
    """
    question = "from jupyterlite_pyodide_kernel import constants as c; "
    question += "print(c.PYODIDE_CDN_URL.replace(c.PYODIDE_VERSION, 'VERSION'))"
    done = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    if done.returncode or "VERSION" not in done.stdout:
        raise Missing("JupyterLite's kernel does not say where Pyodide is.")
    return done.stdout.strip().replace("VERSION", version) + "/"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
