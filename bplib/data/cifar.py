"""The binary format of CIFAR-10: images one after the other, each behind its label.

An image is 1 byte for the label, then 1024 bytes of red, 1024 of green and 1024 of blue, each row
by row. There is no header: only the length of a file and its labels can show that it is one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bplib.errors import FormatError

IMAGE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32


def read_cifar(op: str, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """All images of a file and their labels; nothing but a whole file passes.

    Arguments:
        op: who asks; it opens the sentence.
        path: the file.

    Returns:
        The images (m, 3, 32, 32) and the labels (m,), both uint8.

    Raises:
        FormatError: for a file whose length is no multiple of an image's, an empty one, or one
            with a label above 9.

    Source: A. Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images, and the
        page of the data set, "Binary version".
    """
    content = np.fromfile(path, np.uint8)
    if content.size == 0 or content.size % RECORD:
        raise FormatError(
            f"{op}: {path} holds {content.size} bytes, which is no whole number of images of "
            f"{RECORD} bytes; delete it and get it again."
        )
    records = content.reshape(-1, RECORD)
    labels = records[:, 0]
    if labels.max() > 9:
        at = int(labels.argmax())
        raise FormatError(
            f"{op}: {path} gives image {at} the label {labels[at]}; labels run from 0 to 9."
        )
    return records[:, 1:].reshape(-1, *IMAGE), labels
