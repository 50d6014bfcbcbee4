"""Three sets of images that are too large to travel with the library; they are found or fetched."""

from __future__ import annotations

from typing import Any

import numpy as np

from bplib import expect
from bplib.data.cifar import IMAGE, read_cifar
from bplib.data.dataset import Dataset
from bplib.data.find import Home, find
from bplib.data.idx import read_idx
from bplib.errors import FormatError, unknown

PARTS = {"train": "train", "test": "t10k"}
"""The two parts, and what the names of their IDX files begin with."""

FASHION_HOME = Home(
    folder="fashion-mnist",
    by_hand="Debian and Ubuntu have them as the package dataset-fashion-mnist, and everybody at "
    "github.com/zalandoresearch/fashion-mnist in data/fashion",
    addresses=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    sha256={
        "train-images-idx3-ubyte": (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
        ),
        "train-labels-idx1-ubyte": (
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
        ),
        "t10k-images-idx3-ubyte": (
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
        ),
        "t10k-labels-idx1-ubyte": (
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
        ),
    },
)
MNIST_HOME = Home(
    folder="mnist",
    by_hand="their home is yann.lecun.com/exdb/mnist, a copy lies at "
    "storage.googleapis.com/cvdf-datasets/mnist",
    addresses=(
        "http://yann.lecun.com/exdb/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    sha256={
        "train-images-idx3-ubyte": (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
        ),
        "train-labels-idx1-ubyte": (
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
        ),
        "t10k-images-idx3-ubyte": (
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
        ),
        "t10k-labels-idx1-ubyte": (
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
        ),
    },
)
CIFAR_HOME = Home(
    folder="cifar-10-batches-bin",
    by_hand="download cifar-10-binary.tar.gz from www.cs.toronto.edu/~kriz/cifar.html and unpack "
    "it in the folder that the environment variable BPLIB_DATA names",
)
FASHION_CLASSES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
CIFAR_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer",
    "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


def fashion_mnist(
    part: str = "train", *, dtype: Any = np.float32, download: bool = True
) -> Dataset:
    """Photographs of 70,000 pieces of clothing, 28 × 28 pixels, in 10 classes.

    X[i] is image i, row by row, from 0 (background) to 255. Divide by 255 for 0 to 1.

    Arguments:
        part: "train", 60,000 images, or "test", 10,000.
        dtype: float32 or float64, the dtype of X; the larger part takes 188 MB in float32.
        download: whether files that lie nowhere are downloaded, 31 MB in all.

    Returns:
        A Dataset with X (m, 784), y (m,) int64 from 0 to 9, ``images`` (m, 28, 28) and
        ``class_names``, fresh at every call.

    Raises:
        UnknownNameError: for another part.
        DTypeError: for a dtype that is neither float32 nor float64.
        MissingFileError: where a file lies nowhere and cannot be downloaded.
        MissingExtraError: where it could be downloaded, but pooch is not installed.
        FormatError: for a file that is damaged or of another kind.

    Source: H. Xiao, K. Rasul, R. Vollgraf (2017), Fashion-MNIST: a Novel Image Dataset for
        Benchmarking Machine Learning Algorithms, arXiv:1708.07747.
    """
    X, y = _idx_pair("fashion_mnist", FASHION_HOME, part, dtype, download)
    return Dataset(
        name=f"fashion_mnist, {part}",
        X=X,
        y=y,
        **_pixels(("",), (28, 28)),
        target_name="the kind of clothing, 0 to 9 (see class_names)",
        description=(
            "Photographs from the catalogue of a shop, turned into grey images of 28 × 28 pixels "
            "with the background at 0. It was made to take the place of MNIST, which has become "
            "too easy: same sizes, same files. Every class holds 6,000 images of the training part "
            "and 1,000 of the test part; shirt, T-shirt/top, pullover and coat are hard to tell "
            "apart."
        ),
        source="Xiao, Rasul, Vollgraf (2017), Fashion-MNIST, Zalando Research",
        licence="MIT",
        citation=(
            "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking "
            "Machine Learning Algorithms. arXiv:1708.07747, 2017"
        ),
        image_shape=(28, 28),
        class_names=FASHION_CLASSES,
    )


