"""What is done beside training, and when."""

import numpy as np
import pytest
from training import learn, plain_net, rich_net, samples, values

import bplib
from bplib import io, losses, metrics, optim, train
from bplib.errors import DomainError, DTypeError, NotReadyError, UnknownNameError
from bplib.optim import schedules
from bplib.train.gradient_statistics import norm
from bplib.train.kinds import KINDS, should_rise


class Diary(train.Callback):
    """Writes down every call."""

    def __init__(self):
        self.lines = []

    def note(self, moment, run):
        self.lines.append((moment, run.epoch, run.step, run.history.epochs))

    def begin(self, run):
        self.note("begin", run)

    def before_update(self, run):
        self.note("before", run)

    def after_step(self, run):
        self.note("after", run)

    def after_epoch(self, run):
        self.note("epoch", run)

    def end(self, run):
        self.note("end", run)


def test_moments_come_in_order():
    diary = Diary()
    learn(plain_net(), *samples(m=12), callbacks=[diary], epochs=2)
    assert diary.lines == [
        ("begin", 0, 0, 0),
        ("before", 1, 0, 0), ("after", 1, 1, 0), ("before", 1, 1, 0), ("after", 1, 2, 0),
        ("epoch", 1, 2, 1),
        ("before", 2, 0, 1), ("after", 2, 1, 1), ("before", 2, 1, 1), ("after", 2, 2, 1),
        ("epoch", 2, 2, 2),
        ("end", 2, 2, 2),
    ]  # fmt: skip


def test_gradients_are_there_before_the_update_and_nothing_has_moved():
    net = plain_net()
    states = [values(net)]

    class Look(train.Callback):
        def before_update(self, run):
            assert values(run.net) == states[-1]
            assert all(p.grad is not None for p in run.net.parameters())
            assert np.isfinite(run.loss)

        def after_step(self, run):
            states.append(values(run.net))

    learn(net, *samples(), callbacks=[Look()])
    assert len(set(map(str, states))) == 22


def test_a_function_is_a_callback():
    seen = []

    def look(run):
        seen.append((run.epoch, run.history.loss[-1], run.epochs, run.steps_per_epoch))
        if run.epoch == 2:
            run.stop("that will do")
            run.stop("the first word counts")

    history = learn(plain_net(), *samples(), callbacks=[look], epochs=9)
    assert seen == [(1, history.loss[0], 9, 7), (2, history.loss[1], 9, 7)]
    assert history.epochs == 2 and history.ended == "that will do" and not history.interrupted


def test_a_run_prints_where_it_is_and_no_data():
    seen = []

    class Look(train.Callback):
        def after_step(self, run):
            seen.append(repr(run))

    learn(plain_net(), *samples(), callbacks=[Look()], epochs=1)
    assert "epoch=1, step=7, loss=" in seen[-1] and "stopping=None" in seen[-1]
    assert not any(word in seen[-1] for word in ("part=", "shield=", "array("))


def test_stopping_in_the_middle_finishes_the_epoch():
    class Stop(train.Callback):
        def after_step(self, run):
            run.stop()

    history = learn(plain_net(), *samples(), callbacks=[Stop()])
    assert history.epochs == 1 and history.ended == "a callback asked to stop"


def test_numbers_of_ones_own_are_recorded():
    def more(run):
        run.record({"epoch squared": run.epoch**2})

    history = learn(plain_net(), *samples(), callbacks=[more])
    assert history["epoch squared"] == [1.0, 4.0, 9.0]


def test_an_error_of_a_callback_goes_through():
    net = plain_net()
    net.eval()

    def fails(run):
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk is full"):
        learn(net, *samples(), callbacks=[fails])
    assert not net.training


# early stopping


