"""``bplib doctor``: what this machine has for the book, what is missing, and how to get it.

Each finding is one line: ✓ it is there, ✗ it is needed and missing, ○ it is optional. The module
needs NumPy only, so ``python -m bplib.doctor`` works where the command line does not.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bplib import browser
from bplib.blas import decision
from bplib.blas.advice import advise
from bplib.blas.measure import Failed, compare

BOOK = "pip install 'bplib[book]'"
OLDEST_PYTHON = (3, 11)
OLDEST_NUMPY = (2, 0)


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Fields:
        mark: "✓", "✗" or "○".
        topic: what was looked at, such as "NumPy".
        found: what is there, in a few words.
        remedy: how to get what is missing, or advice; empty where there is nothing to do.
    """

    mark: str
    topic: str
    found: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at everything once, in the order of the report.

    Returns:
        The findings. A look that fails is itself a finding, never an exception.
    """
    looks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("Python", look_at_python),
        ("NumPy", look_at_numpy),
        ("BLAS", look_at_blas),
        ("products", look_at_products),
        ("GPU", look_at_gpu),
        ("JupyterLab", look_at_lab),
        ("kernel", look_at_kernel),
        ("matplotlib", lambda: look_for("matplotlib", "matplotlib", BOOK)),
        ("ipywidgets", lambda: look_for("ipywidgets", "ipywidgets", BOOK)),
        ("command line", look_at_command_line),
        ("course", look_at_course),
        ("progress", look_at_progress),
        ("nbgrader", look_at_nbgrader),
    )
    in_a_browser = ("Python", "NumPy", "GPU", "matplotlib", "progress")
    if browser.here():  # nothing else can be had there, and nothing else is needed
        looks = tuple(one for one in looks if one[0] in in_a_browser)
    return [_looked(topic, look) for topic, look in looks]


def _looked(topic: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # a half-installed package can raise anything while it is looked at
        return Finding("✗", topic, f"looking at it raised {type(error).__name__}: {error}")


def report(findings: list[Finding]) -> str:
    """The findings as text: one line each, a remedy on the next line, a verdict at the end."""
    width = max(len(finding.topic) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{finding.mark} {finding.topic:<{width}}  {finding.found}")
        if finding.remedy:
            lines.append(f"  {'':<{width}}  → {finding.remedy}")
    missing = [finding.topic for finding in findings if finding.mark == "✗"]
    lines += ["", f"Missing: {', '.join(missing)}." if missing else "Everything needed is here."]
    return "\n".join(lines)


def look_at_python() -> Finding:
    """The version and whether it is new enough."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST_PYTHON:
        return Finding("✗", "Python", found, "install Python 3.11 or newer")
    return Finding("✓", "Python", found)


def look_at_numpy() -> Finding:
    """The version and whether it is new enough."""
    numbers = tuple(int(part) for part in np.__version__.split(".")[:2])
    if numbers < OLDEST_NUMPY:
        return Finding("✗", "NumPy", np.__version__, "pip install 'numpy>=2.0'")
    return Finding("✓", "NumPy", np.__version__)


def look_at_blas() -> Finding:
    """Which library multiplies matrices, and with how many threads."""
    pools = _blas_pools()
    if pools:
        pool = pools[0]
        threads = pool["num_threads"]
        kernels = pool.get("architecture") or ""
        found = f"{pool['internal_api']} {pool.get('version') or ''}".strip()
        found += f", {threads} thread{'' if threads == 1 else 's'}"
        found += f", {kernels} kernels" if kernels else ""
        return Finding("✓", "BLAS", found)
    build = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    cores = os.cpu_count() or 1
    found = f"{build['name']} {build.get('version', '')}".strip() + f", {cores} cores"
    return Finding("✓", "BLAS", found)


def _blas_pools() -> list[dict]:
    """NumPy's BLAS as threadpoolctl sees it; empty without threadpoolctl."""
    if importlib.util.find_spec("threadpoolctl") is None:
        return []
    import threadpoolctl

    return [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]


def look_at_products() -> Finding:
    """How fast matrix products are, and whether other kernels would make them faster.

    It takes about a second. What it finds is remembered for the next start of the book.
    """
    try:
        advice = advise(compare())
    except Failed as error:
        return Finding("○", "products", f"matrix products could not be timed: {error}")
    # With the variable set, by hand or by `bplib book`, what OpenBLAS picks has not been timed.
    if decision.VARIABLE not in os.environ and (advice.certain or decision.remembered() is None):
        decision.remember(advice.kernels)
    return Finding("○" if advice.remedy else "✓", "products", advice.found, advice.remedy)


