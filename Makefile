# One command each; `make help` lists them. Needs Python 3.11-3.13 with pip, git and make, nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# A version manager may leave a `python3.12` on PATH that refuses to run, so each candidate is tried.
PYTHON ?= $(shell for candidate in python3.11 python3 python3.13 python3.12 python; do \
	$$candidate -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$candidate && break; done)

BIN := .venv/bin
READY := .venv/.ready
BENCH_READY := .venv/.bench-ready
LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

# Folders whose Node packages the VS Code tests need; only those that have a lock file are installed.
NODE_LOCKS := $(wildcard editors/vscode/package-lock.json tests/e2e/vscode/package-lock.json)
NODE_READY := $(NODE_LOCKS:package-lock.json=node_modules/.package-lock.json)

# The tests start hundreds of servers: what is compiled once is kept for the next, out of the tree.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/pycache
unexport PYTHONDONTWRITEBYTECODE

PYTEST := $(BIN)/python -m pytest
WORKERS ?= 2
PARALLEL := -n $(WORKERS) --dist loadgroup

# What `make demo` opens: the bundled sample, or any folder: make demo path=~/code/project
path ?=
# More arguments for pytest: make quick args="tests/architecture -x"
args ?=

.PHONY: help setup node demo test quick e2e format lint types bench docs lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## create .venv with the locked packages and this project, editable

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Pairwright needs Python 3.11, 3.12 or 3.13 on PATH (or: make PYTHON=/path/to/python)" >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) (once)"
	@# Some distributions split ensurepip off; the pip that is there can then fill the environment.
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv 2>/dev/null || { $(PYTHON) -m venv --clear --without-pip .venv \
		&& $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BENCH_READY): requirements-bench.lock $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

node: $(NODE_READY)

# Without npm the tests that need it skip and say so.
%/node_modules/.package-lock.json: %/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix $* --no-audit --no-fund --loglevel=error; \
	else echo "npm is not installed: the VS Code tests will be skipped"; fi

demo: $(READY) ## index the bundled sample (or path=FOLDER) and show its review with fixes
	@$(BIN)/pairwright demo $(if $(path),"$(path)")

test: $(READY) node ## every test, real editors included
	@$(PYTEST) $(PARALLEL) $(args)

quick: $(READY) ## the tests that need no editor
	@$(PYTEST) $(PARALLEL) -m "not e2e" $(args)

e2e: $(READY) node ## the tests that drive real editors and long-lived processes
	@$(PYTEST) -m e2e $(args)

format: $(READY) ## rewrite the sources in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(READY) ## check format and lint rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(READY) ## strict type check
	@$(BIN)/mypy

bench: $(BENCH_READY) ## print the table of figures, peers beside them
	@PYTHONPATH=tests $(BIN)/python -m benchmarks $(args)

docs: $(READY) ## regenerate the pages and editor files that come from the registries
	@$(BIN)/python -m pairwright.docs

lock: $(READY) ## resolve the newest allowed packages into the lock files
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(LOCK) --extra dev --output-file requirements.lock
	@$(LOCK) --extra bench --constraints requirements.lock --output-file requirements-bench.lock

clean: ## remove the environment and what tools cached here
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
