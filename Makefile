# One command each; what is needed is set up first, once, into .venv.
# PYTHON=… names the Python to set up with, JOBS=… the number of test workers, ARGS=… goes to the tool.

PYTHON ?=
ARGS ?=
JOBS ?= 2
UPGRADE ?=

VENV_PYTHON := $(if $(filter Windows_NT,$(OS)),.venv/Scripts/python.exe,.venv/bin/python)
NOTEBOOKS = $(wildcard book/*.ipynb exercises/*.ipynb solutions/*.ipynb)
# OPENBLAS_CORETYPE=… where bplib doctor found faster kernels for this processor, else nothing.
FASTER_PRODUCTS = $$($(VENV_PYTHON) -P bplib/blas/decision.py)
# One thread a worker, and a progress file that is thrown away: a reader's own is never touched.
QUIET_MACHINE = env OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 BPLIB_PROGRESS=memory $(FASTER_PRODUCTS)
NBVAL = --nbval --nbval-current-env --nbval-cell-timeout=120 --dist loadscope
COMPILE = $(VENV_PYTHON) -m uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-annotate --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade) pyproject.toml --group build

.DEFAULT_GOAL := help
.PHONY: help book test sync lint bench lite lock wheel clean mutants site serve

help:
	@echo "make book    open the book in JupyterLab"
	@echo "make test    run everything: the library, every chapter, exercise and solution"
	@echo "             (ARGS=tests/test_ops.py runs a part; any pytest arguments)"
	@echo "make test-export  the whole course through nbgrader and, where OTTER=… names it, otter"
	@echo "make test-grading  hostile submissions under each kind of protection, and a class of 200"
	@echo "make sync    bring notebooks, twins, outputs and exercises together after an edit"
	@echo "make lint    ruff and mypy"
	@echo "make mutants small mistakes in the library, and which of them no test notices (ARGS=losses)"
	@echo "make site    build the website from the notebooks as they are, into book/_build/site"
	@echo "make serve   that, and open it in a browser"
	@echo "             (make test-browser opens every page of it in Chromium)"
	@echo "make lite    the book, running in a browser with nothing installed, into book/_build/lite"
	@echo "             (ARGS=--public: Python from Pyodide's own address instead of a copy of it)"
	@echo "make test-lite  runs every notebook in Pyodide, and a few in Chromium (IN=chromium: these)"
	@echo "make bench   time the library beside its peers and write benchmarks/RESULTS.md"
	@echo "             (ARGS=--quick: a rough answer, printed; ARGS=\"step memory\": parts)"
	@echo "make lock    renew requirements/*.txt from pyproject.toml (UPGRADE=1: newest versions)"
	@echo "make wheel   build the wheel, which is the whole course, into dist/"
	@echo "make clean   remove caches and built files (environments and your progress stay)"

# .venv (for bench: .venv-bench, for the website: .venv-docs) as a file in requirements/ has it;
# silent when it already is.
.PHONY: set-up-book set-up-test set-up-bench set-up-docs
set-up-book set-up-test set-up-bench set-up-docs: set-up-%:
	@for python in $(or $(PYTHON),$(VENV_PYTHON) python3.13 python3.12 python3.11 python3 python); do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			exec $$python requirements/set_up.py $*; \
		fi; \
	done; \
	seen=$$($(or $(PYTHON),python3) --version 2>/dev/null) || seen="no Python"; \
	echo "make: Python 3.11 or newer is needed; $(or $(PYTHON),python3) is $$seen. PYTHON=… names another." >&2; \
	exit 1

book: set-up-book
	@$(VENV_PYTHON) -m bplib.cli book --here $(ARGS)

# Both halves always run; either one failing fails the target.
ifeq ($(ARGS),)
test: set-up-test
	@failed=""; \
	echo "The library, the checks and the tools:"; \
	$(QUIET_MACHINE) $(VENV_PYTHON) -m pytest -q -n $(JOBS) tests || failed="tests"; \
	echo "Every notebook, run top to bottom, its outputs compared:"; \
	$(QUIET_MACHINE) $(VENV_PYTHON) -m pytest -q -n $(JOBS) $(NBVAL) $(NOTEBOOKS) || failed="$$failed notebooks"; \
	if [ -n "$$failed" ]; then echo "make test: failed:" $$failed; exit 1; fi; \
	echo "make test: everything passed"
else
test: set-up-test
	@$(QUIET_MACHINE) $(VENV_PYTHON) -m pytest $(NBVAL) $(ARGS)
endif

# What make test does with one small assignment. OTTER=PATH/TO/otter is otter-grader's command, in
# any environment that can run bplib's notebooks.
.PHONY: test-export
test-export: set-up-test
	@$(QUIET_MACHINE) BPLIB_EXPORT=everything $(VENV_PYTHON) -m pytest -q tests/test_export.py $(ARGS)

# What make test does under the strictest protection alone.
.PHONY: test-grading
test-grading: set-up-test
	@failed=0; \
	for level in namespaces user limits; do \
		echo "Hostile submissions, protection: $$level"; \
		$(QUIET_MACHINE) GRADING_LEVEL=$$level $(VENV_PYTHON) -m pytest -q -n $(JOBS) tests/test_grading_hostile.py tests/test_grading_more_hostile.py || failed=1; \
	done; \
	$(QUIET_MACHINE) $(VENV_PYTHON) -m benchmarks.grading $(ARGS) || failed=1; \
	exit $$failed

sync: set-up-test
	@$(QUIET_MACHINE) $(VENV_PYTHON) -m bplib.author sync $(ARGS)

lint: set-up-test
	@failed=0; \
	$(VENV_PYTHON) -m ruff check . || failed=1; \
	$(VENV_PYTHON) -m ruff format --check . || failed=1; \
	$(VENV_PYTHON) -m mypy || failed=1; \
	exit $$failed

# SITE_URL=… gives it a sitemap; SITE_REPOSITORY=owner/name buttons for Colab and Binder;
# SITE_LITE=1 "Run here" on every page, with what `make lite` builds; SITE_WHEEL=… is where downloaded
# notebooks get bplib from.
export SITE_URL SITE_REPOSITORY SITE_BRANCH SITE_LITE SITE_WHEEL
DOCS_PYTHON = $(subst .venv/,.venv-docs/,$(VENV_PYTHON))
site: set-up-docs
	@$(DOCS_PYTHON) book/site/build.py $(ARGS)

serve: set-up-docs
	@$(DOCS_PYTHON) book/site/build.py --serve $(ARGS)

# Debian's Chromium, or the one that CHROMIUM names. SITE_TESTS=some takes half the time.
.PHONY: test-browser
test-browser: site
	@cd book/site && node --test --test-concurrency=1 --test-reporter=spec browser/

LITE = book/_build/lite
.PHONY: test-lite
lite: set-up-test
	@$(VENV_PYTHON) book/lite/build.py $(LITE) $(ARGS)

# What is not on the machine is said and left out. IN=chromium (or node, or public) runs one part.
IN ?= node chromium public
test-lite: set-up-test
	@if ! command -v node >/dev/null; then echo "make test-lite: there is no node here, so nothing was run."; exit 0; fi; \
	$(VENV_PYTHON) book/lite/build.py $(LITE) || exit 1; \
	failed=0; \
	for part in $(IN); do \
		if [ $$part = node ]; then \
			node book/lite/in_node.mjs $(LITE) $(ARGS) || failed=1; \
		elif ! command -v npm >/dev/null; then \
			echo "make test-lite: there is no npm here, so no browser was opened."; \
		elif ! npm ci --silent --no-audit --no-fund --prefix book/lite; then \
			failed=1; \
		elif [ $$part = public ]; then \
			$(VENV_PYTHON) book/lite/build.py $(LITE)-public --public --address $(LITE)-copy && \
				node book/lite/in_public.mjs $(LITE)-public $(LITE)-copy || failed=1; \
		else \
			node book/lite/in_$$part.mjs $(LITE) || failed=1; \
		fi; \
	done; \
	exit $$failed

# It sees to threads and kernels by itself: the peers take turns, each in a process of its own.
bench: set-up-bench
	@$(subst .venv/,.venv-bench/,$(VENV_PYTHON)) -m benchmarks $(ARGS)

# Not in test.txt: mutmut is for the odd hour in which the tests themselves are tested.
mutants: set-up-test
	@$(QUIET_MACHINE) $(VENV_PYTHON) tests/mutants.py $(ARGS)

# test.txt first: the others take its versions, so that one environment can hold any of them.
lock: set-up-test
	@$(VENV_PYTHON) -m uv --version >/dev/null 2>&1 || $(VENV_PYTHON) -m pip install -qq uv
	@$(COMPILE) --extra test -o requirements/test.txt
	@$(COMPILE) --extra book -c requirements/test.txt -o requirements/book.txt
	@$(COMPILE) --extra docs -c requirements/test.txt -o requirements/docs.txt
	@$(COMPILE) --extra lite -c requirements/test.txt -o requirements/lite.txt
	@$(COMPILE) --extra bench -c requirements/test.txt --excludes requirements/bench-torch.txt -o requirements/bench.txt
	@echo "requirements/ is what pyproject.toml asks for"

wheel: set-up-test
	@rm -rf dist
	@$(VENV_PYTHON) -m build --wheel --no-isolation --outdir dist

clean:
	@rm -rf build dist book/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -path './.venv*' -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -exec rm -rf {} +