def look_at_gpu() -> Finding:
    """Whether CuPy is installed and sees a GPU; the book needs neither."""
    if browser.here():
        return Finding("○", "GPU", "a browser gives Python none; everything runs on the CPU")
    if importlib.util.find_spec("cupy") is None:
        return Finding("○", "GPU", "CuPy is not installed; everything runs on the CPU")
    import cupy

    if not cupy.is_available():
        return Finding("○", "GPU", f"CuPy {cupy.__version__}, no usable GPU; the CPU is used")
    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    return Finding("✓", "GPU", f"CuPy {cupy.__version__}, {name}")


def look_for(topic: str, package: str, remedy: str) -> Finding:
    """Whether a package is installed, and its version."""
    try:
        return Finding("✓", topic, importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        if browser.here():
            return Finding("○", topic, f"not fetched yet: `import {package}` in a cell does")
        return Finding("✗", topic, "not installed", remedy)


def look_at_lab() -> Finding:
    """Whether JupyterLab is installed; Colab is a Jupyter of its own."""
    found = look_for("JupyterLab", "jupyterlab", BOOK)
    if found.mark == "✗" and "google.colab" in sys.modules:
        return Finding("○", "JupyterLab", "not installed; in Colab nobody needs it")
    return found


def look_at_kernel() -> Finding:
    """Whether Jupyter can start this Python."""
    if importlib.util.find_spec("ipykernel") is None:
        return Finding("✗", "kernel", "ipykernel is not installed", BOOK)
    from jupyter_client.kernelspec import KernelSpecManager

    # "python3" is what the notebooks ask for; Jupyter runs it with the Python it was started by.
    specs = KernelSpecManager().find_kernel_specs()
    if "python3" not in specs:
        remedy = "python -m ipykernel install --sys-prefix"
        return Finding("✗", "kernel", "Jupyter knows no kernel called python3", remedy)
    return Finding("✓", "kernel", f"python3 (ipykernel {importlib.metadata.version('ipykernel')})")


def look_at_command_line() -> Finding:
    """Whether the ``bplib`` command can run."""
    missing = [name for name in ("typer", "rich") if importlib.util.find_spec(name) is None]
    if missing:
        found = f"{' and '.join(missing)} not installed; the bplib command cannot run"
        return Finding("✗", "command line", found, BOOK)
    return Finding("✓", "command line", f"bplib {_version()}")


def _version() -> str:
    try:
        return importlib.metadata.version("bplib")
    except importlib.metadata.PackageNotFoundError:
        return "from its folder, not installed"


def look_at_course() -> Finding:
    """Where the book's notebooks are, and how many."""
    from bplib import course

    try:
        root = course.files()
    except course.CourseError as error:
        return Finding("✗", "course", "not found", str(error))
    chapters = sum(name.startswith("book/") for name in course.delivered() if name[-6:] == ".ipynb")
    where = "this clone" if course.is_clone() else "the installed package"
    return Finding("✓", "course", f"{chapters} chapters in {where} ({root})")


def look_at_progress() -> Finding:
    """Whether the progress file can be read and written; nothing is changed by looking."""
    from bplib.checks.progress import store

    path = store().path
    if path is None:
        return Finding("✓", "progress", "kept in memory until the session ends")
    remedy = "set BPLIB_PROGRESS to a file that you can write"
    if path.exists():
        try:
            entries = json.loads(path.read_bytes())["exercises"].values()
            done = sum(bool(entry.get("done")) for entry in entries)
        except OSError as error:
            return Finding("✗", "progress", f"{path} cannot be read ({error.strerror})", remedy)
        except (ValueError, KeyError, TypeError, AttributeError):
            found = f"{path} is damaged; the next check keeps a copy and begins a new one"
            return Finding("✗", "progress", found)
        found = f"{done} exercise{'' if done == 1 else 's'} done ({path})"
    else:
        found = f"nothing done yet ({path})"
    folder = next(parent for parent in path.parents if parent.exists())
    if not os.access(path if path.exists() else folder, os.W_OK) or not folder.is_dir():
        return Finding("✗", "progress", f"{path} cannot be written", remedy)
    return Finding("✓", "progress", found)


def look_at_nbgrader() -> Finding:
    """Whether nbgrader is there; only a class that is graded with it needs it."""
    finding = look_for("nbgrader", "nbgrader", "")
    if finding.mark == "✓":
        return finding
    return Finding("○", "nbgrader", "not installed; only needed to grade a class with it")


def main(arguments: Sequence[str] = ()) -> int:
    """Print the report; returns 1 when something needed is missing, else 0.

    Arguments:
        arguments: "--environment" to do the timing only, and to print what should stand in the
            environment before Python starts, or nothing.
    """
    if "--environment" in arguments:
        look_at_products()
        for variable, value in decision.assignment(os.environ, lambda: None).items():
            print(f"{variable}={value}")
        return 0
    findings = examine()
    # A console that cannot show the marks gets question marks in their place, not an error.
    encoding = sys.stdout.encoding or "utf-8"
    print(report(findings).encode(encoding, "replace").decode(encoding))
    return 1 if any(finding.mark == "✗" for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
