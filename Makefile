# Fältlogg – two commands on a fresh machine: make run, make test. Everything else is listed by make help.
SHELL := /bin/bash
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/static/node_modules/.bin:$(PATH)
PORT ?= 8000
WORKERS ?= 2
SPREAD = -n $(WORKERS) --dist worksteal
SERVER_TESTS = tests/faults tests/sync tests/api tests/unit
# Hundreds of databases and phones made and dropped: in memory where there is room.
IN_MEMORY = $(shell scripts/roomy.sh)

.PHONY: help setup setup-tests run test test-unit test-client test-e2e test-long bench lint fmt demo pictures measure mutants

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## Install what running needs: Python packages, Node, the built client
	@scripts/setup.sh run

setup-tests: ## Install what the tests need too: Chromium, PostgreSQL
	@scripts/setup.sh test

run: setup ## Serve the demo on http://localhost:8000 (PORT=… for another port)
	@scripts/run.sh

demo: setup ## Fill the demo database without serving
	@FIELDAPP_ENV=demo $(PY) -m flask --app wsgi db upgrade && FIELDAPP_ENV=demo $(PY) -m flask --app wsgi demo seed

lint: setup-tests ## ruff, mypy strict, import contracts, tsc strict
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && .venv/bin/lint-imports && cd static && npm run --silent check

fmt: ## Format the Python code
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

test: setup-tests ## Set up everything and run all tests
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint test-client
	@$(MAKE) --no-print-directory test-unit test-e2e

test-client: setup-tests ## Client unit tests under vitest
	@cd static && npm run --silent test

test-unit: setup-tests ## Server tests on SQLite and PostgreSQL, faults included
	@# What is counted in seconds has the machine to itself, and keeps to the disk.
	@$(PY) -m pytest tests/faults -m "seconds and not long and not browser" --durations=10
	@$(IN_MEMORY) $(PY) -m pytest $(SERVER_TESTS) -m "not seconds and not long and not browser" $(SPREAD) --durations=10

test-e2e: setup-tests ## A real browser against a real server
	@$(IN_MEMORY) $(PY) -m pytest tests -m "browser and not long" $(SPREAD) --durations=15

test-long: setup-tests ## The same faults with larger counts
	@export FAULT_SCALE=10; (cd static && npm run --silent test) && $(PY) -m pytest tests/sync/test_state_machine.py $(SPREAD) && \
	  $(PY) -m pytest tests -m "not browser" --ignore tests/sync/test_state_machine.py && $(PY) -m pytest tests -m browser

bench: setup-tests ## Speed as ratios, on both engines; never asserts on time
	@$(PY) -m bench

mutants: setup-tests ## Mutation testing of the engine's decisions (ten minutes); lists what survives
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r scripts/mutants.lock
	@$(PY) -m mutmut run && $(PY) -m mutmut results

pictures: setup-tests ## Pictures of the main screens into build/pictures
	@$(PY) -m scripts.pictures

measure: setup-tests ## Taps, times, targets and bytes of the field app in a browser; never asserts
	@$(PY) -m scripts.measure
