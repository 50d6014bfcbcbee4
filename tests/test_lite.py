"""What makes the pages that run in a browser; `make test-lite` runs the pages themselves."""

import hashlib
import importlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import bplib

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "book" / "lite"
LIST = "one==1 \\\n    --hash=sha256:{}\n"


@pytest.fixture(scope="module")
def build():
    """The command, and through it the modules that it is made of."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("build")
    finally:
        sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def files(build):
    return build.notebooks.collect(ROOT)


# ── notebooks ────────────────────────────────────────────────────────────────────────────────────


def test_every_notebook_and_image_of_the_course_goes_along(files):
    there = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("book/*.ipynb", "book/images/*", "exercises/*.ipynb", "solutions/*.ipynb")
        for path in ROOT.glob(pattern)
    }
    assert there <= files.keys() and "book/00_welcome.ipynb" in there


def test_a_chapter_that_draws_fetches_matplotlib_and_nothing_else_changes(files):
    mine = json.loads(files["book/05_in_matrices.ipynb"])
    kept = json.loads((ROOT / "book/05_in_matrices.ipynb").read_text(encoding="utf-8"))
    assert mine["metadata"]["kernelspec"]["name"] == "python"
    fetching = [cell for cell in mine["cells"] if "import matplotlib  #" in "".join(cell["source"])]
    assert len(fetching) == 1 and "draw" in fetching[0]["source"]
    note = mine["cells"].pop(1)
    assert note["cell_type"] == "markdown"
    assert all(word in note["source"] for word in ("CuPy", "MPI", "Restart Kernel"))
    for a, b in zip(mine["cells"], kept["cells"], strict=True):
        assert "".join(a["source"]).removeprefix("import matplotlib  # in a browser, this line "
            "fetches it\n") == "".join(b["source"])  # fmt: skip
        assert a.get("outputs") == b.get("outputs")
        assert a["cell_type"] != "code" or a["metadata"]["trusted"] is True


def test_a_pad_to_draw_on_fetches_the_canvas(build):
    cell = {"cell_type": "code", "metadata": {}, "source": ["pad = draw.pad(predict)"]}
    text = json.dumps({"cells": [cell, cell], "metadata": {}})
    made = json.loads(build.notebooks.for_a_browser(text))
    lines = ["".join(one["source"]) for one in made["cells"]]
    assert lines[0].startswith("import ipycanvas  #") and lines[2] == "pad = draw.pad(predict)"


def test_an_exercise_that_draws_nothing_fetches_nothing(files):
    assert b"import matplotlib" not in files["exercises/01_chain_rule.ipynb"]


def test_the_lists_lead_to_every_file(build, files, tmp_path):
    build.notebooks.write(tmp_path, files)
    found, waiting = set(), [""]
    while waiting:
        folder = waiting.pop()
        text = (tmp_path / "api/contents" / folder / "all.json").read_text(encoding="utf-8")
        for entry in json.loads(text)["content"]:
            if entry["type"] == "directory":
                waiting.append(entry["path"])
            else:
                assert (tmp_path / "files" / entry["path"]).stat().st_size == entry["size"]
                found.add(entry["path"])
    assert found == files.keys()


# ── Python for the browser ───────────────────────────────────────────────────────────────────────


def lock_of(**depends):
    packages = {
        name: {"file_name": f"{name}.whl", "depends": needs} for name, needs in depends.items()
    }
    return {"packages": packages}


def test_a_lock_keeps_what_is_there_and_whole(build):
    lock = lock_of(numpy=[], matplotlib=["Pillow_Like", "numpy"], tqdm=["gone"], gone=[], other=[])
    lock["packages"]["pillow-like"] = {"file_name": "p.whl", "depends": []}
    there = {"numpy.whl", "matplotlib.whl", "p.whl", "tqdm.whl", "other.whl"}
    assert sorted(build.python.wanted(lock, there)) == ["matplotlib", "numpy", "pillow-like"]


def test_bplib_is_in_the_list_and_brings_numpy(build):
    entry = build.python.new_entry(Path("bplib-0.1.0-py3-none-any.whl"))
    assert entry["name"] == "bplib" and "numpy" in entry["depends"]
    assert entry["imports"] == ["bplib"] and entry["version"] == "0.1.0"


def test_one_switch_says_where_python_comes_from(build):
    def kernel(base):
        data = build.settings(base)["jupyter-config-data"]
        return data["litePluginSettings"][build.KERNEL]

    assert "http" not in json.dumps(build.settings(""))
    assert kernel("")["pyodideUrl"] == "./static/pyodide/pyodide.mjs"
    assert kernel("")["disablePyPIFallback"] is True
    public = kernel("https://example.org/v1/")
    assert public["pyodideUrl"] == "https://example.org/v1/pyodide.mjs"
    assert public["disablePyPIFallback"] is False


@pytest.fixture
def carrier(tmp_path):
    """A small wheel like the one that carries Pyodide, and one of ours."""
    lock = lock_of(numpy=[], matplotlib=["numpy"], scipy=[], ipython=[])
    big, own = tmp_path / "open_webui-1-any.whl", tmp_path / "bplib-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(big, "w") as archive:
        inside = "open_webui/frontend/pyodide/"
        archive.writestr(inside + "package.json", '{"version": "7.8.9"}')
        archive.writestr(inside + "pyodide-lock.json", json.dumps(lock))
        for name in ("pyodide.mjs", "numpy.whl", "matplotlib.whl", "scipy.whl", "unused.js"):
            archive.writestr(inside + name, name)
    own.write_bytes(b"ours")
    other = tmp_path / "ipython-9-py3-none-any.whl"
    other.write_bytes(b"ipython")
    return {"open-webui": big, "ipython": other}, own


def test_what_is_carried_along(build, carrier, tmp_path):
    wheels, own = carrier
    assert build.python.version(wheels["open-webui"]) == "7.8.9"
    build.python.write(tmp_path / "made", wheels, [own], "")
    folder = tmp_path / "made/static/pyodide"
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    # Its ipython has another name in this lock than the file that is there, so it is entered anew.
    assert sorted(lock) == ["bplib", "ipython", "matplotlib", "numpy"]
    assert {path.name for path in folder.iterdir()} == {
        "pyodide-lock.json", "pyodide.mjs", "numpy.whl", "matplotlib.whl", own.name,
        wheels["ipython"].name,
    }  # fmt: skip
    assert lock["bplib"]["sha256"] == hashlib.sha256(b"ours").hexdigest()


def test_what_no_notebook_opens_is_left_out(build, tmp_path):
    wheel = tmp_path / "jedi-1-py3-none-any.whl"
    third = "jedi/third_party/typeshed"
    out = ["jedi/third_party/django-stubs/a.pyi", f"{third}/stdlib/2/b.pyi", "numpy/_core/c.h"]
    kept = ["jedi/api.py", f"{third}/stdlib/2and3/d.pyi", f"{third}/third_party/3/e.pyi"]
    record = "jedi-1.dist-info/RECORD"
    with zipfile.ZipFile(wheel, "w") as file:
        for name in (*out, *kept):
            file.writestr(name, name)
        file.writestr(record, "".join(f"{one},,\n" for one in (*out, *kept)))
    place = tmp_path / "pyodide-lock.json"
    place.write_text(json.dumps({"packages": {"jedi": {"file_name": wheel.name, "sha256": ""}}}))
    build.python.slim(tmp_path)
    with zipfile.ZipFile(wheel) as file:
        assert file.namelist() == [*kept, record]
        assert file.read(kept[0]).decode() == kept[0]
        assert file.read(record).decode().splitlines() == [f"{one},," for one in kept]
    before = wheel.read_bytes()
    assert json.loads(place.read_text())["packages"]["jedi"] == {
        "file_name": wheel.name, "sha256": hashlib.sha256(before).hexdigest(),
    }  # fmt: skip
    build.python.slim(tmp_path)
    assert wheel.read_bytes() == before


def test_what_comes_from_pyodides_own_address(build, carrier, tmp_path):
    wheels, own = carrier
    build.python.write(tmp_path / "made", wheels, [own], "https://example.org/v7/")
    folder = tmp_path / "made/static/pyodide"
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert sorted(lock) == ["bplib", "ipython", "matplotlib", "numpy", "scipy"]
    assert lock["numpy"]["file_name"] == "https://example.org/v7/numpy.whl"
    assert lock["bplib"]["file_name"] == own.name
    assert {path.name for path in folder.iterdir()} == {"pyodide-lock.json", own.name}


def test_a_copy_of_that_address_for_a_test(build, carrier, tmp_path):
    wheels, _ = carrier
    ours = tmp_path / "matplotlib-0-py3-none-any.whl"
    ours.write_bytes(b"in its place")
    build.python.address(tmp_path / "copy", wheels, [ours])
    folder = tmp_path / "copy"
    assert (folder / "ipython.whl").read_bytes() == b"ipython"
    assert (folder / "matplotlib.whl").read_bytes() == b"in its place"
    assert (folder / "numpy.whl").read_text() == "numpy.whl"
    assert (folder / "unused.js").exists() and not (folder / "bplib.whl").exists()


def test_compiled_modules_go_where_python_looks_for_them(build, tmp_path):
    wheel, library = tmp_path / "one-1-py3-none-any.whl", tmp_path / build.python.LIBRARY
    for archive, name in ((wheel, "one/two.py"), (library, "one/two.py"), (library, "three.py")):
        with zipfile.ZipFile(archive, "a") as file:
            file.writestr(name, "y = 2")
    lock = {"packages": {"one": {"file_name": wheel.name, "sha256": ""}}}
    (tmp_path / "pyodide-lock.json").write_text(json.dumps(lock))
    beside = "one/__pycache__/two.cpython-314.pyc"
    compiled = {
        "one/two.py": (beside, b"y"), "other.py": ("other.pyc", b"z"),
        f"{library.name}/three.py": ("three.pyc", b"w"),
    }  # fmt: skip
    build.compiled.put(tmp_path, compiled)
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(beside) == b"y"
        assert archive.namelist() == ["one/two.py", beside]
    with zipfile.ZipFile(library) as archive:
        assert archive.namelist() == ["one/two.py", "three.py", "three.pyc"]
        assert archive.read("three.pyc") == b"w"
    lock = json.loads((tmp_path / "pyodide-lock.json").read_text())
    assert lock["packages"]["one"]["sha256"] == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_without_node_nothing_is_compiled(build, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    build.compiled.add(tmp_path / "absent", tmp_path)
    assert "without Node" in capsys.readouterr().out


def test_the_wheel_of_the_tree_is_the_library_without_the_notebooks(build, tmp_path):
    wheel = build.parts.wheel_of_the_tree(ROOT, Path(sys.executable), tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (record,) = [name for name in names if name.endswith("/RECORD")]
        recorded = [line.split(",")[0] for line in archive.read(record).decode().splitlines()]
    assert "bplib/checks/exercises/ch01.py" in names and "bplib/data/files/digits.npz" in names
    assert not [name for name in names if name.endswith(".ipynb")]
    assert sorted(recorded) == sorted(names)


def test_the_stand_in_for_safetensors_reads_and_writes_what_the_real_one_does(
    build, tmp_path, monkeypatch
):
    import safetensors.numpy as real

    rng = np.random.default_rng(0)
    arrays = {
        "a": rng.normal(size=(3, 5)), "b": rng.normal(size=7).astype(np.float32), "c": np.array(3),
        "e": np.zeros((0, 4)), "f": np.array([True, False]), "g": np.arange(4, dtype=np.uint8),
    }  # fmt: skip
    theirs = real.save(arrays, metadata={"x": "1", "é": "ü"})
    for name in [name for name in sys.modules if name.partition(".")[0] == "safetensors"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(FOLDER / "stand_in")
    ours = importlib.import_module("safetensors")
    mine = importlib.import_module("safetensors.numpy").save(arrays, metadata={"x": "1", "é": "ü"})
    found = real.load(mine)
    assert found.keys() == arrays.keys()
    (tmp_path / "theirs").write_bytes(theirs)
    with ours.safe_open(tmp_path / "theirs", framework="numpy") as file:
        assert file.metadata() == {"x": "1", "é": "ü"} and set(file.keys()) == set(arrays)
        for name, array in arrays.items():
            for one in (file.get_tensor(name), found[name]):
                assert one.dtype == array.dtype and np.array_equal(one, array)
    for damaged in (theirs[:-1], theirs + b"x", theirs[:40], b"\x02" + bytes(7) + b"[]"):
        (tmp_path / "damaged").write_bytes(damaged)
        with pytest.raises(ours.SafetensorError):
            ours.safe_open(tmp_path / "damaged", framework="numpy")
    net = bplib.Linear(3, 5, rng=rng)
    bplib.io.save(tmp_path / "net.safetensors", net)
    again = bplib.Linear(3, 5, rng=rng)
    bplib.io.load(tmp_path / "net.safetensors", into=again)
    assert np.array_equal(again.W.value, net.W.value)


# ── the package index ────────────────────────────────────────────────────────────────────────────


def test_a_wheel_that_is_in_the_cache_is_not_asked_for_again(build, tmp_path, monkeypatch):
    monkeypatch.setenv("BPLIB_CACHE", str(tmp_path))
    (tmp_path / "wheels").mkdir()
    wheel = tmp_path / "wheels" / "one-1-py3-none-any.whl"
    wheel.write_bytes(b"content")
    pinned = tmp_path / "pinned.txt"
    pinned.write_text(LIST.format(hashlib.sha256(b"content").hexdigest()))
    assert build.parts.wheels(pinned, Path("no python")) == {"one": wheel}


def test_one_that_is_not_what_the_list_says_is(build, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BPLIB_CACHE", str(tmp_path))
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "one-1-py3-none-any.whl").write_bytes(b"half")
    pinned = tmp_path / "pinned.txt"
    pinned.write_text(LIST.format("0" * 64))
    (tmp_path / "python").write_text("#!/bin/sh\necho no network\nexit 3\n")
    (tmp_path / "python").chmod(0o755)
    if sys.platform == "win32":
        pytest.skip("a script needs another form there")
    with pytest.raises(build.parts.Missing, match="ended with 3.\nno network"):
        build.parts.wheels(pinned, tmp_path / "python")


def test_a_folder_with_something_else_in_it_stays_as_it_is(build, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(build.parts.Missing, match="holds something else"):
        build.build(tmp_path)
    done = subprocess.run(
        [sys.executable, FOLDER / "build.py", tmp_path], capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stderr.startswith("lite: ")
    assert (tmp_path / "thesis.txt").exists()


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_an_old_browser_gets_a_sentence_and_the_way_to_colab(build, tmp_path):
    page = tmp_path / "notebooks" / "index.html"
    page.parent.mkdir()
    page.write_text('<html>\n<head>\n<title>x</title></head>\n<body class="y">z</body></html>')
    build.pages.guard(tmp_path, "ada/book")
    text = page.read_text(encoding="utf-8")
    assert text.index("WebAssembly") < text.index("<title>")
    assert "colab.research.google.com/github/ada/book/blob/colab/" in text
    assert '<body class="y">\n<noscript>' in text
    page.write_text("<html>\n<head></head><body></body></html>")
    build.pages.guard(tmp_path, "")
    assert "colab.research" not in page.read_text(encoding="utf-8")


def test_a_page_fetches_python_ahead(build, carrier, tmp_path):
    wheels, own = carrier
    made = tmp_path / "made"
    build.python.write(made, wheels, [own], "")
    files = build.python.at_start(made)
    assert {"static/pyodide/numpy.whl", "static/pyodide/pyodide.asm.wasm"} <= set(files)
    assert not [one for one in files if "matplotlib" in one]
    for name in ("notebooks", "lab"):
        (made / name).mkdir()
        (made / name / "index.html").write_text("<html><head></head><body></body></html>")
    build.pages.ahead(made, files)
    text = (made / "notebooks/index.html").read_text(encoding="utf-8")
    assert '<link rel="prefetch" as="fetch" href="../static/pyodide/numpy.whl">' in text
    assert text.rindex("<link") < text.index("</head>")
    assert text.count("<link") == len(files)
