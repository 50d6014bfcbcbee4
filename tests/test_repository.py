"""What holds for the repository as a whole: its files, its locks, its wheel."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bplib

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("book", "test", "docs", "bench", "lite")
# Pinned by version only, in a file of its own that says why.
WITHOUT_HASH = "bench-torch"

TOP_LEVEL = {
    ".binder",
    ".ci",
    ".devcontainer",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "LICENSE-book",
    "Makefile",
    "README.md",
    "benchmarks",
    "book",
    "bplib",
    "exercises",
    "pyproject.toml",
    "requirements",
    "solutions",
    "tests",
}

# Written in pieces, so that this file does not find itself.
INDEX_ADDRESSES = [
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "--index" + "-url",
    "--extra-index" + "-url",
    "--find" + "-links",
]
# Ada is the reader whom tests invent.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/+=~$})-])/(?:(?:work|farm|root|opt|mnt|tmp)/\w|(?:home|Users)/(?!ada\b)\w)"
)


def tracked():
    """The files that git tracks; without git, every file outside hidden and built folders."""
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        kept = ("book", "bplib", "exercises", "requirements", "solutions", "tests")
        names = [p.name for p in ROOT.iterdir() if p.is_file()]
        names += [str(p.relative_to(ROOT)) for folder in kept for p in (ROOT / folder).rglob("*.*")]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def texts():
    for path in tracked():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def addresses_in(text):
    found = [address for address in INDEX_ADDRESSES if address in text]
    return found + [match.group(0) for match in MACHINE_PATH.finditer(text)]


def pins(lock):
    """The packages of a lock file: (name, marker) -> version."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        if line and not line.startswith(("#", " ")):
            requirement = Requirement(line.rstrip("\\ "))
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            found[canonicalize_name(requirement.name), str(requirement.marker)] = pin.version
    return found


def without_hash(text):
    """The requirements of a lock file's text that carry no sha256."""
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [line.split()[0] for line in lines if "--hash=sha256:" not in line]


def declared(extra):
    """The requirements of an extra, with those of the extras it includes."""
    for text in PYPROJECT["project"]["optional-dependencies"][extra]:
        requirement = Requirement(text)
        if requirement.name == PYPROJECT["project"]["name"]:
            for other in sorted(requirement.extras):
                yield from declared(other)
        else:
            yield requirement


def test_no_index_address_and_no_machine_path_in_any_file():
    found = {name: addresses_in(text) for name, text in texts()}
    assert {name: what for name, what in found.items() if what} == {}


def test_the_search_for_addresses_finds_them():
    path = "/" + "home/someone/book"
    assert addresses_in(f"{path} and {INDEX_ADDRESSES[0]}") == [INDEX_ADDRESSES[0], path[:7]]
    assert addresses_in("see https://example.org/home/page and a/tmp/b") == []


def test_the_top_level_holds_what_it_should():
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert names <= TOP_LEVEL
    # What a source distribution does without.
    left_out = {".binder", ".ci", ".devcontainer", ".github", ".gitattributes", ".gitignore"}
    assert names >= TOP_LEVEL - left_out - {"benchmarks"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_pinned_and_hashed(lock):
    assert len(pins(lock)) > 10
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert without_hash(text) == []
    assert without_hash(text + "numpy==2.0\n") == ["numpy==2.0"]


def test_what_a_browser_gets_is_pinned_and_hashed():
    text = (ROOT / "requirements" / "lite-browser.txt").read_text(encoding="utf-8")
    assert len(pins("lite-browser")) > 10 and without_hash(text) == []


def test_what_is_pinned_by_version_only_is_one_package():
    assert list(pins(WITHOUT_HASH)) == [("torch", "None")]


def versions(lock):
    """The versions of each package of a lock; more than one where Pythons need different ones."""
    found = {}
    for (name, _), version in pins(lock).items():
        found.setdefault(name, set()).add(version)
    return found


def test_the_locks_agree_with_each_other():
    reference = versions("test")
    for lock in LOCKS:
        shared = {name: found for name, found in versions(lock).items() if name in reference}
        assert shared == {name: reference[name] for name in shared}, lock
    # A reader's environment becomes an author's by adding to it.
    assert set(versions("book")) <= set(reference)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(lock):
    pinned = {name: version for (name, _), version in pins(lock).items()}
    wanted = [*map(Requirement, PYPROJECT["project"]["dependencies"]), *declared(lock)]
    for requirement in wanted:
        if requirement.name == "torch":
            continue
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])


