"""The large sets of images: read strictly, looked for in order, fetched whole or not at all."""

import gzip
import hashlib
import http.server
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from bplib import data
from bplib.data import find as finding
from bplib.data import images as sets
from bplib.data.cifar import read_cifar
from bplib.data.download import content_sha256
from bplib.data.find import Home, find, places
from bplib.data.idx import read_idx
from bplib.errors import (
    DTypeError,
    FormatError,
    MissingExtraError,
    MissingFileError,
    UnknownNameError,
)

DEBIAN = Path("/usr/share/datasets/fashion-mnist")


def idx(array):
    """The bytes of an IDX file, written down by the description of the format."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Three places that are empty, and nothing of this machine's own."""
    monkeypatch.setenv("BPLIB_DATA", str(tmp_path / "named"))
    monkeypatch.setattr(finding, "SYSTEM", tmp_path / "system")
    monkeypatch.setattr(finding, "_cache", lambda: tmp_path / "cache")
    return tmp_path


def put(folder, name, content, packed=False):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def put_idx(folder, rng, m=5, begins="train", packed=False):
    pixels, labels = rng.integers(0, 256, (m, 28, 28)), rng.integers(0, 10, m)
    put(folder, f"{begins}-images-idx3-ubyte", idx(pixels), packed)
    put(folder, f"{begins}-labels-idx1-ubyte", idx(labels), packed)
    return pixels, labels


def put_cifar(folder, rng, m=3):
    pixels, labels = rng.integers(0, 256, (6, m, 3, 32, 32)), rng.integers(0, 10, (6, m))
    for i, name in enumerate([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]):
        records = np.concatenate([labels[i][:, None], pixels[i].reshape(m, -1)], axis=1)
        put(folder, f"{name}.bin", records.astype(np.uint8).tobytes())
    return pixels, labels


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "load, folder", [(data.mnist, "mnist"), (data.fashion_mnist, "fashion-mnist")]
)
@pytest.mark.parametrize("part, begins", [("train", "train"), ("test", "t10k")])
def test_idx_sets(shelf, rng, load, folder, packed, part, begins):
    pixels, labels = put_idx(shelf / "named" / folder, rng, begins=begins, packed=packed)
    found = load(part)
    assert found.X.shape == (5, 784) and found.X.dtype == np.float32 and found.y.dtype == np.int64
    np.testing.assert_array_equal(found.images, pixels)
    np.testing.assert_array_equal(found.y, labels)
    assert load(part, dtype=np.float64).X.dtype == np.float64
    assert found.column("pixel_2_3").tolist() == pixels[:, 2, 3].tolist()
    found.X[:] = -1
    np.testing.assert_array_equal(load(part).images, pixels)


def test_cifar10(shelf, rng):
    pixels, labels = put_cifar(shelf / "system" / "cifar-10-batches-bin", rng)
    train, test = data.cifar10(), data.cifar10("test")
    np.testing.assert_array_equal(train.images, pixels[:5].reshape(15, 3, 32, 32))
    np.testing.assert_array_equal(train.y, labels[:5].ravel())
    np.testing.assert_array_equal(test.images, pixels[5])
    assert train.X.dtype == np.float32 and train.y.dtype == np.int64
    assert test.column("green_pixel_4_5").tolist() == pixels[5][:, 1, 4, 5].tolist()
    assert "32 × 32 pixels in 3 colours" in repr(train)


def test_everything_a_reader_needs_is_said(shelf, rng):
    put_idx(shelf / "named" / "mnist", rng)
    put_idx(shelf / "named" / "fashion-mnist", rng)
    put_cifar(shelf / "named" / "cifar-10-batches-bin", rng)
    for found in (data.mnist(), data.fashion_mnist(), data.cifar10()):
        n = found.X.shape[1]
        assert len(found.feature_names) == len(set(found.feature_names)) == n
        assert len(found.units) == len(found.feature_notes) == n and len(found.class_names) == 10
        for field in ("name", "target_name", "description", "source", "licence", "citation"):
            assert getattr(found, field).strip()
        assert found.class_names[3] in repr(found)
        assert max(map(len, repr(found).splitlines())) <= 120


def test_the_places_and_their_order(shelf, rng, monkeypatch):
    folders = places(sets.MNIST_HOME)
    assert [folder.parent.name for folder in folders] == ["named", "system", "cache"]
    for folder in reversed(folders):
        _, labels = put_idx(folder, rng)
        np.testing.assert_array_equal(data.mnist().y, labels)
    monkeypatch.delenv("BPLIB_DATA")
    assert places(sets.MNIST_HOME) == folders[1:]


