"""The bar: in a terminal and a notebook, and otherwise not a word."""

import io
import sys
import time
import types

import pytest
from training import learn, plain_net, samples

from bplib import train
from bplib.errors import MissingExtraError
from bplib.train import EarlyStopping, progress


class Screen(io.StringIO):
    """An error stream that is looked at."""

    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    """Called in a test, where pytest has set up its own streams, it takes their place."""
    pytest.importorskip("tqdm")

    def look():
        for name in ("TQDM_DISABLE", "BPLIB_PROGRESS", "PYTEST_CURRENT_TEST"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(sys, "stderr", Screen())
        return sys.stderr

    return look


def epochs(**more):
    X, y = samples()
    return learn(plain_net(), X, y, validation=(X, y), metrics=["accuracy"], epochs=2, **more)


def test_a_terminal_sees_a_bar_with_figures(screen):
    screen = screen()
    history = epochs()
    last = screen.getvalue().split("\r")[-1]
    assert "epoch 2/2: 100%" in last and "14/14" in last and "step/s" in last
    for name in history:
        assert f"{name}={history[name][-1]:.4g}" in last
    assert last.endswith("\n")


def test_it_moves_while_an_epoch_runs(screen):
    screen = screen()

    class Slow(train.Callback):
        def after_step(self, run):
            if run.step == 3:
                time.sleep(0.12)  # tqdm draws ten times a second at most

    epochs(callbacks=[Slow()])
    between = [line for line in screen.getvalue().split("\r") if "14/14" not in line]
    assert any("epoch 2/2" in line and "loss=" in line for line in between)


VARIABLES = {"TQDM_DISABLE": "1", "BPLIB_PROGRESS": "memory", "PYTEST_CURRENT_TEST": "a test"}


@pytest.mark.parametrize("how", ["False", "not a terminal", *VARIABLES, "no tqdm"])
def test_otherwise_there_is_not_a_word(screen, monkeypatch, capfd, how):
    screen = screen()
    if how == "not a terminal":
        monkeypatch.setattr(Screen, "isatty", lambda self: False)
    if how in VARIABLES:
        monkeypatch.setenv(how, VARIABLES[how])
    if how == "no tqdm":
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    epochs(progress=False if how == "False" else None)
    assert screen.getvalue() == "" and capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name, value", [("TQDM_DISABLE", "0"), ("TQDM_DISABLE", ""),
                                         ("BPLIB_PROGRESS", "progress.json")])  # fmt: skip
def test_what_does_not_say_that_nobody_looks(screen, monkeypatch, name, value):
    screen = screen()
    monkeypatch.setenv(name, value)
    epochs()
    assert "14/14" in screen.getvalue()


def test_a_bar_that_was_asked_for_needs_tqdm(screen, monkeypatch):
    screen()
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(MissingExtraError) as caught:
        epochs(progress=True)
    assert str(caught.value) == "fit(progress=True) needs tqdm: pip install 'bplib[train]'"


def test_it_can_be_asked_for_anywhere(screen, monkeypatch):
    screen = screen()
    monkeypatch.setenv("BPLIB_PROGRESS", "memory")
    monkeypatch.setattr(Screen, "isatty", lambda self: False)
    epochs(progress=True)
    assert "14/14" in screen.getvalue()


def test_the_bar_is_closed_however_training_ends(screen, monkeypatch):
    screen = screen()
    for error in (KeyboardInterrupt, RuntimeError):

        def fails(run, error=error):
            raise error

        try:
            epochs(callbacks=[fails])
        except RuntimeError:
            pass
        assert "7/14" in screen.getvalue() and screen.getvalue().endswith("\n")
        screen.truncate(0)


def test_it_goes_on_where_training_does(screen, tmp_path):
    screen = screen()
    pytest.importorskip("safetensors")
    path = tmp_path / "run.safetensors"
    X, y = samples()
    for n in (2, 3):
        screen.truncate(0)
        learn(plain_net(), X, y, epochs=n, checkpoint=path)
    assert "epoch 3/3" in screen.getvalue() and " 14/21" in screen.getvalue()


def test_stopping_early_leaves_the_bar_where_it_is(screen):
    screen = screen()
    X, y = samples()
    history = learn(plain_net(), X, y, epochs=9, callbacks=[EarlyStopping(1, monitor="loss",
                    larger_is_better=True)])  # fmt: skip
    assert history.epochs == 2 and "14/63" in screen.getvalue()


def test_who_looks(monkeypatch):
    for name in ("TQDM_DISABLE", "BPLIB_PROGRESS", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not progress.somebody_looks()
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    assert progress.somebody_looks()
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: None))
    assert not progress.somebody_looks()
