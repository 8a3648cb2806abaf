# Everything runs in a virtual environment of its own, made with the standard library and pip.
# `make` alone lists what there is to do. VENV=elsewhere and PYTHON=python3.12 may be given.

VENV ?= .venv
BIN := $(VENV)/bin

# The first interpreter that really runs, is new enough and can make environments; a name on the
# PATH may be a shim that only prints an error.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
    if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
    then echo "$$python"; break; fi; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-spark test-oldest bench bench-peers docs lint format types imports clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/.demo ## check the example claims and show the findings
	$(BIN)/claimrules check docs/examples/claims.csv --exit-zero

test: $(VENV)/.dev ## run the tests, with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto -m "not spark"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

test-spark: $(VENV)/.spark ## run the tests that need Java, on PySpark
	$(BIN)/python -m pytest -m spark

test-oldest: ## run the tests of both engines with the oldest packages allowed (PYTHON=python3.11)
	$(MAKE) VENV=$(VENV)-oldest $(VENV)-oldest/.oldest
	$(VENV)-oldest/bin/python -m pytest -n auto -m "not spark" tests/engine tests/formats tests/codebook

bench: $(VENV)/.dev ## measure both engines and the code book; nothing is asserted
	$(BIN)/python tests/benchmarks/line_engine.py
	$(BIN)/python tests/benchmarks/frame_engine.py
	$(BIN)/python tests/benchmarks/frame_engine.py --engine duckdb
	$(BIN)/python tests/benchmarks/code_book.py

bench-peers: $(VENV)/.peers ## measure eight checks beside what one would pick instead
	$(BIN)/python tests/benchmarks/beside_peers.py

docs: $(VENV)/.dev ## write the generated pages again
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/generate_pages.py
	$(BIN)/python docs/generate_tables.py
	$(BIN)/python docs/generate_coverage.py

lint: $(VENV)/.dev ## check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(VENV)/.dev ## write the format, and mend what can be mended safely
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(VENV)/.dev ## check the types of sources and tests
	$(BIN)/mypy

imports: $(VENV)/.dev ## check that imports run one way
	$(BIN)/lint-imports

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) $(VENV)-oldest .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# pip reads dependency groups since 25.1; an environment starts with the older one of its Python.
$(VENV)/.pip:
	@if [ -z "$(PYTHON)" ]; then \
	    echo "claimrules needs Python 3.11 or later with its venv module, and found none on the PATH." >&2; \
	    echo "Install one (on Debian: python3 python3-venv), or name it: make PYTHON=/path/to/python3.12" >&2; \
	    exit 1; fi
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.demo: $(VENV)/.pip pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[cli,batch]'
	@touch $@

$(VENV)/.dev: $(VENV)/.pip pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[cli,batch,excel,pandas,duckdb]' --group dev
	@touch $@

$(VENV)/.spark: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[spark]'
	@touch $@

# The oldest pandas was built for NumPy 1 and does not say so.
$(VENV)/.oldest: $(VENV)/.pip pyproject.toml
	$(BIN)/python tests/oldest.py cli batch excel pandas duckdb > $@.txt
	$(BIN)/python -m pip install --quiet --editable '.[cli,batch,excel,pandas,duckdb]' --group test --constraint $@.txt 'numpy<2'
	@touch $@

$(VENV)/.peers: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --group peers
	@touch $@