def scripted(curve, stopping, net=None, epochs=None):
    """Trains with a validation loss that follows a script; returns the net's states by epoch."""
    net = rich_net() if net is None else net
    states = []

    class Script(train.Callback):
        def after_epoch(self, run):
            run.record({"validation_loss": curve[run.epoch - 1]})
            states.append(values(run.net))

    X, y = samples()
    history = learn(net, X, y, validation=(X, y), epochs=epochs or len(curve),
                    callbacks=[Script(), stopping])  # fmt: skip
    return states, history, values(net)


CURVES = [
    # patience, min_delta, curve, epochs that are made, the best
    (2, 0.0, [5, 4, 3, 3.5, 3.2, 1, 1], 5, 3),
    (1, 0.0, [5, 4, 3, 2], 4, 4),
    (1, 0.0, [5, 5, 5], 2, 1),
    (3, 0.0, [5, np.nan, np.nan, 4, 6, 6, 6, 6], 7, 4),
    (2, 0.5, [5, 4.6, 4.4, 4.3, 4.2, 4], 5, 3),
    (2, 0.0, [np.nan, 3, 2], 3, 3),
    (2, 0.0, [np.inf, np.inf, np.inf], 3, 1),
]


@pytest.mark.parametrize("patience, min_delta, curve, made, best", CURVES)
def test_early_stopping_gives_back_the_best_weights(patience, min_delta, curve, made, best):
    stopping = train.EarlyStopping(patience, min_delta=min_delta)
    states, history, final = scripted(curve, stopping)
    assert (history.epochs, stopping.best_epoch, stopping.best) == (made, best, curve[best - 1])
    assert final == states[best - 1]
    stopped = f"EarlyStopping, validation_loss was best in epoch {best} ({stopping.best:.4g})"
    asked = made - best >= patience
    assert history.ended == (stopped if asked else "as planned")


@pytest.mark.parametrize("said", [None, True])
def test_early_stopping_on_a_curve_that_should_rise(said):
    X, y = samples()
    stopping = train.EarlyStopping(3, monitor="accuracy", larger_is_better=said)
    history = learn(plain_net(), X, y, metrics=["accuracy"], callbacks=[stopping], epochs=8)
    assert history.accuracy[0] < max(history.accuracy) == stopping.best
    assert stopping.best_epoch == history.accuracy.index(max(history.accuracy)) + 1


def test_a_curve_that_rises_and_falls_again():
    for min_delta, best in ((0.0, 3), (0.5, 2)):
        stopping = train.EarlyStopping(3, larger_is_better=True, min_delta=min_delta)
        states, history, final = scripted([-1, 3, 3.2, 2, 3.1, 2.9, 9, 9], stopping)
        assert stopping.best_epoch == best and history.epochs == best + 3
        assert final == states[best - 1]


def test_every_metric_of_the_library_knows_its_direction():
    no_numbers = {"RocCurve", "confusion_matrix", "roc_curve"}
    assert set(KINDS) == set(metrics.__all__) - no_numbers
    falling = {"calibration_error", "rmse", "loss", *losses.__all__}
    for name in {*KINDS, *falling}:
        for curve in (name, f"validation_{name}"):
            assert should_rise(curve) is (name not in falling)
    assert should_rise("share") is None and should_rise("gradient_norm.0.W") is None


def test_a_metric_of_ones_own_is_told_which_way(tmp_path):
    def share(prediction, target):
        return metrics.accuracy(prediction, target)

    def run(watch):
        return learn(plain_net(), *samples(), metrics=share, callbacks=[watch], epochs=6)

    sentence = (
        "'share' does not say whether it should rise or fall; pass larger_is_better=True or "
        "larger_is_better=False."
    )
    for made in (
        lambda **said: train.EarlyStopping(3, monitor="share", **said),
        lambda **said: train.SaveBest(tmp_path / "best", monitor="share", **said),
    ):
        with pytest.raises(DomainError) as caught:
            run(made())
        assert str(caught.value) == f"{type(made()).__name__}: {sentence}"
    up = train.EarlyStopping(9, monitor="share", larger_is_better=True)
    down = train.EarlyStopping(9, monitor="share", larger_is_better=False)
    assert up.best != up.best and up.best_epoch == 0
    assert max(run(up).share) == up.best
    assert min(run(down).share) == down.best < up.best