def test_the_cache_is_the_systems(monkeypatch, tmp_path):
    import platformdirs

    expected = Path(platformdirs.user_cache_dir("bplib", False))
    assert finding._cache() == expected
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert finding._cache() == tmp_path / "bplib"


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="the package dataset-fashion-mnist is not here")
def test_the_real_files_of_debian(monkeypatch):
    monkeypatch.delenv("BPLIB_DATA", raising=False)
    train, test = data.fashion_mnist(), data.fashion_mnist("test")
    assert train.X.shape == (60_000, 784) and test.X.shape == (10_000, 784)
    assert np.bincount(train.y).tolist() == [6000] * 10
    assert np.bincount(test.y).tolist() == [1000] * 10
    assert train.X.min() == 0 and train.X.max() == 255
    for name, expected in sets.FASHION_HOME.sha256.items():
        assert content_sha256(DEBIAN / f"{name}.gz") == expected


# files that are not what they should be


def good():
    return idx(np.arange(2 * 28 * 28).reshape(2, 28, 28) % 256)


BROKEN = {
    "empty": (b"", "begins with the bytes (none); an IDX file of bytes with 3 axes begins with "
                   "00 00 08 03."),
    "a page of the web": (b"<html>", "begins with the bytes 3c 68 74 6d; an IDX file of bytes with "
                                     "3 axes begins with 00 00 08 03."),
    "labels": (idx(np.arange(9)), "begins with the bytes 00 00 08 01; an IDX file of bytes with 3 "
                                  "axes begins with 00 00 08 03."),
    "floats": (b"\0\0\x0d\x03" + good()[4:], "begins with the bytes 00 00 0d 03; an IDX file of "
                                             "bytes with 3 axes begins with 00 00 08 03."),
    "half a header": (good()[:9], "ends inside its header; delete it and get it again."),
    "other images": (idx(np.zeros((3, 28, 27))),
                     "holds an array (3, 28, 27); (any, 28, 28) is needed."),
    "cut off": (good()[:-5], "announces 1568 entries and holds 1563; delete it and get it again."),
    "too long": (good() + b"x", "announces 1568 entries and holds more than 1568; delete it and "
                                "get it again."),
    "no images": (idx(np.zeros((0, 28, 28))),
                  "announces 0 entries and holds 0; delete it and get it again."),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_idx_file_gets_one_sentence(tmp_path, case, packed):
    content, sentence = BROKEN[case]
    path = put(tmp_path, "images", content, packed)
    with pytest.raises(FormatError) as caught:
        read_idx("mnist", path, (None, 28, 28))
    assert str(caught.value) == f"mnist: {path} {sentence}"


def packed_labels():
    return gzip.compress(idx(np.random.default_rng(0).integers(0, 256, 3000)))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(packed_labels()[:1500], id="cut off"),
        pytest.param(b"not packed at all", id="no gzip"),
        pytest.param(packed_labels()[:-8] + bytes(8), id="another checksum"),
        pytest.param(packed_labels()[:200] + bytes(900) + packed_labels()[1100:], id="a hole"),
    ],
)
def test_a_damaged_gzip_file_gets_one_sentence(tmp_path, content):
    path = tmp_path / "labels.gz"
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_idx("mnist", path, (None,))
    assert str(caught.value) == (
        f"mnist: {path} is damaged, gzip cannot unpack it; delete it and get it again."
    )


def test_images_and_labels_belong_together(shelf, rng):
    folder = shelf / "named" / "mnist"
    put_idx(folder, rng)
    labels = put(folder, "train-labels-idx1-ubyte", idx(np.arange(4)))
    with pytest.raises(FormatError) as caught:
        data.mnist()
    assert str(caught.value) == (
        f"mnist: {folder / 'train-images-idx3-ubyte'} holds 5 images, but {labels} has 4 labels; "
        "get both again."
    )
    put(folder, "train-labels-idx1-ubyte", idx(np.array([1, 2, 10, 3, 11])))
    with pytest.raises(FormatError) as caught:
        data.mnist()
    assert str(caught.value) == (
        f"mnist: {labels} gives image 4 the label 11; labels run from 0 to 9."
    )


def test_a_broken_cifar_file_gets_one_sentence(tmp_path):
    path = tmp_path / "test_batch.bin"
    for content in (b"", bytes(3073 * 2 - 1), bytes(3074)):
        path.write_bytes(content)
        with pytest.raises(FormatError) as caught:
            read_cifar("cifar10", path)
        assert str(caught.value) == (
            f"cifar10: {path} holds {len(content)} bytes, which is no whole number of images of "
            "3073 bytes; delete it and get it again."
        )
    path.write_bytes(bytes(3073) + bytes([77]) * 3073)
    with pytest.raises(FormatError, match="gives image 1 the label 77; labels run from 0 to 9.$"):
        read_cifar("cifar10", path)


