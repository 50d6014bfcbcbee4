"""Chapter 12's one switch: with "fashion_mnist" every cell of the chapter runs, and reads well."""

import re
import time
from pathlib import Path

import numpy as np
import pen_strokes
import pytest

from bplib import data, draw
from bplib.errors import BplibError

TEXT = Path(__file__).parents[1] / "book/text/12_digits.md"
SWITCH = 'DATASET = "digits"'
ENOUGH = 0.88
"""What a dense network reads of Fashion-MNIST, at least."""


def cells(dataset):
    """(section, code) of every cell that is no prediction, with the switch at a data set."""
    text = TEXT.read_text(encoding="utf-8")
    assert text.count(SWITCH) == 1, "there is one switch"
    text = text.replace(SWITCH, f'DATASET = "{dataset}"')
    section = ""
    parts = r"^## ([^\n]+)$|^```\{code-cell\} ipython3\n(.*?)^```$"
    for part in re.finditer(parts, text, re.M | re.S):
        section = part[1] or section
        code = part[2] and re.sub(r"\A:tags:.*\n", "", part[2])
        if code and not code.startswith("check("):
            yield section, code


def test_the_digits_are_held_to_their_accuracy_in_the_chapter_itself():
    (code,) = [code for section, code in cells("digits") if section == "The test, once"]
    assert 'assert test_share >= {"digits": 0.975, "fashion_mnist": 0.88,' in code


def test_the_chapters_reader_reads_what_a_pen_draws():
    """Strokes that nobody trained on: most of them are read, and the plain styles nearly all."""
    names = {"display": lambda shown: None}
    for _, code in cells("digits"):
        exec(compile(code, "chapter 12", "exec"), names)
        if "def with_tilted" in code:
            break
    net, _ = names["train"](names["X"], names["y"], 3, hidden=128, copies=9, rate=0.1)
    rng, right = np.random.default_rng(0), []
    for digit, styles in pen_strokes.STYLES.items():
        for style in styles:
            for _ in range(5):
                pixels = draw.stroke_image(pen_strokes.shaky(style, rng)).reshape(1, 64) / 16
                right.append(net.predict(pixels).argmax() == digit)
    print(f"read {np.mean(right):.3f} of {len(right)} drawings")
    assert np.mean(right) > 0.85


@pytest.fixture(scope="module")
def fashion():
    """What the chapter's cells leave behind where Fashion-MNIST is switched on."""
    try:
        data.fashion_mnist("test", download=False)
    except BplibError:
        pytest.skip("Fashion-MNIST is not on this machine (Debian: dataset-fashion-mnist)")
    shown, seconds = [], {}
    names = {"display": shown.append}
    for section, code in cells("fashion_mnist"):
        began = time.perf_counter()
        exec(compile(code, f"chapter 12, {section}", "exec"), names)
        seconds[section] = seconds.get(section, 0.0) + time.perf_counter() - began
    print("\nseconds: " + ", ".join(f"{name} {spent:.0f}" for name, spent in seconds.items()))
    return names


def test_fashion_is_read_by_the_chapters_own_procedure(fashion, capsys):
    share = fashion["test_share"]
    # The time is said and not tested: a busy machine is no failure.
    with capsys.disabled():
        print(f"\nFashion-MNIST: {100 * share:.1f} % by {fashion['chosen']}")
    assert share >= ENOUGH
    assert share == np.mean(fashion["final"].predict(fashion["X_test"]).argmax(1)
                            == fashion["y_test"])  # fmt: skip


def test_no_test_picture_was_learned_from_or_chosen_by(fashion):
    rows = {name: {row.tobytes() for row in fashion[name][:500]} for name in ("X", "X_test")}
    assert fashion["X"].shape == (60_000, 784) and fashion["X_test"].shape == (10_000, 784)
    assert not rows["X"] & rows["X_test"]
    assert len(fashion["X_train"]) + len(fashion["X_val"]) == 60_000