def test_early_stopping_can_be_used_again():
    stopping = train.EarlyStopping(1)
    scripted([1, 2], stopping)
    states, history, final = scripted([9, 8, 9], stopping)
    assert stopping.best == 8 and final == states[1]


def test_all_were_nan():
    stopping = train.EarlyStopping(2)
    states, history, final = scripted([np.nan] * 5, stopping)
    assert history.epochs == 2 and final == states[1] and stopping.best_epoch == 0
    assert history.ended == "EarlyStopping, validation_loss was never a number"
    assert np.isnan(stopping.best)


# the best in a file


def test_save_best(tmp_path):
    pytest.importorskip("safetensors")
    path = tmp_path / "best.safetensors"
    net = rich_net()
    states, history, final = scripted([5, 3, 4], train.SaveBest(path), net)
    saved = io.load(path, into=net)
    assert values(net) == states[1] != final
    assert saved.metadata == {"epoch": 2, "validation_loss": 3}


def test_save_best_of_an_accuracy(tmp_path):
    pytest.importorskip("safetensors")
    path = tmp_path / "best.safetensors"
    history = learn(plain_net(), *samples(), validation=samples(m=40, seed=7), epochs=6,
                    metrics=["accuracy"],
                    callbacks=[train.SaveBest(path, monitor="validation_accuracy")])  # fmt: skip
    best = max(history.validation_accuracy)
    epoch = history.validation_accuracy.index(best) + 1
    assert io.load(path).metadata == {"epoch": epoch, "validation_accuracy": best}
    assert min(history.validation_accuracy) < best


# schedules


def test_schedulers_step_after_each_step():
    net = plain_net()
    optimizer = optim.SGD(net.parameters(), lr=0.5)
    scheduler = optim.Scheduler(optimizer, schedules.cosine(21))
    rates = []

    class Look(train.Callback):
        def before_update(self, run):
            rates.append(run.optimizer.lr)

    bplib.fit(net, losses.softmax_cross_entropy, *samples(), optimizer, epochs=3, batch_size=8,
              rng=np.random.default_rng(0), callbacks=[Look(), scheduler])  # fmt: skip
    assert rates == [0.5 * schedules.cosine(21)(k) for k in range(21)]
    assert scheduler.steps == 21 and optimizer.lr == 0


# gradients


def test_clipped_gradients():
    lengths = []

    class Look(train.Callback):
        def before_update(self, run):
            grads = [p.grad.reshape(-1) for p in run.net.parameters()]
            lengths.append(np.linalg.norm(np.concatenate(grads)))

    learn(plain_net(), *samples(), callbacks=[Look(), train.ClipGradients(0.1), Look()])
    before, after = np.array(lengths).reshape(-1, 2).T
    np.testing.assert_allclose(after, np.minimum(before, 0.1))
    assert before.max() > 0.1


@pytest.mark.parametrize("every, looks", [(1, range(7)), (3, (0, 3, 6)), (50, (0,))])
def test_gradient_statistics_are_means_over_the_steps_they_look_at(every, looks):
    net = plain_net()
    gradients, ratios = [], []

    class Look(train.Callback):
        def before_update(self, run):
            gradients.append(np.linalg.norm(run.net[0].W.grad))
            self.before = run.net[0].W.value.copy()

        def after_step(self, run):
            W = run.net[0].W.value
            ratios.append(np.linalg.norm(W - self.before) / np.linalg.norm(W))

    statistics = train.GradientStatistics(every)
    history = learn(net, *samples(), callbacks=[Look(), statistics], epochs=2)
    for name, all_steps in (("gradient_norm", gradients), ("update_ratio", ratios)):
        expected = [np.mean([all_steps[7 * epoch + k] for k in looks]) for epoch in (0, 1)]
        np.testing.assert_allclose(history[f"{name}.0.W"], expected, rtol=1e-12)
    names = [name for name in history if name != "loss"]
    assert names == [f"{kind}.{p}" for kind in ("gradient_norm", "update_ratio")
                     for p in ("0.W", "0.b", "2.W", "2.b")]  # fmt: skip