def mnist(part: str = "train", *, dtype: Any = np.float32, download: bool = True) -> Dataset:
    """70,000 handwritten digits, 28 × 28 pixels.

    X[i] is image i, row by row, from 0 (paper) to 255 (ink). Divide by 255 for 0 to 1.

    Arguments:
        part: "train", 60,000 images, or "test", 10,000 by other writers.
        dtype: float32 or float64, the dtype of X; the larger part takes 188 MB in float32.
        download: whether files that lie nowhere are downloaded, 12 MB in all.

    Returns:
        A Dataset with X (m, 784), y (m,) int64 from 0 to 9 and ``images`` (m, 28, 28), fresh at
        every call.

    Raises:
        UnknownNameError: for another part.
        DTypeError: for a dtype that is neither float32 nor float64.
        MissingFileError: where a file lies nowhere and cannot be downloaded.
        MissingExtraError: where it could be downloaded, but pooch is not installed.
        FormatError: for a file that is damaged or of another kind.

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), Gradient-Based Learning Applied to
        Document Recognition, Proceedings of the IEEE 86(11), 2278–2324.
    """
    X, y = _idx_pair("mnist", MNIST_HOME, part, dtype, download)
    return Dataset(
        name=f"mnist, {part}",
        X=X,
        y=y,
        **_pixels(("",), (28, 28)),
        target_name="the digit that was written, 0 to 9",
        description=(
            "Digits written by employees of the US Census Bureau and by high-school students, "
            "scaled into 20 × 20 pixels and centred by their mass in 28 × 28. The writers of the "
            "test part wrote nothing of the training part."
        ),
        source="LeCun, Cortes, Burges (1998), The MNIST Database of Handwritten Digits",
        licence=(
            "CC BY-SA 3.0 according to the documentation of Keras; the authors' page states none"
        ),
        citation=(
            "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based Learning Applied to "
            "Document Recognition. Proceedings of the IEEE 86(11), 2278–2324, 1998. "
            "doi:10.1109/5.726791"
        ),
        image_shape=(28, 28),
        class_names=tuple("0123456789"),
    )


def cifar10(part: str = "train", *, dtype: Any = np.float32) -> Dataset:
    """60,000 small colour photographs, 32 × 32 pixels, in 10 classes.

    X[i] is image i: all of red, then all of green, then all of blue, each row by row, from 0 to
    255. Divide by 255 for 0 to 1. It is not downloaded; the sentence says how to get it.

    Arguments:
        part: "train", 50,000 images, or "test", 10,000.
        dtype: float32 or float64, the dtype of X; the larger part takes 614 MB in float32.

    Returns:
        A Dataset with X (m, 3072), y (m,) int64 from 0 to 9, ``images`` (m, 3, 32, 32) and
        ``class_names``, fresh at every call.

    Raises:
        UnknownNameError: for another part.
        DTypeError: for a dtype that is neither float32 nor float64.
        MissingFileError: where a file lies nowhere.
        FormatError: for a file that is damaged or of another kind.

    Source: A. Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images, University
        of Toronto.
    """
    dtype = expect.precision("cifar10", dtype)
    _known(part)
    numbers = (
        [f"data_batch_{i}.bin" for i in range(1, 6)] if part == "train" else ["test_batch.bin"]
    )
    paths = [find("cifar10", CIFAR_HOME, name) for name in numbers]
    pieces = [read_cifar("cifar10", path) for path in paths]
    images = np.concatenate([images for images, _ in pieces])
    return Dataset(
        name=f"cifar10, {part}",
        X=images.reshape(len(images), -1).astype(dtype),
        y=np.concatenate([labels for _, labels in pieces]).astype(np.int64),
        **_pixels(("red_", "green_", "blue_"), IMAGE[1:]),
        target_name="what the photograph shows, 0 to 9 (see class_names)",
        description=(
            "Photographs found on the web under the names of the classes, made small and looked "
            "through by students. The classes do not overlap: automobile and truck both leave out "
            "pickup trucks. The test part holds 1,000 images of every class, the training part "
            "5,000."
        ),
        source="Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images",
        licence="none stated by the authors, who offer the data for download and ask to be cited",
        citation=(
            "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images. "
            "Technical report, University of Toronto, 2009"
        ),
        image_shape=IMAGE,
        class_names=CIFAR_CLASSES,
    )


def _idx_pair(
    op: str, home: Home, part: str, dtype: Any, download: bool
) -> tuple[np.ndarray, np.ndarray]:
    dtype = expect.precision(op, dtype)
    begins = _known(part)
    images_at = find(op, home, f"{begins}-images-idx3-ubyte", download)
    labels_at = find(op, home, f"{begins}-labels-idx1-ubyte", download)
    images = read_idx(op, images_at, (None, 28, 28))
    labels = read_idx(op, labels_at, (None,))
    if len(images) != len(labels):
        raise FormatError(
            f"{op}: {images_at} holds {len(images)} images, but {labels_at} has "
            f"{len(labels)} labels; get both again."
        )
    if labels.max() > 9:
        at = int(labels.argmax())
        raise FormatError(
            f"{op}: {labels_at} gives image {at} the label {labels[at]}; labels run from 0 to 9."
        )
    return images.reshape(len(images), -1).astype(dtype), labels.astype(np.int64)


def _known(part: str) -> str:
    if part not in PARTS:
        raise unknown("part", str(part), PARTS)
    return PARTS[part]


def _pixels(colours: tuple[str, ...], size: tuple[int, ...]) -> dict[str, Any]:
    rows, columns = size
    places = [(c, i, j) for c in colours for i in range(rows) for j in range(columns)]
    said = {c: f"{c[:-1]}, " if c else "" for c in colours}
    return {
        "feature_names": tuple(f"{c}pixel_{i}_{j}" for c, i, j in places),
        "units": ("brightness, 0 to 255",) * len(places),
        "feature_notes": tuple(f"{said[c]}row {i}, column {j}" for c, i, j in places),
    }
