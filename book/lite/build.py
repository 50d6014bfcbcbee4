"""The book, its exercises and bplib in a browser, with nothing installed: JupyterLite and Pyodide.

    python book/lite/build.py OUTPUT              everything in OUTPUT; no page asks anybody else
    python book/lite/build.py OUTPUT --public     Python and its packages from Pyodide's own address

Any Python from 3.11 on runs it; what it needs comes once from the package index, pinned by hash
(requirements/lite.txt, requirements/lite-browser.txt), into the user's cache. OUTPUT can be served
from any folder of any server. Links lead to notebooks/index.html?path=book/01_chain_rule.ipynb,
there. SITE_REPOSITORY (owner/name) says whose notebooks Colab opens.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from pack import compiled, notebooks, pages, parts, python  # noqa: E402

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
MARK = "jupyter-lite.json"
# Documents, and what draws them; the rest of JupyterLite's applications would only be copied.
APPS = ("lab", "notebooks", "tree", "edit", "consoles")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="build.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("output", type=Path, help="folder to write; what is in it is replaced")
    parser.add_argument("--public", action="store_true", help="Pyodide from its own address")
    parser.add_argument("--address", type=Path, help="folder for a copy of that address, to test")
    chosen = parser.parse_args(arguments)
    try:
        build(chosen.output.absolute(), public=chosen.public, address=chosen.address)
    except parts.Missing as error:
        print(f"lite: {error}", file=sys.stderr)
        return 1
    size = sum(one.stat().st_size for one in chosen.output.rglob("*") if one.is_file())
    print(f"lite: {size / 1e6:.0f} MB; python3 -m http.server -d {chosen.output} shows them")
    return 0


def build(output: Path, public: bool = False, address: Path | None = None) -> None:
    """Write everything.

    Arguments:
        output: the folder; a finished one is put in its place at the end, in one move.
        public: whether Python and its packages come from Pyodide's own address.
        address: a folder for a copy of that address; none is made without it.

    Raises:
        parts.Missing: where something could not be had, in one sentence.
    """
    if output.exists() and any(output.iterdir()) and not (output / MARK).is_file():
        raise parts.Missing(f"{output} holds something else; name a new folder.")
    tools = parts.tools(ROOT / "requirements" / "lite.txt")
    wheels = parts.wheels(ROOT / "requirements" / "lite-browser.txt", tools)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".lite-") as folder:
        made, work = Path(folder) / "made", Path(folder) / "work"
        work.mkdir()
        stand_in = parts.wheel_of_modules(HERE / "stand_in" / "safetensors", "0.7.0", work)
        ours = [parts.wheel_of_the_tree(ROOT, tools, work), stand_in]
        base = parts.public_address(tools, python.version(wheels["open-webui"])) if public else ""
        (work / MARK).write_text(json.dumps(settings(base)), encoding="utf-8")
        parts.run(
            [tools, "-m", "jupyterlite_core", "build", "--lite-dir", work, "--output-dir", made]
            + [word for app in APPS for word in ("--apps", app)]
            + ["--no-libarchive", "--no-sourcemaps"],
            "JupyterLite",
            work,
        )
        python.write(made, wheels, ours, base)
        if address:
            python.address(address, wheels, ours[1:])
        if not public:  # there the wheels are elsewhere, and as they are
            python.slim(made / python.FOLDER)
            compiled.add(made / python.FOLDER, work)
            pages.ahead(made, python.at_start(made))
        notebooks.write(made, notebooks.collect(ROOT))
        repository = os.environ.get("SITE_REPOSITORY") or os.environ.get("GITHUB_REPOSITORY", "")
        pages.guard(made, repository)
        shutil.rmtree(output, ignore_errors=True)
        made.rename(output)


def settings(base: str) -> dict[str, object]:
    """JupyterLite's settings.

    Arguments:
        base: Pyodide's own address, or nothing for the copy beside the pages.

    Returns:
        What stands in jupyter-lite.json.
    """
    kernel = {
        "pyodideUrl": f"{base or python.FOLDER + '/'}pyodide.mjs",
        "disablePyPIFallback": not base,
        "loadPyodideOptions": {
            "lockFileURL": f"{python.FOLDER}/pyodide-lock.json",
            "packages": list(python.PRELOADED),
        },
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Backpropagation from the Ground Up",
            "contentsAllJsonFile": notebooks.LISTING,
            "litePluginSettings": {KERNEL: kernel},
            # Nothing that looks for updates, news or extensions elsewhere.
            "disabledExtensions": [
                "@jupyterlab/apputils-extension:announcements",
                "@jupyterlab/extensionmanager-extension",
            ],
        },
    }


if __name__ == "__main__":
    sys.exit(main())