def test_one_version_everywhere():
    def found(pattern, name):
        return re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE).group(1)

    assert found(r"^version: (\S+)$", "CITATION.cff") == bplib.__version__
    assert found(r"^## (\S+)", "CHANGELOG.md") == bplib.__version__
    assert found(r"bplib-([\d.]+)-py3", "README.md") == bplib.__version__


def test_every_target_of_the_makefile_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (help .*)$", makefile, re.MULTILINE).group(1).split())
    explained = set(re.findall(r'@echo "make (\w+) ', makefile))
    assert explained == targets - {"help"}


def test_ci_runs_what_everybody_runs():
    script = ROOT / ".ci" / "run"
    if not script.exists():
        pytest.skip("a source distribution carries no .ci")
    assert os.name == "nt" or os.access(script, os.X_OK)
    assert "\nmake test </dev/null" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize("question", ["check", "format --check"])
def test_ruff_has_nothing_to_say(question):
    command = [sys.executable, "-m", "ruff", *question.split(), "--no-cache", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types(tmp_path):
    """mypy has nothing to say of the library; of a script that uses it, it knows every name, also
    of what is loaded when it is asked for, and finds those that are misspelt."""
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    good = [f"bplib.{name}" for name in bplib.__all__]
    parts = (bplib.init, bplib.io, bplib.losses, bplib.metrics, bplib.ops, bplib.optim)
    bad = ["bplib.Relu", *(f"{part.__name__}.no_such_name" for part in parts)]
    script = tmp_path / "script.py"
    script.write_text("\n".join(["import bplib", *bad, *good, "reveal_type(bplib.fit)"]))
    done = subprocess.run([*command, str(script)], capture_output=True, text=True, cwd=ROOT)
    *said, revealed, _ = done.stdout.splitlines()
    assert len(said) == len(bad), done.stdout + done.stderr
    assert all("has no attribute" in line for line in said)
    assert "bplib.train.history.History" in revealed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    built = subprocess.run([*command, str(ROOT)], capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_is_the_whole_course(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked_names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    package = {name for name in tracked_names if name.startswith("bplib/")}
    course = {
        f"bplib/course/files/{name}"
        for name in tracked_names
        if re.match(r"(book|exercises|solutions)/[^/]+\.ipynb$|book/images/", name)
    }
    assert package <= names
    assert course <= names
    assert "bplib/py.typed" in names
    assert any(name.startswith("bplib/data/files/") for name in names)
    folders = {name.split("/")[3] for name in course}
    assert folders == {"book", "exercises", "solutions"}
    assert not [name for name in names if "/text/" in name or name.endswith(".pyc")]
    assert any(name.endswith("licenses/LICENSE-book") for name in names)


def test_the_wheel_works_on_its_own(wheel, tmp_path):
    """Installed without the clone: data load, the course is found, nothing reads the repository."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        "import bplib\n"
        "from bplib import course, data\n"
        "print(bplib.__file__)\n"
        "print(data.diabetes().X.shape, data.digits().X.shape[0])\n"
        "print(course.files())\n"
        "print(sorted(p.name for p in (course.files() / 'book').glob('00_*.ipynb')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    where, shapes, files, chapters = done.stdout.splitlines()
    assert where.startswith(str(tmp_path)) and files.startswith(str(tmp_path))
    assert shapes == "(442, 10) 1797"
    assert chapters == "['00_welcome.ipynb']"
