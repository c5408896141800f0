# Two commands do everything: `make demo` shows the main job, `make test` proves it.
# Both set up whatever is missing first; nothing is done twice.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
WEB := web/node_modules
NPM := npm --prefix web --loglevel=error
WORKERS ?= 2

WEB_SOURCES := $(shell find web/src web/public web/*.html web/*.ts web/*.json \
                            -type f -not -name '*.test.ts' 2>/dev/null)

.PHONY: help
help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

# --- setting up -----------------------------------------------------------------------------------

.PHONY: setup setup-run system system-run
setup: system .venv/.test $(WEB)/.package-lock.json ## install everything that running and testing need

setup-run: system-run .venv/.run $(WEB)/.package-lock.json

system:
	@scripts/setup-system.sh test

system-run:
	@scripts/setup-system.sh run

# The environment waits for the system's Python but is not made again because that was looked at.
.venv/bin/python: | system-run
	"$$(scripts/find-python.sh)" -m venv .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
	@touch $@

.venv/.test: requirements/test.txt .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

# npm keeps this file itself: it is as new as what is installed.
$(WEB)/.package-lock.json: web/package-lock.json | system-run
	$(NPM) ci
	@touch $@

# --- building -------------------------------------------------------------------------------------

.PHONY: build types lock
build: web/dist/index.html ## build the web page and the offline sealing page

web/dist/index.html web/dist/offline.html &: $(WEB_SOURCES) $(WEB)/.package-lock.json
	$(NPM) run build
	@touch web/dist/index.html web/dist/offline.html

types: setup ## write the browser's wire types from the server's description
	scripts/wire-types.sh

lock: .venv/bin/python ## write the hashed requirements anew from pyproject.toml
	scripts/lock.sh

# --- showing and proving --------------------------------------------------------------------------

.PHONY: demo test check bench clean
demo: setup-run build ## a tender about to close and a counter, with a link for every role
	@$(BIN)/yunkai demo

# Both suites run even if the first fails; pytest comes last so that its summary is what one reads.
test: setup build ## run every test
	@failed=0; \
	$(NPM) test || failed=1; \
	$(BIN)/python -m pytest -n $(WORKERS) || failed=1; \
	exit $$failed

.PHONY: check-ruff check-format check-mypy check-imports check-vue check-eslint check-types
check: check-ruff check-format check-mypy check-imports check-vue check-eslint check-types ## run every static check

check-ruff: setup
	$(BIN)/ruff check .

check-format: setup
	$(BIN)/ruff format --check .

check-mypy: setup
	$(BIN)/mypy

check-imports: setup
	$(BIN)/lint-imports

check-vue: setup
	$(NPM) run typecheck

check-eslint: setup
	$(NPM) run lint

check-types: setup
	scripts/wire-types.sh --check

bench: setup build ## measure against peers and limits, write bench/results.md
	scripts/bench.sh

clean: ## remove everything that make has made
	rm -rf .venv web/node_modules web/dist build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
