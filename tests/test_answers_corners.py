"""Answers that are right nearly everywhere: the cases of an exercise reach into every corner."""

import copy

import numpy as np
import pytest

from bplib.checks.call import Outcome
from bplib.checks.decide import make_cases
from bplib.checks.declare import Exercise
from bplib.checks.registry import all_exercises
from bplib.checks.verdict import judge

EXERCISES = [e for e in all_exercises().values() if isinstance(e, Exercise)]
SEEDS = range(20)

# Above zero by their nature: amounts, steps, counts, deviations, people as measured, labels of
# 0 and 1, what leaves a sigmoid. Or even: the slope of a sigmoid is the same on both sides.
POSITIVE = {
    "bitterness_slope": {"cups"},
    "minimum_bill_gradients": {"price", "minimum", "factor", "tip"},
    "central_gradient": {"h"},
    "gradient_step": {"lr"},
    "equal_learning_rates": {"lr", "m"},
    "line_in_raw_units": {"std"},
    "fit_line": {"x", "y"},
    "sigmoid_slope": {"z"},
    "tanh_gradient": {"a"},
    "leaky_relu_gradient": {"slope"},
    "logistic_gradients": {"y"},
    "decision_line": {"p"},
    "squared_error_neuron": {"y"},
    "cross_entropy_from_logits": {"y"},
    "fit_neuron": {"X", "y"},
    "output_delta": {"o", "y"},
    "hidden_deltas": {"h"},
    "network_gradients": {"y"},
    "network_update": {"y", "lr"},
    "train_network": {"y", "lr", "steps"},
    "layer_gradients": {"b"},
    "one_layer_back": {"z"},
    "cross_entropy_gradient": {"labels"},
    "sigmoid_square_delta": {"y"},
    "any_depth_gradients": {"labels"},
    "directional_slope": {"h"},
    "weighted_slope": {"h"},
    "gradient_is_right": {"x", "seed"},
    "dense_flops": {"m"},
    "growth_exponent": {"sizes", "times"},
    "cache_bytes": {"m", "itemsize"},
    "activations_held": {"n", "k"},
    "checkpointed_gradient": {"k"},
    "root_and_slope": {"s", "rounds"},
    "logistic_hvp": {"y"},
    "best_rate": {"low", "high"},
    "momentum_step": {"lr", "beta"},
    "adam_step": {"squares", "t", "lr", "beta1", "beta2", "epsilon"},
    "sgd_epoch": {"order", "batch_size", "lr"},
    "warmup_cosine": {"total", "warmup", "lr"},
    "adamw_descent": {"rates", "decay"},
    "initial_std": {"n_in", "n_out"},
    "layer_norm_gradients": {"shift", "eps"},
    "clip_together": {"limit"},
    "soft_threshold": {"alpha"},
    "dropout_both_ways": {"keep", "rate"},
    "early_stopping_epoch": {"losses", "patience"},
    "precision_recall_f1": {"called", "labels"},
    "roc_points": {"labels"},
    "auc_by_counting": {"labels"},
    "cross_validated_errors": {"alphas", "folds"},
    "nearest_mean_predict": {"y_train"},
    "choose_setting": {"accuracies"},
    "calibration_gap": {"p", "labels", "n_bins"},
    "temperature_slope": {"labels", "s"},
    "count_blocks": {"bitmap"},
    "whole_reader": {"y_train", "y_val", "lr", "steps"},
}

EVERYTHING = {"the order of the entries", "that entries differ", "the first entry",
              "the last entry"}  # fmt: skip

# In any order; not looked at by the answer; or a label that is 0 in every case of some seed.
ENTRIES_LEFT_ALONE = {
    "learning_rate_limit": {"X": {"the order of the entries"}},
    "layer_gradients": {"b": EVERYTHING},
    "gradient_is_right": {"x": EVERYTHING},
    "share_on": {"X": {"the order of the entries"}},
    "layer_norm_gradients": {"shift": EVERYTHING},
    "logistic_hvp": {"X": {"the order of the entries"}, "y": EVERYTHING},
    "logistic_gradients": {"y": {"the first entry", "the last entry"}},
    "squared_error_neuron": {"y": {"the first entry", "the last entry"}},
    "fit_neuron": {"y": {"the first entry", "the last entry"}},
}  # fmt: skip


def passes(exercise, position, spoil, seed):
    """Whether the right answer to another question passes, one input of which was spoilt."""
    for i, inputs in enumerate(make_cases(exercise, seed)):
        given = list(copy.deepcopy(inputs))
        given[position] = spoil(given[position])
        try:
            value = exercise.reference(*given)
        except Exception:  # that is seen
            return False
        if judge(exercise, i, inputs, Outcome(value=value)).step is not None:
            return False
    return True


def numbers(exercise, skip=()):
    inputs = make_cases(exercise, 0)[0]
    for k, (name, value) in enumerate(zip(exercise.arguments, inputs, strict=True)):
        if isinstance(value, float | int | np.ndarray) and name not in skip:
            yield k, name


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_sign_of_every_input_matters(exercise):
    for k, name in numbers(exercise, POSITIVE.get(exercise.name, ())):
        for spoil in (abs, lambda v: -abs(v), lambda v: np.maximum(v, 1e-6)):
            assert not any(passes(exercise, k, spoil, seed) for seed in SEEDS), name


SPOILT = {
    "the order of the entries": lambda v: v[::-1].copy(),
    "the last entry": lambda v: np.concatenate([v[:-1], 0 * v[-1:]]),
    "the first entry": lambda v: np.concatenate([0 * v[:1], v[1:]]),
    "that entries differ": lambda v: np.full_like(v, v.flat[0]),
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_entry_of_every_array_matters(exercise):
    first = make_cases(exercise, 0)[0]
    for k, name in numbers(exercise):
        alone = ENTRIES_LEFT_ALONE.get(exercise.name, {}).get(name, ())
        for what, spoil in SPOILT.items():
            if isinstance(first[k], np.ndarray) and what not in alone:
                assert not any(passes(exercise, k, spoil, seed) for seed in SEEDS), (name, what)
