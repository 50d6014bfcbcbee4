"""A history is a mapping that reads, prints and draws itself."""

import sys

import numpy as np
import pytest
from training import learn, plain_net, samples

from bplib import draw
from bplib.errors import MissingExtraError, NotReadyError, UnknownNameError
from bplib.train import GradientStatistics, History


def history(epochs=3, **more):
    """One with a metric, numbers of a callback, and a curve that was recorded once."""
    found = History(("accuracy", "validation_accuracy"))
    for i in range(epochs):
        found._finish(
            {"loss": 2.0**-i, "accuracy": i / 10, "validation_loss": 1.5**-i,
             "validation_accuracy": i / 20, "gradient_norm.0.W": 1.0 + i}
        )  # fmt: skip
    found.ended = "as planned"
    return found


def test_it_is_a_mapping_with_attributes():
    found = history()
    assert found["loss"] == found.loss == [1.0, 0.5, 0.25]
    assert found.validation_accuracy == [0.0, 0.05, 0.1] and found.epochs == 3
    assert list(found) == ["loss", "accuracy", "validation_loss", "validation_accuracy",
                           "gradient_norm.0.W"]  # fmt: skip
    assert len(found) == 5 and "loss" in found and "lose" not in found
    assert found.get("loss") == found.loss and found.get("lose") is None
    assert dict(found.metrics) == {"accuracy": found.accuracy,
                                   "validation_accuracy": found.validation_accuracy}  # fmt: skip
    assert found == history() and found != history(2) and dict(found)["loss"] == found.loss
    assert {"loss", "validation_loss", "plot", "metrics"} <= set(dir(found))


def test_changing_what_was_read_changes_nothing():
    found = history()
    found.loss.append(9.0)
    found["loss"][0] = 7.0
    assert found.loss == [1.0, 0.5, 0.25]


def test_a_number_that_was_recorded_once_leaves_gaps():
    found = history()
    found._add({"seen": 5.0})
    found._finish({"loss": 0.5})
    np.testing.assert_array_equal(found.seen, [np.nan, np.nan, 5.0, np.nan])
    np.testing.assert_array_equal(found.accuracy, [0.0, 0.1, 0.2, np.nan])
    assert found.last["loss"] == 0.5 and found.epochs == 4


def test_unknown_names_get_the_close_match():
    found = history()
    with pytest.raises(UnknownNameError) as caught:
        found["validation_los"]
    said = "there is no curve in the history 'validation_los'; did you mean 'validation_loss'?"
    assert str(caught.value) == said
    with pytest.raises(AttributeError) as caught:
        found.validation_los  # noqa: B018
    assert str(caught.value) == said
    assert not hasattr(found, "_repr_png_") and not hasattr(History(), "loss")


PRINTED = """History of 3 epochs, ended: as planned
  epoch  loss  accuracy  validation_loss  validation_accuracy
      1     1         0                1                    0
      2   0.5       0.1           0.6667                 0.05
      3  0.25       0.2           0.4444                  0.1
  and gradient_norm.0.W"""

LONG = """  epoch       loss  accuracy  validation_loss  validation_accuracy
      1          1         0                1                    0
      2        0.5       0.1           0.6667                 0.05
      3       0.25       0.2           0.4444                  0.1
      …
     27   1.49e-08       2.6         2.64e-05                  1.3
     28  7.451e-09       2.7         1.76e-05                 1.35
     29  3.725e-09       2.8        1.173e-05                  1.4
     30  1.863e-09       2.9        7.823e-06                 1.45"""


def test_it_prints_as_a_table():
    assert repr(history()) == PRINTED
    assert "\n".join(repr(history(30)).splitlines()[1:-1]) == LONG
    assert repr(History()) == "History of 0 epochs"
    one = learn(plain_net(), *samples(), epochs=1)
    assert repr(one).startswith("History of 1 epoch, ended: as planned\n  epoch")


def test_it_draws_losses_and_metrics():
    found = history()
    fig = found.plot(title="digits")
    left, right = fig.axes
    assert [line.get_label() for line in left.lines] == ["loss", "validation_loss"]
    assert [line.get_label() for line in right.lines] == ["accuracy", "validation_accuracy"]
    assert list(left.lines[0].get_xdata()) == [1, 2, 3] and left.get_xlabel() == "epoch"
    assert list(left.lines[0].get_ydata()) == found.loss
    assert left.get_title() == "digits" and right.get_ylabel() == "accuracy"
    assert all(tick == round(tick) for tick in left.get_xticks())
    assert "loss goes from 1 to 0.25" in draw.svg_of(fig)


def test_it_draws_what_is_named_and_what_begins_so():
    found = learn(plain_net(), *samples(), callbacks=[GradientStatistics()])
    (ax,) = found.plot("gradient_norm").axes
    names = [f"gradient_norm.{name}" for name in ("0.W", "0.b", "2.W", "2.b")]
    assert [line.get_label() for line in ax.lines] == names and ax.get_ylabel() == "gradient_norm"
    (ax,) = found.plot("loss", "update_ratio.0.W").axes
    assert len(ax.lines) == 2
    (ax,) = found.plot().axes
    assert len(ax.lines) == 1
    with pytest.raises(UnknownNameError, match="did you mean 'loss'"):
        found.plot("los")


def test_before_the_first_epoch_there_is_nothing_to_draw():
    with pytest.raises(NotReadyError) as caught:
        History().plot()
    assert str(caught.value) == (
        "History.plot: no epoch was finished, so there is nothing to draw."
    )
    assert History()._repr_mimebundle_() == {"text/plain": "History of 0 epochs"}


def test_a_notebook_gets_the_picture_and_the_table():
    bundle = history()._repr_mimebundle_()
    assert bundle["text/plain"] == PRINTED and bundle["image/svg+xml"].lstrip().startswith("<svg")
    assert bundle == history()._repr_mimebundle_()


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError) as caught:
        history().plot()
    assert str(caught.value) == "History.plot needs matplotlib: pip install 'bplib[book]'"
    assert history()._repr_mimebundle_() == {"text/plain": PRINTED}
