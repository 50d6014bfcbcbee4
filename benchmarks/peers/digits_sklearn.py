"""scikit-learn trains the same classifier: its default network, with as many epochs."""

TITLE = "scikit-learn MLPClassifier"
NEEDS = ("sklearn",)


def prepare(case):
    import warnings
    from itertools import count

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    from benchmarks.digits import EPOCHS, parts

    (X, y), (X_test, y_test) = parts()
    epochs = EPOCHS[case.batch]
    seeds = count()
    # All epochs are wanted; it would rather stop when it sees no more progress.
    warnings.simplefilter("ignore", ConvergenceWarning)

    def fit():
        classifier = MLPClassifier(
            (100,), solver="adam", learning_rate_init=0.001, alpha=0.0, batch_size=case.batch,
            max_iter=epochs, tol=0.0, n_iter_no_change=epochs, random_state=next(seeds),
        ).fit(X, y)  # fmt: skip
        return classifier.score(X_test, y_test)

    return fit, lambda: None