def test_looking_changes_nothing():
    plain, watched = rich_net(), rich_net()
    learn(plain, *samples())
    learn(watched, *samples(), callbacks=[train.GradientStatistics(1), Diary()],
          metrics=["accuracy"], validation=samples())  # fmt: skip
    assert values(plain) == values(watched)


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1.0, 1e30])
def test_lengths_of_any_size(xp, scale):
    x = np.array([[3.0, 0.0], [0.0, -4.0]]) * scale
    np.testing.assert_allclose(norm(xp.asarray(x.astype(np.float32))), 5 * scale, rtol=1e-6)
    assert np.isnan(norm(xp.asarray(np.array([np.nan, 1.0]))))


# sentences


class Stranger:
    pass


def fit_with(callbacks, **more):
    return learn(plain_net(), *samples(), callbacks=callbacks, epochs=1, **more)


def elsewhere():
    return optim.Scheduler(optim.SGD(plain_net().parameters(), lr=1.0), schedules.constant())


NO_VALIDATION = "there is no validation data; pass validation=(X, y) to fit, or monitor='loss'."
SENTENCES = [
    (lambda: fit_with(train.EarlyStopping(2)), DTypeError,
     "fit: callbacks is an EarlyStopping; a list is needed."),
    (lambda: fit_with([train.EarlyStopping]), DTypeError,
     "fit: callbacks[0] is the class EarlyStopping; make one of it: EarlyStopping(…)."),
    (lambda: fit_with([print, Stranger()]), DTypeError,
     "fit: callbacks[1] is a Stranger; a Callback, a Scheduler or a function of one argument is "
     "needed."),
    (lambda: fit_with([train.Checkpoint("run.safetensors")]), DTypeError,
     "fit: callbacks[0] is a Checkpoint; pass it as checkpoint=… instead."),
    (lambda: fit_with([elsewhere()]), DomainError,
     "fit: a Scheduler in callbacks sets the lr of another optimizer."),
    (lambda: fit_with([train.EarlyStopping(2)]), DomainError,
     f"EarlyStopping: it watches validation_loss, but {NO_VALIDATION}"),
    (lambda: fit_with([train.SaveBest("best")]), DomainError,
     f"SaveBest: it watches validation_loss, but {NO_VALIDATION}"),
    (lambda: fit_with([train.EarlyStopping(2, monitor="acuracy")], metrics=["accuracy"]),
     UnknownNameError, "there is no curve in the history 'acuracy'; did you mean 'accuracy'?"),
    (lambda: train.EarlyStopping(0), DomainError,
     "EarlyStopping: patience is 0; it must be at least 1."),
    (lambda: train.EarlyStopping(2.5), DTypeError,
     "EarlyStopping: patience is a float; a whole number is needed."),
    (lambda: train.EarlyStopping(2, min_delta=-1), DomainError,
     "EarlyStopping: min_delta is -1; it must be at least 0 and finite."),
    (lambda: train.EarlyStopping(2, min_delta="0"), DTypeError,
     "EarlyStopping: min_delta is a str; a number is needed."),
    (lambda: train.EarlyStopping(2, monitor=3), DTypeError,
     "EarlyStopping: monitor is an int; a curve's name is needed."),
    (lambda: train.EarlyStopping(2, larger_is_better="yes"), DTypeError,
     "EarlyStopping: larger_is_better is a str; it must be True or False."),
    (lambda: train.SaveBest("best", monitor="loss", larger_is_better=1), DTypeError,
     "SaveBest: larger_is_better is an int; it must be True or False."),
    (lambda: fit_with([schedules.cosine(5)]), DTypeError,
     "fit: callbacks[0] is the schedule cosine(5), which has no optimizer yet; pass "
     "optim.Scheduler(optimizer, schedule)."),
    (lambda: train.GradientStatistics(0), DomainError,
     "GradientStatistics: every is 0; it must be at least 1."),
    (lambda: train.ClipGradients(0), DomainError,
     "ClipGradients: limit is 0; it must be positive and finite."),
    (lambda: fit_with([lambda run: run.record({"x": "high"})]), DTypeError,
     "Run.record: x is a str; a number is needed."),
]  # fmt: skip


