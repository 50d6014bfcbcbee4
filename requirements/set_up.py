"""Make .venv what one of the lock files says, and nothing when it already is.

    python requirements/set_up.py book     what a reader needs
    python requirements/set_up.py test     that, and what an author needs
    python requirements/set_up.py bench    in .venv-bench, what the benchmarks compare with
    python requirements/set_up.py docs     in .venv-docs, what builds the website

Standard library only: it runs before anything is installed. It leaves a stamp in .venv that names
the lock, the interpreter, the project's declaration and the folder; while the stamp matches, there
is nothing to do and no network is needed. The stamp is written last, so a set-up that was
interrupted is done again by the next run.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
# The benchmarks' peers are large, the website's builder is of no use to a reader, and tests must
# not depend on whether either is there.
APART = {"bench": ".venv-bench", "docs": ".venv-docs"}
VENV = ROOT / APART.get(" ".join(sys.argv[1:]), ".venv")
STAMP = VENV / "set-up.json"
UNFINISHED = VENV / "set-up.unfinished"
# Every package of the key is in the locks of the value, at the same version (make lock sees to it).
INCLUDED_IN = {
    "book": ("book", "test"),
    "test": ("test",),
    "bench": ("bench",),
    "docs": ("docs",),
}
# What a lock has beside it, pinned by version only; the file says why.
WITHOUT_HASHES = {"bench": "bench-torch"}


def stop(sentence):
    sys.exit(f"set-up: {sentence}")


def venv_python():
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return VENV / inside


def digest(path):
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:16]


def lock_digest(purpose):
    files = filter(None, (purpose, WITHOUT_HASHES.get(purpose)))
    return "+".join(digest(ROOT / "requirements" / f"{name}.txt") for name in files)


def version_of(python):
    """The version that an interpreter reports, or None when it does not run or has no pip."""
    question = "import pip, platform; print(platform.python_version())"
    try:
        answer = subprocess.run(
            [python, "-c", question], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def read_stamp():
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def has_packages(stamp, purpose, python_version):
    """Whether the stamp says that the packages of `purpose` are there for this interpreter."""
    return stamp.get("python") == python_version and any(
        stamp.get(lock) == lock_digest(lock) for lock in INCLUDED_IN[purpose]
    )


def has_project(stamp):
    """Whether the stamp says that this project, as declared now, is there, in this folder."""
    project = digest(ROOT / "pyproject.toml")
    return stamp.get("folder") == str(ROOT) and stamp.get("project") == project


def must_start_again(stamp, present, running):
    """Whether the environment that is there cannot be added to.

    One that is not finished, whose Python is missing or too old; and, of those made here, one
    whose lock has changed (packages that left the lock would stay), that was moved, or for which
    another Python is running now. An environment made by other means is added to, not removed.
    """
    if UNFINISHED.exists() or present is None:
        return True
    if tuple(map(int, present.split(".")[:2])) < OLDEST:
        return True
    changed = any(stamp[lock] != lock_digest(lock) for lock in INCLUDED_IN if lock in stamp)
    moved = stamp.get("folder") != str(ROOT)
    return stamp.get("made_here", False) and (changed or moved or present != running)


def make_venv():
    base = getattr(sys, "_base_executable", sys.executable)
    probe = subprocess.run([base, "-c", "import ensurepip, venv"], capture_output=True)
    if probe.returncode:
        stop(
            "this Python cannot make virtual environments (its venv or ensurepip module is "
            "missing); on Debian and Ubuntu the package python3-venv brings it."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    made = subprocess.run([base, "-m", "venv", str(VENV)])
    if made.returncode:
        stop(f"the environment {VENV.name} could not be made; Python's message is above.")


def pip_install(*arguments):
    # -qq: pip's errors are shown, its notes are not.
    command = [str(venv_python()), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    done = subprocess.run([*command, *arguments], cwd=ROOT)
    if done.returncode:
        stop(
            "the packages could not be installed; pip's message is above. Nothing is lost: "
            "run the same command again, with a network connection."
        )


def write_stamp(stamp, made_here):
    locks = {lock: value for lock, value in stamp.items() if lock in INCLUDED_IN}
    python = version_of(venv_python())
    project = digest(ROOT / "pyproject.toml")
    content = locks | {
        "python": python,
        "folder": str(ROOT),
        "project": project,
        "made_here": made_here,
    }
    STAMP.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    UNFINISHED.unlink(missing_ok=True)
    return python


def main(arguments):
    if sys.version_info < OLDEST:
        stop(f"Python 3.11 or newer is needed; this is Python {platform.python_version()}.")
    if len(arguments) != 1 or arguments[0] not in INCLUDED_IN:
        stop(f"name one purpose: {' or '.join(INCLUDED_IN)}.")
    purpose = arguments[0]
    running = platform.python_version()
    # Asked by every make target, every time: no second interpreter where one is enough.
    present = running if Path(sys.prefix).resolve() == VENV.resolve() else version_of(venv_python())
    stamp = read_stamp()
    again = must_start_again(stamp, present, running)
    packages = not again and has_packages(stamp, purpose, present)
    if packages and has_project(stamp):
        return
    started = time.monotonic()
    print(f"Setting up {VENV.name} for {purpose} (once, about a minute) ...", flush=True)
    made_here = again or stamp.get("made_here", False)
    if again:
        stamp = {}
        make_venv()
    elif made_here:
        UNFINISHED.touch()
    if not packages:
        pip_install("--require-hashes", "-r", f"requirements/{purpose}.txt")
        if purpose in WITHOUT_HASHES:
            pip_install("-r", f"requirements/{WITHOUT_HASHES[purpose]}.txt")
        stamp = stamp | {purpose: lock_digest(purpose)}
    # The project last and alone: pip takes no editable project beside hashes, and the lock
    # already holds what builds it.
    pip_install("--no-deps", "--no-build-isolation", "-e", ".")
    python = write_stamp(stamp, made_here)
    print(f"Set up with Python {python} in {time.monotonic() - started:.0f} s.", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        stop("interrupted; the next run starts it again.")
