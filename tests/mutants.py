"""Mutation testing: small mistakes put into the code, one at a time, and whether a test notices.

    make mutants                    # all parts: half an hour of an idle processor
    make mutants ARGS=losses        # one part: optim, losses or ops

mutmut (pip install mutmut==3.8.1) makes the mistakes: a plus for a minus, a bound moved by one, a
None in the place of an argument. It works on a copy in build/mutants, in which two things differ.
Functions under a decorator are left alone by mutmut, so `@quietly` is taken off, and floating-point
errors are silent everywhere instead. A run begins anew and leaves there what it found:
`python -m mutmut browse` in build/mutants/losses shows each survivor.

A survivor is a mistake that no test notices, or no mistake at all. When this was written, between
97 and 99 in 100 were noticed in each part, and what was left was the same program in other words:
`zip` without `strict` where lengths were compared before, `>` for `>=` where both ways give the
same number, a way round the quick way, "XXcXX" for "c" where one letter is looked for in it,
`reshape(-2)`, which NumPy takes as -1, and defaults that only CuPy's arrays need.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "mutants"

EVERYWHERE = ["test_sentences", "test_bad_input"]
PARTS = {
    "optim": [
        "test_optim",
        "test_optim_corners",
        "test_optim_rules",
        "test_optim_schedules",
        "test_optim_clipping",
    ],
    "losses": [
        "test_losses",
        "test_losses_of_classes",
        "test_properties_of_pairs",
    ],
    "ops": [
        "test_properties_of_pairs",
        "test_pairs_by_hand",
        "test_activations",
        "test_in_pieces",
        "test_elementary",
        "test_normalisation",
        "test_dropout",
        "test_embedding",
        "test_reductions",
        "test_shapes",
        "test_wanted",
    ],
}
"""The parts of bplib, and the quick tests that know them best."""


def copied(part, tests):
    """A copy of the library and its tests, made ready; the folder it is in."""
    folder = COPY / part
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("bplib", "tests"):
        shutil.copytree(
            ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for path in (folder / "bplib" / part).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"^@quietly\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    with (folder / "tests" / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write('\nnp.seterr(all="ignore")\n')
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    settings += f"""
[tool.mutmut]
source_paths = ["bplib"]
only_mutate = ["bplib/{part}/*.py"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {[f"tests/{test}.py" for test in tests]}
"""
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    return folder


def main(parts):
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise SystemExit(
            f"mutants: there is no part {unknown.pop()!r}; there is {', '.join(PARTS)}."
        )
    if importlib.util.find_spec("mutmut") is None:
        raise SystemExit("mutants: mutmut is needed: pip install mutmut==3.8.1")
    quiet_machine = {"OMP_NUM_THREADS": "1", "BPLIB_PROGRESS": "memory"}
    for part in parts or PARTS:
        folder = copied(part, [*EVERYWHERE, *PARTS[part]])
        mutmut = [sys.executable, "-m", "mutmut"]
        environment = {**os.environ, **quiet_machine}
        subprocess.run([*mutmut, "run"], cwd=folder, env=environment, check=True)
        subprocess.run([*mutmut, "results"], cwd=folder, env=environment, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