def test_bad_arguments(shelf):
    with pytest.raises(UnknownNameError, match="^there is no part 'tests'; did you mean 'test'?"):
        data.cifar10("tests")
    with pytest.raises(UnknownNameError, match="^there is no part 't10k'; there is test, train.$"):
        data.mnist("t10k")
    with pytest.raises(DTypeError, match="^mnist: dtype is int32; it must be float32 or float64.$"):
        data.mnist(dtype=np.int32)


# files that are not there


def test_offline_sentences(shelf):
    where = [str(shelf / place / "{}") for place in ("named", "system", "cache")]
    for load, name, folder, by_hand in (
        (lambda: data.cifar10(), "data_batch_1.bin", "cifar-10-batches-bin",
         sets.CIFAR_HOME.by_hand),
        (lambda: data.mnist(download=False), "train-images-idx3-ubyte", "mnist",
         sets.MNIST_HOME.by_hand),
        (lambda: data.fashion_mnist("test", download=False), "t10k-images-idx3-ubyte",
         "fashion-mnist", sets.FASHION_HOME.by_hand),
    ):  # fmt: skip
        with pytest.raises(MissingFileError) as caught:
            load()
        looked = ", ".join(where).format(*[folder] * 3)
        said = str(caught.value)
        assert said.endswith(f": {name} is in none of {looked}; {by_hand}.")
        assert isinstance(caught.value, FileNotFoundError)
    assert not (shelf / "cache").exists()


def test_without_pooch(shelf, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(MissingExtraError) as caught:
        data.mnist()
    assert str(caught.value).endswith("the download needs pooch: pip install 'bplib[book]'")
    assert "train-images-idx3-ubyte is in none of" in str(caught.value)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server on this machine: (address, {path: bytes or None to break off})."""
    pytest.importorskip("pooch")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    pages = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = pages.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"") + 99 * ("cut" in self.path)))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *arguments):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/", pages
    running.shutdown()
    thread.join()
    running.server_close()


CONTENT = b"what the file holds" * 1000
RIGHT = hashlib.sha256(CONTENT).hexdigest()


def home(*addresses):
    return Home("tiny", "ask the author", addresses, {"file": RIGHT})


def test_a_download_arrives_in_the_cache_and_is_found_there(shelf, server):
    address, pages = server
    pages["/file.gz"] = gzip.compress(CONTENT)
    path = find("tiny", home(address + "absent/", address), "file")
    assert path == shelf / "cache" / "tiny" / "file.gz"
    assert gzip.decompress(path.read_bytes()) == CONTENT
    assert os.listdir(path.parent) == ["file.gz"]
    pages.clear()
    assert find("tiny", home(address), "file") == path


@pytest.mark.parametrize(
    "page",
    [CONTENT, gzip.compress(CONTENT)[:-9], gzip.compress(b"other")],
    ids=["not packed", "cut off", "another"],
)
def test_another_file_is_thrown_away(shelf, server, page):
    address, pages = server
    pages["/file.gz"] = page
    with pytest.raises(FormatError) as caught:
        find("tiny", home(address), "file")
    said = str(caught.value)
    assert f"{address}file.gz gave another file: its SHA-256 is " in said
    assert said.endswith(f", not {RIGHT}; it was thrown away.")
    assert os.listdir(shelf / "cache" / "tiny") == []


def test_a_download_that_breaks_off_leaves_nothing(shelf, server):
    address, pages = server
    pages["/cut/file.gz"] = gzip.compress(CONTENT)
    with pytest.raises(MissingFileError) as caught:
        find("tiny", home(address + "cut/"), "file")
    assert "its download from" in str(caught.value)
    assert str(caught.value).endswith("; ask the author.")
    assert os.listdir(shelf / "cache" / "tiny") == []


def test_offline(shelf):
    pytest.importorskip("pooch")
    with pytest.raises(MissingFileError) as caught:
        find("tiny", home("http://127.0.0.1:9/"), "file")
    looked = ", ".join(str(shelf / place / "tiny") for place in ("named", "system", "cache"))
    assert str(caught.value) == (
        f"tiny: file is in none of {looked}, and its download from http://127.0.0.1:9/file.gz "
        "failed (ConnectionError); ask the author."
    )


def test_a_cache_that_cannot_be_written(shelf, server):
    address, pages = server
    pages["/file.gz"] = gzip.compress(CONTENT)
    (shelf / "cache").write_text("a file where a folder should be")
    with pytest.raises(MissingFileError, match="; ask the author.$"):
        find("tiny", home(address), "file")
