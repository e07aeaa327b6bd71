# Two commands do everything on a fresh machine: `make reproduce` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: reproduce test test-slow test-browser proofs notebooks bench bench-full lint typecheck clean

reproduce: $(READY)  ## tables, verified frames and matrices, all figures and a page that shows them, into out/
	$(BIN)/lincs reproduce --out out

test: $(READY)  ## all tests but the slow ones
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: $(READY)  ## the checks that take minutes
	$(BIN)/python -m pytest -n 2 -m slow

test-browser: $(READY)  ## the pages in Chromium, with screenshots into out/screenshots; installs it where it may
	command -v chromedriver || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-driver; }
	$(BIN)/python -m pip install --quiet --group browser
	$(BIN)/python -m pytest browser

proofs: $(READY)  ## every step that a machine checks: sympy, then Coq, then bounds written as Coq files
	$(BIN)/python proofs/check.py
	proofs/coq/check.sh
	$(BIN)/python -m pytest -n 2 tests/test_formal.py tests/test_formal_upper.py

notebooks: $(READY)  ## run the notebooks in full and keep their output
	$(BIN)/python notebooks/execute.py

bench: $(READY)  ## ratios against what a user would do instead, and growth, into docs/benchmarks.md: about five minutes
	$(call bench,not full)

bench-full: $(READY)  ## the groups at m = 30522 and beyond, beside those of `make bench`: minutes, and 8 GB
	$(call bench,full,-full)

# all benchmarks with the environment as it is, and those bound by products again with OpenBLAS's own choice of kernels
define bench
mkdir -p out
$(BIN)/python -m pytest benchmarks --benchmark-only -q -m "$(1)" --benchmark-json=out/bench-given$(2).json
env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python -m pytest benchmarks --benchmark-only -q \
  -m "$(1) and blas" --benchmark-json=out/bench-own$(2).json
$(BIN)/python benchmarks/report.py docs/benchmarks.md out/bench-given*.json out/bench-own*.json
endef

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(READY)
	$(BIN)/mypy

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "lincs needs Python 3.11 or later: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(READY)

clean:
	rm -rf $(VENV) out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