@pytest.mark.parametrize(
    "call, kind, sentence", SENTENCES, ids=lambda v: v[:50] if type(v) is str else ""
)
def test_sentences(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind and str(caught.value) == sentence


def test_nothing_is_recorded_before_the_first_epoch():
    class Early(train.Callback):
        def begin(self, run):
            run.record({"x": 1})

    with pytest.raises(NotReadyError) as caught:
        fit_with([Early()])
    assert str(caught.value) == "Run.record: no epoch is finished yet; call it in after_epoch."


# names


MISSPELT = {
    "after_epochs": "after_epoch", "afterEpoch": "after_epoch", "on_epoch_end": "after_epoch",
    "before_epoch": "after_epoch", "after_steps": "after_step", "on_train_batch_end": "after_step",
    "before_step": "before_update", "before_updates": "before_update", "on_train_begin": "begin",
    "Begin": "begin", "on_train_end": "end", "state_dicts": "state_dict",
    "load_state": "load_state_dict", "ends": None, "begins": None,
}  # fmt: skip


@pytest.mark.parametrize("name", MISSPELT)
def test_a_misspelt_method_is_noticed_before_training(name):
    watcher = type("Watcher", (train.Callback,), {name: lambda self, run: None})()
    if MISSPELT[name] is None:
        fit_with([watcher])
        return
    with pytest.raises(UnknownNameError) as caught:
        fit_with([print, watcher])
    assert str(caught.value) == (
        f"fit: callbacks[1] is a Watcher with a method '{name}', which is never called; did you "
        f"mean '{MISSPELT[name]}'? If not, call it _{name}."
    )


def test_other_methods_and_attributes_are_welcome():
    class Teller(train.Callback):
        after_epochs = 3  # a number, not a method

        def send(self, run):
            return run

        def after_step(self, run):
            self.after_steps(run)

        def after_steps(self, run):  # called by its neighbour, which is there
            return self.send(run)

        def _on_epoch_end(self, run):
            raise AssertionError

        def append(self, line):
            return line

    fit_with([Teller()])
    fit_with([train.GradientStatistics(), train.ClipGradients(1.0), Diary()])


def test_what_they_are_called():
    shown = {
        "EarlyStopping(2, monitor='validation_loss', larger_is_better=False)":
            train.EarlyStopping(2),
        "EarlyStopping(3, monitor='share')": train.EarlyStopping(3, monitor="share"),
        "EarlyStopping(1, monitor='auc', larger_is_better=True, min_delta=0.01)":
            train.EarlyStopping(1, monitor="auc", min_delta=0.01),
        "SaveBest('best', monitor='rmse', larger_is_better=False)":
            train.SaveBest("best", monitor="rmse"),
        "ClipGradients(0.5)": train.ClipGradients(0.5),
        "GradientStatistics(every=3)": train.GradientStatistics(3),
        "Checkpoint('run', every=2)": train.Checkpoint("run", every=2),
        "Checkpoint('run', every=1, steps=50)": train.Checkpoint("run", steps=50),
    }  # fmt: skip
    assert [repr(one) for one in shown.values()] == list(shown)
