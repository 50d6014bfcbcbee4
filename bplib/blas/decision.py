"""Remembers which kernels to start with, so that asking again takes no time.

    python bplib/blas/decision.py      prints OPENBLAS_CORETYPE=…, or nothing

Standard library only, and run by its path: the make targets ask before every start, and loading
NumPy to learn how to load NumPy would take longer than everything else here. What is not yet
known is measured once, by `bplib.doctor` in a process of its own.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"
PATIENCE = 30  # seconds; the measurement itself gives up sooner


def assignment(
    environment: Mapping[str, str], measure: Callable[[], object] | None = None
) -> dict[str, str]:
    """What to add to an environment before NumPy is loaded in it.

    Arguments:
        environment: that of the process to be started.
        measure: measures and remembers, where nothing is remembered yet.

    Returns:
        {"OPENBLAS_CORETYPE": kernels}, or nothing: where the user has set it, where the processor
        leaves no choice, and where the kernels that OpenBLAS picks are as fast.
    """
    if VARIABLE in environment or platform.machine().lower() not in ("x86_64", "amd64"):
        return {}
    kernels = remembered()
    if kernels is None:
        (measure or measure_in_a_child)()
        kernels = remembered()
    return {VARIABLE: kernels} if kernels else {}


def measure_in_a_child() -> None:
    """Has the doctor measure and remember; whatever goes wrong, there is no advice then."""
    import subprocess

    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    print("Timing matrix products to choose their kernels (once, a second or two) ...",
          file=sys.stderr, flush=True)  # fmt: skip
    try:
        subprocess.run(
            [sys.executable, "-m", "bplib.doctor", "--environment"],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        pass
    if remembered() is None:
        remember("")  # so that a measurement that cannot succeed is not repeated at every start


def remembered() -> str | None:
    """The kernels that were decided on for this processor and NumPy.

    Returns:
        Their name, "" where nothing is to be set, None where it has not been measured.
    """
    kernels = _read().get(key())
    # It goes into a command line: nothing but a name ever does.
    return kernels if isinstance(kernels, str) and (kernels + "a").isalnum() else None


def remember(kernels: str) -> None:
    """Keeps a decision for this processor and NumPy; where nothing can be written, nothing is."""
    try:
        path = file()
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_text(json.dumps({**_read(), key(): kernels}, indent=1), encoding="utf-8")
        os.replace(beside, path)
    except (OSError, RuntimeError):  # the second: there is no home directory
        pass


def _read() -> dict[str, object]:
    try:
        decisions = json.loads(file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError):
        return {}
    return decisions if isinstance(decisions, dict) else {}


def file() -> Path:
    """Where decisions are kept: the user's cache."""
    home = os.environ.get
    if sys.platform == "win32":
        base = Path(home("LOCALAPPDATA") or "~/AppData/Local") / "bplib" / "bplib" / "Cache"
    elif sys.platform == "darwin":
        base = Path("~/Library/Caches/bplib")
    else:
        base = Path(home("XDG_CACHE_HOME") or "~/.cache") / "bplib"
    return base.expanduser() / "blas.json"


def key() -> str:
    """What a decision is good for: this processor, this many of them, this NumPy."""
    return f"{processor()}, {os.cpu_count()} cores, NumPy {_numpy_version()}"


def processor() -> str:
    """The processor's model, with its numbers where the system tells them."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            facts: dict[str, str] = {}
            for line in lines:
                name, _, value = line.partition(":")
                if not name.strip():
                    break  # the next processor is the same
                facts[name.strip()] = value.strip()
    except OSError:
        return platform.processor() or platform.machine()
    numbers = [facts.get(name, "?") for name in ("cpu family", "model", "stepping")]
    return f"{facts.get('model name', 'unknown')} ({'/'.join(numbers)})"


def _numpy_version() -> str:
    """NumPy's version, by the name of the folder that its installer left; nothing is loaded."""
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.startswith("numpy-") and name.endswith(".dist-info"):
                return name.removeprefix("numpy-").removesuffix(".dist-info")
    return "unknown"


if __name__ == "__main__":
    for variable, kernels in assignment(os.environ).items():
        print(f"{variable}={kernels}")
